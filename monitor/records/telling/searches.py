"""Searches that people keep."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search under a name."""

    id: int
    name: str
    search: str
    """A query in the search language (``monitor.query``), with canonical names."""
    created_at: datetime
