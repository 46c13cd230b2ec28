"""A Postgres for a benchmark: the one that is named, or one of the wheel ``pgserver``, with its usual safety."""

import os
import tempfile
import warnings
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url


class Server:
    """Gives empty databases. ``ENDTOEND_POSTGRES`` names a server whose user may create them."""

    def __enter__(self) -> "Server":
        self._folder = tempfile.TemporaryDirectory(prefix="monitor-bench-", ignore_cleanup_errors=True)
        self._own = None
        self.url = os.environ.get("ENDTOEND_POSTGRES", "")
        if not self.url:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pgserver

                self._own = pgserver.get_server(self._folder.name)
            self.url = self._own.get_uri()
        return self

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.cleanup()
        self._folder.cleanup()

    def widened(self, connections: int) -> None:
        """Let so many connect at once, and start it anew; a server that was given is as it is."""
        if self._own is None:
            return
        from pgserver._commands import pg_ctl

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET max_connections = {connections}")
        pg_ctl(["restart", "-m", "fast", "-w"], pgdata=self._own.pgdata, user=self._own.system_user, timeout=60)

    def new(self) -> str:
        """The address of a database with nothing in it."""
        name = f"bench_{uuid4().hex[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)
