"""The two kinds of databases that upgrades are tried on, and this program's commands run on them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.postgres import Server
from proof.ledger import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended and what it printed, errors included."""

    status: int
    words: str


class Ground:
    """A place where databases are made: a folder of SQLite files, or a Postgres server."""

    def __init__(self, name: str, folder: Path, server: Server | None = None) -> None:
        self.name, self._folder, self._server = name, folder, server

    def new(self) -> str:
        """The address of an empty database."""
        if self._server is not None:
            return self._server.new()
        return f"sqlite:///{self._folder / uuid4().hex[:12]}.sqlite3"

    def copy(self, url: str) -> str:
        """The address of another database with all that is in this one, which nobody uses just now."""
        if self._server is None:
            new = self.new()
            shutil.copyfile(_file(url), _file(new))
            return new
        name, parsed = f"copy_{uuid4().hex[:12]}", make_url(url)
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {parsed.database}".encode())
        return parsed.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Forget a database."""
        if self._server is None:
            for end in ("", "-wal", "-shm"):
                Path(f"{_file(url)}{end}").unlink(missing_ok=True)
            return
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


@contextmanager
def grounds(folder: Path) -> Iterator[tuple[Ground, ...]]:
    """SQLite and Postgres."""
    files = folder / "files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    with Server() as server:
        yield Ground("SQLite", files), Ground("Postgres", files, server)
    shutil.rmtree(files)


def started(url: str, *arguments: str, module: str = "monitor", folder: Path = ROOT) -> "subprocess.Popen[str]":
    """A program of ours at work on the database, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment(url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(url: str, *arguments: str, module: str = "monitor") -> Said:
    """What a command says, and how it ends."""
    with started(url, *arguments, module=module) as process:
        words, _ = process.communicate(timeout=300)
    return Said(status=process.returncode, words=words)


def environment(url: str) -> dict[str, str]:
    """Settings for the database alone; the server's own ``pg_dump`` first, which must be no older than it."""
    from pgserver._commands import POSTGRES_BIN_PATH

    return os.environ | {
        "MONITOR_DATABASE_URL": url,
        "MONITOR_CATALOGUE": "false",
        "MONITOR_HEALTH_PORT": "0",
        "MONITOR_LOG_FORMAT": "json",
        "PATH": f"{POSTGRES_BIN_PATH}{os.pathsep}{os.environ['PATH']}",
        "XDG_RUNTIME_DIR": os.environ.get("XDG_RUNTIME_DIR", "/tmp"),
    }


def _file(url: str) -> str:
    return url.removeprefix("sqlite:///")
