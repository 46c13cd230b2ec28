"""Sessions and tokens: how long they let in, what ends them, and how seldom their use is written down."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.errors import ConfigError
from monitor.records.accounts import Role
from monitor.store import Store
from monitor.store.people.entrance import IDLE, LONGEST
from monitor.store.people.tables import sessions, tokens
from tests.store_builders import MINUTE, NOW

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _people(store: Store) -> None:
    store.accounts.add("Root", Role.ADMIN, None, by="tests", now=NOW)
    store.accounts.add("Ann", Role.ANALYST, None, by="tests", now=NOW)


def begin(store: Store, *, now: datetime = NOW) -> str:
    account = store.accounts.find("Ann")
    assert account is not None
    return store.sessions.begin(account.id, now=now)


def is_in(store: Store, secret: str, now: datetime) -> bool:
    account = store.sessions.holder(secret, now=now)
    assert account is None or account.name == "Ann"
    return account is not None


def works(store: Store, secret: str, now: datetime = NOW) -> bool:
    account = store.tokens.holder(secret, now=now)
    assert account is None or (account.name, account.role) == ("Ann", Role.ANALYST)
    return account is not None


def seen(store: Store) -> datetime:
    with store._database.read() as connection:
        found: datetime = connection.execute(select(sessions.c.seen_at)).scalar_one()
    return found


def test_a_session_is_its_account_s_and_no_other_secret_opens_it(store: Store) -> None:
    secret = begin(store)
    assert is_in(store, secret, NOW)
    for other in ("", secret[:-1], secret + "x", "' OR 1=1 --", "\ud800"):
        assert not is_in(store, other, NOW)


def test_of_secrets_only_hashes_are_stored(store: Store) -> None:
    session = begin(store)
    _, token = store.tokens.add("Ann", "script", expires_at=None, by="Ann", now=NOW)
    with store._database.read() as connection:
        held = str([*connection.execute(select(sessions)), *connection.execute(select(tokens))])
    assert session not in held
    assert token not in held
    assert token not in str(store.audit.listed())


def test_a_session_ends_after_fourteen_days_without_use(store: Store) -> None:
    secret = begin(store)
    assert is_in(store, secret, NOW + IDLE - SECOND)
    assert is_in(store, secret, NOW + IDLE + DAY)
    assert not is_in(store, secret, NOW + IDLE + DAY + IDLE)


def test_a_session_ends_after_ninety_days_however_much_it_is_used(store: Store) -> None:
    secret = begin(store)
    for day in range(10, 90, 10):
        assert is_in(store, secret, NOW + day * DAY)
    assert is_in(store, secret, NOW + LONGEST - SECOND)
    assert not is_in(store, secret, NOW + LONGEST)


def test_signing_out_ends_one_session_and_no_other(store: Store) -> None:
    here, there = begin(store), begin(store)
    store.sessions.end(here, now=NOW)
    store.sessions.end("never was one", now=NOW)
    assert not is_in(store, here, NOW)
    assert is_in(store, there, NOW)


def test_a_new_password_ends_every_session_and_leaves_tokens(store: Store) -> None:
    here, there = begin(store), begin(store)
    _, token = store.tokens.add("Ann", "script", expires_at=None, by="Ann", now=NOW)
    store.accounts.set_password("Ann", "a quite different sentence", by="Ann", now=NOW)
    assert not is_in(store, here, NOW)
    assert not is_in(store, there, NOW)
    assert works(store, token)


def test_disabling_ends_sessions_and_tokens_and_enabling_brings_none_back(store: Store) -> None:
    secret = begin(store)
    _, token = store.tokens.add("Ann", "script", expires_at=None, by="Ann", now=NOW)
    store.accounts.disable("Ann", by="Root", now=NOW)
    late = begin(store)
    for session in (secret, late):
        assert not is_in(store, session, NOW)
    assert not works(store, token)
    store.accounts.enable("Ann", by="Root", now=NOW)
    assert not is_in(store, secret, NOW)
    assert not works(store, token)


def test_use_is_written_down_once_a_minute_at_most(store: Store) -> None:
    secret = begin(store)
    is_in(store, secret, NOW + MINUTE)
    assert seen(store) == NOW
    is_in(store, secret, NOW + MINUTE + SECOND)
    assert seen(store) == NOW + MINUTE + SECOND
    is_in(store, secret, NOW + MINUTE + 2 * SECOND)
    assert seen(store) == NOW + MINUTE + SECOND
    account = store.accounts.find("Ann")
    assert account is not None
    assert account.last_seen_at == NOW + MINUTE + SECOND


def test_a_token_works_until_it_expires_and_says_when_it_was_used(store: Store) -> None:
    made, secret = store.tokens.add("ann", " weekly\nreport ", expires_at=NOW + DAY, by="Root", now=NOW)
    assert secret.startswith("tm_")
    assert (made.account, made.name, made.last_used_at) == ("Ann", "weekly report", None)
    assert works(store, secret, NOW + DAY - SECOND)
    assert not works(store, secret, NOW + DAY)
    (listed,) = store.tokens.listed()
    assert (listed.id, listed.last_used_at) == (made.id, NOW + DAY - SECOND)


def test_a_token_without_an_end_works_until_it_is_revoked(store: Store) -> None:
    made, secret = store.tokens.add("Ann", "script", expires_at=None, by="Root", now=NOW)
    _, other = store.tokens.add("Ann", "other", expires_at=None, by="Root", now=NOW)
    assert works(store, secret, NOW + 3650 * DAY)
    store.tokens.revoke(made.id, by="Root", now=NOW)
    assert not works(store, secret)
    assert works(store, other)
    with pytest.raises(ConfigError, match=f"no token {made.id} that works"):
        store.tokens.revoke(made.id, by="Root", now=NOW)
    assert [(each.person, each.action, each.subject, each.detail) for each in store.audit.listed(limit=3)] == [
        ("Root", "token revoked", f"token {made.id}", "script"),
        ("Root", "token added", "account Ann", f"token {made.id + 1}: other"),
        ("Root", "token added", "account Ann", f"token {made.id}: script"),
    ]


def test_a_session_is_no_token_and_a_token_is_no_session(store: Store) -> None:
    _, token = store.tokens.add("Ann", "script", expires_at=None, by="Root", now=NOW)
    assert not works(store, begin(store))
    assert not is_in(store, token, NOW)


@pytest.mark.parametrize(
    ("account", "name", "words"),
    [
        ("Ben", "script", "no account 'Ben' that is enabled"),
        ("Ann", " \n", "1 to 100 characters"),
        ("Ann", "x" * 101, "1 to 100 characters"),
    ],
)
def test_a_token_that_cannot_be_is_refused(store: Store, account: str, name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        store.tokens.add(account, name, expires_at=None, by="Root", now=NOW)
    assert store.tokens.listed() == ()


def test_a_disabled_account_gets_no_token(store: Store) -> None:
    store.accounts.disable("Ann", by="Root", now=NOW)
    with pytest.raises(ConfigError, match="that is enabled"):
        store.tokens.add("Ann", "script", expires_at=None, by="Root", now=NOW)


def test_pruning_drops_the_sessions_that_let_nobody_in_any_more(store: Store) -> None:
    begin(store)
    old = begin(store, now=NOW - LONGEST)
    with store._database.write() as connection:
        connection.execute(sessions.update().where(sessions.c.created_at < NOW).values(seen_at=NOW))
    begin(store, now=NOW - IDLE)
    fresh = begin(store, now=NOW - IDLE + SECOND)
    assert store.sessions.prune(now=NOW) == 2
    assert not is_in(store, old, NOW)
    assert is_in(store, fresh, NOW)
