"""``monitor versions`` and what ``why`` says about versions."""

import contextlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import versions, why
from monitor.config import load
from monitor.store import Store
from tests.store_builders import NOW, article, item, matched, poll, read

URL = "https://news.example/story/1"
LONG = "Nothing else was said about the plan on that day. " * 12


@pytest.fixture
def url(sqlite_url: str) -> str:
    """A store with one story whose feed and page changed their words, and one that never changed."""
    with Store.open(sqlite_url) as store:
        text = f"Leaders would meet in Budapest, an official said.\n\n{LONG}\n\nNo date was given."
        matched(store, 1, text=text)
        (feed,) = store.feeds.all()
        later = NOW + timedelta(hours=1)
        poll(store, feed, item(1, title="Story 1, corrected"), item(2), at=later)
        changed = text.replace("would", "might").replace("No date", "A date")
        store.entries.record_read([read(1, article(1, text=changed))], now=later)
    return sqlite_url


def run(url: str, command: str, *arguments: str) -> Result:
    part = {"versions": versions, "why": why}[command]
    return CliRunner().invoke(part.command, list(arguments), obj=load(None, database_url=url))


def test_what_changed_is_marked_word_by_word_and_long_unchanged_stretches_are_folded(url: str) -> None:
    output = run(url, "versions", URL).stdout
    assert "Leaders [-would-] {+might+} meet in Budapest" in output
    assert "    [-No-] {+A+} date was given." in output
    assert "words unchanged …]" in output
    assert output.count("Nothing else was said") < 6
    assert "Story 1{+, corrected+}" in output
    assert "2026-11-20 13:00 UTC  version 2, from page, the text of now" in output
    assert "\x1b" not in output


def test_an_entry_that_never_changed_says_so(url: str) -> None:
    result = run(url, "versions", "2")
    assert result.exit_code == 0
    assert "one version of its words in the feed" in result.stdout
    assert "Nothing has changed since it was first seen." in result.stdout


def test_the_versions_as_json_hold_words_times_and_differences(url: str) -> None:
    told = json.loads(run(url, "versions", URL, "--json").stdout)
    (entry,), (text,) = told["entries"], told["articles"]
    assert [version["title"] for version in entry["versions"]] == ["Story 1", "Story 1, corrected"]
    assert entry["versions"][0]["until"] == "2026-11-20T13:00:00+00:00"
    assert entry["versions"][1]["changes"] == {"title": [["same", "Story 1"], ["added", ", corrected"]]}
    assert text["versions"][0]["changes"] == {}
    assert ["removed", " would"] in text["versions"][1]["changes"]["text"]
    assert (text["versions"][1]["current"], text["versions"][1]["text_source"]) == (True, "page")


def test_an_unknown_address_is_an_error_with_what_to_do(url: str) -> None:
    for command in ("versions", "why"):
        result = run(url, command, "https://news.example/none")
        assert result.exit_code == 1
        assert "https://news.example/none is unknown" in result.stderr
        assert "`monitor search`" in result.stderr


def test_why_names_the_command_only_where_something_changed(url: str) -> None:
    assert f"`monitor versions {URL}` shows how" in run(url, "why", URL).stderr
    assert run(url, "why", "2").stderr == ""
    json.loads(run(url, "why", URL, "--json").stdout)


def test_words_of_the_outside_world_send_nothing_to_the_terminal(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url) as store:
        matched(store, 1)
        (feed,) = store.feeds.all()
        evil = item(1, title="\x1b]0;owned\x07Story", summary="<p>\x1b[2J[red]x</p>")
        poll(store, feed, evil, at=NOW + timedelta(hours=1))
    output = run(sqlite_url, "versions", "1").stdout
    assert "\x1b" not in output
    assert "[red]x" in output


def test_on_a_terminal_words_that_went_are_struck_and_words_that_came_are_green(url: str) -> None:
    shown = on_terminal("--db", url, "versions", URL)
    assert "\x1b[9;31mwould\x1b[0m \x1b[32mmight\x1b[0m" in shown
    assert "[-" not in shown


def on_terminal(*arguments: str) -> str:
    """What ``monitor`` writes to a terminal of 80 columns."""
    command = "from monitor.cli import COMMANDS, cli; COMMANDS['versions'] = ('monitor.cli.versions', ''); cli()"
    master, slave = os.openpty()
    environment = os.environ | {"COLUMNS": "80", "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    done = subprocess.run(
        [sys.executable, "-c", command, *arguments], stdout=slave, env=environment, timeout=60, check=False
    )
    os.close(slave)
    written = b""
    # The other end is closed: what is left is read, then Linux says so with an error.
    with contextlib.suppress(OSError):
        while part := os.read(master, 65536):
            written += part
    os.close(master)
    assert done.returncode == 0, written
    return written.decode()
