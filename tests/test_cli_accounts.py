"""``monitor accounts`` and ``monitor audit`` as a person types them."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.errors import ConfigError
from monitor.store import Store
from monitor.wiring import utc_now
from tests.dashboard_builders import PASSWORD

OTHER = "a quite different sentence"


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LOGNAME", "desk")
    return sqlite_url


def run(url: str, *arguments: str, given: str | None = None) -> Result:
    result = CliRunner().invoke(cli, ["--db", url, *arguments], input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def accounts(url: str, *arguments: str, given: str | None = None) -> Result:
    return run(url, "accounts", *arguments, given=given)


def add(url: str, name: str = "Ann", role: str = "admin") -> None:
    accounts(url, "add", name, "--role", role, "--no-password")


def rows(url: str, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(url, *arguments, "--json").stdout)
    return found


def lets_in(url: str, name: str, password: str) -> bool:
    with Store.open(url) as store:
        return store.accounts.signed_in(name, password, now=utc_now()) is not None


def test_the_password_is_asked_for_twice_and_not_shown(url: str) -> None:
    asked = accounts(url, "add", "Ann", "--role", "admin", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert "Ann may sign in as admin." in asked.output
    assert PASSWORD not in asked.output
    assert lets_in(url, "Ann", PASSWORD)


def test_a_script_gives_the_password_on_standard_input(url: str) -> None:
    accounts(url, "add", "Ann", "--password-stdin", given=f"{PASSWORD}\r\n")
    assert lets_in(url, "Ann", PASSWORD)
    assert "has a new password" in accounts(url, "password", "ann", "--password-stdin", given=OTHER).stdout
    assert not lets_in(url, "Ann", PASSWORD)
    assert lets_in(url, "Ann", OTHER)


def test_no_command_takes_a_password_as_an_argument(url: str) -> None:
    for arguments in (("add", "Ann", PASSWORD), ("add", "Ann", "--password", PASSWORD), ("password", "Ann", PASSWORD)):
        assert accounts(url, *arguments).exit_code == 2
    assert rows(url, "accounts", "list") == []


def test_a_weak_password_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="the password has 5 characters; 12 to 1000"):
        accounts(url, "add", "Ann", "--password-stdin", given="short\n")
    assert rows(url, "accounts", "list") == []


def test_accounts_are_listed_for_people_and_programs_and_without_secrets(url: str) -> None:
    add(url)
    accounts(url, "add", "Ben", "--password-stdin", given=PASSWORD)
    head, first, second = accounts(url, "list").stdout.splitlines()
    assert head.split("\t")[:3] == ["name", "role", "password"]
    assert first.split("\t")[:3] == ["Ann", "admin", "no"]
    assert second.split("\t")[:3] == ["Ben", "reader", "yes"]
    found = rows(url, "accounts", "list")
    assert [(each["name"], each["role"], each["has_password"]) for each in found] == [
        ("Ann", "admin", False),
        ("Ben", "reader", True),
    ]
    assert "argon2" not in str(found)


def test_roles_and_doors_are_changed_and_the_last_admin_stays(url: str) -> None:
    add(url)
    add(url, "Ben", "reader")
    assert accounts(url, "role", "ben", "analyst").stdout == "Ben is analyst now.\n"
    assert "lets nobody in any more" in accounts(url, "disable", "Ben").stdout
    assert rows(url, "accounts", "list")[1]["disabled_at"]
    assert "may sign in again" in accounts(url, "enable", "Ben").stdout
    assert rows(url, "accounts", "list")[1]["disabled_at"] is None
    for change in (("disable", "Ann"), ("role", "Ann", "reader")):
        with pytest.raises(ConfigError, match="Ann is the last admin"):
            accounts(url, *change)


def test_a_token_is_shown_once_alone_on_standard_output_and_works_until_revoked(url: str) -> None:
    add(url)
    made = accounts(url, "token", "add", "Ann", "weekly report", "--days", "30")
    secret = made.stdout.strip()
    assert secret.startswith("tm_")
    assert "\n" not in secret
    assert "It is not shown again." in made.stderr
    with Store.open(url) as store:
        assert store.tokens.holder(secret, now=utc_now())
    listed = accounts(url, "token", "list").stdout
    assert listed.splitlines()[1].split("\t")[:4] == ["1", "Ann", "weekly report", "works"]
    (row,) = rows(url, "accounts", "token", "list")
    assert row["expires_at"] is not None
    assert secret not in listed + str(row) + run(url, "audit").stdout
    assert accounts(url, "token", "revoke", "1").stdout == "Token 1 opens nothing any more.\n"
    with Store.open(url) as store:
        assert store.tokens.holder(secret, now=utc_now()) is None
    assert accounts(url, "token", "list").stdout.splitlines()[1].split("\t")[3] == "revoked"


@pytest.mark.parametrize("arguments", [("token", "revoke", "0"), ("token", "revoke", "x"), ("role", "Ann", "owner")])
def test_what_is_no_number_or_role_is_refused(url: str, arguments: tuple[str, ...]) -> None:
    add(url)
    assert accounts(url, *arguments).exit_code == 2


def test_the_log_names_the_login_and_can_be_read_in_pages_and_by_person(url: str) -> None:
    add(url)
    add(url, "Ben", "reader")
    accounts(url, "role", "Ben", "analyst")
    head, *lines = run(url, "audit").stdout.splitlines()
    assert head.split("\t") == ["number", "when (UTC)", "who", "what", "of what", "in words"]
    assert [line.split("\t")[2:] for line in lines] == [
        ["desk", "account changed", "account Ben", "role analyst"],
        ["desk", "account added", "account Ben", "role reader"],
        ["desk", "account added", "account Ann", "role admin"],
    ]
    assert [each["id"] for each in rows(url, "audit", "--limit", "1")] == [3]
    assert [each["id"] for each in rows(url, "audit", "--before", "3")] == [2, 1]
    assert rows(url, "audit", "--person", "nobody") == []
