"""Databases to be ill-treated: SQLite files, or those of a Postgres server of our own."""

import os
import shutil
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.postgres import Server
from monitor.store import Store

SQLITE, POSTGRES = "SQLite", "Postgres"
KINDS = (SQLITE, POSTGRES)


class Databases:
    """Makes databases of one kind; a context manager. Nothing of an earlier run is left in ``folder``."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder / "databases"
        self._server = Server() if kind == POSTGRES else None
        self._template = ""

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        if self._server is not None:
            self._server.__enter__()
            # A killed client takes no page of the server with it: only power loss needs its syncs.
            self._do("ALTER SYSTEM SET fsync = off")
            self._do("SELECT pg_reload_conf()")
        self._template = self.bare()
        Store.open(self._template, create=True).close()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._server is not None:
            self._server.__exit__(*exception)
        shutil.rmtree(self._folder, ignore_errors=True)

    def bare(self) -> str:
        """The address of a database without any table."""
        return self._server.new() if self._server is not None else f"sqlite:///{self._folder / self._name()}.sqlite3"

    def new(self) -> str:
        """The address of a database with our tables and nothing in them."""
        return self.copy(self._template)

    def copy(self, url: str) -> str:
        """The address of a new database with all that is in another, which nobody has open."""
        if self._server is None:
            target = self.bare()
            shutil.copyfile(str(make_url(url).database), str(make_url(target).database))
            return target
        name = self._name()
        self._do(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}")
        return make_url(self._server.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Forget a database: hundreds of them would fill the disk."""
        if self._server is not None:
            self._do(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
            return
        for end in ("", "-wal", "-shm"):
            Path(str(make_url(url).database) + end).unlink(missing_ok=True)

    def stop(self) -> None:
        """Take the server away at once, as a crash of it would."""
        from pgserver._commands import pg_ctl

        server = self._own_server()
        pg_ctl(["stop", "-m", "immediate", "-w"], pgdata=server.pgdata, user=server.system_user, timeout=60)

    def start(self) -> None:
        """Bring the server back."""
        self._own_server().ensure_postgres_running()

    def _own_server(self) -> Any:
        assert self._server is not None
        assert self._server._own is not None, "only a server of our own is stopped, not the one of ENDTOEND_POSTGRES"
        return self._server._own

    @property
    def environment(self) -> dict[str, str]:
        """With the server's own ``pg_dump`` first on PATH: it must be no older than the server."""
        if self._server is None or "ENDTOEND_POSTGRES" in os.environ:
            return dict(os.environ)
        from pgserver._commands import POSTGRES_BIN_PATH

        return os.environ | {"PATH": f"{POSTGRES_BIN_PATH}{os.pathsep}{os.environ['PATH']}"}

    def _name(self) -> str:
        return f"world_{uuid4().hex[:12]}"

    def _do(self, statement: str) -> Any:
        assert self._server is not None
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute(statement)
