"""Full text: words and "phrases" to articles, the newest first, alike on FTS5 and on Postgres."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, text

from monitor.errors import ConfigError
from monitor.records.findings import SearchHit
from monitor.store import snippets
from monitor.store.engine import Database
from monitor.store.tables import SEARCH, SEARCH_VECTOR, articles, matches
from monitor.text import one_line

MAX_LENGTH = 500
"""Longest search in characters: the databases' own limits lie above, and their errors are not for people."""

_TERM = re.compile(r'(?P<minus>-(?=[^\s"-]|"))?(?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))')
_ACCENTS = re.compile("[\u0300-\u036f]")

_SHOWN = (
    articles.c.id,
    articles.c.title,
    articles.c.url,
    articles.c.outlet,
    articles.c.published_at,
    func.substr(articles.c.text, 1, snippets.READ).label("text"),
)
_MATCHING = {
    "sqlite": f"articles.id IN (SELECT rowid FROM {SEARCH} WHERE {SEARCH} MATCH :query AND rowid < :before "  # noqa: S608
    "ORDER BY rowid DESC LIMIT :most)",
    "postgresql": f"articles.{SEARCH_VECTOR} @@ websearch_to_tsquery('simple', :query) AND articles.id < :before",
}
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that must, or must not, be there."""

    words: str
    excluded: bool


class Search:
    """Full-text search over the articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, words: str, *, limit: int = 20, before: int | None = None) -> tuple[SearchHit, ...]:
        """Articles that hold all the words and "phrases" and none of the ``-excluded`` ones, the newest read first.

        Case and accents do not count. ``before`` is the article id of the last hit of the page before. Raises
        ConfigError saying where the search is wrong.
        """
        terms = parse(words)
        query = _fts5(terms) if self._database.dialect == "sqlite" else _websearch(terms)
        values = {"query": query, "before": _LAST if before is None else before, "most": limit}
        matching = text(_MATCHING[self._database.dialect])
        newest = select(*_SHOWN).where(matching).order_by(articles.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            found = connection.execute(newest, values).all()
            topics = _topics(connection, [row.id for row in found])
            wanted = [word for term in terms if not term.excluded for word in term.words.split()]
            return tuple(_hit(row, wanted, topics[row.id]) for row in found)


def parse(words: str) -> tuple[Term, ...]:
    """``words`` as terms: ``word``, ``"a phrase"``, ``-word``, ``-"a phrase"``. Raises ConfigError with the place."""
    if len(words) > MAX_LENGTH:
        raise ConfigError(f"the search is {len(words)} characters long, {MAX_LENGTH} at most. Leave words out.")
    terms = tuple(_terms(words))
    if not any(not term.excluded for term in terms):
        what = "only says what to leave out" if terms else "has no word or number to look for"
        raise ConfigError(f"the search {words!r} {what}. Add a word, such as: missiles")
    return terms


def _terms(words: str) -> Iterator[Term]:
    for found in _TERM.finditer(words):
        if found["phrase"] is not None and not found["closed"]:
            place = found.start("phrase")
            raise ConfigError(f"the search {words!r} opens a quotation at character {place} and never closes it.")
        folded = _fold(found["phrase"] or found["word"] or "")
        if folded:
            yield Term(folded, found["minus"] is not None)


def _fold(term: str) -> str:
    """What both indexes see as words, one space between them."""
    composed = unicodedata.normalize("NFC", term)
    return " ".join("".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in composed).split())


def _fts5(terms: Sequence[Term]) -> str:
    wanted = " AND ".join(f'"{term.words}"' for term in terms if not term.excluded)
    return f"({wanted})" + "".join(f' NOT "{term.words}"' for term in terms if term.excluded)


def _websearch(terms: Sequence[Term]) -> str:
    # Every word is quoted: bare, `or` would be an operator. Accents go as they went in the index.
    quoted = " ".join(f'{"-" if term.excluded else ""}"{term.words}"' for term in terms)
    return _ACCENTS.sub("", unicodedata.normalize("NFD", quoted))


def _topics(connection: Connection, ids: Sequence[int]) -> defaultdict[int, tuple[str, ...]]:
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    query = select(matches.c.article_id, matches.c.topic).where(
        matches.c.article_id.in_(ids), matches.c.withdrawn_at.is_(None)
    )
    for article_id, topic in connection.execute(query.order_by(matches.c.topic)):
        found[article_id] += (topic,)
    return found


def _hit(row: Any, wanted: Sequence[str], topics: tuple[str, ...]) -> SearchHit:
    return SearchHit(
        article_id=row.id,
        title=row.title,
        url=row.url,
        outlet=row.outlet,
        published=row.published_at,
        snippet=one_line(snippets.snippet(row.text, wanted)),
        topics=topics,
    )
