"""Canonical names in place of those that people write: "Zelenskyy" means Volodymyr Zelensky."""

from collections.abc import Callable

from monitor.query.nodes import And, Name, Node, Not, Or, Query, Statement, Who, joined, negated

Canonical = Callable[[str], str | None]
"""A name to the whole name of whom or what it means; None for one that nobody knows."""


def resolved(query: Query, canonical: Canonical) -> Query:
    """The query with every known name in its canonical form; names that nobody knows stay as they are."""
    return Query(_resolved(query.root, canonical))


def _resolved(node: Node, canonical: Canonical) -> Node:
    match node:
        case Not():
            return negated(_resolved(node.node, canonical))
        case And() | Or():
            # Two spellings of one name are the same now, and stand there once.
            return joined(type(node), [_resolved(part, canonical) for part in node.nodes])
        case Who():
            return Who(_name(node.name, canonical))
        case Statement():
            speaker = None if node.speaker is None else _name(node.speaker, canonical)
            return Statement(speaker, tuple(dict.fromkeys(_name(name, canonical) for name in node.about)))
    return node


def _name(name: Name, canonical: Canonical) -> Name:
    if name.is_id or (known := canonical(name.text)) is None:
        return name
    # No value can hold a quotation mark.
    return Name(" ".join(known.replace('"', " ").split()), is_whole=True)
