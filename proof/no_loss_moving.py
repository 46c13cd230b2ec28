"""Killed while it migrates, moves, backs up or restores: what was begun goes on, and nothing is ever half there."""

import hashlib
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

from monitor.errors import SchemaError
from monitor.store import Store, schema
from monitor.store.engine import Database
from monitor.store.moving import move as moving
from proof.no_loss_databases import KINDS, Databases
from proof.no_loss_killing import Gun, Watch, asked, undisturbed
from proof.promise import Figure, Scene
from tests.moving_builders import everything, fill, silent
from tests.store_builders import NOW, matched

SEED = 3301
ROWS, MATCHES = 40, 12
AT_WORK = "at work"
_Look = Callable[[], Sequence[str]]


def _upgraded(url: str) -> None:
    with closing(Database(url)) as database:
        schema.upgrade(database)


def _revision(url: str) -> str | None:
    with closing(Database(url)) as database, database.read() as connection:
        return schema.current(connection)


def _problems(url: str) -> tuple[str, ...]:
    with Store.open(url) as store:
        return store.upkeep.check()


class Trials:
    """Trials on the databases of one kind, and what was wrong after them; all draws come from one seed."""

    def __init__(self, databases: Mapping[str, Databases], kind: str, folder: Path, seed: int) -> None:
        self._made = databases[kind]
        self._other = databases[next(other for other in KINDS if other != kind)] if len(databases) > 1 else None
        self._folder = folder
        self._watch = Watch(AT_WORK)
        self.gun = Gun(self._watch, random.Random(seed), {}, most_visits=1)
        self.wrong: list[str] = []

    def migrating(self, kills: int) -> None:
        """Upgrades from every revision there was."""
        old = [(revision, self._old(revision)) for revision in schema.REVISIONS[:-1]]
        wanted, lasts = {}, {}
        for revision, url in old:
            copy = self._made.copy(url)
            lasts[revision] = self._lasts(partial(_upgraded, copy))
            wanted[revision] = everything(copy)
            self._made.drop(copy)
        while self.gun.kills < kills:
            revision, url = self.gun.chance.choice(old)
            copy = self._made.copy(url)
            for _ in range(self.gun.chance.randint(1, 2)):
                self._shoot(partial(_upgraded, copy), lasts[revision])
                self._expect(f"after a kill from {revision}", _revision(copy) in {revision, schema.HEAD})
            _upgraded(copy)
            self._expect(f"rows after {revision}", everything(copy) == wanted[revision])
            self._expect(f"check after {revision}", not _problems(copy))
            self._made.drop(copy)

    def moving(self, kills: int) -> None:
        """Moves into a database of the other kind."""
        assert self._other is not None
        moving.BATCH_ROWS = ROWS // 2
        source = self._full()
        wanted = everything(source)
        target = self._other.bare()
        lasts = self._lasts(partial(self._move, source, target))
        while self.gun.kills < kills:
            target = self._other.bare()
            for _ in range(self.gun.chance.randint(1, 3)):
                if self._goes_on(target) and self._shoot(partial(self._move, source, target), lasts):
                    self._expect("half a move is refused", self._goes_on(target) or everything(target) == wanted)
            if self._goes_on(target):
                self._expect("differences", not moving.move(source, target, now=NOW, on=silent).differences)
            self._expect("rows after the move", everything(target) == wanted)
            self._other.drop(target)

    def backing_up(self, kills: int) -> None:
        """Backups, with the next one begun at once after the kill."""
        source = self._full()
        wanted = everything(source)
        old, new = self._folder / "yesterday", self._folder / "today"
        self._backup(source, old)
        kept = _hash(old)
        lasts = self._lasts(partial(self._backup, source, new))
        while self.gun.kills < kills:
            new.unlink(missing_ok=True)
            self._shoot(partial(self._backup, source, new), lasts)
            self._expect("a backup at its place is whole", not new.exists() or self._restored(new) == wanted)
            if not new.exists():
                self._backup(source, new)
                self._expect("the next backup is whole", self._restored(new) == wanted)
            self._expect("yesterday's is untouched", _hash(old) == kept)
            self._expect(
                "nothing is left over", {path.name for path in self._folder.iterdir()} <= {"yesterday", "today"}
            )

    def restoring(self, kills: int) -> None:
        """Restores over a database that holds something else."""
        source, other = self._full(), self._made.new()
        with Store.open(other) as store:
            matched(store, 1)
        path = self._folder / "backup"
        self._backup(source, path)
        states = (everything(other), everything(source))
        copy = self._made.copy(other)
        lasts = self._lasts(partial(self._restore, copy, path))
        while self.gun.kills < kills:
            copy = self._made.copy(other)
            self._shoot(partial(self._restore, copy, path), lasts)
            self._expect("one or the other, whole", everything(copy) in states)
            self._restore(copy, path)
            self._expect("the backup after the next try", everything(copy) == states[1])
            self._made.drop(copy)

    def _shoot(self, task: Callable[[], None], lasts: float) -> bool:
        self.gun.means = {AT_WORK: lasts}
        return self.gun.shoot(partial(self._at_work, task), AT_WORK)

    def _lasts(self, task: Callable[[], None]) -> float:
        return undisturbed(partial(self._at_work, task), self._watch)[AT_WORK]

    def _at_work(self, task: Callable[[], None]) -> None:
        with self._watch.at(AT_WORK):
            task()

    def _expect(self, what: str, holds: bool) -> None:
        if not holds:
            self.wrong.append(what)

    def _full(self) -> str:
        url = self._made.new()
        fill(url, ROWS)
        return url

    def _old(self, revision: str) -> str:
        url = self._made.new()
        with Store.open(url) as store:
            for n in range(MATCHES):
                matched(store, n)
            schema.downgrade(store._database, revision)
        return url

    def _move(self, source: str, target: str) -> None:
        assert not moving.move(source, target, now=NOW, on=silent).differences

    def _goes_on(self, target: str) -> bool:
        """Whether nobody can start on it; or a process died before the first row, and it is a new, empty database."""
        try:
            Store.open(target).close()
        except SchemaError:
            return True
        return not any(everything(target).values())

    def _backup(self, url: str, path: Path) -> None:
        with Store.open(url) as store:
            store.upkeep.backup(path)

    def _restore(self, url: str, path: Path) -> None:
        # A server lets go of a dead client's transaction by itself; meanwhile locks are waited for.
        with Store.open(url) as store:
            store.upkeep.restore(path, force=True)

    def _restored(self, path: Path) -> object:
        url = self._made.new()
        self._restore(url, path)
        found = everything(url)
        self._made.drop(url)
        return found


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def trial(what: str, kind: str, kills: int, seed: int, folder: str) -> dict[str, Any]:
    """For the worker: one kind of trial, until there were so many kills."""
    place = Path(folder) / f"{what}-{kind}-{time.monotonic_ns()}"
    place.mkdir(parents=True)
    with ExitStack() as stack:
        kinds = KINDS if what == "moving" else (kind,)
        made = {each: stack.enter_context(Databases(each, Path(folder) / each)) for each in kinds}
        os.environ["PATH"] = next((made[each].environment["PATH"] for each in reversed(kinds)), os.environ["PATH"])
        trials = Trials(made, kind, place, seed)
        getattr(trials, what)(kills)
    return {"kills": trials.gun.kills, "missed": trials.gun.missed, "wrong": trials.wrong}


