"""Connections to the queue, with its errors as ours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate import PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from monitor.errors import ConfigError, StoreError
from monitor.store.engine import dialect_of, libpq_address, shown

SCHEMA = "monitor_queue"
# A line for every nudge, else; our own log has one for what a round did.
logging.getLogger("procrastinate").setLevel(logging.WARNING)
_CONNECT_SECONDS = 10


def require_postgres(url: str) -> None:
    """Raise ConfigError unless ``url`` is a Postgres: many processes do not write one SQLite file."""
    if dialect_of(url) != "postgresql":
        raise ConfigError(
            "daemon and workers need Postgres, and database_url names an SQLite file. Set database_url to "
            "postgresql://user@host/name (`monitor db move` takes everything over), or use `monitor run`, which does "
            "all in one process."
        )


def sync_connector(url: str, *, most: int) -> SyncPsycopgConnector:
    """For threads; not open yet."""
    return SyncPsycopgConnector(**_pool(url, most))


def connector(url: str, *, most: int) -> PsycopgConnector:
    """For an event loop; not open yet."""
    return PsycopgConnector(**_pool(url, most))


def _pool(url: str, most: int) -> dict[str, Any]:
    require_postgres(url)
    return {
        "conninfo": libpq_address(url),
        "min_size": 1,
        "max_size": most,
        "timeout": _CONNECT_SECONDS,
        "kwargs": {
            "options": f"-c search_path={SCHEMA}",
            "application_name": "monitor queue",
            "connect_timeout": _CONNECT_SECONDS,
        },
    }


@contextmanager
def faults(url: str) -> Iterator[None]:
    """Turn the library's errors into StoreError."""
    try:
        yield
    except (ConnectorException, PoolTimeout) as error:
        cause = error.__cause__ or error
        where = shown(url)
        if "does not exist" in str(cause):
            raise StoreError(f"{where} has no queue yet ({cause}). `monitor db upgrade` makes it.") from error
        raise StoreError(f"the queue in {where} does not answer: {cause}. It is tried again.") from error
