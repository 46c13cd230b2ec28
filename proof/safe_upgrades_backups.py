"""A backup of every schema, put back by this program: into an empty database, and over one that is at work."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from monitor.store import backup, schema
from monitor.store.engine import Database
from proof.promise import Figure, Scene
from proof.safe_upgrades_grounds import Ground, environment, grounds, said
from proof.safe_upgrades_rows import common, contents, fill, lost, of_program, shape, tables_of

LARGE, SMALL = 1_000, 50
NEWER = "9999"


def backups(scene: Scene) -> Sequence[Figure]:
    """Back up, put back, upgrade, compare; and what comes of a newer backup."""
    figures = []
    with grounds(scene.folder) as places:
        for place in places:
            wrong = []
            for number, revision in enumerate(schema.REVISIONS):
                wrong += _there_and_back(place, revision, scene, seed=number)
                scene.progress(number + 1, len(schema.REVISIONS), place.name)
            figures.append(
                Figure(
                    what=f"{place.name}: {len(schema.REVISIONS)} backups, each into two databases",
                    measured=f"{len(wrong)} went wrong" + (f"; {wrong[0]}" if wrong else ""),
                    wanted="each can be made, restored, upgraded; every row is back; `monitor db check` is content",
                    holds=not wrong,
                )
            )
            figures.append(_newer(place, scene))
    return figures


def _there_and_back(place: Ground, revision: str, scene: Scene, *, seed: int) -> list[str]:
    copy = _fresh(scene, f"{place.name}-{revision}")
    with _filled(place, scene, revision, seed) as old:
        database = Database(old)
        with database.read() as connection:
            both = common(shape(tables_of(connection)), of_program())
            rows = contents(connection, both)
        database.close()
        made = said(old, "db", "backup", str(copy))
    if made.status != 0:
        return [f"backup of {revision} said {made}"]
    wrong = []
    empty = place.new()
    with _filled(place, scene, schema.HEAD, seed + 100) as busy:
        for where, more in ((empty, ()), (busy, ("--force",))):
            steps = [said(where, "db", "restore", str(copy), *more), said(where, "db", "upgrade")]
            steps.append(said(where, "db", "check"))
            wrong += [f"{revision}: {step}" for step in steps if step.status != 0]
            target = Database(where)
            with target.read() as connection:
                found = contents(connection, both)
            target.close()
            if gone := lost(rows, found) or lost(found, rows):
                wrong.append(f"{revision}: {gone}")
    place.drop(empty)
    return wrong


def _newer(place: Ground, scene: Scene) -> Figure:
    """A backup of a schema that this program does not know yet is refused, and nothing is changed."""
    copy = _fresh(scene, f"{place.name}-{NEWER}")
    with _filled(place, scene, schema.HEAD, 1) as later, _filled(place, scene, schema.HEAD, 2) as ours:
        newer, here = Database(later), Database(ours)
        with newer.write() as connection:
            connection.execute(text("CREATE TABLE later (id INTEGER)"))
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{NEWER}'"))
        with _tools_of(later):
            backup.save(newer, copy)
        with here.read() as connection:
            before = contents(connection, of_program())
        answer = said(ours, "db", "restore", str(copy), "--force")
        with here.read() as connection:
            gone = lost(before, contents(connection, of_program()))
        newer.close()
        here.close()
    words = " ".join(answer.words.split())
    clear = (
        answer.status == 2 and NEWER in words and "a newer version made it" in words and "Nothing was changed" in words
    )
    return Figure(
        what=f"{place.name}: a backup of a newer schema",
        measured=f"status {answer.status}: {words[:160]}; lost: {gone}",
        wanted="refused, with what to do, and nothing changed",
        holds=clear and not gone,
    )


@contextmanager
def _filled(place: Ground, scene: Scene, revision: str, seed: int) -> Iterator[str]:
    url = place.new()
    database = Database(url)
    schema.upgrade(database, revision)
    fill(database, seed, large=scene.of(LARGE), small=max(3, scene.of(SMALL)))
    database.close()
    yield url
    place.drop(url)


@contextmanager
def _tools_of(url: str) -> Iterator[None]:
    """The server's own programs first, for this process too."""
    before = os.environ["PATH"]
    os.environ["PATH"] = environment(url)["PATH"]
    yield
    os.environ["PATH"] = before


def _fresh(scene: Scene, name: str) -> Path:
    folder = scene.folder / "backups"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder / name
