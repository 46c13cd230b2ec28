"""The whole program as processes, with the real model: killed, without its database, and on disks that fail."""

import errno
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from monitor.replay.clock import Clock
from monitor.replay.server import Newsroom
from monitor.replay.week import load
from proof.no_loss_databases import POSTGRES, SQLITE, Databases
from proof.no_loss_power import preloaded
from proof.promise import Figure, Scene
from tests import test_end_to_end
from tests.test_end_to_end import Daemon, served
from tests.test_workers import Crew

# A busy machine is no loss: how long work may take is another promise.
test_end_to_end.PATIENCE = 900.0
SEED = 5501
A_WORLD = 6
HELD = 15.0
"""Seconds that a fault lasts: three of the pauses after which a failed job is tried again. They do not grow."""


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    """The bundled week, all of it published."""
    week = load()
    with Newsroom(week, clock=Clock(week.end)) as opened:
        yield opened


def killed(kind: str, total: int, scene: Scene) -> Sequence[Figure]:
    """The daemon (on Postgres: daemon and workers) killed again and again, and left to finish."""
    kept = scene.remembered("killed") or {"kills": 0, "worlds": 0, "wrong": []}
    wanted = scene.of(total)
    with newsroom() as room, Databases(kind, scene.folder) as databases:
        undisturbed = scene.remembered("matches") or _calm(databases, scene, room)
        scene.remember("matches", undisturbed)
        while kept["kills"] < wanted:
            chance, kills = random.Random(SEED + kept["worlds"]), min(A_WORLD, wanted - kept["kills"])
            with _house(databases, scene, room) as house:
                for _ in range(kills):
                    least = chance.choice((1, 40, 80, 120, 160))
                    house.work()
                    house.wait(lambda least=least: sum(house.states().values()) >= least, "entries")  # type: ignore[misc]
                    time.sleep(chance.uniform(0.0, 1.5))
                    house.kill_one(chance)
                house.work()
                kept["wrong"] += house.finish(room, [tuple(match) for match in undisturbed])
            kept |= {"kills": kept["kills"] + kills, "worlds": kept["worlds"] + 1}
            scene.remember("killed", kept)
            scene.progress(kept["kills"], wanted, "kills")
    return [
        Figure(
            what=f"SIGKILL of the whole program on {kind}, with the shipped model (seeds {SEED} to "
            f"{SEED + kept['worlds'] - 1}): entries, articles and matches afterwards",
            measured=f"{kept['kills']} killed in {kept['worlds']} lives: {len(kept['wrong'])} wrong"
            + "".join(f"; {line}" for line in kept["wrong"][:3]),
            wanted=f"{wanted} killed; as served, each once, matches of an undisturbed run",
            holds=kept["kills"] >= wanted and not kept["wrong"],
        )
    ]


