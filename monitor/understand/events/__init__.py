"""Diplomatic contacts and offers about the war in one article: who, what, when, where, and how far it has come. Pure.

trigger -> parties -> status -> time and place -> what is told twice becomes one -> the six that matter most
"""

from collections.abc import Sequence

from monitor.records.findings import Event, TimeMention
from monitor.understand.events import countries
from monitor.understand.events.candidates import tellings
from monitor.understand.events.choosing import LEAST, chosen
from monitor.understand.events.merging import dated, merged
from monitor.understand.prose import Prose
from monitor.understand.refer import Referents

__all__ = ["find"]


def find(
    prose: Prose, times: Sequence[TimeMention], referents: Referents | None = None, *, talks: float = 1.0
) -> tuple[Event, ...]:
    """The article's events, the six that matter most, in the order of the text. ``talks`` is the topic's score."""
    if talks < LEAST and not any(countries.country_of(entity.name) == "Ukraine" for entity in prose.entities):
        return ()
    return chosen(dated(merged(tellings(prose, times, referents)), times, prose), talks)
