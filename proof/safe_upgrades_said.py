"""What commands and /health say while a database is migrated, and when its schema is older or newer than theirs."""

import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from monitor.store import schema
from monitor.store.engine import Database
from proof.promise import Figure, Scene
from proof.safe_upgrades_grounds import Ground, grounds, said, started

COMMANDS = (
    ("run", "--no-live", "--for", "1"),
    ("dashboard", "--port", "0"),
    ("status",),
    ("search", "word"),
    ("db", "check"),
    ("db", "stats"),
    ("feeds", "list"),
    ("digest", "status"),
    ("accounts", "list"),
    ("jobs", "list"),
)
ON_POSTGRES = (("daemon", "--for", "1"), ("worker", "--for", "1"))
NEWER = "9999"
PATIENCE = 90.0


def told(scene: Scene) -> Sequence[Figure]:
    """Ask commands and a running program."""
    figures = []
    with grounds(scene.folder) as places:
        for place in places:
            commands = COMMANDS + (ON_POSTGRES if place.name == "Postgres" else ())
            figures += [
                _refusals(place, commands, "an older", schema.REVISIONS[-2], "Run `monitor db upgrade`"),
                _refusals(place, commands, "a newer", NEWER, "Install that version"),
                _during(place),
                _under_a_program(place),
            ]
    return figures


def _refusals(place: Ground, commands: Sequence[Sequence[str]], which: str, revision: str, words: str) -> Figure:
    url = place.new()
    _set(url, revision)
    wrong = []
    for command in commands:
        answer = said(url, *command)
        if answer.status != 2 or words not in answer.words or revision not in answer.words:
            wrong.append(f"`{' '.join(command)}`: {answer.status} {answer.words[-200:]}")
    place.drop(url)
    return Figure(
        what=f"{place.name}: {len(commands)} commands on {which} schema",
        measured=f"{len(commands) - len(wrong)} say it and what to do" + (f"; {wrong[0]}" if wrong else ""),
        wanted="all, with exit status 2",
        holds=not wrong,
    )


def _set(url: str, revision: str) -> None:
    database = Database(url)
    schema.upgrade(database, "head" if revision == NEWER else revision)
    if revision == NEWER:
        with database.write() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{NEWER}'"))
    database.close()


def _during(place: Ground) -> Figure:
    """A migration holds the database for longer than anybody waits: the program under way tells, and then goes on."""
    url = place.new()
    with _program(url) as (_, health):
        database = Database(url)
        with database.write() as connection:
            if database.dialect == "postgresql":
                connection.execute(text("LOCK TABLE feeds, entries, leases IN ACCESS EXCLUSIVE MODE"))
            second = said(url, "db", "upgrade")
            said_so = _until(health, lambda found: "migration" in found["detail"])
        database.close()
        after = _until(health, lambda found: found["status"] == "ok")
    place.drop(url)
    waits = second.status == 0 or "is locked" in second.words
    return Figure(
        what=f"{place.name}: /health while a migration holds the database",
        measured=f"{(said_so or {}).get('detail', 'nothing said')[:150]}; afterwards {(after or {}).get('status')}",
        wanted="says it, a second `monitor db upgrade` says what to do, and work goes on by itself",
        holds=said_so is not None and after is not None and waits,
    )


def _under_a_program(place: Ground) -> Figure:
    """Another version has migrated the database of a running program."""
    url = place.new()
    with _program(url) as (process, health):
        _set(url, NEWER)
        found = _until(health, lambda found: NEWER in found["detail"])
        lives = process.poll() is None
    place.drop(url)
    return Figure(
        what=f"{place.name}: /health of a program whose database became newer",
        measured=f"{(found or {}).get('status')}: {(found or {}).get('detail', 'nothing said')[:150]}",
        wanted="says so and goes on",
        holds=found is not None and found["status"] == "degraded" and lives,
    )


@contextmanager
def _program(url: str) -> Iterator[tuple["subprocess.Popen[str]", Callable[[], dict[str, str]]]]:
    """`monitor run` at work, and what its /health says of the database."""
    process = started(url, "run", "--no-live")
    assert process.stdout is not None
    try:
        address = next(_addresses(process.stdout))
        # Who does not read its log holds it up.
        threading.Thread(target=process.stdout.read, daemon=True).start()

        def health() -> dict[str, str]:
            try:
                with urllib.request.urlopen(f"{address}/health", timeout=30) as response:
                    body = response.read()
            except urllib.error.HTTPError as error:
                body = error.read()
            found: dict[str, str] = json.loads(body)["parts"]["database"]
            return found

        yield process, health
    finally:
        process.kill()
        process.wait()


def _addresses(lines: Any) -> Iterator[str]:
    for line in lines:
        if line.startswith("{") and (found := json.loads(line)).get("event") == "started":
            yield found["health"]


def _until(health: Callable[[], dict[str, str]], wanted: Callable[[dict[str, str]], bool]) -> dict[str, str] | None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if wanted(found := health()):
            return found
        time.sleep(0.5)
    return None
