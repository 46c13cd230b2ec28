"""Digests of subscribers in many zones while the clock is driven: ahead, back, over changes, through days of sleep."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from structlog.testing import capture_logs

from monitor.digest import periods
from monitor.jobs.telling.compose import compose_round
from monitor.jobs.telling.deliver import deliver_round
from monitor.records.telling.digests import Edition
from monitor.records.telling.subscribers import Cadence, Schedule, Selection
from monitor.store import Store
from proof.clock_periods import DAY, HOUR, ODD, a_change, the_ends, the_latest
from proof.promise import Figure, Scene
from tests.telling_desk import Clock, Letters, open_desk

WALKS, DAYS, SUBSCRIBERS = 60, 5, 8
PATIENCE = timedelta(hours=1)


def digests(scene: Scene) -> Sequence[Figure]:
    """Walks through seeded days; after each the ledger, the editions and the mails are held against each other."""
    told: Counter[str] = Counter(scene.remembered("told") or {})
    wrong: list[str] = scene.remembered("wrong") or []
    for number in range(told["walks"], scene.of(WALKS)):
        wrong += [f"walk {number}: {problem}" for problem in _walk(scene.folder, number, told)]
        told["walks"] += 1
        scene.remember("told", dict(told))
        scene.remember("wrong", wrong)
        scene.progress(told["walks"], scene.of(WALKS), "walks")
    return [
        Figure(
            what=f"{told['walks']} walks of {DAYS} days, {SUBSCRIBERS} subscribers each: {told['set']} times the clock "
            f"was set by 2 h, {told['slept']} sleeps of up to 3 days, {told['changes']} changes of the zones' clocks",
            measured=f"{told['mails']:,} mails; {told['gaps']} answered for missed ones; {len(wrong)} problems"
            + (f"; {wrong[0]}" if wrong else ""),
            wanted="one mail a recipient and period; no time left out; one digest after a sleep, which states the gap",
            holds=not wrong,
        )
    ]


def _walk(folder: Path, number: int, told: Counter[str]) -> list[str]:
    dice = random.Random(number)
    path = folder / "walk.sqlite3"
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    zones = dice.sample(ODD, 4)
    change = a_change(dice, zones[0]) or datetime(2024, 2, 29, tzinfo=UTC)
    begin = change - dice.uniform(0.5, 2.5) * DAY
    with Store.open(f"sqlite:///{path}", create=True) as store, capture_logs():
        schedules = dict(_subscribe(store, zones, dice, begin))
        letters, clock = Letters(), Clock(begin)
        desk = open_desk(store, clock, mails=letters)
        for now in _moments(dice, begin, told):
            clock.now = now
            compose_round(desk)
            while deliver_round(desk):
                pass
        told["mails"] += len(letters.mails)
        return [
            problem
            for who, schedule in schedules.items()
            for problem in _problems(store, letters, who, schedule, begin, clock.now, told)
        ]


def _subscribe(
    store: Store, zones: Sequence[str], dice: random.Random, now: datetime
) -> Iterator[tuple[str, Schedule]]:
    cadences = (Cadence.HOURLY, Cadence.DAILY, Cadence.DAILY, Cadence.WEEKDAYS)
    for place in range(SUBSCRIBERS):
        who = f"reader{place}@reader.example"
        schedule = Schedule(
            cadence=cadences[place % 4],
            zone=zones[place % len(zones)],
            hour=dice.choice((0, 1, 2, 3, dice.randrange(24))),
        )
        stream = periods.stream_key(schedule, Selection())
        store.subscribers.add(
            who, recipient_key=who, stream=stream, schedule=schedule, selection=Selection(), now=now - DAY
        )
        yield who, schedule


def _moments(dice: random.Random, begin: datetime, told: Counter[str]) -> Iterator[datetime]:
    """What the wall clock shows at the rounds; at the end it is right, and stays so for half a day."""
    true, ahead = begin, timedelta()
    while true < begin + DAYS * DAY:
        yield true + ahead
        happens = dice.random()
        if happens < 0.06:
            ahead = dice.choice((2 * HOUR, -2 * HOUR)) if not ahead else timedelta()
            told["set"] += 1
        elif happens < 0.08:
            true += dice.uniform(0.3, 3) * DAY
            told["slept"] += 1
        true += dice.uniform(1, 55) * timedelta(minutes=1)
    for _ in range(16):
        yield true
        true += timedelta(minutes=45)


def _problems(
    store: Store, letters: Letters, who: str, schedule: Schedule, begin: datetime, now: datetime, told: Counter[str]
) -> Iterator[str]:
    mails = [mail for mail in letters.mails if mail.to == who]
    if twice := [name for name, times in Counter(mail.message_id for mail in mails).items() if times > 1]:
        yield f"{who} got {twice[0]} twice"
    editions = _editions(store, who)
    if len(mails) != len(editions):
        yield f"{len(mails)} mails to {who}, {len(editions)} in the ledger"
    zone = ZoneInfo(schedule.zone)
    told["changes"] += len({edition.period.end.astimezone(zone).utcoffset() for edition in editions}) > 1
    for edition in editions:
        wanted, _ = the_latest(schedule, edition.composed_at)
        if edition.period != wanted:
            yield f"{schedule} composed {edition.composed_at}: {edition.period} and not {wanted}"
    for earlier, later in pairwise(editions):
        if later.covers_from != earlier.period.end:
            yield f"{schedule}: from {earlier.period.end} to {later.covers_from} nobody answers"
        missed = len(the_ends(schedule, earlier.period.end, later.period.start)) - 1
        if later.missed != missed:
            yield f"{schedule}: {later.missed} missed before {later.period}, and not {missed}"
        told["gaps"] += bool(missed)
        if missed and "This digest covers" not in later.rendered.text:
            yield f"{schedule}: {later.period} does not state its gap"
    last, _ = the_latest(schedule, now - PATIENCE)
    if last.end > begin and (not editions or editions[-1].period.end < last.end):
        yield f"{schedule}: nothing came of {last}"


def _editions(store: Store, who: str) -> list[Edition]:
    query = text("SELECT edition_id FROM deliveries WHERE target = :who AND state = 'sent' ORDER BY period_start")
    with store._database.read() as connection:
        numbers = [row.edition_id for row in connection.execute(query, {"who": who})]
    return [edition for number in numbers if (edition := store.editions.get(number)) is not None]
