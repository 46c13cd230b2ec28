"""Accounts: rows of ``accounts``. Every change leaves a line in the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, update

from monitor import passwords
from monitor.errors import ConfigError
from monitor.records.accounts import Account, Role
from monitor.store.details import name_key
from monitor.store.engine import Database
from monitor.store.people.audit import note
from monitor.store.people.tables import accounts, sessions, tokens
from monitor.store.upsert import upsert
from monitor.text import one_line

LONGEST_NAME = 100


class Accounts:
    """Accounts by their names, which are unique whatever their case. ``by`` is who makes a change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._any = False

    def any(self) -> bool:
        """Whether there is an account at all, disabled ones too. Once there is one, there always is."""
        if not self._any:
            with self._database.read() as connection:
                self._any = bool(connection.scalar(select(exists().where(accounts.c.id > 0))))
        return self._any

    def add(self, name: str, role: Role, password: str | None, *, by: str, now: datetime) -> Account:
        """Make an account; without ``password`` only tokens, proxies and providers open it.

        Raises ConfigError for a name that is taken or none, and for a weak password.
        """
        name = _checked(name)
        values = {
            "name": name,
            "name_key": name_key(name),
            "role": role.value,
            "password_hash": None if password is None else _strong(password, name),
            "created_at": now,
        }
        with self._database.write() as connection:
            new = upsert(connection, accounts).values(values).on_conflict_do_nothing(index_elements=["name_key"])
            row = connection.execute(new.returning(accounts)).first()
            if row is None:
                raise ConfigError(f"there is an account {name!r} already. Take another name.")
            note(connection, by, "account added", f"account {name}", f"role {role.value}", now=now)
            return account(row)

    def listed(self) -> tuple[Account, ...]:
        """All accounts, by name."""
        with self._database.read() as connection:
            found = tuple(map(account, connection.execute(select(accounts))))
        return tuple(sorted(found, key=lambda each: each.name.casefold()))

    def find(self, name: str) -> Account | None:
        """The account of that name."""
        with self._database.read() as connection:
            row = _row(connection, name)
            return None if row is None else account(row)

    def signed_in(self, name: str, password: str, *, now: datetime) -> Account | None:
        """The account, where name and password fit and it is not disabled. Takes as long for names that nobody has."""
        with self._database.read() as connection:
            row = _row(connection, name)
        stored = None if row is None else row.password_hash
        if not passwords.fits(password, stored) or row is None or stored is None:
            return None
        fresh = {"last_seen_at": now, "password_hash": stored}
        if passwords.is_dated(stored):
            fresh["password_hash"] = passwords.hashed(password)
        # Comparing takes a while: a password changed meanwhile must neither let in nor be overwritten.
        same = (accounts.c.id == row.id, accounts.c.password_hash == stored, accounts.c.disabled_at.is_(None))
        with self._database.write() as connection:
            let_in = connection.execute(update(accounts).where(*same).values(fresh).returning(accounts)).first()
        return None if let_in is None else account(let_in)

    def set_role(self, name: str, role: Role, *, by: str, now: datetime) -> Account:
        """Give it another role. Raises ConfigError, as those below, where there is none, or no admin would be left."""
        with self._database.write() as connection:
            row = _known(connection, name, alone=True)
            if role is not Role.ADMIN:
                _keep_an_admin(connection, row)
            return _changed(connection, row, {"role": role.value}, by, f"role {role.value}", now)

    def set_password(self, name: str, password: str, *, by: str, now: datetime) -> Account:
        """Give it another password; every session of it ends."""
        hashed = _strong(password, name)
        with self._database.write() as connection:
            row = _known(connection, name, alone=True)
            connection.execute(delete(sessions).where(sessions.c.account_id == row.id))
            return _changed(connection, row, {"password_hash": hashed}, by, "new password", now)

    def disable(self, name: str, *, by: str, now: datetime) -> Account:
        """Let nobody in with it any more; its sessions end and its tokens are revoked."""
        with self._database.write() as connection:
            row = _known(connection, name, alone=True)
            _keep_an_admin(connection, row)
            connection.execute(delete(sessions).where(sessions.c.account_id == row.id))
            live = (tokens.c.account_id == row.id, tokens.c.revoked_at.is_(None))
            connection.execute(update(tokens).where(*live).values(revoked_at=now))
            return _changed(connection, row, {"disabled_at": now}, by, "disabled", now)

    def enable(self, name: str, *, by: str, now: datetime) -> Account:
        """Let people in with it again; its tokens stay revoked."""
        with self._database.write() as connection:
            return _changed(connection, _known(connection, name), {"disabled_at": None}, by, "enabled", now)


def _checked(name: str) -> str:
    name = one_line(name)
    if not name or len(name) > LONGEST_NAME:
        raise ConfigError(f"an account needs a name of 1 to {LONGEST_NAME} characters, not {name[:40]!r}.")
    return name


def _strong(password: str, name: str) -> str:
    passwords.require_strong(password, name=name)
    return passwords.hashed(password)


def _row(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(accounts).where(accounts.c.name_key == name_key(one_line(name)))).first()


def _known(connection: Connection, name: str, *, alone: bool = False) -> Row[Any]:
    """The account's row; with ``alone`` nobody else changes accounts until this transaction ends."""
    if alone:
        # All of them, in one order: two who take the last two admins away at once must wait for each other.
        connection.execute(select(accounts.c.id).order_by(accounts.c.id).with_for_update())
    row = _row(connection, name)
    if row is None:
        raise ConfigError(f"there is no account {name!r}. `monitor accounts list` shows those there are.")
    return row


def _keep_an_admin(connection: Connection, row: Row[Any]) -> None:
    """Refuse to take the last admin away: nobody could make another one from the dashboard."""
    if row.role != Role.ADMIN.value or row.disabled_at is not None:
        return
    others = (accounts.c.role == Role.ADMIN.value, accounts.c.disabled_at.is_(None), accounts.c.id != row.id)
    if not connection.scalar(select(func.count()).select_from(accounts).where(*others)):
        raise ConfigError(f"{row.name} is the last admin. Make another one first: monitor accounts role NAME admin.")


def _changed(
    connection: Connection, row: Row[Any], values: dict[str, Any], by: str, what: str, now: datetime
) -> Account:
    connection.execute(update(accounts).where(accounts.c.id == row.id).values(values))
    note(connection, by, "account changed", f"account {row.name}", what, now=now)
    return account(_known(connection, row.name))


def account(row: Row[Any]) -> Account:
    """A row of ``accounts``, or of a join with it."""
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        has_password=row.password_hash is not None,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        last_seen_at=row.last_seen_at,
    )
