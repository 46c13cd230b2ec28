"""``INSERT ... ON CONFLICT``, which both databases have and SQLAlchemy spells once per database."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An insert into ``table`` that takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return upsert_for(connection.dialect.name, table)


def upsert_for(dialect: str, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """``upsert`` for a statement that is built once and kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
