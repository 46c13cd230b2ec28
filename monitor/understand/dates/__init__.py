"""When? Expressions of time in a text, resolved to days by the publication date and the outlet's zone. Pure.

``find`` gives all of a text, ``of`` the one that belongs to a clause, ``resolve`` reads a lone expression.
"""

from monitor.understand.dates.clauses import of
from monitor.understand.dates.finding import find, resolve

__all__ = ["find", "of", "resolve"]
