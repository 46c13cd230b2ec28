"""A role of Postgres for programs that only read: it sees the report views, and nothing else."""

from psycopg import sql
from sqlalchemy import Connection, text

from monitor.errors import ConfigError
from monitor.store.engine import Database

VIEWS = (
    "report_matches",
    "report_stories",
    "report_statements",
    "report_statement_subjects",
    "report_events",
    "report_aid_steps",
    "report_mentions",
    "report_sources",
    "report_polls",
    "report_funnel",
)
"""What may be shown to anybody who reads the news: no addresses of people, no secrets, nobody's judgements."""
LONGEST_NAME = 63
SHORTEST_PASSWORD = 12
SECONDS = 30
"""A query of such a program is ended after so long."""


def grant(database: Database, role: str, password: str) -> None:
    """Make the role, or give it a new password; it may read the views and nothing else.

    Raises ConfigError on SQLite, for a name or password that will not do, and StoreError where ours may make no roles.
    """
    if database.dialect == "sqlite":
        raise ConfigError(
            "SQLite has no roles. Let programs open the file read-only: sqlite:///file:PATH?mode=ro&uri=true, or "
            "`datasette serve --immutable PATH`."
        )
    if not role.isidentifier() or not role.isascii() or len(role) > LONGEST_NAME or role.startswith("pg_"):
        raise ConfigError(
            f"{role!r} cannot be the name of a role: letters, digits and _ only, beginning with a letter."
        )
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(f"the password has {len(password)} characters; at least {SHORTEST_PASSWORD} are needed.")
    with database.write() as connection:
        there = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
        verb = "ALTER ROLE {} " if there else "CREATE ROLE {} "
        options = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {}"
        _run(connection, verb + options, sql.Identifier(role), sql.Literal(password))
        _run(connection, f"ALTER ROLE {{}} SET statement_timeout = '{SECONDS}s'", sql.Identifier(role))
        _run(connection, "ALTER ROLE {} SET default_transaction_read_only = on", sql.Identifier(role))
        _run(connection, "GRANT USAGE ON SCHEMA public TO {}", sql.Identifier(role))
        for view in VIEWS:
            _run(connection, "GRANT SELECT ON {} TO {}", sql.Identifier(view), sql.Identifier(role))


def _run(connection: Connection, query: str, *parts: sql.Composable) -> None:
    """Names and passwords cannot be bound; the driver quotes them."""
    driver = connection.connection.driver_connection
    connection.exec_driver_sql(sql.SQL(query).format(*parts).as_string(driver).replace("%", "%%"))
