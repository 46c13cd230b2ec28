"""Migrations killed with SIGKILL at seeded points, and several that begin at once.

``python -m proof.safe_upgrades_kills REVISION STATEMENTS`` migrates the database of the environment to the revision and
kills itself after so many statements; 0: never, and it prints how many there were.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from monitor.store import schema
from monitor.store.engine import Database
from proof.promise import Figure, Scene
from proof.safe_upgrades_grounds import Ground, Said, grounds, said, started
from proof.safe_upgrades_rows import Contents, Shape, common, contents, fill, lost, of_program, shape, tables_of

KILLS, ROUNDS, PROGRAMS = 100, 25, 3
LARGE, SMALL = 1_000, 50
HERE = "proof.safe_upgrades_kills"
COMMANDS = (("db", "upgrade"), ("db", "upgrade"), ("run", "--no-live", "--for", "0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A database of an earlier version, to be copied; what both schemas hold of it; how a migration of it goes."""

    url: str
    revision: str
    both: Shape
    rows: Contents
    statements: int
    seconds: float


def killed(scene: Scene) -> Sequence[Figure]:
    """Kill migrations; then look whether all of it happened or nothing, what is said, and whether it goes on."""
    wrong: dict[str, list[str]] = {}
    halves: dict[str, int] = {}
    with grounds(scene.folder) as places:
        for place in places:
            dice = random.Random(place.name)
            known = {
                revision: _filled(place, revision, scene)
                for revision in dice.sample(schema.REVISIONS[:-1], min(4, scene.of(4)))
            }
            wrong[place.name], halves[place.name] = [], 0
            for number in range(scene.of(KILLS)):
                problems, was_half = _one_kill(place, dice.choice(list(known.values())), dice)
                wrong[place.name] += problems
                halves[place.name] += was_half
                scene.progress(number + 1, scene.of(KILLS), place.name)
    return [
        Figure(
            what=f"{name}: {scene.of(KILLS)} migrations killed, {halves[name]} of them before they were done",
            measured=f"{len(problems)} went wrong" + (f"; {problems[0]}" if problems else ""),
            wanted="all of it or nothing; said what to do; the next `monitor db upgrade` ends it; no row lost",
            holds=not problems,
        )
        for name, problems in wrong.items()
    ]


def _filled(place: Ground, revision: str, scene: Scene) -> Filled:
    url = place.new()
    database = Database(url)
    schema.upgrade(database, revision)
    fill(database, 7, large=scene.of(LARGE), small=max(3, scene.of(SMALL)))
    with database.read() as connection:
        both = common(shape(tables_of(connection)), of_program())
        rows = contents(connection, both)
    database.close()
    trial = place.copy(url)
    began = time.monotonic()
    done = said(trial, "head", "0", module=HERE)
    seconds = time.monotonic() - began
    place.drop(trial)
    return Filled(
        url=url, revision=revision, both=both, rows=rows, statements=int(done.words.split()[-1]), seconds=seconds
    )


def _one_kill(place: Ground, filled: Filled, dice: random.Random) -> tuple[list[str], bool]:
    url = place.copy(filled.url)
    try:
        if dice.random() < 0.5:
            _by_statement(url, filled, dice)
        else:
            _by_time(url, filled, dice)
        return _after(url, filled)
    finally:
        place.drop(url)


def _by_statement(url: str, filled: Filled, dice: random.Random) -> None:
    ended = said(url, "head", str(dice.randint(1, filled.statements)), module=HERE)
    assert ended.status == -signal.SIGKILL, ended


def _by_time(url: str, filled: Filled, dice: random.Random) -> None:
    process = started(url, "db", "upgrade")
    try:
        process.wait(filled.seconds * dice.uniform(0.3, 1.1))
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()


def _after(url: str, filled: Filled) -> tuple[list[str], bool]:
    wrong = []
    database = Database(url)
    try:
        with database.read() as connection:
            revision = schema.current(connection)
        if revision not in {filled.revision, schema.HEAD}:
            wrong.append(f"{filled.revision} became {revision}")
        before = said(url, "status")
        if revision != schema.HEAD and (before.status != 2 or "`monitor db upgrade`" not in before.words):
            wrong.append(f"status said {before}")
        wrong += _ends_well(url, said(url, "db", "upgrade"))
        with database.read() as connection:
            if gone := lost(filled.rows, contents(connection, filled.both)):
                wrong.append(f"{filled.revision}: {gone}")
    finally:
        database.close()
    return wrong, revision != schema.HEAD


def _ends_well(url: str, *ended: Said) -> list[str]:
    wrong = [f"it said {each}" for each in ended if each.status != 0]
    checked = said(url, "db", "check")
    return wrong + ([f"check said {checked}"] if checked.status != 0 else [])


def at_once(scene: Scene) -> Sequence[Figure]:
    """Programs that find an empty database, or an old one, at the same time."""
    wrong: dict[str, list[str]] = {}
    with grounds(scene.folder) as places:
        for place in places:
            dice, wrong[place.name] = random.Random(place.name), []
            old = _filled(place, dice.choice(schema.REVISIONS[:-1]), scene)
            for number in range(scene.of(ROUNDS)):
                wrong[place.name] += _round(place, old if number % 2 else None)
                scene.progress(number + 1, scene.of(ROUNDS), place.name)
    return [
        Figure(
            what=f"{name}: {scene.of(ROUNDS)} times {PROGRAMS} programs at once, on an empty and on an old database",
            measured=f"{len(problems)} went wrong" + (f"; {problems[0]}" if problems else ""),
            wanted="each ends well, one after the other; no row lost",
            holds=not problems,
        )
        for name, problems in wrong.items()
    ]


def _round(place: Ground, old: Filled | None) -> list[str]:
    url = place.new() if old is None else place.copy(old.url)
    # `monitor run` makes an empty database, and refuses an old one: there all are asked to upgrade.
    commands = COMMANDS if old is None else COMMANDS[:1] * PROGRAMS
    try:
        running = [started(url, *command) for command in commands]
        words = [process.communicate(timeout=300)[0] for process in running]
        ended = zip(commands, running, words, strict=True)
        wrong = [f"{' '.join(command)}: {said_[-300:]}" for command, process, said_ in ended if process.returncode != 0]
        wrong += _ends_well(url)
        if old is not None:
            database = Database(url)
            with database.read() as connection:
                gone = lost(old.rows, contents(connection, old.both))
            database.close()
            wrong += [str(gone)] if gone else []
        return wrong
    finally:
        place.drop(url)


def main(revision: str, statements: int) -> None:
    """Migrate the database of the environment; be dead after so many statements."""
    database = Database(os.environ["MONITOR_DATABASE_URL"])
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        if done == statements:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "after_cursor_execute", count)
    schema.upgrade(database, revision)
    print(done)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
