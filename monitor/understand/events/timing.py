"""When an event is: which time of the sentence belongs to it, and what its day says about its status. Pure."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from monitor.records.findings import TimeMention, When
from monitor.understand.events.status import CALLED_OFF, HELD, PLANNED, PROPOSED, UNDER_WAY
from monitor.understand.prose import Prose, Sentence

_BARRIER = re.compile(
    r"[;:—–]|\s-\s|\b(?:after|before|since|while|when|who|which|that|said|says|and|but|ahead of|following)\b"
)
_SAID = (
    r"(?:said|says|told \w+|announced|confirmed|wrote|posted|added|reported|declared|noted|claimed|"
    r"warned|insisted|stressed|welcomed|agreed|praised|hailed|urged|signall?ed|denied|dismissed|promised)"
)
_REPORTED = re.compile(rf"\b{_SAID}(?: \w+){{0,2}}?,? (?:on |late |early |late on |earlier on |in |earlier )?$")
_REPORTS = re.compile(rf",? (?:also |again )?{_SAID}\b")
# The day of a contact is not that of what it is about: "will speak on Monday to prepare the summit".
_PURPOSE = re.compile(r"\b(?:to (?:prepare|discuss|plan|arrange|organi[sz]e|set up)|about|regarding)\b")
# A day behind these is that of something else: "will meet after talks next week".
_AFTERWARDS = re.compile(r"\b(?:after|before|following|ahead of)\b")
# And so is a day before these: "on Tuesday in London, before a possible summit", "Trump, who has agreed to meet".
_ASIDE = re.compile(r"\b(?:before|ahead of) (?:an?|any)\b|, (?:who|which)\b")
_OWNER = ("'s", "\N{RIGHT SINGLE QUOTATION MARK}s")
_BARE_DAY = re.compile(r"(?:on |this )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", re.IGNORECASE)
_BARE_MONTH = re.compile(
    r"(?:in |on |early |late |mid-)*(?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December)\b"
    r"(?!.*\d{4})"
)
_WIDEST = 150
_FRESH, _FEW = 3, 8
_PER_BARRIER, _PER_COMMA = 60, 25


class Times:
    """The resolved times of a document, asked which of them stand in a stretch of text."""

    def __init__(self, times: Sequence[TimeMention]) -> None:
        self._all = [time for time in times if time.when is not None]
        self._starts = [time.start for time in self._all]

    def within(self, start: int, end: int) -> list[TimeMention]:
        """Times that begin in ``start:end``."""
        return self._all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def time_of(
    times: Sequence[TimeMention], sentence: Sentence, start: int, end: int, document: str, *, contact: bool
) -> TimeMention | None:
    """The nearest time of the sentence to ``start:end``, barriers of syntax counting as distance.

    The day on which somebody said something is not the day of the contact he speaks of.
    """
    best, least = None, _WIDEST + 1
    for time in times:
        if contact and _dates_words(document, time, sentence, start):
            continue
        gap = _gap(document, time, start, end)
        if contact and (_AFTERWARDS if time.start >= end else _ASIDE).search(gap):
            continue
        distance = len(gap) + _PER_BARRIER * len(_BARRIER.findall(gap)) + _PER_COMMA * gap.count(",")
        if distance < least:
            best, least = time, distance
    return best


def _dates_words(document: str, time: TimeMention, sentence: Sentence, start: int) -> bool:
    """True when the time is that of saying: "said on Friday", "on Friday welcomed"; never for "Friday's call"."""
    if document.startswith(_OWNER, time.end):
        return False
    if _REPORTED.search(document, max(sentence.start, time.start - 60), time.start):
        return True
    if time.end >= start:
        return False
    return any(
        pattern is not None
        for pattern in (_REPORTS.match(document, time.end, start), _PURPOSE.search(document, time.end, start))
    )


def _gap(document: str, time: TimeMention, start: int, end: int) -> str:
    """The words between the time and what it may date."""
    if time.end <= start:
        return document[time.end : start]
    return document[end : time.start] if time.start >= end else ""


def settled(time: TimeMention, status: str, *, told: bool, today: date | None) -> tuple[When | None, str]:
    """Bring day and status together: a told status turns a bare weekday or month to its side, else the day decides."""
    when = time.when
    if when is None or today is None:
        return when, status
    if told:
        when = _turned(time, when, status, today)
    if when.end < today and status == PLANNED and told:
        return None, status  # the day of something else: "one day after the call Trump is to receive him"
    if when.end < today and status in {UNDER_WAY, PLANNED} and time.tense != "future":
        return when, HELD
    if when.start > today and status in {UNDER_WAY, HELD}:
        return when, PLANNED
    if when.start >= today and time.tense == "future" and (status == UNDER_WAY or not told):
        return when, PLANNED
    return when, status


def _turned(time: TimeMention, when: When, status: str, today: date) -> When:
    ahead = status in {PLANNED, PROPOSED, CALLED_OFF}
    if _BARE_DAY.fullmatch(time.text):
        if ahead and status != CALLED_OFF and when.end < today:
            return _moved(when, 7)
        return _moved(when, -7) if status == HELD and when.start > today else when
    if _BARE_MONTH.fullmatch(time.text) and status == HELD and when.start > today:
        return When(start=_year_before(when.start), end=_year_before(when.end), certainty=when.certainty)
    return when


def _moved(when: When, days: int) -> When:
    try:
        return When(
            start=when.start + timedelta(days=days), end=when.end + timedelta(days=days), certainty=when.certainty
        )
    except OverflowError:
        return when


def _year_before(day: date) -> date:
    if day.year == 1:
        return day
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def nearby(times: Times, prose: Prose, number: int) -> When | None:
    """The day in a neighbouring sentence for news that names none: past, of these days, and told as approximate."""
    if prose.published is None:
        return None
    today = prose.published.date()
    for other in (number + 1, number - 1):
        if not 0 <= other < len(prose.sentences):
            continue
        sentence = prose.sentences[other]
        for time in times.within(sentence.start, sentence.end)[:_FEW]:
            when = time.when
            if when is None or time.tense == "future":
                continue
            if when.start == when.end and today - timedelta(days=_FRESH) <= when.end <= today:
                return When(start=when.start, end=when.end, certainty="approximate")
    return None
