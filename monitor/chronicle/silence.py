"""Silences that break a pattern: a leader stopped speaking, one side says nothing of a call, a day passed. Pure.

Whole days (UTC) are counted. When everybody is silent at once, it is our own reading that stopped, and nothing is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from monitor.chronicle import phrases
from monitor.chronicle.keys import key
from monitor.chronicle.sides import SIDES, CountryOf, country, fold, side
from monitor.records.chronicle import Change, Happening, Statement, Tally

_DAY = timedelta(days=1)
PATTERN = 21
"""Days from which a habit is learnt."""
_FEWEST = 8
"""Days with words among them that make a habit."""
_SHORTEST = 2
_UNLIKELY = 0.02
"""A silence is told when the habit would bring one so long only so often."""
LATEST = timedelta(days=3)
"""What is missing for longer is no news any more."""
_CONTACTS = frozenset({"call", "meeting", "visit", "talks_round"})
_SPEAKERS = {"US": "Washington", "Russia": "Moscow", "Ukraine": "Kyiv"}
_WEEKEND = 5


def silences(tallies: Sequence[Tally], now: datetime) -> tuple[Change, ...]:
    """Who spoke on a subject nearly every day and now has not for two days or more, the newest first.

    Each is told once, on the day on which the silence became unlikely.
    """
    today = now.astimezone(UTC).date()
    spoken: defaultdict[tuple[str, str], set[date]] = defaultdict(set)
    heard: set[date] = set()
    for tally in tallies:
        if tally.count > 0 and tally.day < today:
            spoken[tally.name, tally.subject].add(tally.day)
            heard.add(tally.day)
    found = (_silence(name, subject, days, heard, today) for (name, subject), days in spoken.items())
    told = [change for change in found if change is not None]
    return tuple(sorted(told, key=lambda change: (-change.at.timestamp(), change.key)))


def _silence(name: str, subject: str, days: set[date], heard: set[date], today: date) -> Change | None:
    last = max(days)
    habit = [last - _DAY * back for back in range(PATTERN) if last - _DAY * back >= min(days)]
    if sum(day in days for day in habit) < _FEWEST:
        return None
    chance, silent = 1.0, 0
    day = last + _DAY
    while day < today:
        if day in heard:
            silent += 1
            chance *= 1 - _rate(habit, days, weekend=day.weekday() >= _WEEKEND)
        if silent >= _SHORTEST and chance < _UNLIKELY:
            return _told(name, subject, last, day)
        day += _DAY
    return None


def _rate(habit: Sequence[date], days: set[date], *, weekend: bool) -> float:
    """How often there were words on such days, never quite always."""
    same = [day for day in habit if (day.weekday() >= _WEEKEND) == weekend]
    return (sum(day in days for day in same) + 0.5) / (len(same) + 1)


def _told(name: str, subject: str, last: date, day: date) -> Change:
    when = phrases.days(last.isoformat(), day.year)
    return Change(
        at=_midnight(day + _DAY),
        kind="silence",
        what=f"{name} has said nothing on {subject} since {when}, after speaking on it nearly every day",
        names=(name, subject),
        key=key("silent", name, subject, last),
    )


def missing(
    happenings: Sequence[Happening], statements: Sequence[Statement], *, now: datetime, country_of: CountryOf = country
) -> Iterable[Change]:
    """Words and reports that should be there: one side's on a contact that was held, anybody's on a day that passed."""
    for happening in happenings:
        if not _is_news(happening):
            continue
        if happening.status == "held" and happening.type in _CONTACTS:
            yield from _unspoken(happening, statements, now, country_of)
        elif happening.status in {"planned", "postponed"} and happening.when is not None:
            yield from _unreported(happening, now, country_of)


def _is_news(happening: Happening) -> bool:
    return any(not report.source.backfill for report in happening.reports)


def _unreported(happening: Happening, now: datetime, country_of: CountryOf) -> Iterable[Change]:
    """A planned day that passed, and nobody said that it took place, was put off or called off."""
    if happening.when is None or happening.certainty != "exact":
        return
    at = _midnight(happening.when[1] + 2 * _DAY)
    # Told of again after the day: then somebody reads on, and no report is missing.
    if at <= now < at + LATEST and happening.last_told < at:
        days = f"{happening.when[0].isoformat()}/{happening.when[1].isoformat()}"
        yield Change(
            at=at,
            kind="silence",
            what=f"{phrases.title(happening, country_of)}: planned for {phrases.days(days, at.year)}, "
            "and no report says that it took place",
            names=happening.participants,
            evidence=happening.reports[-1].event.evidence.text,
            source=happening.reports[-1].source,
            key=key("unreported", happening.id, days),
        )


def _unspoken(
    happening: Happening, statements: Sequence[Statement], now: datetime, country_of: CountryOf
) -> Iterable[Change]:
    """One capital speaks of a contact of two, the other has not within a day of its being known."""
    parties = {place for name in happening.participants if (place := side(name, country_of)) in SIDES.values()}
    held = [step.at for step in happening.history if step.field == "status" and step.after == "held"]
    if happening.when is None or (held and held[-1].date() - happening.when[1] > LATEST):
        # What is told of long afterwards had its words long ago.
        return
    if len(parties) < 2 or not held or now >= held[-1] + _DAY + LATEST or now < held[-1] + _DAY:
        return
    at = held[-1] + _DAY
    spoke = {
        side(statement.speaker, country_of)
        for statement in statements
        if _speaks_of(statement, happening, at, country_of)
    }
    if not spoke & parties:
        return
    title = phrases.title(happening, country_of)
    for party in sorted(parties - spoke):
        yield Change(
            at=at,
            kind="silence",
            what=f"No word from {_SPEAKERS[party]} a day after the {title[:1].lower()}{title[1:]}",
            names=happening.participants,
            evidence=happening.reports[-1].event.evidence.text,
            source=happening.reports[-1].source,
            key=key("unspoken", happening.id, party),
        )


def _speaks_of(statement: Statement, happening: Happening, until: datetime, country_of: CountryOf) -> bool:
    """Whether it was said about the contact, from its day to the day after: about another party or the place."""
    first = happening.when[0] if happening.when else happening.first_told.astimezone(UTC).date()
    told = min(witness.source.published for witness in statement.witnesses)
    if statement.said_on < first or told > until:
        return False
    own = side(statement.speaker, country_of)
    others = {fold(name) for name in happening.participants if side(name, country_of) != own}
    about = {fold(name) for name in statement.about}
    return bool(about & (others | ({fold(happening.where)} if happening.where else set())))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
