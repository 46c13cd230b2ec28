"""Mistakes and mishaps, and what a stranger must be told of each: what, which, why, what to do."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from proof.ledger import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """A command line that must fail; ``says`` are patterns for what, which, why and what to do."""

    what: str
    command: str
    says: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[Path], None] = lambda _: None
    status: tuple[int, ...] = (1, 2)
    small_disk: str = ""
    """Size of the disk that it gets, when it gets a small one."""
    as_nobody: bool = False


def _write(name: str, text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    return write


def _made(folder: Path) -> None:
    shutil.copy(folder.parent / "empty.sqlite3", folder / "made.sqlite3")


def _made_with(name: str, text: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        _made(folder)
        _write(name, text)(folder)

    return make


def _newer(folder: Path) -> None:
    _made(folder)
    with closing(sqlite3.connect(folder / "made.sqlite3")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _damaged(folder: Path) -> None:
    shutil.copytree(ROOT / "models/minilm-talks", folder / "model")
    with (folder / "model/model.onnx").open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")


def _closed(folder: Path) -> None:
    _made(folder)
    folder.chmod(0o555)
    (folder / "made.sqlite3").chmod(0o444)


def _old_python(folder: Path) -> None:
    old = folder / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18"\nexit 1\n')
    old.chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder / "Makefile")
    (folder / "pyproject.toml").touch()
    (folder / "constraints.txt").touch()


def mishaps(ports: Mapping[str, int], postgres: str) -> Iterator[Mishap]:
    """All of them; ``ports`` are taken ones, ``postgres`` is a server that wants a password."""
    made = "--db sqlite:///made.sqlite3"
    yield Mishap(
        what="no such feed address",
        command=f"{made} feeds add 'not a url'",
        before=_made,
        says=("'not a url'", "not a web address", "https://"),
    )
    yield Mishap(
        what="a feed where nobody answers",
        command="feeds check http://127.0.0.1:1/feed",
        settings={"MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.1"]'},
        says=("127.0.0.1", "refused|answers", "not usable"),
    )
    yield Mishap(
        what="a name that does not exist",
        command="feeds check http://no.such.invalid/feed",
        says=("no.such.invalid", "no address|name", "[Cc]heck"),
    )
    yield Mishap(
        what="a database address that is none",
        command="--db nonsense status",
        says=("no database address", "sqlite:///", "postgresql://"),
    )
    yield Mishap(
        what="another kind of database",
        command="--db mysql://u@h/x status",
        says=("'mysql'", "not supported", "postgresql://"),
    )
    yield Mishap(what="no database yet", command="status", says=("no database at var/monitor.sqlite3", "monitor run"))
    yield Mishap(
        what="a database that is no database",
        command="--db sqlite:///x.sqlite3 status",
        before=_write("x.sqlite3", "words " * 100),
        says=("x.sqlite3", "no SQLite database", "Name another"),
    )
    yield Mishap(
        what="a database of a newer version",
        command=f"{made} status",
        before=_newer,
        says=("9999", "newer|needs", "made.sqlite3"),
    )
    yield Mishap(
        what="Postgres is absent",
        command="--db postgresql://me@127.0.0.1:1/x status",
        says=(r"127\.0\.0\.1:1", "cannot be reached", "Check that the server runs"),
    )
    yield Mishap(
        what="Postgres is absent, for the whole program",
        command="--db postgresql://me@127.0.0.1:1/x run --no-live --for 5",
        says=(r"127\.0\.0\.1:1", "cannot be reached", "Check that the server runs"),
    )
    yield Mishap(
        what="a wrong password for Postgres",
        command=f"--db {postgres} status",
        says=("password|refused|let in", "[Cc]heck|right|set"),
    )
    yield Mishap(
        what="no such database on Postgres",
        command=f"--db {postgres.replace('monitor:wrong@/postgres', 'postgres@/nowhere')} status",
        says=("nowhere", "does not exist"),
    )
    yield Mishap(
        what="a folder that is closed",
        command="run --no-live --for 5",
        before=_closed,
        as_nobody=True,
        says=(r"var/monitor\.sqlite3", "Permission denied", "database_url"),
    )
    yield Mishap(
        what="a database that may not be written",
        command=f"{made} run --no-live --for 5",
        before=_closed,
        as_nobody=True,
        says=(r"made\.sqlite3", "read-only", "[Cc]heck the rights"),
    )
    yield Mishap(
        what="a file that may not be written",
        command=f"{made} export events -o /proc/nowhere/x.ics",
        before=_made,
        says=("/proc/nowhere/x.ics", "No such file", "Check"),
    )
    yield Mishap(
        what="the dashboard's port is taken",
        command=f"{made} dashboard",
        before=_made,
        settings={"MONITOR_DASHBOARD_PORT": str(ports["dashboard"])},
        says=(str(ports["dashboard"]), "in use", "--port|dashboard_port"),
    )
    yield Mishap(
        what="the health port is taken",
        command=f"{made} run --no-live --for 5",
        before=_made,
        settings={"MONITOR_HEALTH_PORT": str(ports["health"])},
        says=(str(ports["health"]), "in use", "health_port"),
    )
    yield Mishap(
        what="the newsroom's port is taken",
        command=f"newsroom --port {ports['newsroom']}",
        says=(str(ports["newsroom"]), "in use", "--port"),
    )
    yield Mishap(
        what="the demo's port is taken",
        command=f"demo --no-live --for 5 --port {ports['newsroom']}",
        says=(str(ports["newsroom"]), "in use", "--port"),
    )
    yield Mishap(
        what="an old Python",
        command="make demo PYTHON=./python3",
        before=_old_python,
        says=(r"3\.11 or newer", r"Python 3\.9\.18", "PYTHON="),
    )
    yield Mishap(
        what="no Python",
        command="make demo PYTHON=./python9",
        before=_old_python,
        says=("python9", "not found", "PYTHON="),
    )
    yield Mishap(
        what="no disk at the first start",
        command="run --no-live --for 5",
        small_disk="64k",
        says=(r"monitor\.sqlite3", "full", "[Ff]ree some space"),
    )
    yield Mishap(
        what="no disk for a backup",
        command=f"{made} db backup copy.backup",
        before=_made,
        small_disk="900k",
        says=("copy.backup|made.sqlite3", "full|space", "space"),
    )
    yield Mishap(
        what="a model that is missing",
        command="analyze",
        settings={"MONITOR_MODEL": "/nowhere/model"},
        says=("/nowhere/model", "does not exist", "'model'"),
    )
    yield Mishap(
        what="a model that is damaged",
        command="analyze",
        settings={"MONITOR_MODEL": "model"},
        before=_damaged,
        says=("model.onnx", "damaged|sum|SHA", "[Rr]estore|again|copy|empty"),
    )
    yield Mishap(
        what="settings that are no TOML",
        command="--config x.toml status",
        before=_write("x.toml", 'gate = "x\n'),
        says=("x.toml", "line 1", "Mend"),
    )
    yield Mishap(
        what="a settings file that is not there",
        command="--config nowhere.toml status",
        says=("nowhere.toml", "No such file", "Check"),
    )
    yield Mishap(
        what="a setting that is none",
        command="status",
        before=_write("monitor.toml", "gat = 1\n"),
        says=("'gat'", "monitor.toml", "'gate'"),
    )
    yield Mishap(
        what="a value out of range",
        command="status",
        before=_write("monitor.toml", "gate = 7\n"),
        says=("'gate'", "7", "less than or equal to 1"),
    )
    yield Mishap(
        what="a list that is no JSON",
        command="status",
        settings={"MONITOR_DASHBOARD_NAMES": "x"},
        says=("MONITOR_DASHBOARD_NAMES", "no JSON", r'\["'),
    )
    yield Mishap(
        what="a wrong zone",
        command=f"{made} subscriptions add a@example.org --zone Mars/Base",
        before=_made,
        says=("'Mars/Base'", "no time zone", "Europe/Kyiv"),
    )
    yield Mishap(
        what="a wrong zone of quiet hours",
        command=f"{made} alerts add x --on match --mail a@example.org --quiet '22-7 Mars'",
        before=_made,
        says=("'Mars'", "no time zone", "Europe/"),
    )
    yield Mishap(
        what="a mail address that is none",
        command=f"{made} subscriptions add nonsense",
        before=_made,
        says=("'nonsense'", "no mail address", "desk@example.org"),
    )
    yield Mishap(
        what="a mail server that is absent",
        command=f"{made} digest test a@example.org",
        before=_made,
        settings={"MONITOR_SMTP_HOST": "127.0.0.1", "MONITOR_SMTP_PORT": "1"},
        says=(r"127\.0\.0\.1:1", "refused", "smtp_host"),
    )
    yield Mishap(
        what="a search that cannot be read",
        command=f"{made} search sayd:Putin",
        before=_made,
        says=("'sayd'", "character 1", "said:"),
    )
    yield Mishap(
        what="a time that is none",
        command=f"{made} matches --since soonish",
        before=_made,
        says=("'soonish'", "--since", "36h"),
    )
    yield Mishap(
        what="a number of nothing",
        command=f"{made} feeds show 99",
        before=_made,
        says=("no feed 99", "monitor feeds list"),
    )
    yield Mishap(
        what="a page that nobody brought",
        command=f"{made} why https://news.example/x",
        before=_made,
        says=("news.example/x", "unknown", "monitor search"),
    )
    yield Mishap(
        what="a list of feeds that breaks off",
        command=f"{made} feeds import x.opml",
        before=_made_with("x.opml", "<opml"),
        says=("damaged", "no feed", "Export it again"),
    )
    yield Mishap(
        what="a backup into a folder that is not there",
        command=f"{made} db backup /nowhere/x",
        before=_made,
        says=("/nowhere", "backup", "Name another|Check"),
    )
    yield Mishap(
        what="a backup that is none",
        command=f"{made} db restore x",
        before=_made_with("x", "words"),
        says=("x is no backup|is no backup", "Nothing was changed"),
    )
    yield Mishap(
        what="workers without Postgres", command=f"{made} worker", before=_made, says=("need Postgres", "monitor run")
    )
    yield Mishap(
        what="a dashboard for all without an account",
        command=f"{made} dashboard --host 0.0.0.0",
        before=_made,
        says=("0.0.0.0", "nobody has an account", "monitor accounts add"),
    )
    yield Mishap(
        what="a password that is too short",
        command=f"echo short | {{monitor}} {made} accounts add Ann --password-stdin",
        before=_made,
        says=("5 characters", "12 to", "Four words"),
    )
    yield Mishap(
        what="lines that are no JSON",
        command="analyze --jsonl x.jsonl",
        before=_write("x.jsonl", "{broken\n"),
        says=("x.jsonl", "line 1", "id, title and text"),
    )
    yield Mishap(what="a command that is none", command="matchs", says=("matchs", "[Nn]o such command"))
