"""Dates as feeds write them, near the edges of time, through the program's own parser."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from monitor.records.feeds import Document
from monitor.sources import parse
from proof.clock_periods import DAY, HOUR, LEAP_DAYS, LEAP_SECONDS, ODD, SECOND, a_change
from proof.promise import Figure, Scene

CASES, TOGETHER = 30_000, 100
MIDNIGHT = datetime.min.time()
NAMES = {0: "GMT", 1: "CET", 2: "EET", 3: "MSK", -5: "EST", -4: "EDT", -8: "PST", -7: "PDT"}


def dates(scene: Scene) -> Sequence[Figure]:
    """Instants near edges, written as feeds write them; each must be read as the instant it is."""
    dice, wrong, cases = random.Random(60), list[str](), 0
    while cases < scene.of(CASES):
        written = [_written(dice) for _ in range(TOGETHER)]
        atom = dice.random() < 0.5
        found = _parsed([text for text, _ in written], atom=atom)
        wrong += [
            f"{'Atom' if atom else 'RSS'} {text!r} is read as {was}, and is {wanted}"
            for (text, wanted), was in zip(written, found, strict=True)
            if was != wanted
        ]
        cases += TOGETHER
        scene.progress(cases, scene.of(CASES), "dates")
    return [
        Figure(
            what=f"{cases:,} dates in feeds: leap days, leap seconds, both sides of changes of clocks, odd offsets",
            measured=f"{len(wrong)} read wrong" + (f"; {wrong[0]}" if wrong else ""),
            wanted="none",
            holds=not wrong,
        )
    ]


def _written(dice: random.Random) -> tuple[str, datetime]:
    if dice.random() < 0.1:
        return _leap_second(dice)
    near = dice.choice((_leap_day, _near_a_change))(dice)
    moment = near.replace(microsecond=0)
    if dice.random() < 0.2:
        hours, name = dice.choice(tuple(NAMES.items()))
        local = (moment + hours * HOUR).replace(tzinfo=None)
        return f"{_rfc822(local)} {name}", moment
    place = ZoneInfo(dice.choice(ODD))
    return dice.choice(WAYS)(moment.astimezone(place)), moment


def _leap_day(dice: random.Random) -> datetime:
    day = datetime.combine(dice.choice(LEAP_DAYS[6:]), MIDNIGHT, UTC)
    return day + dice.choice((-SECOND, 0 * SECOND, DAY - SECOND, DAY, dice.random() * DAY))


def _near_a_change(dice: random.Random) -> datetime:
    while not (change := a_change(dice, dice.choice(ODD))) or change.year < 1991:
        pass
    return change + dice.choice((-SECOND, 0 * SECOND, SECOND, dice.uniform(-1, 1) * 2 * HOUR))


def _leap_second(dice: random.Random) -> tuple[str, datetime]:
    """23:59:60 UTC, as a clock in some zone showed it; it counts as the second that follows."""
    after = datetime.combine(dice.choice(LEAP_SECONDS), MIDNIGHT, UTC)
    offset = timedelta(minutes=dice.choice((0, 0, 0, 60, 120, 345, -210, 630, -480)))
    text = dice.choice(WAYS)((after - SECOND).astimezone(timezone(offset)))
    head, _, tail = text.rpartition(":59")
    # Only the seconds: what is left has an offset that may end in :59 never.
    return f"{head}:60{tail}", after


def _rfc822(local: datetime) -> str:
    return format_datetime(local.replace(tzinfo=UTC)).removesuffix(" +0000")


def _whole_minutes(moment: datetime) -> datetime:
    """With an offset that can be written: some zones once had seconds in theirs."""
    offset = moment.utcoffset() or timedelta()
    return moment.astimezone(timezone(timedelta(minutes=offset // timedelta(minutes=1))))


WAYS: tuple[Callable[[datetime], str], ...] = (
    lambda moment: format_datetime(_whole_minutes(moment)),
    lambda moment: format_datetime(_whole_minutes(moment))[5:],
    lambda moment: _whole_minutes(moment).isoformat(),
    lambda moment: _whole_minutes(moment).isoformat(timespec="milliseconds"),
    lambda moment: f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
)


def _parsed(texts: Sequence[str], *, atom: bool) -> list[datetime | None]:
    """The dates of a feed with an item for each text, in their order."""
    if atom:
        items = "".join(
            f"<entry><id>urn:x:{place}</id><title>t</title><link href='https://x.example/{place}'/>"
            f"<published>{escape(text)}</published></entry>"
            for place, text in enumerate(texts)
        )
        body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{items}</feed>'
    else:
        items = "".join(
            f"<item><guid>{place}</guid><title>t</title><link>https://x.example/{place}</link>"
            f"<pubDate>{escape(text)}</pubDate></item>"
            for place, text in enumerate(texts)
        )
        body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    url = "https://x.example/feed"
    document = Document(key="1", url=url, final_url=url, status=200, body=body.encode())
    found = parse(document, now=datetime(2038, 1, 1, tzinfo=UTC))
    by_place = {int(entry.url.rpartition("/")[2]): entry.published for entry in found.entries}
    return [by_place.get(place) for place in range(len(texts))]
