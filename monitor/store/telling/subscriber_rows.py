"""Subscriptions: rows to records and back."""

import json
from typing import Any

from sqlalchemy import Row

from monitor.records.telling.subscribers import Cadence, Schedule, Selection, Subscriber, SubscriberState
from monitor.store.keys import hashed
from monitor.store.telling.tables import subscribers

WANTED = subscribers.c.state == SubscriberState.ACTIVE.value
"""Whoever gets digests."""


def selection_key(selection: Selection) -> str:
    """The same for selections that choose the same, in whatever order their parts stand."""
    parts = (sorted(set(selection.topics)), selection.search.strip(), sorted(set(selection.languages)))
    return hashed("selection", json.dumps(parts))


def values_of(schedule: Schedule, selection: Selection) -> dict[str, Any]:
    """Column values of what a subscription asks for."""
    return {
        "cadence": schedule.cadence.value,
        "zone": schedule.zone,
        "hour": schedule.hour,
        "weekday": schedule.weekday,
        "topics": list(selection.topics),
        "search": selection.search,
        "languages": list(selection.languages),
    }


def schedule_of(row: Row[Any]) -> Schedule:
    """When its periods end."""
    return Schedule(cadence=Cadence(row.cadence), zone=row.zone, hour=row.hour, weekday=row.weekday)


def selection_of(row: Row[Any]) -> Selection:
    """What it is about."""
    return Selection(topics=tuple(row.topics), search=row.search, languages=tuple(row.languages))


def subscriber(row: Row[Any]) -> Subscriber:
    """A row of ``subscribers``."""
    return Subscriber(
        id=row.id,
        recipient=row.recipient,
        recipient_key=row.recipient_key,
        schedule=schedule_of(row),
        selection=selection_of(row),
        state=SubscriberState(row.state),
        created_at=row.created_at,
        since=row.since,
        skip_empty=row.skip_empty,
        confirmed_at=row.confirmed_at,
        told_until=row.told_until,
        last_sent_at=row.last_sent_at,
    )
