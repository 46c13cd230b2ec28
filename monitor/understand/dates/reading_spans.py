"""Phrases that count units or name a while, as readings. Pure."""

from collections.abc import Callable
from dataclasses import replace

from monitor.understand.dates.grammar import Phrase
from monitor.understand.dates.reading import (
    ECHOING,
    Reading,
    at_end,
    counted_unit,
    edge_of,
    number,
    steps_of,
    unit_of,
    year_in,
)
from monitor.understand.dates.words import LETTERS, MONTH_OF, SEASON_OF, UNIT_OF, WEEKDAY_OF

_MOMENTS = {"earlier": "before", "later": "after"}
_ROLLING = frozenset({"past", "coming", "upcoming"})


def _slice(phrase: Phrase) -> Reading:
    ordinal = phrase.word("ordinal")
    month = phrase.word("month")
    inner = unit_of(phrase)
    return Reading(
        kind="slice",
        unit=inner,
        count=number(ordinal) if ordinal else -1,
        vague=phrase.word("unit").endswith("s"),
        month=MONTH_OF.get(month, 0),
        year=year_in(phrase),
        steps=steps_of(phrase) if ordinal or phrase.kinds.count("L") > 1 or not phrase.has("last") else 0,
        part=UNIT_OF.get(phrase.word("unit", last=True), "year"),
    )


def _amount(phrase: Phrase) -> tuple[float, bool]:
    """How many, and whether somebody only guessed: "two", "a couple", "two or three", "two and a half", none at all."""
    numbers = [
        (number(phrase.words.words[phrase.first + at]) if kind in "nc" else 0.5 if kind == LETTERS["half"] else 1, kind)
        for at, kind in enumerate(phrase.kinds)
        if kind in "ncal"
    ]
    if phrase.has("few"):
        return (2 if phrase.word("few") == "couple" else 0), True
    if not numbers:
        return 0, True
    if phrase.has("half"):
        whole = numbers[0][0] if numbers[0][1] != LETTERS["half"] and LETTERS["and"] in phrase.kinds else 0
        return whole + 0.5, False
    return numbers[-1][0], len(numbers) > 1 and numbers[0][1] != LETTERS["one"]


def _ago(phrase: Phrase) -> Reading:
    count, vague = _amount(phrase)
    return Reading(kind="distance", unit=counted_unit(phrase), count=-count, vague=vague, part="before")


def _stretch(phrase: Phrase) -> Reading | None:
    if phrase.word("next") == "following" and not phrase.has("the"):
        return None
    count, vague = _amount(phrase)
    back = phrase.has("last")
    return Reading(
        kind="stretch", unit=counted_unit(phrase), count=count, vague=vague, part="before" if back else "after"
    )


def _in_count(phrase: Phrase) -> Reading | None:
    if phrase.before() == "time" and phrase.before(2) in {"first", "second", "third", "only", "last"}:
        return None
    count, vague = _amount(phrase)
    within = phrase.has("within")
    if not within and (phrase.kinds == "iU" or (count == 1 and counted_unit(phrase) == "day")):
        return None  # To end a war in a day is to be quick about it.
    return Reading(kind="ahead", unit=counted_unit(phrase), count=count, vague=vague, part="within" if within else "")


def _count_from(phrase: Phrase) -> Reading | None:
    # The amount stands before the unit; what follows "from" may hold numbers of its own.
    size = phrase.kinds.index(LETTERS["unit"]) + 1
    count, vague = _amount(replace(phrase, after=phrase.first + size))
    if phrase.has("month") or vague:
        return None
    weekday = WEEKDAY_OF.get(phrase.word("weekday"), -1)
    offset = {"yesterday": -1, "tomorrow": 1}.get(phrase.word("deictic"), 0)
    return Reading(kind="distance", unit=counted_unit(phrase), count=count, weekday=weekday, day=offset, part="after")


