"""What a search asks for, as a tree. Everything here is frozen and can be compared; ``writing`` turns it into text."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

_ID = re.compile(r"Q[1-9]\d*")


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand in a row, in title or text. The last one may be the beginning of a word."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """Whom or what a field names: a Wikidata id, a whole name, or (not ``is_whole``) one word of a name."""

    text: str
    is_whole: bool = False

    @property
    def is_id(self) -> bool:
        """Whether it is a Wikidata id."""
        return _ID.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class Topic:
    """A live match on this topic."""

    name: str


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody or something that the article names."""

    name: Name


@dataclass(frozen=True, slots=True)
class Statement:
    """One quotation or reported statement: who said it, and what it is about (all of these)."""

    speaker: Name | None = None
    about: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """Part of the outlet's name."""

    text: str


@dataclass(frozen=True, slots=True)
class Country:
    """The feed's country: ISO 3166 code, large letters."""

    code: str


@dataclass(frozen=True, slots=True)
class Language:
    """The article's language: ISO 639-1 code, small letters."""

    code: str


@dataclass(frozen=True, slots=True)
class Ago:
    """A moment, counted back from now: ``unit`` is ``h``, ``d`` or ``w``."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class DaysAgo:
    """A whole day (UTC), counted back from today: 0 is today, 1 yesterday."""

    days: int


Moment: TypeAlias = date | DaysAgo | Ago


@dataclass(frozen=True, slots=True)
class Dates:
    """When the article was published: from ``first`` to ``last``, both included; open where None."""

    first: Moment | None
    last: Moment | None


@dataclass(frozen=True, slots=True)
class StateControlled:
    """Outlets that a state controls."""


@dataclass(frozen=True, slots=True)
class Not:
    """Everything else."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    nodes: tuple["Node", ...]


Field: TypeAlias = Topic | Who | Statement | Outlet | Country | Language | Dates | StateControlled
Node: TypeAlias = Words | Field | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A whole search. ``str`` gives it as text that ``parse`` reads back to an equal one."""

    root: Node

    def __str__(self) -> str:
        from monitor.query.writing import written

        return written(self.root)

    @property
    def terms(self) -> tuple[Words, ...]:
        """The wanted words, phrases and beginnings of words, and the words of wanted names: what to highlight."""
        from monitor.query.wanted import terms

        return terms(self)

    @property
    def only_excludes(self) -> bool:
        """Whether it says nothing but what to leave out: all but these."""
        return _excludes(self.root)


def _excludes(node: Node) -> bool:
    if isinstance(node, And):
        return all(map(_excludes, node.nodes))
    if isinstance(node, Or):
        return any(map(_excludes, node.nodes))
    return isinstance(node, Not)


def joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node:
    """The nodes as one: those of the same kind laid open, each once, one alone as it is."""
    flat: dict[Node, None] = {}
    for node in nodes:
        flat |= dict.fromkeys(node.nodes if isinstance(node, kind) else (node,))
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(flat))


def negated(node: Node) -> Node:
    """The opposite; what is negated twice is as it was."""
    return node.node if isinstance(node, Not) else Not(node)
