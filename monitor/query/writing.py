"""A query as text again: what ``parse`` reads back to an equal query."""

from datetime import date
from functools import singledispatch

from monitor.query.nodes import (
    Ago,
    And,
    Country,
    Dates,
    DaysAgo,
    Language,
    Moment,
    Name,
    Node,
    Not,
    Or,
    Outlet,
    StateControlled,
    Statement,
    Topic,
    Who,
    Words,
)
from monitor.query.words import OPERATORS, is_bare

_DAYS = ("today", "yesterday")


@singledispatch
def written(node: Node) -> str:
    """The node as text."""
    raise TypeError(f"{node!r} is no part of a query")


@written.register
def _(node: Words) -> str:
    text, star = " ".join(node.words), "*" if node.is_prefix else ""
    plain = len(node.words) == 1 and (star or text not in OPERATORS)
    return f"{text}{star}" if plain else f'"{text}"{star}'


@written.register
def _(node: Topic) -> str:
    return f"topic:{node.name}"


@written.register
def _(node: Who) -> str:
    return f"who:{_name(node.name)}"


@written.register
def _(node: Statement) -> str:
    said = [] if node.speaker is None else [f"said:{_name(node.speaker)}"]
    return " ".join([*said, *(f"about:{_name(name)}" for name in node.about)])


@written.register
def _(node: Outlet) -> str:
    return f"outlet:{node.text if is_bare(node.text) else _quoted(node.text)}"


@written.register
def _(node: Country) -> str:
    return f"country:{node.code}"


@written.register
def _(node: Language) -> str:
    return f"lang:{node.code}"


@written.register
def _(node: Dates) -> str:
    if node.first is not None and node.first == node.last and not isinstance(node.first, Ago):
        return f"date:{_moment(node.first)}"
    if isinstance(node.first, Ago) and node.last is None:
        return f"date:{_moment(node.first)}"
    return f"date:{_moment(node.first)}..{_moment(node.last)}"


@written.register
def _(_node: StateControlled) -> str:
    return "is:state"


@written.register
def _(node: Not) -> str:
    return f"-{_inside(node.node)}"


@written.register
def _(node: Or) -> str:
    return " OR ".join(map(_inside, node.nodes))


@written.register
def _(node: And) -> str:
    texts: list[str] = []
    for before, part in zip((None, *node.nodes), node.nodes, strict=False):
        # Side by side they would be read as one statement.
        apart = isinstance(before, Statement) and isinstance(part, Statement)
        alone = isinstance(part, Statement) and not apart
        texts.append(f"({written(part)})" if apart else written(part) if alone else _inside(part))
    return " ".join(texts)


def _inside(node: Node) -> str:
    """Within another node: in parentheses where it has parts."""
    parted = isinstance(node, And | Or) or (isinstance(node, Statement) and _parts(node) > 1)
    return f"({written(node)})" if parted else written(node)


def _parts(statement: Statement) -> int:
    return len(statement.about) + (statement.speaker is not None)


def _name(name: Name) -> str:
    return _quoted(name.text) if name.is_whole else name.text


def _quoted(text: str) -> str:
    return f'"{text}"'


def _moment(moment: Moment | None) -> str:
    match moment:
        case None:
            return ""
        case date():
            return moment.isoformat()
        case DaysAgo():
            return _DAYS[moment.days]
        case Ago():
            return f"{moment.amount}{moment.unit}"
