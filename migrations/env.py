"""Alembic's entry: runs the migrations on the connection it is given, else on MONITOR_DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection, text

from monitor.store.engine import Database, create_folder
from monitor.store.schema import compare_options

DEFAULT_URL = "sqlite:///var/monitor.sqlite3"
LOCK = 7_118_201
"""Two programs that upgrade at once take turns on this Postgres advisory lock."""


def migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.configure(connection=connection, **compare_options())
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    database = Database(os.environ.get("MONITOR_DATABASE_URL", DEFAULT_URL))
    create_folder(database)
    try:
        with database.write() as connection:
            migrate(connection)
    finally:
        database.close()


def run_offline() -> None:
    url = os.environ.get("MONITOR_DATABASE_URL", DEFAULT_URL)
    context.configure(url=url, literal_binds=True, **compare_options())
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run()
