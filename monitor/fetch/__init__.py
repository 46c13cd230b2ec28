"""Addresses in, documents out: the only async room of the program, behind a plain iterator.

``Fetcher.fetch`` turns requests into ``Document``, ``NotModified`` or ``FetchError`` values, in the order in which
they complete. A failed request is a value; what it is and what to do about it is in its message.
"""

from monitor.fetch.client import Fetcher
from monitor.fetch.limits import FetchLimits

__all__ = ["FetchLimits", "Fetcher"]
