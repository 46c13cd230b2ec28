"""What many processes share: who may do what only one may, whose turn it is at a host, and rows that broke rounds."""

from sqlalchemy import Column, Index, Integer, Table, Text

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("acquired_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

# Beside ``hosts`` and not in it: this is written every few seconds, and those rows hold whole robots.txt files.
host_turns = Table(
    "host_turns",
    metadata,
    Column("host", Text, primary_key=True),
    # The process that may ask the host; empty when it was given back.
    Column("holder", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    # When the host was last asked, as far as anybody said.
    Column("asked_at", UtcDateTime),
    # Few columns, no second index: updates stay on their page.
    postgresql_with={"fillfactor": 50},
)

setbacks = Table(
    "setbacks",
    metadata,
    Column("id", Key, primary_key=True),
    # The table of the row and its id there; a row that is gone leaves nothing but this note.
    Column("kind", Text, nullable=False),
    Column("row_id", Key, nullable=False),
    Column("job", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("error", SafeText, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    # Since when nobody takes the row any more; null while it may be tried again.
    Column("quarantined_at", UtcDateTime),
    Index("ix_setbacks_row", "kind", "row_id", unique=True),
    Index("ix_setbacks_quarantined_at", "quarantined_at"),
)
