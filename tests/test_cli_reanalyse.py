"""``monitor reanalyse`` as a person uses it, on both databases."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.cli.reanalyse import command
from monitor.config import Settings
from monitor.errors import ConfigError
from monitor.store import Store
from tests.store_builders import LEASE, NOW, findings, pending_article
from tests.telling_builders import DAY, weave

DOCS = (Path(__file__).resolve().parents[1] / "docs" / "database.md").read_text()


@pytest.fixture
def url(database_url: str) -> str:
    """A database with a matching English and another Ukrainian article of November 2026."""
    with Store.open(database_url) as store:
        for n, (language, talks) in enumerate((("en", 0.9), ("uk", 0.1))):
            stored = pending_article(store, n, published=NOW - n * DAY, language=language)
            store.findings.record(stored, replace(findings(talks), language=language), now=NOW)
        weave(store)
    return database_url


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--db", url, "reanalyse", *arguments])


def listed(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(url, "list", "--json").stdout)
    return found


def advance(url: str, *, read: bool) -> None:
    with Store.open(url) as store:
        store.reanalyses.advance(now=NOW + DAY, batch=1, few=9)
        for stored in store.findings.claim(now=NOW + DAY, limit=9, holder="test", lease=LEASE) if read else ():
            store.findings.record(stored, findings(0.1), now=NOW + DAY)
        weave(store)


def test_a_request_is_made_worked_on_stopped_and_resumed(url: str) -> None:
    made = run(url, "--since", "2026-11-01", "--until", "2026-12-01")
    assert made.exit_code == 0, made.output
    assert made.stdout == "Reanalysis 1: 2 articles, published from 2026-11-01 00:00 to 2026-12-01 00:00.\n"
    advance(url, read=True)
    lines = run(url, "list").stdout.splitlines()
    assert lines[1].split("\t")[:2] == ["1", "running"]
    assert lines[1].split("\t")[4:] == ["1 of 2 articles, down to 2026-11-20 12:00", "1 fewer matches"]
    assert run(url, "stop", "1").stdout == "Reanalysis 1 is stopped at 1 of 2 articles.\n"
    assert listed(url)[0]["state"] == "stopped"
    assert run(url, "resume", "1").stdout.startswith("Reanalysis 1 is waiting: 1 of 2 articles")


def test_the_status_shows_what_is_under_way(url: str) -> None:
    run(url, "--since", "2026-11-01", "--until", "2026-12-01")
    people = CliRunner().invoke(cli, ["--db", url, "status"])
    assert "Reanalysis 1   waiting, 0 of 2 articles" in people.output
    machines = json.loads(CliRunner().invoke(cli, ["--db", url, "status", "--json"]).stdout)
    assert machines["reanalyses"] == [{"id": 1, "state": "waiting", "analysed": 0, "total": 2}]
    run(url, "stop", "1")
    assert "Reanalysis" not in CliRunner().invoke(cli, ["--db", url, "status"]).output


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        ((), 2),
        (("--language", "uk"), 1),
        (("--topic", "talks"), 1),
        (("--topic", "missile_aid"), 0),
        (("--until", "2026-11-20"), 1),
        (("--model-other-than", "minilm@0123456789ab"), 0),
        (("--model-other-than", "current"), 2),
    ],
)
def test_a_dry_run_only_counts(url: str, options: tuple[str, ...], articles: int) -> None:
    shown = run(url, "--since", "2026-11-01", *(options or ("--until", "2026-12-01")), "--dry-run", "--json")
    assert shown.exit_code == 0, shown.output
    (counted,) = json.loads(shown.stdout)
    assert counted["articles"] == articles
    assert listed(url) == []


def test_where_there_is_nothing_to_read_again_no_request_is_made(url: str) -> None:
    assert run(url, "--since", "2020-01-01", "--until", "2020-02-01").stdout.startswith("0 articles, ")
    assert listed(url) == []
    assert "nothing was asked for yet" in run(url, "list").stderr


def test_machines_get_the_request_as_it_was_made(url: str) -> None:
    (made,) = json.loads(run(url, "--since", "2026-11-01", "--topic", "talks", "--json").stdout)
    assert (made["id"], made["state"], made["total"], made["wanted"]["topic"]) == (1, "waiting", 1, "talks")
    assert made["wanted"]["since"] == "2026-11-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say from when on"),
        (("--since", "2026-12-01", "--until", "2026-11-01"), "is not before --until 2026-11-01"),
        (("--since", "7d", "--language", "Ukrainian"), "'Ukrainian' is no language code"),
        (("--since", "7d", "list"), "`monitor reanalyse list` takes its options behind its name"),
        (("stop", "9"), "there is no reanalysis 9: see `monitor reanalyse list`"),
    ],
)
def test_mistakes_say_what_to_do(url: str, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("(", r"\(")):
        CliRunner().invoke(command, arguments, obj=Settings(database_url=url), catch_exceptions=False)


def test_a_date_that_is_none_is_refused_as_everywhere(url: str) -> None:
    refused = run(url, "--since", "yesterday")
    assert refused.exit_code == 2
    assert "'yesterday' is no time. Write 2026-11-20" in refused.stderr


def test_every_part_of_the_command_is_in_the_docs() -> None:
    options = [option for each in command.params for option in each.opts if option != "--json"]
    named = [*options, *(f"monitor reanalyse {name}" for name in command.commands)]
    assert [name for name in named if name not in DOCS] == []
