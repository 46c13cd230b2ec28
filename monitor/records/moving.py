"""What a move of the whole database did, and how far it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStep:
    """How far a move is: rows of one table that were copied or compared, and those of all tables."""

    doing: str
    """``copying`` or ``comparing``."""
    table: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedText:
    """Texts of one column that no Postgres stores, with the bad characters replaced. ``first`` is a row's key."""

    table: str
    column: str
    rows: int
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDifference:
    """The first row of a table that is not the same on both sides."""

    table: str
    key: str
    what: str
    """``missing`` or ``added`` in the target, or the name of the column that differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTable:
    """One table after the move. ``checksum`` is of all that its rows in the source say, in order of their keys."""

    name: str
    rows: int
    copied: int
    """Rows copied by this run; an interrupted one may have copied others before."""
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was moved, and whether it arrived: without differences every row is the same on both sides."""

    source: str
    target: str
    tables: tuple[MovedTable, ...]
    mended: tuple[MendedText, ...]
    differences: tuple[RowDifference, ...]
    resumed: bool
    """Whether it went on where an interrupted one stopped."""
