"""A process that composes and sends digests, to be killed: ``python -m tests.telling_worker HOW URL PORT``.

``points SEED COUNT`` makes children that each die at a step of their own: before a statement, before a commit, before
or after a hand-over. ``kills SEED COUNT`` kills them from outside at any moment. At the end one that lives does what is
left. ``eight`` lets eight begin at one moment.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import partial

import structlog
from sqlalchemy import event

from monitor.jobs.telling.compose import compose_round
from monitor.jobs.telling.deliver import deliver_round
from monitor.jobs.telling.desk import Desk, Sources
from monitor.notify import Mailer
from monitor.records.telling.messages import Mail, Notice, Outcome
from monitor.store import Store
from tests.ledger_builders import DAY, LEASE, MINUTE

FIRST = datetime(2026, 11, 20, 6, 20, tzinfo=UTC)
"""After the end of a period."""
SENDER = "monitor@monitor.example"
MOST_STEPS = 60
SHORT = timedelta(seconds=0.5)


class Died(IntEnum):
    """Exit statuses: where a child was when it died."""

    AT_A_STATEMENT = 101
    AT_A_COMMIT = 102
    BEFORE_A_HAND_OVER = 103
    AFTER_A_HAND_OVER = 104


class Fuse:
    """Ends the process, as ``kill -9`` does, at the step for which it was made; never when that is None."""

    def __init__(self, steps: int | None) -> None:
        self.left = steps

    def step(self, where: Died) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                os._exit(where)

    def watch(self, store: Store) -> None:
        engine = store._database.engine
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", lambda _: self.step(Died.AT_A_COMMIT))

    def _statement(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        # How the file is written is set where nothing can be lost; it would only take deaths from other places.
        if not statement.startswith("PRAGMA"):
            self.step(Died.AT_A_STATEMENT)


class Post:
    """The real mailer, with steps at which the process may die."""

    def __init__(self, mailer: Mailer, fuse: Fuse) -> None:
        self._mailer = mailer
        self._fuse = fuse

    def send(self, mails: Iterable[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        for done in self._mailer.send(self._stepping(mails)):
            self._fuse.step(Died.AFTER_A_HAND_OVER)
            yield done

    def _stepping(self, mails: Iterable[Mail]) -> Iterator[Mail]:
        for mail in mails:
            self._fuse.step(Died.BEFORE_A_HAND_OVER)
            yield mail


class Silent:
    """Takes notices in tests that have none."""

    def send(self, notice: Notice, target: str) -> Outcome:
        raise AssertionError(f"a notice to {target}: nothing here makes any")


def work(store: Store, port: int, clock: Callable[[], datetime], *, fuse: Fuse, lease: timedelta = LEASE) -> None:
    """Compose and send until nothing is due."""
    mailer = Mailer(host="127.0.0.1", port=port, security="none", sender=SENDER, timeout=10.0, rate=1e4)
    desk = Desk(
        store=store,
        mails=Post(mailer, fuse),
        urgent=Post(mailer, fuse),
        webhooks=Silent(),
        chats=Silent(),
        sources=lambda now: Sources(active=0),
        pictures=lambda digest: (),
        holder=f"worker-{os.getpid()}-{time.monotonic_ns()}",
        clock=clock,
        dice=lambda: 0.0,
        sender=SENDER,
        mail_domain="monitor.example",
        lease=lease,
    )
    while compose_round(desk) or deliver_round(desk):
        pass


def forked(task: Callable[[], None]) -> int:
    """Begin ``task`` in a child of this process; its number."""
    child = os.fork()
    if child == 0:
        # Nothing of the parent's is to be flushed or closed by the child, whatever happens.
        try:
            task()
            os._exit(0)
        except BaseException:  # noqa: BLE001 (a host: it tells and ends)
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    return child


def ended(child: int) -> int:
    """The exit status of ``child``."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def points(store: Store, port: int, seed: int, count: int) -> Counter[str]:
    """Let children die ``count`` times, and the last one live; how often they died where, and the days that passed."""
    chance = random.Random(seed)
    now, seen = warmed(store, port), Counter(DAYS=1)

    def child(fuse: Fuse) -> None:
        fuse.watch(store)
        work(store, port, lambda: now, fuse=fuse)

    while sum(seen[where.name] for where in Died) < count:
        fuse = Fuse(chance.randint(1, MOST_STEPS))
        status = ended(forked(partial(child, fuse)))
        if status == 0:
            seen["DAYS"] += 1
            now = FIRST + seen["DAYS"] * DAY
        else:
            seen[Died(status).name] += 1
            now += LEASE + MINUTE
    assert ended(forked(partial(child, Fuse(None)))) == 0
    return seen


def warmed(store: Store, port: int) -> datetime:
    """Work through a first day, so that children need not compile every statement anew; when the next begins."""
    work(store, port, lambda: FIRST, fuse=Fuse(None))
    # Connections must not be shared with children; the engine opens its own there.
    store.close()
    return FIRST + DAY


def eight(store: Store, port: int) -> None:
    """Eight that begin at one moment."""
    store.close()
    waiting, go = os.pipe()

    def begin() -> None:
        os.close(go)
        os.read(waiting, 1)
        work(store, port, lambda: FIRST, fuse=Fuse(None))

    children = [forked(begin) for _ in range(8)]
    os.close(go)
    assert [ended(child) for child in children] == [0] * 8


def kills(store: Store, port: int, seed: int, count: int) -> Counter[str]:
    """Let ``count`` children be killed, and the last one live; how many were at work when it happened."""
    chance, seen = random.Random(seed), Counter[str]()
    store.close()
    for _ in range(count):
        child = forked(partial(to_the_end, store, port))
        time.sleep(chance.uniform(0.01, 0.25))
        os.kill(child, signal.SIGKILL)
        seen["AT_WORK"] += ended(child) == -signal.SIGKILL
    assert ended(forked(partial(to_the_end, store, port))) == 0
    return seen


def to_the_end(store: Store, port: int) -> None:
    """Work until nothing is on its way, not even what another holder has, or had when it was killed."""
    while True:
        work(store, port, lambda: datetime.now(UTC), fuse=Fuse(None), lease=SHORT)
        counts = store.deliveries.counts()
        if not counts["composed"] + counts["sending"]:
            break
        time.sleep(SHORT.total_seconds() / 2)


def main(how: str, url: str, port: str, *more: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with Store.open(url) as store:
        print("ready", flush=True)
        match how:
            case "points":
                print(json.dumps(points(store, int(port), *map(int, more))), flush=True)
            case "eight":
                eight(store, int(port))
            case _:
                print(json.dumps(kills(store, int(port), *map(int, more))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
