"""The search language: words to a query, which views, alerts, digests, feeds out and the API share. Pure.

``parse`` reads what a person wrote, ``str`` of a query writes it down again, ``names.resolved`` puts canonical names
in place of those that people use, ``wanted`` says what to highlight. What a query finds is the store's business
(``monitor.store.searching.selecting``).
"""

from monitor.query.nodes import Query
from monitor.query.parsing import parse

__all__ = ["Query", "parse"]
