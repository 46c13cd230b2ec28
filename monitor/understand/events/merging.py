"""What title, lead and body tell of one event becomes one event. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.records.findings import TimeMention
from monitor.understand.events import countries
from monitor.understand.events.candidates import CONTACTS, Candidate
from monitor.understand.events.timing import Times, nearby
from monitor.understand.prose import Prose

_CONTACTS = frozenset({"meeting", "visit", "talks_round"})
_LEAD = 3
# Articles tell of a dozen events; only hostile ones of so many.
_RECENT = 40
_AHEAD = frozenset({"planned", "proposed", "called_off"})
_GOES_WITH = {
    "held": {"held", "under_way"},
    "under_way": {"held", "under_way"},
    "planned": _AHEAD,
    "proposed": _AHEAD,
    "called_off": _AHEAD,
}


def merged(candidates: list[Candidate]) -> list[Candidate]:
    """Distinct events in the order of their first telling."""
    events: list[Candidate] = []
    for candidate in candidates:
        recent = range(len(events) - 1, max(-1, len(events) - 1 - _RECENT), -1)
        at = next((number for number in recent if _same(events[number], candidate)), None)
        if at is None:
            events.append(candidate)
        else:
            events[at] = _joined(events[at], candidate)
    return events


def dated(events: list[Candidate], times: Sequence[TimeMention], prose: Prose) -> list[Candidate]:
    """Give the news itself, where its own sentences name no day, the day that the next one names."""
    known, found = Times(times), []
    for event in events:
        fresh = event.when is None and event.status == "held" and event.type in CONTACTS and event.sentence <= _LEAD
        when = nearby(known, prose, event.sentence) if fresh else None
        found.append(replace(event, when=when) if when else event)
    return found


def _same(one: Candidate, other: Candidate) -> bool:
    if not _same_kind(one, other):
        return False
    if one.type == "ceasefire":
        return True
    if one.type in {"offer", "sanction", "other", "delivery"}:
        return (one.family == other.family or one.type == "offer") and _same_side(one, other)
    if one.when and other.when and (one.when.start > other.when.end or other.when.start > one.when.end):
        return False
    if one.where and other.where and not _near(one.where, other.where):
        return False
    if not _same_time(one, other):
        return False
    a, b = set(one.names), set(other.names)
    if len(b) < 2 <= len(a) and one.sentence == other.sentence and other.when and not one.when:
        return False  # "They plan to meet after preparatory talks next week."
    if not b or not a:
        return abs(one.sentence - other.sentence) <= 3
    return a <= b or b <= a or len(a & b) >= 2 or _same_states(one, other)


def _same_states(one: Candidate, other: Candidate) -> bool:
    """Delegations named once by state and once by their members; leaders' meetings are events of their own."""
    if any(countries.is_leader(name) for name in (*one.names, *other.names)) or not (one.where or one.when):
        return False
    states = [{countries.country_of(name) or name for name in event.names} for event in (one, other)]
    lone = [all(countries.country_of(name) is None for name in event.names) for event in (one, other)]
    return len(states[0]) >= 2 and states[0] == states[1] and lone[0] != lone[1]


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Without states whose people are named."""
    represented = {countries.country_of(name) for name in names}
    return tuple(name for name in names if name not in represented)


def _same_side(one: Candidate, other: Candidate) -> bool:
    a, b = (
        {countries.country_of(name) or name for name in (event.names[:1] if event.type == "offer" else event.names)}
        for event in (one, other)
    )
    return not a or not b or bool(a & b)


def _same_kind(one: Candidate, other: Candidate) -> bool:
    return one.type == other.type or {one.type, other.type} <= _CONTACTS


def _same_time(one: Candidate, other: Candidate) -> bool:
    """Held and to come are two events; what goes on now may be either, and a mere mention is any of them."""
    if not (one.told and other.told) or other.status in _GOES_WITH[one.status]:
        return True
    if {one.status, other.status} == {"under_way", "planned"} and (one.in_title or other.in_title):
        return True
    return one.type == other.type == "talks_round" and not (one.when or one.where or other.when or other.where)


def _near(one: str, other: str) -> bool:
    a, b = countries.country_of_place(one), countries.country_of_place(other)
    return one == other or a is None or b is None or a == b


def _joined(one: Candidate, other: Candidate) -> Candidate:
    names = tuple(dict.fromkeys((*one.names, *other.names)))
    if _same_states(one, other):
        names = _named(names)
    better = other if (_worth(other) > _worth(one)) else one
    return replace(
        better,
        type=one.type if one.type != "visit" else other.type,
        names=names,
        where=one.where or other.where,
        when=one.when or other.when,
        status=_status(one, other),
        told=one.told or other.told,
        sentence=one.sentence,
        tellings=one.tellings + 1,
        in_title=one.in_title or other.in_title,
    )


def _worth(candidate: Candidate) -> int:
    return (
        2 * min(2, len(candidate.names)) + (candidate.when is not None) + (candidate.where is not None) + candidate.told
    )


def _status(one: Candidate, other: Candidate) -> str:
    """The first telling's, unless it is a mere mention, or a headline's present that the text makes exact."""
    if one.told != other.told:
        return one.status if one.told else other.status
    pair = {one.status, other.status}
    if "called_off" in pair:
        return "called_off"
    if "under_way" in pair and len(pair) == 2:
        vague, exact = (one, other) if one.status == "under_way" else (other, one)
        return exact.status if vague.in_title or exact.when or not vague.when else vague.status
    return one.status
