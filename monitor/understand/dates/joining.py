"""Ranges and open ends: "from Monday to Friday", "since 2022", "by the end of the year". Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.records.findings import When
from monitor.understand.dates.ground import APPROXIMATE
from monitor.understand.dates.reading import Reading
from monitor.understand.dates.verbs import FUTURE
from monitor.understand.dates.words import LETTERS, Words

_TO = frozenset({LETTERS["dash"], LETTERS["to"], LETTERS["until"]})
_WITH = frozenset({LETTERS["and"], LETTERS["or"]})
_BESIDE = frozenset(LETTERS[kind] for kind in ("on", "at", "comma", "zone", "open", "the"))
_CALENDAR = frozenset({"date", "numeric", "month", "year", "weekday"})
# Words that may stand between "by" or "since" and its time.
_BETWEEN = frozenset({"the", "at", "least", "around", "about", "early", "on", "in", "late"})
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One expression in place: its words, what it says, what the verbs say, what it means."""

    first: int
    after: int
    reading: Reading
    tense: str
    when: When | None


def joined(told: Sequence[Told], words: Words, today: date | None) -> Iterator[Told]:
    """Expressions with two ends made one, then each with the word that opens an end."""
    waiting: Told | None = None
    for one in told:
        if waiting is not None and (both := _range(waiting, one, words) or _clocked(waiting, one, words)) is not None:
            waiting = both
            continue
        if waiting is not None:
            yield _opened(waiting, words, today)
        waiting = one
    if waiting is not None:
        yield _opened(waiting, words, today)


def _range(one: Told, other: Told, words: Words) -> Told | None:
    """One expression of two, when a word between them says so."""
    if one.when is None or other.when is None or not _alike(one.reading, other.reading):
        return None
    between = words.kinds[one.after : other.first].replace(LETTERS["the"], "")
    if between[-1:] == LETTERS["on"]:
        between = between[:-1]
    if between not in _TO and not (between in _WITH and _close(one, other, words)):
        return None
    end = _later(one.when, other)
    if end is None:
        return None
    first = one.first - (words.kinds[one.first - 1 : one.first] in (LETTERS["from"], LETTERS["between"]))
    certainty = APPROXIMATE if APPROXIMATE in {one.when.certainty, other.when.certainty} else one.when.certainty
    when = When(start=one.when.start, end=end, certainty=certainty)
    return replace(other, first=first, when=when)


def _clocked(one: Told, other: Told, words: Words) -> Told | None:
    """A time of the day beside its day, as one: "10 p.m. on Sunday", "Sunday at 10 p.m."."""
    between = words.kinds[one.after : other.first]
    if (
        len(between) > 2
        or not set(between) <= _BESIDE
        or (one.reading.kind == "clock") == (other.reading.kind == "clock")
    ):
        return None
    day = other if one.reading.kind == "clock" else one
    if day.when is None or day.when.start != day.when.end:
        return None
    return replace(day, first=one.first, after=other.after)


def _alike(one: Reading, other: Reading) -> bool:
    if one.kind == other.kind:
        return one.kind in _CALENDAR | {"weekday_of_week", "season"}
    return {one.kind, other.kind} <= {"date", "month", "numeric"} or {one.kind, other.kind} <= {"weekday", "day"}


def _close(one: Told, other: Told, words: Words) -> bool:
    """Whether "and" means a while: after "between", or where the second follows at once on the first."""
    if words.kinds[one.first - 1 : one.first] == LETTERS["between"]:
        return True
    return bool(one.when and other.when) and timedelta(0) < other.when.start - one.when.end <= timedelta(days=1)  # type: ignore[union-attr]


def _later(first: When, other: Told) -> date | None:
    """Where the range ends; a second weekday or date lies after the first one."""
    second = other.when
    if second is None:
        return None
    if second.end >= first.start:
        return second.end
    if other.reading.kind == "weekday":
        return second.end + _WEEK if second.end + _WEEK > first.start else None
    if (
        other.reading.kind in {"date", "month"}
        and not other.reading.year
        and (second.end.month, second.end.day) != (2, 29)
    ):
        moved = second.end.replace(year=second.end.year + 1)
        return moved if moved >= first.start else None
    return None


def _opened(one: Told, words: Words, today: date | None) -> Told:
    """A time with an open end: since it, until it, by it. The end of writing closes it."""
    first = one.first
    while first > 0 and one.first - first < 3 and words.words[first - 1] in _BETWEEN:
        first -= 1
    opener = words.words[first - 1] if first > 0 else ""
    # "Since August's summit" is since the summit, and tells when that was.
    whole = words.kinds[one.after : one.after + 1] != LETTERS["possessive"]
    if one.when is None or today is None or not whole or opener not in {"since", "by", "until", "till"}:
        return one
    start, end = one.when.start, one.when.end
    if opener == "since":
        if start > today or one.reading.kind == "clock":
            return one
        return replace(
            one, first=first - 1, when=When(start=start, end=max(today, start), certainty=one.when.certainty)
        )
    if end <= today:
        return one
    when = When(start=today, end=end, certainty=APPROXIMATE)
    return replace(one, first=first - 1, tense=one.tense or FUTURE, when=when)
