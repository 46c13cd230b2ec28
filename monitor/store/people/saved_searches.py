"""Searches that people keep under a name: rows of ``saved_searches``."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from monitor.errors import ConfigError
from monitor.query import Query, parse
from monitor.records.telling.searches import SavedSearch
from monitor.store.details import name_key
from monitor.store.engine import Database
from monitor.store.telling.tables import saved_searches
from monitor.store.upsert import upsert
from monitor.text import one_line

LONGEST_NAME = 100


class SavedSearches:
    """Saved searches by their names, which are unique whatever their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, search: Query | str, *, now: datetime) -> SavedSearch:
        """Keep a search. Raises QueryError when it cannot be read, ConfigError for a name that is taken or none."""
        name = _checked(name)
        query = parse(search) if isinstance(search, str) else search
        values = {"name": name, "name_key": name_key(name), "search": str(query), "created_at": now}
        with self._database.write() as connection:
            new = upsert(connection, saved_searches).on_conflict_do_nothing().returning(saved_searches.c.id)
            id_ = connection.scalar(new, values)
            if id_ is None:
                raise _taken(name)
        return SavedSearch(id=id_, name=name, search=str(query), created_at=now)

    def get(self, name: str) -> SavedSearch:
        """The search of that name. Raises ConfigError, as those below, when there is none."""
        with self._database.read() as connection:
            return _search_of(_known(connection, name))

    def listed(self) -> tuple[SavedSearch, ...]:
        """All of them, in the order in which they were made."""
        with self._database.read() as connection:
            return tuple(map(_search_of, connection.execute(select(saved_searches).order_by(saved_searches.c.id))))

    def rename(self, name: str, new_name: str) -> SavedSearch:
        """Give it another name, which none has. What was made from it (subscriptions, rules) has its words."""
        new_name = _checked(new_name)
        with self._database.write() as connection:
            row = _known(connection, name)
            there = _row(connection, new_name)
            if there is not None and there.id != row.id:
                raise _taken(new_name)
            values = {"name": new_name, "name_key": name_key(new_name)}
            connection.execute(update(saved_searches).where(saved_searches.c.id == row.id).values(values))
            return _search_of(_known(connection, new_name))

    def remove(self, name: str) -> None:
        """Delete it. What was made from it stays."""
        with self._database.write() as connection:
            here = saved_searches.c.id == _known(connection, name).id
            connection.execute(delete(saved_searches).where(here))


def _checked(name: str) -> str:
    name = one_line(name)
    if not name:
        raise ConfigError("a saved search needs a name. Give it one word or more.")
    if len(name) > LONGEST_NAME:
        raise ConfigError(f"the name has {len(name)} characters, {LONGEST_NAME} at most. Shorten it.")
    return name


def _taken(name: str) -> ConfigError:
    return ConfigError(f"there is a saved search {name!r} already. Take another name, or remove it.")


def _row(connection: Connection, name: str) -> Row[Any] | None:
    here = saved_searches.c.name_key == name_key(one_line(name))
    return connection.execute(select(saved_searches).where(here)).first()


def _known(connection: Connection, name: str) -> Row[Any]:
    row = _row(connection, name)
    if row is None:
        raise ConfigError(f"there is no saved search {name!r}. `monitor searches list` shows them.")
    return row


def _search_of(row: Row[Any]) -> SavedSearch:
    return SavedSearch(id=row.id, name=row.name, search=row.search, created_at=row.created_at)
