"""Safe upgrades: every schema there ever was, full of rows, to this program's, back to it, and up again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from monitor.records.feeds import FeedSpec
from monitor.store import Store, schema
from monitor.store.engine import Database
from monitor.store.tables import SEARCH
from proof import safe_upgrades_backups, safe_upgrades_kills, safe_upgrades_said
from proof.promise import Figure, Part, Promise, Scene
from proof.safe_upgrades_grounds import Ground, grounds
from proof.safe_upgrades_rows import common, contents, fill, lost, of_program, projected, shape, structure, tables_of

LARGE, SMALL = 4_000, 300


def every_schema(scene: Scene) -> Sequence[Figure]:
    """Each revision on each database: up, down, up; what was lost and what is not as it should be."""
    done: dict[str, Any] = scene.remembered("tried") or {}
    with grounds(scene.folder) as places:
        for place in places:
            for number, revision in enumerate(schema.REVISIONS):
                name = f"{place.name} {revision}"
                if name not in done:
                    done[name] = _tried(place, revision, scene, seed=number)
                    scene.remember("tried", done)
                scene.progress(len(done), len(places) * len(schema.REVISIONS), name)
        names = [place.name for place in places]
    return [_figure(name, {key: row for key, row in done.items() if key.startswith(name)}) for name in names]


def _figure(name: str, rows: dict[str, Any]) -> Figure:
    wrong = [f"{revision}: {problem}" for revision, row in rows.items() for problem in row["wrong"]]
    written = sum(row["rows"] for row in rows.values())
    return Figure(
        what=f"{name}: {len(rows)} schemas up, down and up, {written:,} rows",
        measured=f"{len(wrong)} losses, differences and damages" + (f"; {wrong[0]}" if wrong else ""),
        wanted="no row lost or changed that both hold, `alembic check` empty, no damage",
        holds=not wrong and len(rows) == len(schema.REVISIONS),
    )


def _tried(place: Ground, revision: str, scene: Scene, *, seed: int) -> dict[str, Any]:
    url = place.new()
    database = Database(url)
    large, small = scene.of(LARGE), max(3, scene.of(SMALL))
    try:
        schema.upgrade(database, revision)
        with database.read() as connection:
            bare = structure(connection)
            had = shape(tables_of(connection))
        rows = fill(database, seed, large=large, small=small)
        both = common(had, of_program())
        with database.read() as connection:
            first = contents(connection, had)
        wanted = projected(first, had, both)
        wrong = [f"up: {problem}" for problem in _up(database, url, wanted, both)]
        # What the old schema cannot hold is in the way of the way down.
        rows += fill(database, seed, large=large, small=small, only=set(of_program()) - set(had))
        schema.downgrade(database, revision)
        with database.read() as connection:
            if gone := lost(first, contents(connection, had)):
                wrong.append(f"down: {gone}")
            if structure(connection) != bare:
                wrong.append("down: other tables, indexes or triggers than before")
        wrong += [f"up again: {problem}" for problem in _up(database, url, wanted, both)]
    finally:
        database.close()
        place.drop(url)
    return {"rows": rows, "wrong": wrong}


def _up(database: Database, url: str, wanted: Any, both: Any) -> list[str]:
    """Migrate to this program's schema; what is wrong then."""
    schema.upgrade(database)
    with database.read() as connection:
        gone = lost(wanted, contents(connection, both))
    wrong = [str(gone)] if gone else []
    with Store.open(url) as store:
        # Tables, indexes, keys that point nowhere, SQLite's pages and how many texts its index holds.
        wrong += store.upkeep.check()
        probe = store.feeds.add(FeedSpec(url="https://probe.example/rss"), now=datetime.now(UTC))
        store.feeds.remove(probe.id, purge=True)
    if database.dialect == "sqlite":
        with database.write() as connection:
            # Raises when the index does not say what the articles say.
            connection.execute(text(f"INSERT INTO {SEARCH} ({SEARCH}, rank) VALUES ('integrity-check', 1)"))
    return wrong


PROMISE = Promise(
    key="safe-upgrades",
    says="A database of any earlier version becomes one of this version without the loss of a row, also when the "
    "migration is killed on the way or two programs begin it at once; backups of every version can be restored.",
    parts=(
        Part(name="every schema up, down and up", run=every_schema, minutes=12),
        Part(name="migrations killed", run=safe_upgrades_kills.killed, minutes=20),
        Part(name="programs that migrate at once", run=safe_upgrades_kills.at_once, minutes=6),
        Part(name="backups of every schema", run=safe_upgrades_backups.backups, minutes=10),
        Part(name="what is said", run=safe_upgrades_said.told, minutes=4),
    ),
    quick={
        "tests/test_store_schema.py": "migrations up, down and up; two programs at once; what is refused",
        "tests/test_store_upkeep.py": "backups go back, also into another schema; a newer one is refused",
        "tests/test_store_chronicle_migration.py": "a filled database gains the chronicle and loses nothing",
        "tests/test_daemon_trouble.py": "/health says that another version has migrated the database",
    },
)
