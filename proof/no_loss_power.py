"""The power fails: SQLite files as a disk may hold them then, without what was written and not yet synced.

A library between the program and the C library (``no_loss_disk.c``) writes down every change of the database's files
and every sync, in order. For a drawn moment the files are put together anew: what was synced is there; of each write
after the last sync of its file, a draw says whether it is there, is missing, or ends in the middle at a sector's
border. That is more than most disks and file systems lose. It trusts a sync to hold: a disk that lies is not covered.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import text

from monitor.jobs.telling.compose import compose_round
from monitor.jobs.telling.deliver import deliver_round
from monitor.notify import Mailer
from monitor.records.telling.messages import DeliveryState, Mail, Outcome
from monitor.store import Store
from monitor.wiring import holder_name
from proof.ledger import ROOT
from proof.no_loss_killing import asked
from proof.no_loss_telling import free_port
from proof.promise import Figure, Scene
from tests.ledger_builders import DAY, LEASE, MINUTE
from tests.telling_desk import open_desk
from tests.telling_worker import FIRST, SENDER
from tests.test_store_crash import assert_everything_once
from tests.test_telling_crash import Receiver, subscribe

SEED = 4401
SECTOR = 512
RECIPIENTS, DAYS = 4, 6
BEGUN = (DeliveryState.SENDING.value, DeliveryState.SENT.value)
_HEAD = struct.Struct("<cIqQ")


def library(folder: Path) -> Path:
    """The library that stands between, made with the machine's C compiler. Raises RuntimeError where there is none."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("the trials of power loss and failing disks need a C compiler (cc) on PATH")
    made = folder / "no_loss_disk.so"
    source = Path(__file__).with_name("no_loss_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl", "-pthread"], check=True)
    return made


def preloaded(folder: Path, watched: Path, **names: Path) -> dict[str, str]:
    """The environment of a process whose files in ``watched`` are stood before."""
    given = {f"NO_LOSS_{name.upper()}": str(path) for name, path in names.items()}
    return os.environ | given | {"LD_PRELOAD": str(library(folder)), "NO_LOSS_FOLDER": f"{watched}/"}


@dataclass(frozen=True, slots=True)
class Change:
    """One record of the log: ``w``rite, ``t``runcate, ``s``ync or ``u``nlink of a file."""

    kind: str
    name: str
    offset: int
    data: bytes


def changes(log: Path) -> Iterator[Change]:
    """What the log holds."""
    with log.open("rb") as stream:
        while head := stream.read(_HEAD.size):
            kind, path, offset, length = _HEAD.unpack(head)
            name = Path(stream.read(path).decode()).name
            yield Change(kind.decode(), name, offset, stream.read(length))


