"""Phrases that name a day, a month or a year, as readings. Pure."""

from collections.abc import Callable

from monitor.understand.dates.grammar import Phrase
from monitor.understand.dates.reading import ECHOING, Reading, at_end, days_in, edge_of, steps_of, unit_of, year_in
from monitor.understand.dates.words import MONTH_OF, WEEKDAY_OF

_WHEN_MONTH = frozenset(
    "in since of until till by from during before after early late mid last next this between for".split()
)
# Months that are also names of persons, or other words.
_NAMES = frozenset({"april", "may", "march", "june", "august"})
# Beside these a weekday is part of another name, or a habit; and "Today" is a paper or a channel.
_OTHER_NAMES = frozenset({"black", "good", "bloody", "super", "palm", "ash", "every", "each"})
_PAPERS = frozenset({"times", "telegraph", "mirror", "express", "mail", "post", "night"})
_CHANNELS = frozenset({"usa", "russia", "india", "hungary", "ukraine"})
_LINKS = frozenset({"and", "or", "to", "through", "-", "–"})
_YEAR_OPENERS = _LINKS | frozenset(
    "in since of by until till from during early late mid before after between the a an his her its their our this ( "
    "post pre around".split()
)


def _iso(phrase: Phrase) -> Reading:
    word = phrase.word("iso")
    return Reading(kind="date", year=int(word[:4]), month=int(word[5:7]), day=int(word[8:10]))


def _numeric(phrase: Phrase) -> Reading:
    word = phrase.word("numeric")
    first, second, last = (int(number) for number in word.replace(".", "/").split("/"))
    year = last + 2000 if last < 100 else last
    # With full stops the day leads; with slashes the country decides.
    kind = "date" if "." in word or first > 12 else "numeric"
    if second > 12:
        first, second = second, first
        kind = "date"
    return Reading(kind=kind, year=year, month=second, day=first)


def _date(phrase: Phrase) -> Reading | None:
    days = days_in(phrase)
    if not days or (phrase.before() == "in" and phrase.kinds == "Mn"):
        return None
    return Reading(kind="date", year=year_in(phrase), month=MONTH_OF[phrase.word("month")], day=days[0])


def _dates(phrase: Phrase) -> Reading | None:
    days = days_in(phrase)
    if len(days) != 2 or days[0] >= days[1]:
        return None
    month = MONTH_OF[phrase.word("month")]
    return Reading(kind="date", year=year_in(phrase), month=month, day=days[0], last_day=days[1])


def _month(phrase: Phrase) -> Reading | None:
    word = phrase.word("month")
    alone = len(phrase.kinds) == 1
    if alone and (word in _NAMES or len(word) < 4) and not _opens_month(phrase):
        return None
    return Reading(
        kind="month",
        month=MONTH_OF[word],
        year=year_in(phrase),
        part=edge_of(phrase),
        steps=steps_of(phrase),
        unit="year" if phrase.has("unit") else "",
    )


def _opens_month(phrase: Phrase) -> bool:
    """Whether a month is expected: after "in", "since"; beside a month that is joined to it."""
    opener = phrase.before()
    linked = (opener in _LINKS and phrase.before(2) in MONTH_OF) or (
        phrase.next_word() in _LINKS and phrase.next_word(1) in MONTH_OF
    )
    return opener in _WHEN_MONTH or linked


def _weekday_of_week(phrase: Phrase) -> Reading | None:
    if unit_of(phrase) != "week":
        return None
    echo = phrase.has("same") or phrase.word("next") == "following" or phrase.word("last") in ECHOING
    return Reading(
        kind="weekday_of_week",
        weekday=WEEKDAY_OF[phrase.word("weekday")],
        steps=steps_of(phrase),
        vague=echo,
    )


def _weekday(phrase: Phrase) -> Reading | None:
    if phrase.before() in _OTHER_NAMES or (phrase.next_word() in _PAPERS and not phrase.has("part")):
        return None
    rolling = phrase.word("last") == "past" or phrase.word("next") in {"coming", "following"}
    # "This last Friday" and "this coming Friday" are the nearest ones.
    nearest = rolling or phrase.kinds[:2] in {"HL", "HX"}
    return Reading(kind="weekday", weekday=WEEKDAY_OF[phrase.word("weekday")], steps=steps_of(phrase), strict=nearest)


def _deictic(phrase: Phrase) -> Reading | None:
    word = phrase.word("deictic")
    if phrase.before() in _CHANNELS and phrase.words.capital(phrase.first):
        return None
    offset = {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    offset += {"before": -1, "after": 1}.get(phrase.word("before") or phrase.word("after"), 0)
    return Reading(kind="overnight" if word == "overnight" else "day", count=offset)


def _part(phrase: Phrase) -> Reading | None:
    night = phrase.word("part").startswith("night")
    if phrase.has("same") or phrase.has("the"):
        back = phrase.has("before") or phrase.word("last") in {"previous", "preceding"}
        return Reading(kind="echo", unit="day", count=-1 if back else 1 if phrase.has("next") else 0)
    if phrase.has("this"):
        return Reading(kind="day", count=0)
    return Reading(kind="day", count=-1) if night or phrase.word("last") == "last" else None


def _year_phrase(phrase: Phrase) -> Reading | None:
    opener = phrase.before()
    linked = opener not in _LINKS or _is_year(phrase.before(2))
    if len(phrase.kinds) == 1 and not (opener in _YEAR_OPENERS and linked):
        return None
    return Reading(kind="year", year=year_in(phrase), part=edge_of(phrase))


def _is_year(word: str) -> bool:
    return len(word) == 4 and "1900" <= word <= "2099"


def _decade(phrase: Phrase) -> Reading:
    return Reading(kind="decade", year=int(phrase.word("decade")[:4]), part=edge_of(phrase))


def _day_of_month(phrase: Phrase) -> Reading | None:
    """The 15th: with "of the month", or where nothing follows that it could count (the 15th package)."""
    days, told = days_in(phrase), phrase.has("unit")
    if not days or (told and unit_of(phrase) != "month"):
        return None
    opened = phrase.before() in {"on", "by", "until", "since", "before", "after", "from"}
    alone = opened and at_end(phrase) and phrase.word("ordinal")[0].isdigit()
    return (
        Reading(kind="day_of_month", day=days[0], steps=steps_of(phrase) if told else None) if told or alone else None
    )


def _holiday(phrase: Phrase) -> Reading:
    eve = phrase.next_word() == "eve"
    return Reading(kind=phrase.word("holiday"), day=-1 if eve else 0)


def _clock(phrase: Phrase) -> Reading | None:
    told = phrase.has("zone") or phrase.word("clock")[-1] in "m." or phrase.before() in {"at", "around", "about", "by"}
    alone = phrase.before() in {"", "\n"} and phrase.next_word() in {"", "\n"}
    return Reading(kind="clock") if told or alone else None


READERS: dict[str, Callable[[Phrase], Reading | None]] = {
    "iso": _iso,
    "numeric": _numeric,
    "month_days": _dates,
    "days_month": _dates,
    "date": _date,
    "month": _month,
    "weekday_of_week": _weekday_of_week,
    "weekday": _weekday,
    "deictic": _deictic,
    "part": _part,
    "decade": _decade,
    "year": _year_phrase,
    "day_of_month": _day_of_month,
    "holiday": _holiday,
    "clock": _clock,
}
"""Rules of the grammar, and what reads them."""
