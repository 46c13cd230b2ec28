"""Events that are news: those ahead, and those whose history fresh articles have moved on.

A summit may have hundreds of reports. Of each event those are read that its history names, and the last of each origin:
so many voices there are as before, and there is something to cite.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, exists, func, select

from monitor.records.chronicle import Happening
from monitor.store.chronicle import happenings as rows
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import happening_changes, happening_reports, happenings, story_members
from monitor.store.facts.scope import Scope, is_shown

AHEAD = timedelta(days=60)
"""So far ahead the calendar looks."""
MOST_AHEAD = 30
MOST_TURNED = 200
TURNS = frozenset({"held", "called_off", "postponed"})

_OPEN = ("planned", "postponed", "proposed", "under_way")
_SPOKEN_OF = timedelta(days=7)
"""Without a day an event is ahead as long as it was told of so lately, by two origins at least."""
_CANDIDATES = 300
_DAY = timedelta(days=1)
# ``chronicle.silence``: a report that should be there is missed two days after the last day of a plan, a word one day
# after a contact was held, and neither of what was told of long afterwards.
_UNREPORTED = 2 * _DAY
_UNSPOKEN = _DAY
_HELD_LATE = 4 * _DAY


def moved(connection: Connection, scope: Scope) -> list[int]:
    """Ids of those that fresh articles brought up or moved on."""
    found: set[int] = set()
    query = select(happening_changes.c.happening_id).where(happening_changes.c.kind == rows.HISTORY)
    for ids in tellers.chunks(scope.fresh):
        found |= set(connection.scalars(query.where(happening_changes.c.article_id.in_(ids))))
    return sorted(found)


def ahead(connection: Connection, scope: Scope, zone: str) -> list[int]:
    """Ids of those that lie ahead or are under way, the nearest first; those without a day come last."""
    today = scope.last_day.astimezone(ZoneInfo(zone)).date()
    is_open = happenings.c.status.in_(_OPEN)
    dated = (
        is_open,
        happenings.c.happens_on.between(today - rows.LONGEST, today + AHEAD),
        happenings.c.ends_on >= today,
        happenings.c.when_from.is_not(None),
    )
    undated = (
        is_open,
        happenings.c.last_told >= scope.last_day - _SPOKEN_OF,
        happenings.c.when_from.is_(None),
        happenings.c.origins > 1,
    )
    nearest = (happenings.c.happens_on, happenings.c.id)
    latest = (happenings.c.last_told.desc(), happenings.c.id)
    return [
        *connection.scalars(select(happenings.c.id).where(*dated).order_by(*nearest).limit(_CANDIDATES)),
        *connection.scalars(select(happenings.c.id).where(*undated).order_by(*latest).limit(_CANDIDATES)),
    ]


def silent(connection: Connection, scope: Scope) -> list[int]:
    """Ids of those of which a report or a word may be missing since then."""
    first, last = scope.since.date(), scope.until.date()
    passed = (
        happenings.c.status.in_(("planned", "postponed")),
        happenings.c.certainty == "exact",
        happenings.c.happens_on.between(first - rows.LONGEST, last),
        happenings.c.ends_on.between(first - _UNREPORTED - _DAY, last - _UNREPORTED),
    )
    held = exists().where(
        happening_changes.c.happening_id == happenings.c.id,
        happening_changes.c.after == "held",
        happening_changes.c.at.between(scope.since - _UNSPOKEN, scope.until - _UNSPOKEN),
    )
    met = (
        happenings.c.status == "held",
        happenings.c.happens_on.between(first - _HELD_LATE - rows.LONGEST, last),
        happenings.c.ends_on >= first - _HELD_LATE - _DAY,
        held,
    )
    # Told of again after its day: then no report is missing.
    columns = (happenings.c.id, happenings.c.ends_on, happenings.c.last_told)
    quiet = [
        row.id
        for row in connection.execute(select(*columns).where(*passed))
        if row.last_told.date() < row.ends_on + _UNREPORTED
    ]
    return sorted({*quiet, *connection.scalars(select(happenings.c.id).where(*met))})


def outlined(connection: Connection, ids: Collection[int]) -> dict[int, Happening]:
    """Events by their ids, with no more reports than their histories name."""
    return {each.id: each for each in rows.of(connection, ids, among=_named(connection, ids))}


def shown(connection: Connection, scope: Scope, ids: Sequence[int], *, most: int) -> tuple[Happening, ...]:
    """The first of these events of which there is something to cite, in that order; the last report of each origin."""
    cited = _cited(connection, scope, ids)
    chosen = [id_ for id_ in ids if id_ in cited][:most]
    among = {article_id for id_ in chosen for article_id in cited[id_]}
    found = rows.of(connection, chosen, among={*among, *_named(connection, chosen)})
    return tuple(
        replace(each, reports=tuple(report for report in each.reports if report.source.article_id in cited[each.id]))
        for each in found
    )


def _cited(connection: Connection, scope: Scope, ids: Collection[int]) -> dict[int, set[int]]:
    """For each event the last article of each origin that reports it, where any may be cited."""
    last = func.row_number().over(
        partition_by=(happening_reports.c.happening_id, story_members.c.origin),
        order_by=(story_members.c.published_at.desc(), story_members.c.article_id.desc()),
    )
    reports = (
        select(happening_reports.c.happening_id, happening_reports.c.article_id, last.label("place"))
        .join(story_members, story_members.c.article_id == happening_reports.c.article_id)
        .where(is_shown(connection, scope, happening_reports.c.article_id))
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for chunk in tellers.chunks(ids):
        ranked = reports.where(happening_reports.c.happening_id.in_(chunk)).subquery()
        query = select(ranked.c.happening_id, ranked.c.article_id).where(ranked.c.place == 1)
        for happening_id, article_id in connection.execute(query):
            found[happening_id].add(article_id)
    return found


def _named(connection: Connection, ids: Collection[int]) -> set[int]:
    """Articles that the histories name."""
    query = select(happening_changes.c.article_id)
    return {
        article_id
        for chunk in tellers.chunks(ids)
        for article_id in connection.scalars(query.where(happening_changes.c.happening_id.in_(chunk)).distinct())
    }
