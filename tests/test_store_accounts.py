"""Accounts in the store: who is let in, what is refused, and the audit line that every change leaves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select, update

from monitor.errors import ConfigError
from monitor.records.accounts import Account, Role
from monitor.store import Store
from monitor.store.people.tables import accounts
from tests.dashboard_builders import PASSWORD
from tests.store_builders import MINUTE, NOW

OTHER = "a quite different sentence"


def add(store: Store, name: str = "Ann", role: Role = Role.ADMIN, password: str | None = None) -> Account:
    return store.accounts.add(name, role, password, by="root", now=NOW)


def stored_hash(store: Store, name: str = "Ann") -> str:
    with store._database.read() as connection:
        found: str = connection.execute(select(accounts.c.password_hash).where(accounts.c.name == name)).scalar_one()
    return found


def lines(store: Store) -> list[tuple[str, str, str, str]]:
    return [(each.person, each.action, each.subject, each.detail) for each in store.audit.listed()]


def test_the_name_and_the_password_let_in_whatever_the_name_s_case(store: Store) -> None:
    made = add(store, password=PASSWORD)
    assert (made.role, made.has_password, made.last_seen_at) == (Role.ADMIN, True, None)
    let_in = store.accounts.signed_in(" aNN ", PASSWORD, now=NOW + MINUTE)
    assert let_in is not None
    assert (let_in.id, let_in.last_seen_at) == (made.id, NOW + MINUTE)
    assert store.accounts.find("ANN") == let_in


def test_a_wrong_password_or_name_lets_nobody_in(store: Store) -> None:
    add(store, password=PASSWORD)
    add(store, "Tokens")
    for name, password in (("Ann", OTHER), ("Ben", PASSWORD), ("Tokens", PASSWORD), ("Tokens", ""), ("", "")):
        assert store.accounts.signed_in(name, password, now=NOW) is None


def test_no_password_is_stored_or_told(store: Store) -> None:
    made = add(store, password=PASSWORD)
    store.accounts.set_password("Ann", OTHER, by="root", now=NOW)
    told = f"{made} {store.accounts.listed()} {store.audit.listed()} {stored_hash(store)}"
    assert PASSWORD not in told
    assert OTHER not in told
    assert "$argon2" not in f"{made} {store.accounts.listed()} {store.audit.listed()}"


def test_a_name_is_taken_once_whatever_its_case(store: Store) -> None:
    add(store, "Оксана")
    with pytest.raises(ConfigError, match="there is an account 'ОКСАНА' already"):
        add(store, "ОКСАНА")
    assert len(store.accounts.listed()) == len(store.audit.listed()) == 1


def test_two_who_take_one_name_at_once_make_one_account(store: Store) -> None:
    def attempt(_: int) -> bool:
        try:
            return bool(add(store))
        except ConfigError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert len(store.accounts.listed()) == len(store.audit.listed()) == 1


@pytest.mark.parametrize("name", ["", " \n ", "x" * 101])
def test_an_account_needs_a_name_that_can_be_shown(store: Store, name: str) -> None:
    with pytest.raises(ConfigError, match="1 to 100 characters"):
        add(store, name)
    assert not store.accounts.any()


def test_a_weak_password_makes_no_account_and_changes_none(store: Store) -> None:
    with pytest.raises(ConfigError, match="12 to 1000"):
        add(store, password="short")
    assert not store.accounts.any()
    add(store, password=PASSWORD)
    with pytest.raises(ConfigError, match="easy to guess"):
        store.accounts.set_password("Ann", "Ann Ann Ann Ann", by="root", now=NOW)
    assert store.accounts.signed_in("Ann", PASSWORD, now=NOW)


def test_once_there_is_an_account_there_is_one_for_every_process(store: Store, database_url: str) -> None:
    with Store.open(database_url) as beside:
        assert not beside.accounts.any()
        add(store)
        assert beside.accounts.any()


def test_accounts_are_listed_by_name(store: Store) -> None:
    for name in ("ben", "Ann", "Ängel", "Cora"):
        add(store, name)
    assert [each.name for each in store.accounts.listed()] == ["Ann", "ben", "Cora", "Ängel"]


def test_every_change_leaves_a_line_that_says_who_and_what(store: Store) -> None:
    add(store)
    add(store, "Ben", Role.READER)
    store.accounts.set_role("ben", Role.ANALYST, by="Ann", now=NOW)
    store.accounts.set_password("Ben", OTHER, by="Ben", now=NOW)
    store.accounts.disable("Ben", by="Ann", now=NOW)
    store.accounts.enable("Ben", by="Ann", now=NOW)
    assert lines(store) == [
        ("Ann", "account changed", "account Ben", "enabled"),
        ("Ann", "account changed", "account Ben", "disabled"),
        ("Ben", "account changed", "account Ben", "new password"),
        ("Ann", "account changed", "account Ben", "role analyst"),
        ("root", "account added", "account Ben", "role reader"),
        ("root", "account added", "account Ann", "role admin"),
    ]


def test_what_is_refused_leaves_no_line(store: Store) -> None:
    add(store)
    with pytest.raises(ConfigError, match="there is no account 'Ben'"):
        store.accounts.set_role("Ben", Role.READER, by="Ann", now=NOW)
    with pytest.raises(ConfigError, match="there is no account 'Ben'"):
        store.accounts.set_password("Ben", OTHER, by="Ann", now=NOW)
    with pytest.raises(ConfigError, match="there is no account 'Ben'"):
        store.accounts.disable("Ben", by="Ann", now=NOW)
    with pytest.raises(ConfigError, match="there is no account 'Ben'"):
        store.accounts.enable("Ben", by="Ann", now=NOW)
    assert len(lines(store)) == 1


def test_the_last_admin_who_can_sign_in_stays_one(store: Store) -> None:
    add(store)
    add(store, "Ben")
    store.accounts.disable("Ben", by="Ann", now=NOW)
    with pytest.raises(ConfigError, match="Ann is the last admin"):
        store.accounts.disable("Ann", by="Ann", now=NOW)
    with pytest.raises(ConfigError, match="Ann is the last admin"):
        store.accounts.set_role("Ann", Role.READER, by="Ann", now=NOW)
    assert store.accounts.set_role("Ann", Role.ADMIN, by="Ann", now=NOW).role is Role.ADMIN
    store.accounts.enable("Ben", by="Ann", now=NOW)
    assert store.accounts.set_role("Ann", Role.READER, by="Ann", now=NOW).role is Role.READER


def test_of_admins_who_step_down_at_once_one_stays(store: Store) -> None:
    names = ["Ann", "Ben", "Cora", "Dan"]
    for name in names:
        add(store, name)

    def step_down(name: str) -> bool:
        try:
            if name < "C":
                store.accounts.disable(name, by=name, now=NOW)
            else:
                store.accounts.set_role(name, Role.READER, by=name, now=NOW)
        except ConfigError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(step_down, names)) == 3
    left = [each for each in store.accounts.listed() if each.role is Role.ADMIN and each.disabled_at is None]
    assert len(left) == 1


def test_a_disabled_account_lets_nobody_in_until_it_is_enabled(store: Store) -> None:
    add(store)
    add(store, "Ben", Role.READER, PASSWORD)
    assert store.accounts.disable("Ben", by="Ann", now=NOW).disabled_at == NOW
    assert store.accounts.signed_in("Ben", PASSWORD, now=NOW) is None
    assert store.accounts.enable("Ben", by="Ann", now=NOW).disabled_at is None
    assert store.accounts.signed_in("Ben", PASSWORD, now=NOW)


def test_after_a_new_password_only_that_one_lets_in(store: Store) -> None:
    add(store, password=PASSWORD)
    store.accounts.set_password("Ann", OTHER, by="root", now=NOW)
    assert store.accounts.signed_in("Ann", PASSWORD, now=NOW) is None
    assert store.accounts.signed_in("Ann", OTHER, now=NOW)


def test_a_password_that_is_changed_while_the_old_one_is_compared_stands(store: Store, database_url: str) -> None:
    add(store, password=PASSWORD)
    with Store.open(database_url) as beside:

        def change(_: object) -> None:
            beside.accounts.set_password("Ann", OTHER, by="root", now=NOW)

        # When the name has been looked up, and before the password is compared.
        event.listen(store._database.engine, "commit", change, once=True)
        assert store.accounts.signed_in("Ann", PASSWORD, now=NOW) is None
    assert store.accounts.signed_in("Ann", OTHER, now=NOW)


def test_a_hash_of_weaker_days_is_made_anew_when_its_owner_comes(store: Store) -> None:
    add(store)
    # Of a time when shorter passwords were taken, too.
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("short")
    with store._database.write() as connection:
        connection.execute(update(accounts).values(password_hash=weak))
    assert store.accounts.signed_in("Ann", "wrong", now=NOW) is None
    assert stored_hash(store) == weak
    assert store.accounts.signed_in("Ann", "short", now=NOW)
    fresh = stored_hash(store)
    assert fresh != weak
    assert store.accounts.signed_in("Ann", "short", now=NOW + timedelta(hours=1))
    assert stored_hash(store) == fresh
