"""``monitor subscriptions``, ``digest``, ``alerts`` and ``searches``, as a person uses them."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from monitor.cli.searches import command as searches
from monitor.cli.telling.alerts import command as alerts
from monitor.cli.telling.digest import command as digest
from monitor.cli.telling.subscriptions import command as subscriptions
from monitor.config import Settings
from monitor.errors import ConfigError
from monitor.store import Store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path / 'monitor.sqlite3'}"
    Store.open(url, create=True).close()
    return Settings(database_url=url, catalogue=False, outbox_folder=str(tmp_path / "outbox"))


def run(settings: Settings, command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=settings, catch_exceptions=False)


def listed(settings: Settings) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(settings, subscriptions, "list", "--all", "--json").stdout)
    return found


def test_a_subscription_is_added_once_paused_resumed_and_removed(settings: Settings) -> None:
    assert "Add somebody" in run(settings, subscriptions, "list").stderr
    added = run(settings, subscriptions, "add", "Desk@News.example", "--zone", "Europe/Kyiv", "--hour", "7")
    assert "active, daily 07:00 Europe/Kyiv" in added.stdout
    assert (
        "as before"
        in run(settings, subscriptions, "add", "desk@NEWS.example", "--zone", "Europe/Kyiv", "--hour", "7").stdout
    )
    states = []
    for act in ("pause", "resume", "remove"):
        assert run(settings, subscriptions, act, "desk@news.example").exit_code == 0
        (only,) = listed(settings)
        states.append(only["state"])
    assert states == ["paused", "active", "ended"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("not an address",), "address"),
        (("a@b.example\r\nBcc: c@d.example",), "address"),
        (("a@b.example", "--zone", "Europe/Kiew"), "Europe/Kiev|Europe/Kyiv"),
        (("a@b.example", "--search", "sayd:Putin"), "said"),
        (("a@b.example", "--language", "english"), "ISO 639-1"),
        (("a@b.example", "--saved", "nothing"), "nothing"),
        (("a@b.example", "--ask"), "public_url"),
    ],
)
def test_a_wrong_wish_is_told_with_what_to_do(settings: Settings, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run(settings, subscriptions, "add", *arguments)


def test_the_digest_of_an_empty_store_says_so_in_every_form(settings: Settings, tmp_path: Path) -> None:
    for form in ("text", "html", "page", "markdown", "eml"):
        shown = run(settings, digest, "preview", "--format", form)
        assert (form, "No change" in shown.stdout) == (form, True)
    assert json.loads(run(settings, digest, "preview", "--format", "json").stdout)["headline"].startswith("No change")
    path = tmp_path / "digest.html"
    assert run(settings, digest, "preview", "--now", "--format", "page", "--output", str(path)).exit_code == 0
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>".lower()) or "<html" in path.read_text()


def test_a_test_mail_lands_in_the_outbox_and_in_the_ledger(settings: Settings, tmp_path: Path) -> None:
    assert "handed over" in run(settings, digest, "test", "a@b.example").stdout
    (letter,) = (tmp_path / "outbox").glob("*.eml")
    assert b"To: a@b.example" in letter.read_bytes()
    (line,) = json.loads(run(settings, digest, "status", "--json").stdout)
    assert (line["kind"], line["state"], line["body"]) == ("test", "sent", "")
    assert "will be sent" in run(settings, digest, "resend", str(line["id"])).stdout
    assert "1 sent" in run(settings, digest, "send").stdout
    assert "Nothing was due" in run(settings, digest, "send").stdout


def test_an_alert_rule_is_added_tried_snoozed_and_removed_without_showing_its_secret(settings: Settings) -> None:
    url = "https://hooks.example/services/T0KEN"
    run(settings, searches, "add", "tomahawk", "about:Tomahawk -is:state")
    added = run(settings, alerts, "add", "aid", "--on", "ladder,match", "--webhook", url, "--saved", "tomahawk")
    assert "T0KEN" not in added.stdout
    (rule,) = json.loads(run(settings, alerts, "list", "--json").stdout)
    assert rule["selection"]["search"] == 'about:"Tomahawk" -is:state'
    assert "T0KEN" not in json.dumps(rule)
    for act in (("pause", "aid"), ("resume", "aid"), ("snooze", "aid", "--until", "2030-01-01")):
        assert run(settings, alerts, *act).exit_code == 0
    assert "snoozed until 2030" in run(settings, alerts, "list").stdout
    assert run(settings, alerts, "remove", "aid").exit_code == 0
    assert "no alert rules" in run(settings, alerts, "list").stderr
    with pytest.raises(ConfigError, match="ladder"):
        run(settings, alerts, "add", "aid", "--on", "laddr", "--webhook", url)
