"""Invented stories on their way: what their articles tell, and the rows of the chronicle that they end in."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table

from benchmarks.board_words import CITIES, LEADERS, SPEAKERS, WEAPONS, Words
from monitor.store.chronicle_tables import (
    answers,
    happening_changes,
    happening_names,
    happening_reports,
    happenings,
    statement_subjects,
    statement_witnesses,
    statements,
    stories,
    story_members,
    story_topics,
)
from monitor.store.details import name_key

Row = dict[str, Any]
_DONORS = ("United States", "Germany", "United Kingdom", "France", "Norway")
_STEPS = ("considered", "requested", "announced", "approved", "delivered", "refused")
FIRM = {"considered": "hint", "approved": "official_act", "delivered": "official_act"}
_TYPES = ("call", "meeting", "visit", "talks_round")
_JOINS = 0.65
_IMPRINT = bytes(180)


@dataclass(slots=True, kw_only=True)
class Event:
    """A happening that one story or several tell of."""

    id: int
    type: str
    names: tuple[str, ...]
    day: date
    place: str
    reports: list[tuple[int, datetime, str, str]] = field(default_factory=list)
    """(article, when it was published, key of its event, origin)."""


@dataclass(slots=True, kw_only=True)
class Plot:
    """A story."""

    id: int
    topics: tuple[str, ...]
    speaker: str
    other: str
    weapon: str
    donor: str
    step: str
    said_on: date
    said: tuple[tuple[int, str], ...]
    """(number of the statement, its words)."""
    event: Event | None
    reaction: bool
    members: list[Row] = field(default_factory=list)
    witnesses: defaultdict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))


class Plots:
    """All stories; new articles join one of the latest, the big ones more often."""

    def __init__(self, source: random.Random, words: Words, lately: int) -> None:
        self._source = source
        self._words = words
        self._lately = lately
        self._tickets: list[Plot] = []
        self._events: list[Event] = []
        self._said = 0
        self.all: list[Plot] = []
        self._answers: list[Row] = []
        weapons = [entity.name for entity in words.entities if entity.type == "weapon"]
        self._weapons = list(dict.fromkeys([*WEAPONS, *weapons]))[:30]

    def joined(self, at: datetime) -> Plot:
        """The story of an article that is published then."""
        if self._tickets and self._source.random() < _JOINS:
            plot = self._tickets[-self._source.randint(1, min(self._lately, len(self._tickets)))]
        else:
            plot = self._new(at)
            self.all.append(plot)
        self._tickets.append(plot)
        return plot

    def answered(self, row: Row) -> None:
        """Remember a row of ``answers``."""
        self._answers.append(row)

    def _new(self, at: datetime) -> Plot:
        source = self._source
        speaker, other = source.sample(SPEAKERS, 2) if source.random() < 0.5 else source.sample(LEADERS, 2)
        said = []
        for _ in range(source.choices((0, 1, 2), (3, 5, 2))[0]):
            self._said += 1
            said.append((self._said, source.choice(self._words.sentences).text[:-1]))
        topics = source.choices((("talks",), ("missile_aid",), ("talks", "missile_aid")), (50, 35, 15))[0]
        return Plot(
            id=len(self.all) + 1,
            topics=topics,
            speaker=speaker,
            other=other,
            weapon=source.choices(self._weapons, [1 / (n + 1) for n in range(len(self._weapons))])[0],
            donor=source.choices(_DONORS, (8, 4, 3, 2, 1))[0],
            step=source.choices(_STEPS, (8, 5, 4, 3, 2, 2))[0],
            said_on=at.date(),
            said=tuple(said),
            event=self._event(at) if "talks" in topics and source.random() < 0.5 else None,
            reaction=source.random() < 0.3,
        )

    def _event(self, at: datetime) -> Event:
        source = self._source
        if self._events and source.random() < 0.6:
            return source.choice(self._events[-20:])
        event = Event(
            id=len(self._events) + 1,
            type=source.choice(_TYPES),
            names=tuple(sorted(source.sample(LEADERS, 2) if source.random() < 0.7 else source.sample(SPEAKERS, 2))),
            day=at.date() + timedelta(days=source.choice((0, 0, 1, 2, 3, 5, 8, 14, 21))),
            place=source.choice(CITIES),
        )
        self._events.append(event)
        return event

    def rows(self) -> Iterator[tuple[Table, list[Row]]]:
        """The chronicle's rows, in an order in which they can be written."""
        yield stories, [_story(plot) for plot in self.all]
        yield (
            story_topics,
            [
                {"story_id": plot.id, "topic": topic, "last_seen": max(each["published_at"] for each in plot.members)}
                for plot in self.all
                for topic in plot.topics
            ],
        )
        yield story_members, [_member(member) for plot in self.all for member in plot.members]
        told = [(plot, number, text) for plot in self.all for number, text in plot.said if plot.witnesses[number]]
        yield statements, [_statement(*each) for each in told]
        yield statement_subjects, [_subject(plot, number) for plot, number, _ in told]
        yield statement_witnesses, [_witness(each) for plot, number, _ in told for each in plot.witnesses[number]]
        events = [event for event in self._events if event.reports]
        yield happenings, list(map(_happening, events))
        yield (
            happening_names,
            [
                {"happening_id": event.id, "name_key": name_key(name), "name": name, "happens_on": event.day}
                for event in events
                for name in event.names
            ],
        )
        yield (
            happening_reports,
            [
                {"happening_id": event.id, "article_id": article_id, "event_key": key}
                for event in events
                for article_id, _, key, _ in event.reports
            ],
        )
        yield happening_changes, [row for event in events for row in _changes(event)]
        yield answers, self._answers


