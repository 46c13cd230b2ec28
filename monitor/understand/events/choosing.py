"""Which of a document's events are worth telling, and under whose names. Pure.

What is kept was chosen by how often a kind of reading was right on annotated articles: two named parties are, a lone
one is not; a bare mention of talks that go on is not.
"""

from monitor.records.findings import Event
from monitor.understand.events import countries
from monitor.understand.events.candidates import CONTACTS, Candidate

MOST = 6
# Below this score of the topic an article is about something else, and only meetings with Ukraine's own leaders count.
LEAST = 0.02
WAR = ("Ukraine", "Russia")


def chosen(events: list[Candidate], talks: float) -> tuple[Event, ...]:
    """At most six events, in the order of the text."""
    plans = [event for event in events if event.type == "offer" and event.names]
    # The only plan of an article is told of even where nobody says whose it is.
    sole = plans[:1] if not any(plan.told for plan in plans) else []
    kept = [
        event
        for event in events
        if (_worth_telling(event) or event in sole) and (talks >= LEAST or _with_ukraine(event))
    ]
    best = sorted(kept, key=lambda event: (-_weight(event), event.evidence.start))[:MOST]
    return tuple(_told(event) for event in sorted(best, key=lambda event: event.evidence.start))


def _worth_telling(event: Candidate) -> bool:
    if event.type in {"call", "meeting"}:
        return len(event.names) >= 2
    if event.type in {"talks_round", "ceasefire", "sanction", "offer"} and not event.told:
        return False
    if event.type == "talks_round":
        return len(event.names) >= 2
    return bool(event.names) or event.family in {"swap", "sea"}


def _with_ukraine(event: Candidate) -> bool:
    sides = {countries.country_of(name) or name for name in event.names}
    people = any(countries.country_of(name) == "Ukraine" for name in event.names)
    return event.type in CONTACTS and people and len(sides) >= 2


def _weight(event: Candidate) -> float:
    return event.tellings + 2 * event.in_title + (event.when is not None) + (len(event.names) >= 2)


def _parties(event: Candidate) -> tuple[str, ...]:
    """A plan or a truce for the war concerns its parties, named or not; sanctions concern Russia."""
    names = event.names
    sides = {countries.country_of(name) or name for name in names}
    missing = tuple(side for side in WAR if side not in sides)
    if event.type == "ceasefire" or event.family in {"swap", "plan", "sea"}:
        return (*names, *missing)
    if event.type == "offer":
        return (*names, *missing[:1])
    if event.type == "sanction" and "Russia" not in sides:
        return (*names, "Russia")
    if event.type in CONTACTS:
        represented = {countries.country_of(name) for name in names}
        return tuple(name for name in names if name not in represented)
    return names


def _told(event: Candidate) -> Event:
    """The event as it is handed on."""
    return Event(
        type=event.type, participants=_parties(event), when=event.when, where=event.where, status=event.status,
        evidence=event.evidence,
    )  # fmt: skip
