"""Where databases under measurement live: files in a folder, or databases of a server."""

from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.growth_fill import Place
from benchmarks.postgres import Server


class Home(Protocol):
    """Gives databases and takes them back."""

    name: str

    def new(self, base: Place | None = None) -> Place:
        """An empty one, or a copy, with an empty one for the peers."""
        ...

    def drop(self, place: Place) -> None:
        """Delete it."""
        ...

    def file(self, place: Place) -> Path | None:
        """Its file, where it is one."""
        ...


class Files:
    """SQLite."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, base: Place | None = None) -> Place:
        paths = [self._folder / f"{name}{uuid4().hex[:8]}.sqlite3" for name in ("growth", "plain")]
        if base is not None:
            paths[0].write_bytes(self.file(base).read_bytes())
        ours, plain = (f"sqlite:///{path}" for path in paths)
        return Place(url=ours, plain=plain)

    def drop(self, place: Place) -> None:
        for url in (place.url, place.plain):
            for path in self._folder.glob(f"{_path(url).name}*"):
                path.unlink()

    def file(self, place: Place) -> Path:
        return _path(place.url)


class Databases:
    """Postgres."""

    name = "Postgres"

    def __init__(self, server: Server) -> None:
        self._server = server

    def new(self, base: Place | None = None) -> Place:
        url = self._server.new()
        if base is not None:
            name = _database(url)
            self._say(f"DROP DATABASE {name}", f"CREATE DATABASE {name} TEMPLATE {_database(base.url)}")
        return Place(url=url, plain=self._server.new())

    def drop(self, place: Place) -> None:
        # What the deleted rows have left in the log goes with them.
        self._say(*(f"DROP DATABASE {_database(url)} WITH (FORCE)" for url in (place.url, place.plain)), "CHECKPOINT")

    def file(self, place: Place) -> None:
        return None

    def _say(self, *statements: str) -> None:
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _database(url: str) -> str:
    return make_url(url).database or ""