def status(event: Event, on: date) -> str:
    """What an article of that day says of an event."""
    return "planned" if on < event.day else "held"


def _story(plot: Plot) -> Row:
    first = plot.members[0]
    origins = {member["origin"] for member in plot.members}
    state = {member["origin"] for member in plot.members if member["state_controlled"]}
    return {
        "id": plot.id,
        "title": first["title"],
        "url": first["url"],
        "outlet": first["outlet"],
        "first_seen": min(member["published_at"] for member in plot.members),
        "last_seen": max(member["published_at"] for member in plot.members),
        "articles": len(plot.members),
        "outlets": len({member["outlet"] for member in plot.members}),
        "origins": len(origins),
        "state_origins": len(state),
        "evidence": first["title"],
    }


def _member(member: Row) -> Row:
    return {key: value for key, value in member.items() if key not in {"title", "url", "outlet"}} | {
        "imprint": _IMPRINT
    }


def _statement(plot: Plot, number: int, text: str) -> Row:
    told = plot.witnesses[number]
    return {
        "id": number,
        "speaker": plot.speaker,
        "speaker_key": name_key(plot.speaker),
        "speaker_id": told[0]["speaker_id"],
        "kind": "direct",
        "text": text,
        "said_on": plot.said_on,
        "about": json.dumps([plot.weapon if "missile_aid" in plot.topics else plot.other]),
        "variants": "[]",
        "first_told": min(each["published_at"] for each in told),
        "articles": len(told),
        "origins": len({each["origin"] for each in told}),
    }


def _subject(plot: Plot, number: int) -> Row:
    name = plot.weapon if "missile_aid" in plot.topics else plot.other
    return {"statement_id": number, "name_key": name_key(name), "name": name, "said_on": plot.said_on}


def _witness(told: Row) -> Row:
    return {key: told[key] for key in ("statement_id", "article_id", "start_offset", "end_offset", "text")}


def _happening(event: Event) -> Row:
    told = [at for _, at, _, _ in event.reports]
    return {
        "id": event.id,
        "type": event.type,
        "participants": json.dumps(event.names),
        "when_from": event.day,
        "when_to": event.day,
        "certainty": "exact",
        "place": event.place,
        "status": status(event, max(told).date()),
        "first_told": min(told),
        "last_told": max(told),
        "happens_on": event.day,
        "ends_on": event.day,
        "articles": len(event.reports),
        "origins": len({origin for _, _, _, origin in event.reports}),
    }


def _changes(event: Event) -> Iterator[Row]:
    before = ""
    number = 0
    for article_id, at, key, _ in sorted(event.reports, key=lambda report: report[1]):
        after = status(event, at.date())
        if after != before:
            yield {
                "happening_id": event.id,
                "kind": "history",
                "number": number,
                "at": at,
                "field": "status",
                "before": before,
                "after": after,
                "article_id": article_id,
                "event_key": key,
            }
            before, number = after, number + 1