@dataclass
class Disk:
    """Files by name: what is safe of each, and what was done to it since its last sync."""

    safe: dict[str, bytes]
    pending: dict[str, list[Change]] = field(default_factory=dict)

    def take(self, change: Change) -> None:
        """Go on by one record."""
        if change.kind == "s":
            content = self.safe.get(change.name, b"")
            for each in self.pending.pop(change.name, []):
                content = _applied(content, each)
            self.safe[change.name] = content
        else:
            self.pending.setdefault(change.name, []).append(change)

    def lost(self, chance: random.Random) -> dict[str, bytes]:
        """What the files may hold when the power fails now."""
        found = dict(self.safe)
        for name, after in self.pending.items():
            content, kept = found.get(name, b""), chance.choice((0.0, 0.5, 0.9, 1.0))
            for each in after:
                if chance.random() < kept:
                    content = _applied(content, each)
                elif each.kind == "w" and chance.random() < 0.5:
                    torn = chance.randrange(len(each.data) // SECTOR + 1) * SECTOR
                    content = _applied(content, Change("w", name, each.offset, each.data[:torn]))
            found[name] = content
        return found


def _applied(content: bytes, change: Change) -> bytes:
    if change.kind == "u":
        return b""
    if change.kind == "t":
        return content[: change.offset].ljust(change.offset, b"\0")
    before = content[: change.offset].ljust(change.offset, b"\0")
    return before + change.data + content[change.offset + len(change.data) :]


@dataclass(frozen=True)
class MarkingMailer:
    """The real mailer; what was accepted is written down at once, in the order of all else that reaches the disk."""

    mailer: Mailer
    marks: int

    def send(self, mails: Any) -> Iterator[tuple[Mail, Outcome]]:
        """As the mailer does."""
        for mail, outcome in self.mailer.send(mails):
            os.write(self.marks, f"{mail.message_id}\n".encode())
            yield mail, outcome


def tell(url: str, *, port: int, marks: str, later: int) -> dict[str, int]:
    """For the worker: the digests of some days, composed and sent; ``later`` leases after they were due."""
    file = os.open(marks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    mailer = Mailer(host="127.0.0.1", port=port, security="none", sender=SENDER, timeout=30.0, rate=1e4)
    with Store.open(url) as store:
        for day in range(DAYS):
            now = FIRST + day * DAY + later * (LEASE + MINUTE)
            post = MarkingMailer(mailer, file)
            desk = open_desk(
                store, partial(_same, now), mails=post, urgent=post, holder=holder_name(), sender=SENDER, lease=LEASE
            )
            while compose_round(desk) or deliver_round(desk):
                pass
    os.close(file)
    return {"days": DAYS}


def _same(moment: datetime) -> datetime:
    return moment


def run(total: int, whole: int, scene: Scene) -> Sequence[Figure]:
    """Images of the disk at so many moments, and the work gone on with on some of them."""
    return (*_of_entries(scene.of(total), scene.of(whole), scene), *_of_mails(scene.of(total), scene.of(whole), scene))


def _of_entries(total: int, whole: int, scene: Scene) -> Sequence[Figure]:
    folder, log = _new(scene, "entries")
    environment = preloaded(scene.folder, folder, log=log)
    base = _base(folder)
    url = f"sqlite:///{folder / 'monitor.sqlite3'}"
    subprocess.run(
        [sys.executable, "-m", "tests.store_worker", url],
        cwd=ROOT, env=environment, check=True, timeout=600, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    damaged, wrong, done = Counter[str](), 0, 0
    for number, (_, image) in enumerate(_images(base, log, total, SEED)):
        there = _laid(scene.folder / "image", image)
        damaged.update(_damage(there))
        if number % max(1, total // whole) == 0:
            done += 1
            subprocess.run(
                [sys.executable, "-m", "tests.store_worker", there],
                cwd=ROOT, check=True, timeout=600, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            wrong += not _is_once(there)
        scene.progress(number + 1, total, "moments")
    return (
        _whole_figure("while entries are stored, read and analysed", total, damaged),
        Figure(
            what="the work gone on with after it: every entry, article and match is there once",
            measured=f"{done} times, {wrong} wrong",
            wanted="0 wrong",
            holds=not wrong,
        ),
    )


def _of_mails(total: int, whole: int, scene: Scene) -> Sequence[Figure]:
    folder, log = _new(scene, "mails")
    url, receiver = f"sqlite:///{folder / 'monitor.sqlite3'}", Receiver()
    Store.open(url, create=True).close()
    subscribe(url, recipients=RECIPIENTS, now=FIRST - DAY)
    base = _base(folder)
    server = Controller(receiver, hostname="127.0.0.1", port=free_port())
    server.start()
    damaged, counted = Counter[str](), Counter[str]()
    try:
        given = {"port": server.port, "marks": str(folder / "marks"), "later": 0, "url": url}
        asked("power", given, environment=preloaded(scene.folder, folder, log=log))
        for number, (sent, image) in enumerate(_images(base, log, total, SEED + 1)):
            there = _laid(scene.folder / "image", image)
            damaged.update(_damage(there))
            counted["unknown"] += _unknown(there, sent)
            counted["moments with mails"] += bool(sent)
            if number % max(1, total // whole) == 0:
                receiver.arrived.clear()
                asked("power", given | {"url": there, "later": 1, "marks": str(scene.folder / "image" / "marks")})
                counted.update(_after(there, sent, receiver))
            scene.progress(number + 1, total, "moments")
    finally:
        server.stop()
    return (
        _whole_figure("while digests are composed and sent", total, damaged),
        Figure(
            what="mails that had left and of which the database knew nothing after it",
            measured=f"{counted['unknown']} at {counted['moments with mails']} moments",
            wanted="0",
            holds=not counted["unknown"],
        ),
        Figure(
            what="the work gone on with after it",
            measured=f"{counted['times']} times: {counted['lost']} mails lost, {counted['doubled']} twice, of them "
            f"{counted['uncounted']} not counted as doubtful",
            wanted="0 lost, 0 not counted",
            holds=not counted["lost"] + counted["uncounted"],
        ),
    )


def _whole_figure(when: str, total: int, damaged: Counter[str]) -> Figure:
    return Figure(
        what=f"power lost {when} (SQLite, seeds {SEED}, {SEED + 1}): databases that are sound after it",
        measured=f"{total - damaged.total()} of {total} moments" + "".join(f"; {line}" for line in list(damaged)[:3]),
        wanted="all",
        holds=not damaged,
    )


def _new(scene: Scene, name: str) -> tuple[Path, Path]:
    folder = scene.folder.resolve() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    log = folder.parent / f"{name}.log"
    log.unlink(missing_ok=True)
    Store.open(f"sqlite:///{folder / 'monitor.sqlite3'}", create=True).close()
    return folder, log


def _base(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


def _images(
    base: Mapping[str, bytes], log: Path, total: int, seed: int
) -> Iterator[tuple[tuple[str, ...], dict[str, bytes]]]:
    """So many moments, half of them right after a mail was accepted: what had been sent, and what the disk holds."""
    chance, records = random.Random(seed), list(changes(log))
    marked = [number + 1 for number, record in enumerate(records) if record.name == "marks" and record.kind == "w"]
    moments = sorted(
        chance.choice(marked) if marked and n % 2 else chance.randrange(1, len(records) + 1) for n in range(total)
    )
    disk, at, sent = Disk(dict(base)), 0, list[str]()
    for moment in moments:
        for record in records[at:moment]:
            if record.name == "marks":
                sent += [record.data.decode().strip()] if record.kind == "w" else []
            else:
                disk.take(record)
        at = moment
        yield tuple(sent), disk.lost(chance)


def _laid(folder: Path, image: Mapping[str, bytes]) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    return f"sqlite:///{folder / 'monitor.sqlite3'}"


def _damage(url: str) -> list[str]:
    with Store.open(url) as store:
        return list(store.upkeep.check()[:1])


def _is_once(url: str) -> bool:
    try:
        assert_everything_once(url)
    except AssertionError:
        return False
    return True


def _unknown(url: str, sent: Sequence[str]) -> int:
    """How many accepted mails are not noted as begun: they would be sent again, and nobody would count them."""
    with Store.open(url) as store, store._database.read() as connection:
        rows = connection.execute(text("SELECT message_id, state, doubtful FROM deliveries")).all()
    begun = {row.message_id for row in rows if row.state in BEGUN or row.doubtful}
    return len(set(sent) - begun)


def _after(url: str, sent: Sequence[str], receiver: Receiver) -> Counter[str]:
    """What became of every mail when the work had gone on."""
    times = Counter(sent) + Counter(message_id for _, message_id in receiver.arrived)
    with Store.open(url) as store:
        lines = store.deliveries.listed(limit=100_000)
    lost = RECIPIENTS * DAYS - len(lines) + sum(line.state is not DeliveryState.SENT for line in lines)
    over = {line.message_id: times[line.message_id] - 1 for line in lines}
    return Counter(
        times=1,
        lost=lost + sum(each < 0 for each in over.values()),
        doubled=sum(each > 0 for each in over.values()),
        uncounted=sum(over[line.message_id] > line.doubtful for line in lines),
    )
