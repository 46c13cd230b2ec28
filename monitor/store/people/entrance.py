"""Sessions of browsers and tokens of programs: what stands for a password once somebody is in."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Table, delete, insert, or_, select, update

from monitor import passwords
from monitor.errors import ConfigError
from monitor.records.accounts import Account, Token
from monitor.store.columns import row_id
from monitor.store.details import name_key
from monitor.store.engine import Database
from monitor.store.people.accounts import account as account_of
from monitor.store.people.audit import note
from monitor.store.people.tables import accounts, sessions, tokens
from monitor.text import one_line

IDLE = timedelta(days=14)
"""A session that nobody used for so long has ended."""
LONGEST = timedelta(days=90)
LONGEST_NAME = 100
NOTED_EVERY = timedelta(minutes=1)
"""Use is written down at most so often: reading a page must not write."""
PREFIX = "tm_"
"""Of tokens: scanners for lost secrets know them by it."""


class Sessions:
    """Sessions by their secrets, of which only hashes are stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, account_id: int, *, now: datetime) -> str:
        """Begin one and return its secret, for the browser's cookie."""
        secret = passwords.new_secret()
        values = {
            "secret_hash": passwords.fingerprint(secret),
            "account_id": account_id,
            "created_at": now,
            "seen_at": now,
        }
        with self._database.write() as connection:
            connection.execute(insert(sessions).values(values))
        return secret

    def holder(self, secret: str, *, now: datetime) -> Account | None:
        """Whose session it is; None for one that has ended or never was."""
        live = (sessions.c.seen_at > now - IDLE, sessions.c.created_at > now - LONGEST)
        return _holder(self._database, sessions, secret, live, sessions.c.seen_at, now)

    def end(self, secret: str, *, now: datetime) -> None:
        """End it. One that never was is no mistake."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.secret_hash == passwords.fingerprint(secret)))

    def prune(self, *, now: datetime) -> int:
        """Delete those that have ended by time; return how many."""
        with self._database.write() as connection:
            ended = or_(sessions.c.seen_at <= now - IDLE, sessions.c.created_at <= now - LONGEST)
            return connection.execute(delete(sessions).where(ended)).rowcount


class Tokens:
    """Tokens for programs. ``by`` is who makes a change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: str, name: str, *, expires_at: datetime | None, by: str, now: datetime) -> tuple[Token, str]:
        """Make one; its secret is returned this once.

        Raises ConfigError for an account that is not there or disabled, and for a token without a name.
        """
        name = one_line(name)
        if not name or len(name) > LONGEST_NAME:
            raise ConfigError(f"a token needs a name of 1 to {LONGEST_NAME} characters that says what it is for.")
        secret = passwords.new_secret(PREFIX)
        with self._database.write() as connection:
            known = select(accounts).where(accounts.c.name_key == name_key(one_line(account)))
            # Locked: who disables the account at the same time revokes this one, too.
            owner = connection.execute(known.with_for_update()).first()
            if owner is None or owner.disabled_at is not None:
                raise ConfigError(
                    f"there is no account {account!r} that is enabled. `monitor accounts list` shows them."
                )
            values = {
                "secret_hash": passwords.fingerprint(secret),
                "account_id": owner.id,
                "name": name,
                "created_at": now,
                "expires_at": expires_at,
            }
            id_ = connection.scalar(insert(tokens).values(values).returning(tokens.c.id))
            note(connection, by, "token added", f"account {owner.name}", f"token {id_}: {name}", now=now)
        return Token(id=id_, account=owner.name, name=name, created_at=now, expires_at=expires_at), secret

    def listed(self) -> tuple[Token, ...]:
        """All tokens, in the order in which they were made."""
        query = select(tokens, accounts.c.name.label("account")).join(accounts).order_by(tokens.c.id)
        with self._database.read() as connection:
            return tuple(map(_token, connection.execute(query)))

    def holder(self, secret: str, *, now: datetime) -> Account | None:
        """Whose token it is; None for one that is expired, revoked, or never was."""
        live = (tokens.c.revoked_at.is_(None), or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now))
        return _holder(self._database, tokens, secret, live, tokens.c.last_used_at, now)

    def revoke(self, number: int, *, by: str, now: datetime) -> None:
        """Take it back. Raises ConfigError where there is none that still works."""
        with self._database.write() as connection:
            live = (tokens.c.id == row_id(number), tokens.c.revoked_at.is_(None))
            done = connection.scalar(update(tokens).where(*live).values(revoked_at=now).returning(tokens.c.name))
            if done is None:
                raise ConfigError(f"there is no token {number} that works. `monitor accounts token list` shows them.")
            note(connection, by, "token revoked", f"token {number}", done, now=now)


def _holder(
    database: Database, table: Table, secret: str, live: tuple[Any, ...], used: Any, now: datetime
) -> Account | None:
    here = table.c.secret_hash == passwords.fingerprint(secret)
    query = select(accounts, used.label("used_at"), table.c.id.label("key_id")).join(
        table, table.c.account_id == accounts.c.id
    )
    with database.read() as connection:
        row = connection.execute(query.where(here, accounts.c.disabled_at.is_(None), *live)).first()
    if row is None:
        return None
    if row.used_at is None or row.used_at < now - NOTED_EVERY:
        with database.write() as connection:
            # The account first, as everybody does who ends sessions: else the two could wait for each other.
            connection.execute(update(accounts).where(accounts.c.id == row.id).values(last_seen_at=now))
            connection.execute(update(table).where(table.c.id == row.key_id).values({used: now}))
    return account_of(row)


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        account=row.account,
        name=row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
