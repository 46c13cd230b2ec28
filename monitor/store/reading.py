"""Recording what reading gave: an entry's article, found or made, and its versions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, literal_column, null, select, true, update

from monitor.records.articles import Article, EntryState, ReadResult
from monitor.store import rows
from monitor.store.keys import hashed, reason_group, url_key
from monitor.store.tables import analyses, article_versions, articles, entries, feeds, matches
from monitor.store.upsert import upsert_for
from monitor.text import fingerprint

# A poorer text of a page never takes the place of a better one.
_QUALITY = {"page": 3, "feed content": 2, "feed summary": 1}
_ENDS = (EntryState.MATCHED, EntryState.UNMATCHED)
_FREE = {"claimed_by": null(), "claimed_until": null()}
_ENTRIES = (
    select(entries, feeds.c.outlet, feeds.c.title.label("feed_title"))
    .join(feeds, feeds.c.id == entries.c.feed_id)
    .where(entries.c.id.in_(bindparam("entries", expanding=True)))
    .order_by(entries.c.id)
    .with_for_update(of=entries, key_share=True)
)
_THESE_ARTICLES = articles.c.url_key.in_(bindparam("keys", expanding=True))
_KEYS = select(articles.c.url_key).where(_THESE_ARTICLES)
_LOCK = select(articles).where(_THESE_ARTICLES).order_by(articles.c.url_key).with_for_update(key_share=True)
_NEW_TEXT = {
    "pending": true(),
    **dict.fromkeys(rows.translation_values(None), null()),
    **_FREE,
}
_NEW_VERSION = insert(article_versions)
_NEXT_TEXT = update(articles).where(articles.c.id == bindparam("article")).values(_NEW_TEXT)
_REPLACED_VERSION = update(article_versions).where(
    article_versions.c.article_id == bindparam("article"), article_versions.c.number == bindparam("current")
)
_ANALYSED = (
    select(analyses.c.id)
    .join(article_versions, article_versions.c.id == analyses.c.version_id)
    .where(article_versions.c.article_id == bindparam("article"), article_versions.c.number == bindparam("current"))
    .limit(1)
)
_SKIPPED = (
    select(entries.c.reason)
    .where(entries.c.article_id == bindparam("article"), entries.c.state == literal_column("'skipped'"))
    .order_by(entries.c.state_at.desc())
    .limit(1)
)
_BEFORE = select(
    exists().where(matches.c.article_id == bindparam("article"), matches.c.withdrawn_at.is_(None)),
    select(func.min(entries.c.id))
    .where(
        entries.c.article_id == bindparam("article"),
        entries.c.id != bindparam("entry"),
        entries.c.state.in_([literal_column(f"'{state.value}'") for state in _ENDS]),
    )
    .scalar_subquery(),
    select(func.max(analyses.c.analysed_at)).where(analyses.c.article_id == bindparam("article")).scalar_subquery(),
)
_told = bindparam("told", type_=entries.c.language.type)
_MOVED = (
    update(entries)
    .where(entries.c.id == bindparam("entry"))
    .values({"language": func.coalesce(_told, entries.c.language)} | _FREE)
)


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of an entry's page, and the key of its article."""

    key: str
    entry: Row[Any]
    result: ReadResult


@cache
def _new_article(dialect: str) -> Any:
    new = upsert_for(dialect, articles).values(
        {"version": literal_column("1"), "revisits": literal_column("0")} | _NEW_TEXT
    )
    return new.on_conflict_do_nothing(index_elements=["url_key"]).returning(articles.c.url_key, articles.c.id)


def record(connection: Connection, results: Sequence[ReadResult], *, now: datetime) -> None:
    """Write ``results`` down inside the caller's transaction, those of one article one after the other.

    Articles are first made and then locked, each in one order for every worker: two that meet the same articles wait
    for each other instead of deadlocking.
    """
    ids = [result.entry_id for result in results]
    found = {row.id: row for row in connection.execute(_ENTRIES, {"entries": ids})}
    waiting = [
        _Read(_article_key(found[result.entry_id], result), found[result.entry_id], result)
        for result in results
        if result.entry_id in found and found[result.entry_id].state == EntryState.TO_READ.value
    ]
    for turn in _turns(waiting):
        _record(connection, turn, now)


def _turns(waiting: Iterable[_Read]) -> list[list[_Read]]:
    """In the order of the articles, and so that none comes twice in a turn."""
    turns: list[list[_Read]] = []
    seen: Counter[str] = Counter()
    for read in sorted(waiting, key=attrgetter("key")):
        turn = seen[read.key]
        if read.result.article is not None:
            seen[read.key] += 1
        turns += [[]] if turn == len(turns) else []
        turns[turn].append(read)
    return turns


def _record(connection: Connection, turn: Sequence[_Read], now: datetime) -> None:
    read = [(each, each.result.article) for each in turn if each.result.article is not None]
    made = _make(connection, read, now)
    known = _lock(connection, [each.key for each, _ in read if each.key not in made])
    moved = [_no_article(each, now) for each in turn if each.result.article is None]
    for each, article in read:
        if each.key in made:
            moved.append(_moved(each, EntryState.TO_ANALYSE, each.result.reason, now, article_id=made[each.key]))
        # What is gone again already is read anew when the claim of its entry ends.
        elif each.key in known:
            moved.append(_with_known(connection, each, article, known[each.key], now))
    if moved:
        connection.execute(_MOVED, moved)


