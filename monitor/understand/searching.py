"""Searches as people write them, with the names that they mean.

The store compares names as they stand, and the knowledge base has those that people use for one: so every search that
comes from outside goes through here before it is run or kept.
"""

from monitor import query
from monitor.query.names import resolved
from monitor.query.nodes import Query
from monitor.understand.names import link

KINDS = ("person", "organisation", "weapon", "place")
"""Whose a name is that several kinds share."""


def read(search: str) -> Query:
    """``search`` as a query in which every known name is the canonical one. Raises QueryError."""
    return resolved(query.parse(search), canonical)


def canonical(name: str) -> str | None:
    """The full name of somebody or something that the knowledge base knows by this one, else None."""
    return next((known.name for kind in KINDS if (known := link(name, kind)) is not None), None)
