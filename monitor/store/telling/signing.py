"""Keys that sign links in mails. They are made at first use and live in the database alone."""

import secrets

from sqlalchemy import Connection, func, select

from monitor.store.engine import Database
from monitor.store.telling.tables import signing_keys
from monitor.store.upsert import upsert

_BYTES = 32


class Signing:
    """One secret key for each purpose."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def key(self, name: str) -> bytes:
        """The key called ``name``; the first who asks makes it, and everybody after gets the same."""
        with self._database.read() as connection:
            found = _key(connection, name)
        if found is not None:
            return found
        values = {"name": name, "key": secrets.token_bytes(_BYTES), "created_at": func.now()}
        with self._database.write() as connection:
            connection.execute(upsert(connection, signing_keys).values(values).on_conflict_do_nothing())
        with self._database.read() as connection:
            made = _key(connection, name)
        assert made is not None
        return made


def _key(connection: Connection, name: str) -> bytes | None:
    key: bytes | None = connection.scalar(select(signing_keys.c.key).where(signing_keys.c.name == name))
    return key
