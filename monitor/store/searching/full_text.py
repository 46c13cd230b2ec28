"""Words and phrases of a search in the full-text index: an FTS5 table on SQLite, a vector on Postgres.

As much of a search as goes becomes one query of the index. It is made of letters, digits and our own operators alone,
and handed over as a parameter.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, column, func, literal_column, select, table

from monitor.query.nodes import And, Node, Not, Or, Words, joined
from monitor.store.tables import SEARCH, SEARCH_VECTOR, articles

INDEX = table(SEARCH, column("rowid"), column(SEARCH))
"""The FTS5 table; its rows have the ids of the articles."""

_ACCENTS = re.compile("[\u0300-\u036f]")
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
_VECTOR: ColumnElement[Any] = literal_column(f"articles.{SEARCH_VECTOR}")


def is_words(node: Node) -> bool:
    """Whether the index alone can answer: words, and what is left out only beside what is wanted."""
    match node:
        case Words():
            return True
        case Or():
            return all(map(is_words, node.nodes))
        case And():
            wants = any(not isinstance(part, Not) for part in node.nodes)
            return wants and all(is_words(_positive(part)) for part in node.nodes)
    return False


def parted(node: Node) -> tuple[Node | None, tuple[Node, ...]]:
    """What the index can answer of a node of which all must hold, and the rest."""
    parts = node.nodes if isinstance(node, And) else (node,)
    if not any(map(is_words, parts)):
        return None, parts
    words = [part for part in parts if is_words(_positive(part))]
    return joined(And, words), tuple(part for part in parts if part not in words)


def holds(node: Node, dialect: str) -> ColumnElement[bool]:
    """Holds for articles that the index finds for the node (``is_words``)."""
    if dialect == "sqlite":
        return articles.c.id.in_(select(INDEX.c.rowid).where(indexed(node)).correlate(None))
    return _VECTOR.bool_op("@@")(_vector_query(node))


def indexed(node: Node) -> ColumnElement[bool]:
    """Holds for rows of the FTS5 table that the node (``is_words``) finds."""
    return INDEX.c[SEARCH].bool_op("MATCH")(_fts5(node))


def anywhere(node: Node) -> Node:
    """Finds all that the node (``is_words``) finds, and more: words that stand in a row may stand anywhere."""
    match node:
        case Words():
            parts: list[Node] = [Words((word,)) for word in node.words[:-1]]
            return joined(And, [*parts, Words(node.words[-1:], is_prefix=node.is_prefix)])
        case Or():
            return joined(Or, list(map(anywhere, node.nodes)))
        case And():
            return joined(And, [_anywhere(part) for part in node.nodes if not _leaves_out_a_row(part)])
    raise TypeError(f"{node!r} is not made of words")


def _anywhere(part: Node) -> Node:
    return part if isinstance(part, Not) else anywhere(part)


def _leaves_out_a_row(part: Node) -> bool:
    # Without the words wherever they stand too much would be left out.
    return isinstance(part, Not) and anywhere(part.node) != part.node


def _positive(node: Node) -> Node:
    return node.node if isinstance(node, Not) else node


def _fts5(node: Node) -> str:
    match node:
        case Words():
            return f'"{" ".join(node.words)}"' + (" *" if node.is_prefix else "")
        case Or():
            return f"({' OR '.join(map(_fts5, node.nodes))})"
        case And():
            wanted = " AND ".join(_fts5(part) for part in node.nodes if not isinstance(part, Not))
            unwanted = (_fts5(part.node) for part in node.nodes if isinstance(part, Not))
            return f"({' NOT '.join([f'({wanted})', *unwanted])})"
    raise TypeError(f"{node!r} is not made of words")


def _vector_query(node: Node) -> ColumnElement[Any]:
    match node:
        case Words():
            return _lexemes(node)
        case Not():
            return func.tsquery_not(_vector_query(node.node))
        case Or():
            return _balanced(func.tsquery_or, [_vector_query(part) for part in node.nodes])
        case And():
            return _balanced(func.tsquery_and, [_vector_query(part) for part in node.nodes])
    raise TypeError(f"{node!r} is not made of words")


def _balanced(join: Callable[..., ColumnElement[Any]], parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The parts joined two by two: a hundred within each other would be too deep for who writes or reads the SQL."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return join(_balanced(join, parts[:half]), _balanced(join, parts[half:]))


def _lexemes(node: Words) -> ColumnElement[Any]:
    # Accents go as they went in the index.
    words = [_ACCENTS.sub("", unicodedata.normalize("NFD", word)) for word in node.words]
    if not node.is_prefix:
        return func.phraseto_tsquery(_SIMPLE, " ".join(words))
    return func.to_tsquery(_SIMPLE, f"{_in_a_row(words)}:*")


def _in_a_row(words: Iterable[str]) -> str:
    return " <-> ".join(f"'{word}'" for word in words)