class House:
    """One daemon on an SQLite file."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.wait, self.states = daemon.wait, daemon.states

    def work(self) -> None:
        """Start what does not run."""
        self.daemon.start()

    def kill_one(self, _: random.Random) -> None:
        """Kill it."""
        assert self.daemon.process is not None
        self.daemon.process.kill()
        self.daemon.process.wait(30)

    def close(self) -> None:
        """End it, whatever state it is in."""
        process = self.daemon.process
        if process is not None and process.poll() is None:
            process.kill()
            process.wait(30)

    def finish(self, room: Newsroom, matches: Sequence[tuple[str, str]]) -> list[str]:
        """Wait for the end of the work; what is wrong then."""
        daemon = self.daemon
        daemon.wait(daemon.finished, "the end of the work")
        daemon.wait(lambda: not daemon.rows("select 1 from articles where unwoven limit 1"), "the chronicle")
        urls = sorted(url for (url,) in daemon.rows("select url from entries"))
        broken = [event for event in daemon.events() if event["event"] in {"job_broke", "quarantined"}]
        apart = set(daemon.matches()) ^ set(matches) if matches else set()
        told = [(url, topic, self._read_how(url)) for url, topic in sorted(apart)[:3]]
        tests = {
            f"{len(urls)} entries, {len(served(room))} served": urls == sorted(served(room)),
            "articles twice": not daemon.rows("select url_key from articles group by 1 having count(*) > 1"),
            "matches twice": not daemon.rows("select 1 from matches group by article_id, topic having count(*) > 1"),
            f"matches in one of both only: {told}": not apart,
            f"in the log: {broken[:1]}": not broken,
        }
        return [what for what, holds in tests.items() if not holds]

    def _read_how(self, url: str) -> str:
        """Whether the article came from its page, and what was wrong with that: a text that differs may match."""
        found = self.daemon.rows(
            "select a.text_source, e.reason, e.attempts from articles a join entries e on e.article_id = a.id "
            f"where a.url = '{url}'"
        )
        return "; ".join(f"{source}, {attempts} tries: {reason}" for source, reason, attempts in found)


class Company(House):
    """Daemon and two workers on Postgres."""

    def __init__(self, crew: Crew) -> None:
        super().__init__(crew)
        self.crew = crew

    def work(self) -> None:
        """Start what does not run."""
        if not self.crew.crew:
            self.crew.hire("daemon")
        while len(self.crew.crew) < 3:
            self.crew.hire("worker", "--concurrency", "2")
        # The daemon may be the one that died; a second one is refused while it lives.
        if not any(process.args[3] == "daemon" for process in self.crew.crew):  # type: ignore[index]
            self.crew.hire("daemon")

    def kill_one(self, chance: random.Random) -> None:
        """Kill one of them."""
        self.crew.kill(chance.choice(self.crew.crew))

    def close(self) -> None:
        """End them, whatever state they are in."""
        for process in self.crew.crew:
            process.kill()
            process.wait(30)


@contextmanager
def _house(databases: Databases, scene: Scene, room: Newsroom) -> Iterator[House]:
    folder = scene.folder.resolve() / f"life-{time.monotonic_ns()}"
    folder.mkdir()
    url = databases.new()
    house = House(Daemon(folder, room, url)) if databases.kind == SQLITE else Company(Crew(folder, room, url))
    try:
        yield house
    finally:
        house.close()
    databases.drop(url)
    shutil.rmtree(folder)


def _calm(databases: Databases, scene: Scene, room: Newsroom) -> list[tuple[str, str]]:
    with _house(databases, scene, room) as house:
        house.work()
        wrong = house.finish(room, ())
        assert not wrong, wrong
        return sorted(house.daemon.matches())


def away(scene: Scene) -> Sequence[Figure]:
    """The database goes away in the middle of the work, and comes back."""
    with newsroom() as room:
        return [_server_away(scene, room), _file_away(scene, room)]


def _server_away(scene: Scene, room: Newsroom) -> Figure:
    with Databases(POSTGRES, scene.folder) as databases, _house(databases, scene, room) as house:
        house.work()
        house.wait(lambda: sum(house.states().values()) >= 30, "some entries")
        databases.stop()
        time.sleep(HELD)
        alive = isinstance(house, Company) and all(process.poll() is None for process in house.crew.crew)
        databases.start()
        wrong = house.finish(room, ()) + ([] if alive else ["a process ended"])
        said = _said(house, ("cannot be reached", "shutting down or broke the connection off"))
    return _fault_figure(f"Postgres stopped for {HELD:.0f} s under daemon and workers", wrong, said)


def _file_away(scene: Scene, room: Newsroom) -> Figure:
    with Databases(SQLITE, scene.folder) as databases, _house(databases, scene, room) as house:
        house.work()
        house.wait(lambda: sum(house.states().values()) >= 30, "some entries")
        file = Path(str(house.daemon._engine.url.database))
        file.rename(file.with_suffix(".away"))
        time.sleep(HELD)
        file.with_suffix(".away").rename(file)
        wrong = house.finish(room, ())
        said = _said(house, ("the file was deleted or replaced while the program ran",))
    return _fault_figure(f"the SQLite file moved away for {HELD:.0f} s under the daemon", wrong, said)


FAULTS = (
    (errno.ENOSPC, "no room for any write", ("full. Nothing of this step was stored",)),
    (errno.EROFS, "a disk that takes no writes any more", ("input/output error of the disk", "is read-only")),
    (errno.EIO, "a disk that fails at every write", ("input/output error of the disk",)),
)


def disks(scene: Scene) -> Sequence[Figure]:
    """A disk that is full, takes no writes or fails, in the middle of the work; then it is well again."""
    with newsroom() as room:
        figures = [_failing(scene, room, number, name, words) for number, name, words in FAULTS]
        return [*figures, _full(scene, room), _unwritable(scene, room)]


def _failing(scene: Scene, room: Newsroom, number: int, name: str, words: Sequence[str]) -> Figure:
    fault = scene.folder.resolve() / "fault"
    fault.unlink(missing_ok=True)
    with Databases(SQLITE, scene.folder.resolve()) as databases, _house(databases, scene, room) as house:
        folder = Path(str(house.daemon._engine.url.database)).parent
        house.daemon._environment |= preloaded(scene.folder.resolve(), folder, fault=fault)
        house.work()
        house.wait(lambda: sum(house.states().values()) >= 30, "some entries")
        fault.write_text(str(number))
        time.sleep(HELD)
        fault.unlink()
        wrong = house.finish(room, ())
        said = _said(house, words)
    return _fault_figure(f"{name} for {HELD:.0f} s ({errno.errorcode[number]} from every write)", wrong, said)


def _full(scene: Scene, room: Newsroom) -> Figure:
    what = "a disk that is full (a small file system in memory)"
    place = scene.folder.resolve() / "small"
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none", place], capture_output=True)
    if mounted.returncode:
        return Figure(what=what, measured="not tried: this user may not mount a file system")
    try:
        with Databases(SQLITE, place) as databases, _house(databases, scene, room) as house:
            house.work()
            house.wait(lambda: sum(house.states().values()) >= 30, "some entries")
            with (place / "filler").open("wb") as filler:
                _fill(filler.write)
                time.sleep(HELD)
            (place / "filler").unlink()
            wrong = house.finish(room, ())
            said = _said(house, FAULTS[0][2])
    finally:
        subprocess.run(["umount", place], check=True)
    return _fault_figure(f"{what} for {HELD:.0f} s", wrong, said)


def _fill(write: Callable[[bytes], int]) -> None:
    try:
        while True:
            write(bytes(1 << 16))
    except OSError:
        return


def _unwritable(scene: Scene, room: Newsroom) -> Figure:
    """A start on a file that may only be read: it says so and ends; with the right it starts."""
    fault = scene.folder.resolve() / "fault"
    with Databases(SQLITE, scene.folder.resolve()) as databases, _house(databases, scene, room) as house:
        folder = Path(str(house.daemon._engine.url.database)).parent
        fault.write_text(str(errno.EACCES))
        environment = house.daemon._environment | preloaded(scene.folder.resolve(), folder, fault=fault)
        refused = subprocess.run(
            [sys.executable, "-m", "monitor", "run", "--no-live"],
            cwd=scene.folder, env=environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        fault.unlink()
        house.work()
        wrong = house.finish(room, ()) + ([] if refused.returncode else ["it started"])
        said = "Check the rights" in refused.stderr or "read-only" in refused.stderr
        wrong += [] if said else [refused.stderr[-200:]]
    return _fault_figure("a start on a database file without the right to write", wrong, said)


def _said(house: House, words: Sequence[str]) -> bool:
    told = [str(event.get("error", "")) for event in house.daemon.events()]
    return any(word in error for word in words for error in told)


def _fault_figure(what: str, wrong: Sequence[str], said: bool) -> Figure:
    return Figure(
        what=what,
        measured=f"{'all there, each once' if not wrong else '; '.join(wrong)[:300]}; "
        f"{'told in the log' if said else 'not told in plain words'}",
        wanted="goes on by itself, loses and doubles nothing, and says what to do",
        holds=said and not wrong,
    )