def _article_key(entry: Row[Any], result: ReadResult) -> str:
    """Articles are the same when their canonical address is; a page without an own address is its entry's."""
    address = result.article.url if result.article is not None else ""
    key: str | None = url_key(address) or entry.url_key
    return key or hashed("entry", str(entry.id))


def _no_article(read: _Read, now: datetime) -> dict[str, Any]:
    entry, result = read.entry, read.result
    state = EntryState.TO_READ if result.retry_at is not None else result.state
    if state is None:
        raise ValueError(f"read result of entry {entry.id} has neither article, end state nor retry_at")
    return _moved(read, state, result.reason, now, article_id=entry.article_id)


def _make(connection: Connection, read: Iterable[tuple[_Read, Article]], now: datetime) -> dict[str, int]:
    """Make the articles that there are not; ids by key of those that nobody else has made meanwhile."""
    new = {each.key: _new(each, article, now) for each, article in read}
    there = set(connection.scalars(_KEYS, {"keys": list(new)})) if new else set()
    values = [row for key, row in new.items() if key not in there]
    if not values:
        return {}
    brought = connection.execute(_new_article(connection.dialect.name), values)
    made: dict[str, int] = {row.url_key: row.id for row in brought}
    versions = [_version(made[key], 1, row) for key, row in new.items() if key in made]
    if versions:
        connection.execute(_NEW_VERSION, versions)
    return made


def _new(read: _Read, article: Article, now: datetime) -> dict[str, Any]:
    entry = read.entry
    published = article.published or entry.published_at
    return _text_values(read.result, article, now) | {
        "url": article.url or entry.url,
        "url_key": read.key,
        "feed_id": entry.feed_id,
        "outlet": article.source or entry.outlet or entry.feed_title,
        "published_at": published,
        "fresh_at": rows.fresh_at(published, entry.first_seen_at),
        "created_at": now,
    }


def _lock(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    return {row.url_key: row for row in connection.execute(_LOCK, {"keys": keys})} if keys else {}


def _with_known(
    connection: Connection, read: _Read, article: Article, known: Row[Any], now: datetime
) -> dict[str, Any]:
    if take_over(connection, known, read.result, article, now) or known.pending:
        state, reason = EntryState.TO_ANALYSE, read.result.reason
    elif given_up := _given_up(connection, known):
        state, reason = EntryState.SKIPPED, given_up
    else:
        state, reason = _verdict_of(connection, known.id, read.entry.id)
    return _moved(read, state, reason, now, article_id=known.id)


def take_over(connection: Connection, known: Row[Any], result: ReadResult, article: Article, now: datetime) -> bool:
    """Make a new version when the words changed and the text is no poorer than the one we have."""
    poorer = _QUALITY.get(result.text_source, 0) < _QUALITY.get(known.text_source, 0)
    if poorer or fingerprint(article.title, article.text) == known.fingerprint:
        return False
    values = _text_values(result, article, now)
    replaced = {"article": known.id, "current": known.version, "title": known.title, "text": known.text}
    connection.execute(_REPLACED_VERSION, replaced)
    connection.execute(_NEW_VERSION, _version(known.id, known.version + 1, values))
    connection.execute(_NEXT_TEXT, values | {"article": known.id, "version": known.version + 1})
    return True


def _text_values(result: ReadResult, article: Article, now: datetime) -> dict[str, Any]:
    return {
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "text_source": result.text_source,
        "fingerprint": fingerprint(article.title, article.text),
        "updated_at": now,
    }


def _version(article_id: int, number: int, text: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "number": number,
        "seen_at": text["updated_at"],
        "fingerprint": text["fingerprint"],
        "text_source": text["text_source"],
    }


def _given_up(connection: Connection, known: Row[Any]) -> str:
    """Why nothing was found about the article's text, as the entry before says; empty when it was understood."""
    if connection.execute(_ANALYSED, {"article": known.id, "current": known.version}).first():
        return ""
    return connection.scalar(_SKIPPED, {"article": known.id}) or ""


def _verdict_of(connection: Connection, article_id: int, entry_id: int) -> tuple[EntryState, str]:
    """What was found before about the same text, and where."""
    matched, first, at = connection.execute(_BEFORE, {"article": article_id, "entry": entry_id}).one()
    state = EntryState.MATCHED if matched else EntryState.UNMATCHED
    if first is not None:
        return state, f"same article as entry {first}"
    return state, f"same text as analysed on {at:%Y-%m-%d}" if at else "same text as analysed before"


def _moved(read: _Read, state: EntryState, reason: str, now: datetime, *, article_id: int | None) -> dict[str, Any]:
    result = read.result
    return {
        "entry": read.entry.id,
        "told": result.language or None,
        "state": state.value,
        "state_at": now,
        "reason": reason,
        "reason_group": reason_group(reason),
        "attempts": read.entry.attempts + (result.article is None and result.was_tried),
        "retry_at": result.retry_at if state is EntryState.TO_READ else None,
        "read_at": now,
        "page_kind": None if result.page_kind is None else result.page_kind.value,
        "text_source": result.text_source,
        "article_id": article_id,
    }
