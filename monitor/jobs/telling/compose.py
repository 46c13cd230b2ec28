"""Compose the digests that are due: one edition a stream and period, and a line in the ledger for each subscriber.

The edition is frozen when it is written: what is sent, and sent again, is that. A crash on the way repeats work and
changes nothing, for edition and ledger lines are unique.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from monitor.digest import periods
from monitor.digest.compose import compose
from monitor.digest.render import rendered
from monitor.errors import MonitorError, TransientError
from monitor.jobs.services import Done
from monitor.jobs.telling.desk import Desk
from monitor.records.telling.digests import Digest, Edition, EditionHead
from monitor.records.telling.messages import Channel, DeliveryState, NewDelivery
from monitor.records.telling.subscribers import Period, Stream, Subscriber
from monitor.store.facts.store import Reading
from monitor.text import digest as hashed

log = structlog.get_logger()
Made = TypeVar("Made")
TOLD = timedelta(days=15)
"""How far back editions are looked at for what they told already."""
SIGN_OF_LIFE = timedelta(days=7)
PAGE = 1000
TOGETHER = 25
"""Streams whose facts are read in one transaction."""


def compose_round(desk: Desk) -> Done:
    """Compose every edition whose period is over, and enter its deliveries. False when there was nothing to do.

    What is wrong with one stream (a search that cannot be read any more, a zone that is gone) holds up no other; when
    all others are done it is raised, so that /health tells.
    """
    now = desk.clock()
    counts: Counter[str] = Counter()
    wrong: list[MonitorError] = []
    due = tuple(_due(desk, now, wrong))
    for start in range(0, len(due), TOGETHER):
        for stream, edition in _editions(desk, due[start : start + TOGETHER], now, counts, wrong):
            counts["deliveries_entered"] += enter(desk, stream, edition, now)
            desk.finished[stream.key] = edition.period.end
        if desk.stopping.is_set():
            break
    if wrong:
        raise wrong[0]
    return Done(counts=dict(counts))


def _apart(stream: Stream, wrong: list[MonitorError], make: Callable[[], Made]) -> Made | None:
    """What ``make`` gives; None where something is wrong with this one stream. A database's trouble is everybody's."""
    try:
        return make()
    except TransientError:
        raise
    except MonitorError as error:
        log.error("digest_not_composed", stream=stream.key, subscribers=stream.subscribers, error=str(error))
        wrong.append(error)
        return None


def _due(desk: Desk, now: datetime, wrong: list[MonitorError]) -> Iterator[tuple[Stream, Period]]:
    """Streams with a period behind them that is not in the ledger yet, and not waited for."""
    settled: dict[datetime, bool] = {}
    for stream in desk.store.subscribers.streams(now=now):
        period = _apart(stream, wrong, partial(periods.latest, stream.schedule, now=now))
        if period is None or period.end <= stream.since or desk.finished.get(stream.key) == period.end:
            continue
        if now < period.end + desk.patience:
            if period.end not in settled:
                settled[period.end] = desk.store.facts.is_settled(period.end)
            if not settled[period.end]:
                continue
        yield stream, period


def _editions(
    desk: Desk,
    due: Sequence[tuple[Stream, Period]],
    now: datetime,
    counts: Counter[str],
    wrong: list[MonitorError],
) -> Iterator[tuple[Stream, Edition]]:
    """The edition of each, made if need be. What they have in common is read once, and no longer than that takes."""
    editions = desk.store.editions
    made, digests = [], []
    with desk.store.facts.reading(now) as reading:
        for stream, period in due:
            last = editions.latest(stream.key)
            if last is not None and last.period.start >= period.start:
                # Made already. A later one is there when the clock went back: what it told is told.
                made.append((stream, last.id))
            else:
                make = partial(digest_of, desk, reading, stream, period, last=last, now=now)
                if (digest := _apart(stream, wrong, make)) is not None:
                    digests.append((stream, digest))
    for stream, digest in digests:
        draw = partial(rendered, dashboard_url=desk.dashboard_url, templates=desk.templates, pictures=desk.pictures)
        if (mail := _apart(stream, wrong, partial(draw, digest))) is None:
            continue
        number, is_new = editions.add(digest, mail, now=now)
        made.append((stream, number))
        if is_new:
            counts["editions_composed"] += 1
            facts = {"stream": stream.key, "end": digest.period.end, "missed": digest.missed}
            log.info("edition_composed", edition=number, **facts)
    for stream, number in made:
        edition = editions.get(number)
        if edition is not None:
            yield stream, edition


def digest_of(
    desk: Desk, reading: Reading, stream: Stream, period: Period, *, last: EditionHead | None, now: datetime
) -> Digest:
    """What the stream's digest for the period says. ``last`` is the edition before, None for a first one or preview."""
    covers_from, missed, told = period.start, 0, frozenset[str]()
    if last is not None:
        # After a pause of everybody there is nothing to catch up on: they come back to what is new since.
        covers_from = min(period.start, max(last.period.end, stream.since))
        missed = periods.missed(stream.schedule, covers_from, period)
        told = desk.store.editions.told(stream.key, now - TOLD)
    sources = desk.sources(now)
    facts = reading.of(
        stream, period=period, covers_from=covers_from, told=told, feeds=sources.active, dark=sources.dark
    )
    return compose(facts, stream=stream, covers_from=covers_from, missed=missed)


def enter(desk: Desk, stream: Stream, edition: Edition, now: datetime) -> int:
    """Enter a delivery for each subscriber of the stream who waits for this period; the number newly entered."""
    store, entered = desk.store, 0
    for members in _pages(desk, stream, edition.period.end):
        new = [_delivery(desk, member, edition, now) for member in members]
        entered += store.deliveries.enter(new, now=now)
        store.subscribers.settled([member.id for member in members], until=edition.period.end)
    return entered


def _pages(desk: Desk, stream: Stream, until: datetime) -> Iterator[tuple[Subscriber, ...]]:
    after = 0
    while members := desk.store.subscribers.members(stream.key, until=until, after=after, limit=PAGE):
        yield members
        after = members[-1].id


def _delivery(desk: Desk, member: Subscriber, edition: Edition, now: datetime) -> NewDelivery:
    key = ledger_key(member, edition.period)
    silent = edition.digest.is_empty and member.skip_empty and not _wants_sign_of_life(member, now)
    return NewDelivery(
        kind="digest",
        channel=Channel.EMAIL,
        target=member.recipient,
        ledger_key=key,
        message_id=f"<{key}@{desk.mail_domain}>",
        give_up_at=now + desk.give_up,
        subscriber_id=member.id,
        edition_id=edition.id,
        period=edition.period,
        subject=edition.digest.headline,
        state=DeliveryState.SKIPPED if silent else DeliveryState.COMPOSED,
    )


def ledger_key(member: Subscriber, period: Period) -> str:
    """What makes a digest this one: recipient, cadence, selection and start of the period.

    Not the subscription's number: who is removed and added again in one period gets one mail.
    """
    selection = member.selection
    parts = (
        member.recipient_key,
        member.schedule.cadence.value,
        *sorted(selection.topics),
        "|",
        selection.search,
        *sorted(selection.languages),
        period.start.isoformat(),
    )
    return "digest." + hashed("\n".join(parts).encode())


def _wants_sign_of_life(member: Subscriber, now: datetime) -> bool:
    """Whether even an empty digest is due: nothing went out for a week."""
    return now - (member.last_sent_at or member.since) >= SIGN_OF_LIFE