SAID = {
    "migrating": "upgrades from every revision: old or new after the kill, and the next upgrade goes on",
    "moving": "moves to the other kind of database: half a move is refused, the same command finishes it",
    "backing_up": "backups: whole or not there, yesterday's untouched, the next one at once is whole",
    "restoring": "restores: the one or the other, whole",
}
BATCH = 50


def run(kind: str, wanted: Mapping[str, int], scene: Scene) -> Sequence[Figure]:
    """Every kind of trial on one kind of database."""
    figures = []
    for number, (what, total) in enumerate(wanted.items()):
        seed = SEED + 100 * number
        kept = scene.remembered(what) or {"kills": 0, "missed": 0, "wrong": [], "batches": 0}
        of = scene.of(total)
        while kept["kills"] < of:
            given = {
                "kills": min(BATCH, of - kept["kills"]),
                "seed": seed + kept["batches"],
                "folder": str(scene.folder),
            }
            seen = asked("moving", {"what": what, "kind": kind} | given)
            kept = {name: kept[name] + seen[name] for name in seen} | {"batches": kept["batches"] + 1}
            scene.remember(what, kept)
            scene.progress(kept["kills"], of, f"kills of {what}")
        figures.append(
            Figure(
                what=f"{kind}, {SAID[what]} (seeds {seed} to {seed + kept['batches'] - 1})",
                measured=f"{kept['kills']} killed at work ({kept['missed']} came too late): {len(kept['wrong'])} wrong"
                + "".join(f"; {line}" for line in kept["wrong"][:3]),
                wanted=f"{of} killed, 0 wrong",
                holds=kept["kills"] >= of and not kept["wrong"],
            )
        )
    return figures
