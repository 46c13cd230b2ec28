"""Which words of a text to show to somebody who searched for them."""

import re
from collections.abc import Iterator

from monitor.query.nodes import And, Name, Node, Or, Query, Statement, Who, Words
from monitor.query.words import words_of
from monitor.text import bare

_WORD = re.compile(r"[^\W_]+")


def terms(query: Query) -> tuple[Words, ...]:
    """The words, phrases and beginnings of words that are wanted, and the words of names; none that are left out."""
    return tuple(dict.fromkeys(_terms(query.root)))


def words_in(text: str, query: Query) -> tuple[str, ...]:
    """The words to mark in ``text``: those wanted, and every word there that begins as one wanted does."""
    found = terms(query)
    wanted = [word for term in found for word in (term.words[:-1] if term.is_prefix else term.words)]
    beginnings = tuple(bare(term.words[-1]) for term in found if term.is_prefix)
    if beginnings:
        wanted += [word for word in _WORD.findall(text) if bare(word).startswith(beginnings)]
    return tuple(dict.fromkeys(wanted))


def _terms(node: Node) -> Iterator[Words]:
    match node:
        case Words():
            yield node
        case And() | Or():
            for part in node.nodes:
                yield from _terms(part)
        case Who():
            yield from _named(node.name)
        case Statement():
            for name in (*([node.speaker] if node.speaker else ()), *node.about):
                yield from _named(name)


def _named(name: Name) -> Iterator[Words]:
    if not name.is_id:
        yield from (Words((word,)) for word in words_of(name.text))
