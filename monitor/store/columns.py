"""Column types that mean the same on SQLite and Postgres."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

# SQLite gives an automatic key only to INTEGER; Postgres needs the wide type for years of polls.
Key = BigInteger().with_variant(Integer, "sqlite")

_TIMES = 256
"""Times that a column remembers: those of a batch."""
LARGEST_ID = 2**62
"""No row has it: SQLite counts up to twice as many, and refuses larger numbers without saying so."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """``text`` without what a database refuses (NUL, lone surrogates), each replaced so that offsets stay."""
    # Nearly every text is fine, and both looks are far cheaper than the search.
    if "\x00" not in text:
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNSTORABLE.sub("\ufffd", text)


def _storable_or_none(text: str | None) -> str | None:
    return None if text is None else storable(text)


def row_id(number: int) -> int:
    """``number`` where a row may have it, else one that no row has."""
    return min(number, LARGEST_ID)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC: ``timestamptz`` on Postgres, sortable text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """As usual, but done once for each time: the rows of a batch share most of theirs."""
        usual = super().bind_processor(dialect)
        # Of every such column there is one: together they must not fill the memory.
        return lru_cache(maxsize=_TIMES)(usual) if usual else None

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive time is a bug and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: times in the store are aware")
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text from the outside world: one bad character must not cost the whole batch."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], Any] | None:
        """Without the two calls around it that a decorator usually makes: there are nine such columns in an entry."""
        return _storable_or_none

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what neither database stores."""
        return _storable_or_none(value)
