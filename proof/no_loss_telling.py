"""Killed while it composes, raises alerts and hands over: one mail per recipient and period, but for those counted."""

import random
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import text

from monitor.jobs.telling.alert import alert_round
from monitor.jobs.telling.compose import compose_round
from monitor.jobs.telling.deliver import deliver_round, urgent_round
from monitor.notify import Mailer
from monitor.records.telling.messages import Channel, Mail, Outcome
from monitor.store import Store
from monitor.wiring import holder_name
from proof.no_loss_databases import Databases
from proof.no_loss_killing import Gun, Watch, asked, told, undisturbed
from proof.promise import Figure, Scene
from tests.ledger_builders import DAY, LEASE, MINUTE
from tests.telling_builders import add_rule, arrive, at, one_of_each, outlet, weave
from tests.telling_desk import open_desk
from tests.telling_worker import FIRST, SENDER
from tests.test_telling_crash import Receiver, assert_arrivals, assert_everybody_was_told_once, subscribe

STAGES = ("digest", "alert", "hand over", "store")
DIGEST, ALERT = "digest", "alert"
RECIPIENTS = 4
SEED = 2101
A_WORLD = 50


@dataclass
class WatchedMailer:
    """The real mailer, in ``hand over`` from before a mail leaves until its answer is there."""

    mailer: Mailer
    watch: Watch
    _began: list[float] = field(default_factory=list)

    def send(self, mails: Iterable[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        """As the mailer does."""
        for done in self.mailer.send(self._stepping(mails)):
            self.watch.leave("hand over", self._began.pop())
            yield done

    def _stepping(self, mails: Iterable[Mail]) -> Iterator[Mail]:
        for mail in mails:
            self._began.append(self.watch.enter("hand over"))
            yield mail


def work(store: Store, port: int, watch: Watch, clock: Callable[[], datetime], of: str) -> None:
    """Compose or raise, and hand over, until nothing is due."""
    mailer = WatchedMailer(
        Mailer(host="127.0.0.1", port=port, security="none", sender=SENDER, timeout=30.0, rate=1e4), watch
    )
    desk = open_desk(store, clock, mails=mailer, urgent=mailer, holder=holder_name(), sender=SENDER, lease=LEASE)
    raise_, hand_over = (compose_round, deliver_round) if of == DIGEST else (alert_round, urgent_round)
    busy = True
    while busy:
        with watch.at(of):
            busy = bool(raise_(desk))
        busy |= bool(hand_over(desk))


def live(
    url: str, *, port: int, of: str, kills: int, events: int, seed: int, means: Mapping[str, float]
) -> dict[str, Any]:
    """For the worker: so many days (or articles), and so many kills; without any, how long each stage lasts."""
    watch, moment = Watch(*STAGES), [FIRST]
    gun = Gun(watch, random.Random(seed), means, most_visits=3)
    aims = (of, "hand over", "store")
    happened = 0
    with Store.open(url) as store:
        watch.watch_writes(store, "store")
        task = partial(work, store, port, watch, lambda: moment[0], of)
        while happened < events or gun.kills < kills:
            moment[0] = _next(store, of, happened)
            happened += 1
            # Children take over what the statements were compiled to; connections must not be shared with them.
            store.close()
            seen = 0
            # Not so often that an alert would be too old to be raised.
            while seen < 3 and gun.kills < kills and gun.shoot(task, aims[gun.kills % len(aims)]):
                moment[0] += LEASE + MINUTE
                seen += 1
            lasted = undisturbed(task, watch)
            means = means or lasted
        return {"kills": gun.kills, "hit": gun.hit, "events": happened, "means": means, "told": _told(store)}


def _next(store: Store, of: str, happened: int) -> datetime:
    """The next day begins, or the next article arrives; when that is."""
    if of == DIGEST:
        return FIRST + happened * DAY
    now = at(1) + happened * timedelta(hours=3)
    arrive(store, happened, one_of_each(happened), when=now - 2 * MINUTE)
    weave(store, now=now - MINUTE)
    return now


def _told(store: Store) -> list[str]:
    """What the alert rules have told of, without numbers that hang on the order of writing."""
    with store._database.read() as connection:
        return sorted(row.key for row in connection.execute(text("SELECT key FROM alerts_told")))


def run(kind: str, wanted: Mapping[str, int], scene: Scene) -> Sequence[Figure]:
    """Digests and alerts on one kind of database."""
    with Databases(kind, scene.folder) as databases:
        return [_run(databases, of, scene.of(total), scene) for of, total in wanted.items()]


def _run(databases: Databases, of: str, wanted: int, scene: Scene) -> Figure:
    seed = SEED + (500 if of == ALERT else 0)
    kept = scene.remembered(of) or {"kills": 0, "hit": {}, "worlds": 0, "lines": 0, "counted": {}, "means": {}}
    while kept["kills"] < wanted:
        kills = min(A_WORLD, wanted - kept["kills"])
        seen, lines, counted = _world(databases, of, kills=kills, seed=seed + kept["worlds"], means=kept["means"])
        kept |= {"kills": kept["kills"] + seen["kills"], "worlds": kept["worlds"] + 1, "means": seen["means"]}
        kept |= {"hit": Counter(kept["hit"]) + Counter(seen["hit"]), "counted": Counter(kept["counted"]) + counted}
        kept["lines"] += lines
        scene.remember(of, kept)
        scene.progress(kept["kills"], wanted, f"kills of {of}")
    counted = Counter(kept["counted"])
    return Figure(
        what=f"SIGKILL while {of}s are made and handed over on {databases.kind} (seeds {seed} to "
        f"{seed + kept['worlds'] - 1}), by what was under way",
        measured=f"{kept['kills']}: {told(kept['hit'], STAGES)}; {kept['lines']:,} messages, each arrived, "
        f"{counted['doubled']} twice, {counted['doubtful']} counted as doubtful",
        wanted=f"{wanted}; none lost, none twice that is not counted",
        holds=kept["kills"] >= wanted and counted["doubled"] <= counted["doubtful"],
    )


def _world(
    databases: Databases, of: str, *, kills: int, seed: int, means: Mapping[str, float]
) -> tuple[dict[str, Any], int, Counter[str]]:
    receiver = Receiver()
    server = Controller(receiver, hostname="127.0.0.1", port=free_port())
    server.start()
    given = {"port": server.port, "of": of, "seed": seed}

    def lived(kills: int, events: int, means: Mapping[str, float]) -> tuple[str, dict[str, Any]]:
        url = databases.new()
        _prepare(url, of)
        receiver.arrived.clear()
        return url, asked("telling", given | {"url": url, "kills": kills, "events": events, "means": means})

    try:
        if not means:
            url, calm = lived(0, 2, {})
            databases.drop(url)
            means = calm["means"]
        url, seen = lived(kills, 2, means)
        with Store.open(url) as store:
            lines = store.deliveries.listed(limit=100_000)
        if of == DIGEST:
            counted = assert_everybody_was_told_once(url, receiver, recipients=RECIPIENTS, days=seen["events"])
        else:
            counted = assert_arrivals(lines, receiver)
            twin, calm = lived(0, seen["events"], means)
            assert seen["told"] == calm["told"], sorted(set(seen["told"]) ^ set(calm["told"]))[:5]
            assert len(calm["told"]) >= seen["events"]
            databases.drop(twin)
        databases.drop(url)
    finally:
        server.stop()
    return seen, len(lines), counted


def _prepare(url: str, of: str) -> None:
    if of == DIGEST:
        subscribe(url, recipients=RECIPIENTS, now=FIRST - DAY)
        return
    with Store.open(url) as store:
        outlet(store)
        add_rule(store, channel=Channel.EMAIL, target="desk@reader.example")


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
