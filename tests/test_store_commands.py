"""``monitor db``, ``why``, ``search`` and ``matches`` as a person runs them."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli, db, matches, search, times, why
from monitor.errors import ConfigError, SchemaError
from monitor.store import Store, schema
from tests.store_builders import NOW, add_feed, entity, matched, poll


def run(url: str, command: click.Command, *arguments: str) -> Result:
    @dataclass(frozen=True)
    class Settings:
        database_url: str

    result = CliRunner().invoke(command, list(arguments), obj=Settings(url), catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def seeded(database_url: str) -> str:
    with Store.open(database_url) as store:
        add_feed(store, outlet="TASS", state_controlled=True)
        matched(store, 1, entity("Donald Trump", "Q22686"))
    return database_url


def rows(result: Result) -> list[dict[str, Any]]:
    parsed = json.loads(result.stdout)
    assert isinstance(parsed, list)
    return parsed


def test_matches_are_listed_with_evidence_and_entities(seeded: str) -> None:
    shown = run(seeded, matches.command)
    head, line = shown.stdout.splitlines()
    assert head.startswith("matched (UTC)\ttopic\tscore")
    assert line.split("\t")[1:] == [
        "talks", "0.90", "TASS (state-controlled)", "Story 1", "Trump and Putin met in Budapest.", "Donald Trump",
        "https://news.example/story/1", "",
    ]  # fmt: skip


def test_matches_as_json_are_one_array_with_times_in_iso_form(seeded: str) -> None:
    (match,) = rows(run(seeded, matches.command, "--json", "--topic", "talks", "--since", "2026-11-20"))
    assert match["matched_at"] == NOW.isoformat()
    assert match["entities"] == ["Donald Trump"]
    assert rows(run(seeded, matches.command, "--json", "--topic", "missile_aid")) == []


@pytest.mark.parametrize(
    ("since", "count"), [("2026-11-20T12:00", 1), ("2026-11-21", 0), ("2026-11-20T13:00+02:00", 1)]
)
def test_since_takes_dates_and_times(seeded: str, since: str, count: int) -> None:
    assert len(rows(run(seeded, matches.command, "--json", "--since", since))) == count


def test_since_takes_spans_and_says_what_it_takes(seeded: str) -> None:
    assert run(seeded, matches.command, "--since", "7d").exit_code == 0
    wrong = run(seeded, matches.command, "--since", "yesterday")
    assert wrong.exit_code == 2
    assert "Write 2026-11-20" in wrong.stderr


def test_a_time_that_was_read_already_stays_as_it_is() -> None:
    assert times.Since().convert(NOW, None, None) is NOW


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_on_a_terminal_a_table_is_drawn_with_nothing_read_as_markup(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        matched(store, 1, text="Putin said [bold]no[/bold].")
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "--db", sqlite_url, "search", "putin"]
    environment = os.environ | {"COLUMNS": "200", "TERM": "xterm"}
    with subprocess.Popen(command, stdout=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65536):
                shown += part
        assert process.wait(timeout=30) == 0
    os.close(ours)
    assert "«Putin» said [bold]no[/bold]." in shown.decode()
    assert "\t" not in shown.decode()


def test_no_match_is_said_plainly(database_url: str) -> None:
    shown = run(database_url, matches.command)
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "no match in the store yet" in shown.stderr


def test_why_tells_the_way_and_unknown_addresses_end_in_status_one(seeded: str) -> None:
    known = run(seeded, why.command, "https://news.example/story/1")
    assert (known.exit_code, "talks 0.900 ≥ 0.500" in known.stdout) == (0, True)
    assert rows(run(seeded, why.command, "1", "--json"))[0]["what"] == "feed"
    unknown = run(seeded, why.command, "https://elsewhere.example/x")
    assert unknown.exit_code == 1
    assert "none of the 1 feeds brought" in unknown.stderr
    assert run(seeded, why.command, "--json", "nothing").stdout == "[]\n"


def test_search_takes_words_phrases_and_exclusions(seeded: str) -> None:
    (hit,) = rows(run(seeded, search.command, "--json", "putin", '"met in"'))
    assert (hit["title"], hit["topics"]) == ("Story 1", ["talks"])
    assert rows(run(seeded, search.command, "--json", "putin", "-budapest")) == []
    assert "«Putin»" in run(seeded, search.command, "putin", "--limit", "1").stdout
    assert "no stored article" in run(seeded, search.command, "nothing").stderr
    with pytest.raises(ConfigError, match="never closes"):
        run(seeded, search.command, '"putin')


def test_control_characters_of_the_outside_world_do_not_reach_the_terminal(database_url: str) -> None:
    with Store.open(database_url) as store:
        matched(store, 1, text="Putin \x1b[31mred\x1b[0m\tand\nmore.")
    assert "\x1b" not in run(database_url, search.command, "putin").stdout
    assert len(run(database_url, search.command, "putin").stdout.splitlines()) == 2


def test_upgrade_makes_the_tables_and_says_when_there_is_nothing_to_do(empty_url: str) -> None:
    with pytest.raises(SchemaError, match="monitor db upgrade"):
        run(empty_url, matches.command)
    assert f"schema none -> {schema.HEAD}" in run(empty_url, db.command, "upgrade").stdout
    assert f"has schema {schema.HEAD} already" in run(empty_url, db.command, "upgrade").stdout
    assert run(empty_url, matches.command).exit_code == 0


def test_backup_and_restore_from_the_command_line(seeded: str, tmp_path: Path, client_programs: None) -> None:
    copy = str(tmp_path / "copy")
    assert "is copied to" in run(seeded, db.command, "backup", copy).stdout
    with Store.open(seeded) as store:
        matched(store, 2)
    with pytest.raises(ConfigError, match="--force"):
        run(seeded, db.command, "restore", copy)
    assert "is as it was" in run(seeded, db.command, "restore", copy, "--force").stdout
    assert len(rows(run(seeded, matches.command, "--json"))) == 1


def test_restore_refuses_while_a_daemon_works(seeded: str, tmp_path: Path, client_programs: None) -> None:
    from datetime import UTC, datetime, timedelta

    run(seeded, db.command, "backup", str(tmp_path / "copy"))
    with Store.open(seeded) as store:
        store.leases.acquire("daemon", "host-1", now=datetime.now(UTC), ttl=timedelta(minutes=1))
    with pytest.raises(ConfigError, match="host-1 works on"):
        run(seeded, db.command, "restore", str(tmp_path / "copy"), "--force")


def test_check_is_quiet_news_or_status_one(sqlite_url: str) -> None:
    assert "is sound" in run(sqlite_url, db.command, "check").stdout
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as raw:
        raw.execute("DROP INDEX ix_matches_topic")
    broken = run(sqlite_url, db.command, "check")
    assert (broken.exit_code, "ix_matches_topic" in broken.stdout) == (1, True)


def test_stats_name_every_table(seeded: str) -> None:
    shown = run(seeded, db.command, "stats")
    assert "matches\t1" in shown.stdout
    assert f"schema {schema.HEAD}" in shown.stderr
    assert rows(run(seeded, db.command, "stats", "--json"))[0]["tables"][0] == {"name": "feeds", "rows": 1}


def test_the_commands_are_reached_through_the_program(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        poll(store, add_feed(store))
    result = CliRunner().invoke(cli, ["--db", sqlite_url, "matches", "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