def _echo(phrase: Phrase) -> Reading | None:
    """Counted from what was told before: "a day later"; "a day after he left" tells when he left."""
    count, vague = _amount(phrase)
    unit = counted_unit(phrase)
    if (not vague and not count) or unit == "minute":
        return None
    word = phrase.word("later") or phrase.word("before") or phrase.word("after")
    later = word in {"later", "after"}
    if not phrase.has("later") and not at_end(phrase):
        later = not later
    if phrase.has("the"):
        count, vague = 1, False
    return Reading(
        kind="echo",
        unit=unit,
        count=count if later else -count,
        vague=vague,
        part="after" if later else "before",
    )


def _slice_of_unit(phrase: Phrase) -> Reading | None:
    part = edge_of(phrase) or _MOMENTS[phrase.word("later")]
    if phrase.has("season"):
        return _season(phrase) if part not in _MOMENTS.values() else None
    unit = unit_of(phrase)
    if unit in {"day", "hour", "minute"}:
        # "At the end of the day" is rarely about one.
        idiom = phrase.has("bound") and "by" not in {phrase.before(), phrase.before(2)}
        return None if idiom else Reading(kind="echo", unit="day", count=0)
    if part in _MOMENTS.values() and not (phrase.has("the") or phrase.has("this")):
        return None
    return Reading(kind="slice_of_unit", unit=unit, steps=steps_of(phrase), part=part, vague=phrase.has("same"))


def _unit_phrase(phrase: Phrase) -> Reading | None:
    unit, word = unit_of(phrase), phrase.word("last") or phrase.word("next")
    back = phrase.has("last") or phrase.has("recent")
    if word == "following" and not phrase.has("the"):
        return None  # "Following months of talks": after them.
    if phrase.word("unit").endswith("s"):
        told = back or phrase.has("next")
        return Reading(kind="stretch", unit=unit, vague=True, part="before" if back else "after") if told else None
    if phrase.has("recent") or unit == "minute" or (unit == "day" and phrase.has("this")) or _joins(phrase):
        return None
    if phrase.has("same") or word in ECHOING or unit == "day":
        return Reading(kind="echo_unit", unit=unit, steps=steps_of(phrase) if word else 0)
    rolling = word in _ROLLING or phrase.has("the") or unit == "hour"
    if unit != "weekend" and word and rolling:
        return Reading(kind="stretch", unit=unit, count=1, part="before" if back else "after")
    return Reading(kind="unit", unit=unit, steps=steps_of(phrase))


def _joins(phrase: Phrase) -> bool:
    """Whether "that" only joins what follows: "said that week-long talks"."""
    return phrase.word("same") == "that" and phrase.next_word() in {"-", "–"}


def _weekend(phrase: Phrase) -> Reading | None:
    return None if phrase.has("one") else Reading(kind="unit", unit="weekend")


def _season(phrase: Phrase) -> Reading | None:
    told = any(phrase.has(kind) for kind in ("year", "last", "next", "this", "unit"))
    opener = phrase.before()
    opened = opener in {"by", "until", "since"} or (
        phrase.has("the") and opener in {"in", "during", "over", "through", "of"}
    )
    if not told and not opened:
        return None  # "Spring offensive", "the fall of Kabul".
    return Reading(
        kind="season",
        month=SEASON_OF[phrase.word("season")],
        year=year_in(phrase),
        steps=steps_of(phrase),
        unit="year" if phrase.has("unit") else "",
        part=edge_of(phrase),
    )


def _quarter(phrase: Phrase) -> Reading:
    return Reading(
        kind="slice", unit=unit_of(phrase), count=number(phrase.word("ordinal")), year=year_in(phrase), part="year"
    )


READERS: dict[str, Callable[[Phrase], Reading | None]] = {
    "slice": _slice,
    "count_from": _count_from,
    "ago": _ago,
    "stretch": _stretch,
    "slice_of_unit": _slice_of_unit,
    "unit": _unit_phrase,
    "weekend": _weekend,
    "echo": _echo,
    "in_count": _in_count,
    "season": _season,
    "quarter": _quarter,
}
"""Rules of the grammar, and what reads them."""
