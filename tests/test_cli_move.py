"""``monitor db move`` as a person runs it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import db
from monitor.config import load
from monitor.errors import ConfigError
from monitor.store import Store
from monitor.worker import schema as queue
from tests.moving_builders import change, everything
from tests.store_builders import entity, matched


def run(source: str, *arguments: str) -> Result:
    result = CliRunner().invoke(db.command, ["move", *arguments], obj=load(None, database_url=source))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def seeded(sqlite_url: str) -> str:
    with Store.open(sqlite_url) as store:
        matched(store, 1, entity("Donald Trump", "Q22686"))
        matched(store, 2, text="Missile aid was promised.")
    return sqlite_url


@pytest.fixture
def target(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'target.sqlite3'}"


@pytest.mark.postgres
def test_one_command_moves_to_postgres_and_says_what_to_set_next(seeded: str, new_postgres: Callable[[], str]) -> None:
    target = new_postgres()
    moved = run(seeded, target)
    assert moved.exit_code == 0
    first, then = moved.stdout.splitlines()
    assert "now hold the same: " in first
    assert "all compared" in first
    assert "MONITOR_DATABASE_URL" in then
    with Store.open(target) as store:
        assert {match.title for match in store.findings.matches()} == {"Story 1", "Story 2"}
    assert queue.upgrade(target)[0], "the queue's tables are there already"


def test_as_json_it_tells_every_table_with_its_rows_and_checksum(seeded: str, target: str) -> None:
    told = json.loads(run(seeded, target, "--json").stdout)
    assert (told["differences"], told["mended"], told["resumed"]) == ([], [], False)
    tables = {table["name"]: table for table in told["tables"]}
    assert (tables["articles"]["rows"], tables["articles"]["copied"]) == (2, 2)
    assert len(tables["articles"]["checksum"]) == 32


def test_a_difference_is_told_with_table_row_and_column_and_exit_status_1(seeded: str, target: str) -> None:
    run(seeded, target)
    change(target, "UPDATE articles SET title = 'Another' WHERE id = 2", "DELETE FROM mentions")
    change(target, "INSERT INTO hosts (host) VALUES ('late.example')")
    compared = run(seeded, target, "--verify-only")
    assert compared.exit_code == 1
    assert "articles: the row id=2 differs in the column title." in compared.stderr
    assert "mentions: the row id=1 is missing in" in compared.stderr
    assert "hosts: the row host='late.example' is only in" in compared.stderr
    assert "is not the same as" in compared.stderr
    assert run(seeded, target, "--verify-only", "--json").exit_code == 1


def test_comparing_alone_changes_nothing(seeded: str, target: str) -> None:
    run(seeded, target)
    before = everything(target)
    compared = run(seeded, target, "--verify-only")
    assert compared.exit_code == 0
    assert "hold the same" in compared.stdout
    assert "database_url" not in compared.stdout
    assert everything(target) == before


def test_mended_texts_are_told(seeded: str, target: str) -> None:
    change(seeded, "UPDATE articles SET text = 'a' || char(0) || 'b' WHERE id = 2")
    assert "articles.text: 1 texts held characters that no Postgres stores" in run(seeded, target).stdout


def test_a_full_target_is_refused(seeded: str, target: str) -> None:
    run(seeded, target)
    with pytest.raises(ConfigError, match="not empty"):
        run(seeded, target)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_a_bar_is_drawn_on_a_terminal_only(seeded: str, target: str, tmp_path: Path) -> None:
    assert run(seeded, f"sqlite:///{tmp_path / 'other.sqlite3'}").stderr == ""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "monitor", "--db", seeded, "db", "move", target]
    environment = os.environ | {"COLUMNS": "200", "TERM": "xterm"}
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, env=environment) as process:
        os.close(theirs)
        drawn = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(ours, 4096):
                drawn += chunk
    os.close(ours)
    assert process.returncode == 0
    assert b"copying" in drawn
    assert b"100%" in drawn


def test_an_unreachable_server_is_one_line_without_password_and_exit_status_2(seeded: str) -> None:
    command = [sys.executable, "-m", "monitor", "--db", seeded, "db", "move", "postgresql://u:secret@127.0.0.1:1/m"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("monitor: the database postgresql+psycopg://u:***@127.0.0.1:1/m cannot be reached")
    assert "secret" not in done.stderr
