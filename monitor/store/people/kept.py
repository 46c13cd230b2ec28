"""What one person keeps: views under a name, matches put off, and when they were here last."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select

from monitor.errors import ConfigError
from monitor.records.accounts import SavedView
from monitor.store.columns import row_id
from monitor.store.details import name_key
from monitor.store.engine import Database
from monitor.store.people.audit import note
from monitor.store.people.tables import saved_views, snoozes, visits
from monitor.store.tables import articles
from monitor.store.upsert import upsert
from monitor.text import one_line

LONGEST_NAME = 100
MOST_VIEWS = 100
ONE_VISIT = timedelta(minutes=30)
"""Pages seen within so long of each other belong to one visit."""


class Views:
    """Saved views of one person each: a page with its filters. A name that is there is overwritten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, owner: str, name: str, path: str, query: str) -> SavedView:
        """Keep it. Raises ConfigError without a name, or when there are ``MOST_VIEWS`` already."""
        name = one_line(name)
        if not name or len(name) > LONGEST_NAME:
            raise ConfigError(f"a view needs a name of 1 to {LONGEST_NAME} characters.")
        keys = {"owner_key": name_key(owner), "name_key": name_key(name)}
        values = keys | {"owner": owner, "name": name, "path": path, "query": query}
        with self._database.write() as connection:
            others = (saved_views.c.owner_key == keys["owner_key"], saved_views.c.name_key != keys["name_key"])
            if (connection.scalar(select(func.count()).select_from(saved_views).where(*others)) or 0) >= MOST_VIEWS:
                raise ConfigError(f"you have {MOST_VIEWS} saved views. Remove one first.")
            new = upsert(connection, saved_views).values(values)
            kept = {"name": name, "path": path, "query": query}
            stored = new.on_conflict_do_update(index_elements=["owner_key", "name_key"], set_=kept)
            return _view(connection.execute(stored.returning(saved_views)).one())

    def listed(self, owner: str) -> tuple[SavedView, ...]:
        """One person's views, by name."""
        mine = saved_views.c.owner_key == name_key(owner)
        with self._database.read() as connection:
            found = tuple(map(_view, connection.execute(select(saved_views).where(mine))))
        return tuple(sorted(found, key=lambda each: each.name.casefold()))

    def remove(self, owner: str, number: int) -> None:
        """Delete one's own view. One that is not there is no mistake."""
        with self._database.write() as connection:
            mine = (saved_views.c.owner_key == name_key(owner), saved_views.c.id == row_id(number))
            connection.execute(delete(saved_views).where(*mine))


class Snoozes:
    """Matches that one person does not want to see for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, person: str, article_id: int, *, until: datetime, now: datetime) -> None:
        """Hide the article from the person's lists until then; a time that is not ahead shows it again.

        Raises ConfigError for an article that is not there.
        """
        key = {"person_key": name_key(person), "article_id": row_id(article_id)}
        with self._database.write() as connection:
            if connection.scalar(select(articles.c.id).where(articles.c.id == key["article_id"])) is None:
                raise ConfigError(f"there is no article {article_id}.")
            if until <= now:
                gone = (snoozes.c.person_key == key["person_key"], snoozes.c.article_id == key["article_id"])
                connection.execute(delete(snoozes).where(*gone))
            else:
                new = upsert(connection, snoozes).values(key | {"until": until})
                kept = new.on_conflict_do_update(index_elements=["person_key", "article_id"], set_={"until": until})
                connection.execute(kept)
            detail = f"until {until:%Y-%m-%d %H:%M} UTC" if until > now else "shown again"
            note(connection, person, "snooze", f"article {article_id}", detail, now=now)

    def prune(self, *, now: datetime) -> int:
        """Delete those whose time has passed; return how many."""
        with self._database.write() as connection:
            return connection.execute(delete(snoozes).where(snoozes.c.until <= now)).rowcount


class Visits:
    """When people were here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, person: str, *, now: datetime) -> datetime | None:
        """Note that the person is here; return when their visit before this one ended, None for the first."""
        key = name_key(person)
        with self._database.read() as connection:
            row = connection.execute(select(visits).where(visits.c.person_key == key)).first()
        if row is not None and timedelta(0) <= now - row.seen_at < timedelta(minutes=1):
            return _before(row)
        same = row is not None and now - row.seen_at < ONE_VISIT
        values: dict[str, Any] = {
            "person_key": key,
            "began_at": row.began_at if row is not None and same else now,
            "seen_at": now,
            "before_at": None if row is None else row.before_at if same else row.seen_at,
        }
        with self._database.write() as connection:
            new = upsert(connection, visits).values(values)
            connection.execute(new.on_conflict_do_update(index_elements=["person_key"], set_=values))
        before: datetime | None = values["before_at"]
        return before


def _before(row: Row[Any]) -> datetime | None:
    before: datetime | None = row.before_at
    return before


def _view(row: Row[Any]) -> SavedView:
    return SavedView(id=row.id, owner=row.owner, name=row.name, path=row.path, query=row.query)
