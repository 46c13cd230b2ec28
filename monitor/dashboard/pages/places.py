"""The map: where events take place and what places are named, on a base map that comes with the program."""

from dataclasses import replace
from datetime import date, timedelta

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import Page, Visit
from monitor.dashboard.pages.asked import FIRST, LAST, Day
from monitor.records.board.map import EventAt, MapView, PlaceNamed, Spot, WhereaboutsTold
from monitor.understand.whereabouts import Whereabouts, whereabouts

BACK, AHEAD = timedelta(days=30), timedelta(days=60)
"""The days shown when none are asked for: what was, and what is planned."""


def load(visit: Visit, *, since: Day = None, until: Day = None) -> MapView:
    """Places in articles that matched in these days, and events that take place in them."""
    told = _told(visit, since, until)
    newest = told.newest_match
    if since is None and until is None and newest is not None and not told.places and not told.events:
        # An archive, or a replayed week: its last days.
        told = visit.store.board.map.page(since=_moved(newest.date(), -BACK), until=_moved(newest.date(), AHEAD))
    if since is None and until is None and not told.events and told.last_event is not None:
        # Nothing happens in the days of the newest news, as in a replayed week: the last that was told of.
        last = min(told.last_event, LAST)
        earlier = visit.store.board.map.page(since=_moved(last, -BACK), until=last)
        told = replace(told, events=earlier.events, more_events=earlier.more_events)
    return _placed(told)


def _told(visit: Visit, since: date | None, until: date | None) -> WhereaboutsTold:
    today = visit.now.date()
    if until is None:
        until = _moved(today if since is None or since <= today else since, AHEAD)
    if since is None:
        since = _moved(min(today, until), -BACK)
    return visit.store.board.map.page(since=since, until=until)


def _moved(day: date, days: timedelta) -> date:
    """``day`` some days on, and never beyond the days that may be asked for."""
    return date.fromordinal(min(max(day.toordinal() + days.days, FIRST.toordinal()), LAST.toordinal()))


def _placed(told: WhereaboutsTold) -> MapView:
    """Join names with coordinates: what the knowledge base calls by one name is one spot."""
    found: dict[str, Whereabouts] = {}
    named: dict[str, PlaceNamed] = {}
    events: dict[str, list[EventAt]] = {}
    nowhere: list[PlaceNamed] = []
    events_nowhere: list[EventAt] = []
    for place in told.places:
        where = whereabouts(place.name, place.wikidata)
        if where is None:
            nowhere.append(place)
        else:
            found[where.name] = where
            # The most named first; what two entities share is counted by the larger.
            named.setdefault(where.name, place)
    for event in told.events:
        where = whereabouts(event.place)
        if where is None:
            events_nowhere.append(event)
        else:
            found[where.name] = where
            events.setdefault(where.name, []).append(event)
    spots = [_spot(where, named.get(name), events.get(name, [])) for name, where in found.items()]
    spots.sort(key=lambda spot: (-spot.articles, -len(spot.events), spot.name))
    return MapView(told=told, spots=tuple(spots), nowhere=tuple(nowhere), events_nowhere=tuple(events_nowhere))


def _spot(where: Whereabouts, named: PlaceNamed | None, events: list[EventAt]) -> Spot:
    return Spot(
        name=where.name,
        latitude=where.latitude,
        longitude=where.longitude,
        is_country=where.is_country,
        entity_id=named.id if named else None,
        articles=named.articles if named else 0,
        events=tuple(events),
    )


def _near(view: MapView) -> Spec | None:
    return charts.places(view.spots, near=True)


def _wide(view: MapView) -> Spec | None:
    return charts.places(view.spots)


def _near_small(view: MapView) -> Spec | None:
    return charts.places(view.spots, near=True, small=True)


def _wide_small(view: MapView) -> Spec | None:
    return charts.places(view.spots, small=True)


CHARTS = {"near": _near, "wide": _wide, "near_small": _near_small, "wide_small": _wide_small}
PAGE = Page(path="/map", name="map", title="Map", load=load, nav="Map", charts=CHARTS, kept=True)
