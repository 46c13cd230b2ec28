"""What pages may be asked for: the types of their parameters, checked before a page is made."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query

LONGEST = 2000
"""Characters of a search."""
Topic = Literal["talks", "missile_aid"]
FIRST, LAST = date(1970, 1, 1), date(2200, 1, 1)
Day = Annotated[date | None, Query(ge=FIRST, le=LAST, description="A day (UTC), like 2025-10-17.")]
Cursor = Annotated[str | None, Query(max_length=60, description="`next` of the page before.")]
Name = Annotated[str, Query(max_length=200, description="A name, as people write it, or a Wikidata id.")]
