"""The commands that tell what many articles say together, ``db rechronicle`` and ``understand evaluate``."""

import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from monitor.cli import db
from monitor.cli.understand import command as understand
from monitor.config import Settings
from monitor.errors import ConfigError
from monitor.store import Store
from tests.store_builders import pending_article
from tests.woven_builders import claimed, event, found, hold, quote, record, step, told, whole

COMMANDS = ("stories", "timeline", "statements", "ladder", "changes")


@dataclass(frozen=True)
class Only:
    """The one setting that these commands read."""

    database_url: str


def run(settings: Any, command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=settings, catch_exceptions=False)


def named(name: str) -> click.Command:
    command = importlib.import_module(f"monitor.cli.chronicle.{name}").command
    assert isinstance(command, click.Command)
    return command


@pytest.fixture
def seeded(database_url: str) -> Only:
    with Store.open(database_url) as store:
        # What a feed's first document brings is its back catalogue, and no news.
        pending_article(store, 2)
        found(store, 1, told(quotes=(quote(),), events=(event(),), aid=(step(),)))
        hold(store)
        (waiting,) = claimed(store)
        record(store, whole(waiting))
    return Only(database_url)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stories", "Story 1"),
        ("timeline", "Donald Trump, Vladimir Putin"),
        ("statements", "We will meet soon"),
        ("ladder", "Tomahawk"),
    ],
)
def test_each_list_is_one_line_a_thing_elsewhere_and_json_on_demand(seeded: Only, name: str, words: str) -> None:
    head, *lines = run(seeded, named(name)).stdout.splitlines()
    assert "\t" in head
    assert any(words in line for line in lines)
    assert words.split(",")[0] in run(seeded, named(name), "--json").stdout


def test_changes_tell_what_is_new_since_a_moment(seeded: Only) -> None:
    rows = json.loads(run(seeded, named("changes"), "--since", "2026-11-01", "--json").stdout)
    assert {row["kind"] for row in rows} & {"new event", "ladder", "first statement"}
    assert all(row["what"] and row["key"] for row in rows)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_empty_store_is_told_as_such_and_not_as_an_error(database_url: str, name: str) -> None:
    with Store.open(database_url):
        pass
    result = run(Only(database_url), named(name))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("monitor: no")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_terminal_gets_blocks_without_losing_the_words(
    seeded: Only, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"monitor.cli.chronicle.{name}.sys", _Terminal())
    since = ("--since", "2026-11-01") if name == "changes" else ()
    assert run(seeded, named(name), *since).stdout.strip()


class _Terminal:
    """``sys`` of somebody who sits before a terminal."""

    class stdout:  # noqa: N801 - the name it has in sys
        @staticmethod
        def isatty() -> bool:
            return True


def test_a_surname_is_enough_to_ask_what_somebody_said(seeded: Only) -> None:
    assert "We will meet soon" in run(seeded, named("statements"), "--who", "Trump").stdout
    assert run(seeded, named("statements"), "--who", "Macron").stdout == ""


def test_one_story_is_shown_whole_and_an_unknown_number_is_told(seeded: Only) -> None:
    (row,) = json.loads(run(seeded, named("stories"), "--json").stdout)
    (page,) = json.loads(run(seeded, named("stories"), str(row["id"]), "--json").stdout)
    assert [member["story_id"] for member in page["members"]] == [row["id"]]
    wrong = run(seeded, named("stories"), "999")
    assert (wrong.exit_code, "no story has the number 999" in wrong.stderr) == (1, True)


def test_the_chronicle_is_made_anew_from_what_was_found(seeded: Only) -> None:
    with Store.open(seeded.database_url) as store:
        store.leases.release("chronicle", "weaver")
    result = run(seeded, db.command, "rechronicle")
    assert "1 articles wait for the chronicle, 1 were woven in." in result.stdout
    assert "Donald Trump" in run(seeded, named("timeline")).stdout


def rows_in(path: Path, *rows: dict[str, Any]) -> str:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(path)


def test_annotated_documents_are_measured(tmp_path: Path) -> None:
    text = '"We will see about it very soon," Donald Trump said.'
    start = len("Trump on talks\n\n") + 1
    row = {
        "id": "1", "title": "Trump on talks", "text": text, "published": "2025-10-16", "events": [], "aid": [],
        "quotes": [{"start": start, "end": start + 31, "speaker": "Donald Trump"}],
    }  # fmt: skip
    result = run(Settings(), understand, "evaluate", "--json", rows_in(tmp_path / "gold.jsonl", row))
    figures = {row["name"]: row for row in json.loads(result.stdout)["figures"]}
    assert figures["quotes: speaker"]["f1"] == figures["quotes: speaker"]["accuracy"] == 1.0
    assert figures["aid"]["gold"] == 0


def test_labelled_stories_are_measured(tmp_path: Path) -> None:
    fire = "A depot burned near Poltava after drones hit it before dawn, and three firefighters were hurt there."
    bread = "Bakers in Lyon say that a loaf costs a tenth more than in spring because flour has become dear."
    told_in = enumerate(((fire, "fire"), (fire, "fire"), (bread, "bread")))
    rows = [
        {"id": str(n), "title": text[:9], "text": text, "date": "2025-05-04", "url": f"https://{n}.example/a"}
        | {"cluster": of}
        for n, (text, of) in told_in
    ]
    result = run(Settings(), understand, "evaluate", "--json", rows_in(tmp_path / "stories.jsonl", *rows))
    assert {row["name"]: row["f1"] for row in json.loads(result.stdout)["figures"]} == {
        "stories (B-cubed)": 1.0,
        "same article (pairs)": 1.0,
    }


def test_rows_that_say_nothing_to_measure_are_refused_with_what_is_expected(tmp_path: Path) -> None:
    path = rows_in(tmp_path / "plain.jsonl", {"id": "1", "title": "a", "text": "b"})
    with pytest.raises(ConfigError, match="Its rows must have quotes"):
        run(Settings(), understand, "evaluate", path)
