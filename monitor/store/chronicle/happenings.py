"""Events as all articles together tell them: rows of ``happenings`` and their parts, to records and back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select, tuple_, update

from monitor.records.chronicle import EventChange, EventReport, Happening
from monitor.records.findings import Event
from monitor.records.weaving import Nearby
from monitor.store.chronicle import parts, tellers
from monitor.store.chronicle_tables import happening_changes, happening_names, happening_reports, happenings
from monitor.store.detail_tables import article_events
from monitor.store.details import event_key, event_of, name_key

HISTORY, CONTRADICTION = "history", "contradiction"

LONGEST = timedelta(days=60)
"""Days that an event may last: so far back a list looks for what was still going on."""

_INSERT = insert(happenings).returning(happenings.c.id)
_NAMES = parts.Parts(happening_names, "happening_id")
_REPORTS = parts.Parts(happening_reports, "happening_id")
_CHANGES = parts.Parts(happening_changes, "happening_id")
_Key = tuple[int, str]
"""An article's event: article and key."""


def near(connection: Connection, article_id: int, nearby: Nearby) -> tuple[int, ...]:
    """Ids of what the article itself tells of, and of what is ``nearby``, in order."""
    ids = set(told_by(connection, [article_id]))
    query = select(happenings.c.id).where(happenings.c.type.in_(sorted(nearby.types)))
    if nearby.types and nearby.told is not None:
        since, until = nearby.told
        ids |= set(connection.scalars(query.where(happenings.c.last_told >= since, happenings.c.first_told <= until)))
    for start, end in nearby.days if nearby.types else ():
        meets = (happenings.c.happens_on.between(start - LONGEST, end), happenings.c.ends_on >= start)
        ids |= set(connection.scalars(query.where(*meets)))
    return tuple(sorted(ids))


def told_by(connection: Connection, article_ids: Sequence[int]) -> list[int]:
    """Ids of what any of the articles tells of."""
    query = select(happening_reports.c.happening_id).where(happening_reports.c.article_id.in_(article_ids))
    return list(connection.scalars(query.distinct().order_by(happening_reports.c.happening_id)))


def write(connection: Connection, changed: Sequence[Happening]) -> dict[int, int]:
    """Put whole happenings in place of what their rows say; the id of each by the one it came with."""
    values = {happening.id: _values(happening) for happening in changed}
    ids = {id_: id_ if id_ > 0 else connection.execute(_INSERT, row).scalar_one() for id_, row in values.items()}
    fresh = {ids[id_] for id_ in ids if id_ < 1}
    known = [{"row": id_} | row for id_, row in values.items() if id_ > 0]
    if known:
        connection.execute(update(happenings).where(happenings.c.id == bindparam("row")), known)
    _NAMES.put(connection, {ids[each.id]: _names(each, values[each.id]["happens_on"]) for each in changed}, fresh=fresh)
    # All together: one that a report leaves gives it up before another takes it.
    _REPORTS.put(connection, {ids[each.id]: _reports_of(each) for each in changed}, fresh=fresh)
    _CHANGES.put(connection, {ids[each.id]: _changes(each) for each in changed}, fresh=fresh)
    return ids


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Delete happenings that nobody tells of any more."""
    if ids:
        connection.execute(delete(happenings).where(happenings.c.id.in_(ids)))


def torn(connection: Connection, limit: int) -> list[int]:
    """Take out reports whose articles were deleted; the ids of the happenings they belonged to."""
    gone = happening_reports.c.article_id.is_(None)
    ids = list(connection.scalars(select(happening_reports.c.happening_id).where(gone).distinct().limit(limit)))
    if ids:
        connection.execute(delete(happening_reports).where(gone, happening_reports.c.happening_id.in_(ids)))
    return ids


def _values(happening: Happening) -> dict[str, Any]:
    told_on = happening.first_told.date()
    start, end = happening.when or (None, None)
    return {
        "type": happening.type,
        "participants": list(happening.participants),
        "when_from": start,
        "when_to": end,
        "certainty": happening.certainty,
        "place": happening.where,
        "status": happening.status,
        "first_told": happening.first_told,
        "last_told": happening.last_told,
        "happens_on": start or told_on,
        "ends_on": end or told_on,
        "articles": len({report.source.article_id for report in happening.reports}),
        "origins": len({report.origin.key for report in happening.reports}),
    }


def _names(happening: Happening, happens_on: date) -> list[parts.Values]:
    named = {name_key(name): name for name in happening.participants}
    return [{"name_key": key, "name": name, "happens_on": happens_on} for key, name in named.items()]


def _reports_of(happening: Happening) -> list[parts.Values]:
    keys = sorted({_key(report) for report in happening.reports})
    return [{"article_id": article_id, "event_key": key} for article_id, key in keys]


def _changes(happening: Happening) -> list[parts.Values]:
    return [
        {
            "kind": kind,
            "number": number,
            "at": change.at,
            "field": change.field,
            "before": change.before,
            "after": change.after,
            "article_id": change.report.source.article_id,
            "event_key": event_key(change.report.event),
        }
        for kind, told in ((HISTORY, happening.history), (CONTRADICTION, happening.contradictions))
        for number, change in enumerate(told)
    ]


def _key(report: EventReport) -> _Key:
    return report.source.article_id, event_key(report.event)


def of(connection: Connection, ids: Iterable[int], *, among: Collection[int] | None = None) -> tuple[Happening, ...]:
    """Whole happenings by their ids, in that order; one that is not there is left out.

    With ``among`` (articles) only with what these report, and with the steps of the history that these have made.
    """
    wanted = list(dict.fromkeys(ids))
    rows: dict[int, Row[Any]] = {}
    reports: defaultdict[int, dict[_Key, EventReport]] = defaultdict(dict)
    changes: defaultdict[tuple[int, str], list[EventChange]] = defaultdict(list)
    for chunk in tellers.chunks(wanted):
        rows |= {row.id: row for row in connection.execute(select(happenings).where(happenings.c.id.in_(chunk)))}
        for happening_id, key, report in _reports(connection, chunk, among):
            reports[happening_id][key] = report
        query = select(happening_changes).where(happening_changes.c.happening_id.in_(chunk))
        for row in connection.execute(query.order_by(happening_changes.c.happening_id, happening_changes.c.number)):
            told = reports[row.happening_id].get((row.article_id, row.event_key))
            if told is not None:
                changes[row.happening_id, row.kind].append(_change(row, told))
    return tuple(
        _happening(rows[id_], reports[id_].values(), changes[id_, HISTORY], changes[id_, CONTRADICTION])
        for id_ in wanted
        if id_ in rows
    )


def _reports(
    connection: Connection, ids: Sequence[int], among: Collection[int] | None
) -> Iterable[tuple[int, _Key, EventReport]]:
    """What the articles' own rows say of these happenings, in the order in which it was published."""
    row_of = and_(
        article_events.c.article_id == happening_reports.c.article_id,
        article_events.c.key == happening_reports.c.event_key,
    )
    query = select(happening_reports.c.happening_id, article_events).join(article_events, row_of)
    query = query.where(happening_reports.c.happening_id.in_(ids))
    found = tellers.among(connection, query, happening_reports.c.article_id, among)
    told_by = tellers.of(connection, {row.article_id for row in found})
    known = [row for row in found if row.article_id in told_by]
    for row in sorted(known, key=lambda row: (told_by[row.article_id][0].published, row.article_id, row.number)):
        source, origin = told_by[row.article_id]
        event: Event = event_of(row)
        yield row.happening_id, (row.article_id, row.key), EventReport(source=source, origin=origin, event=event)


def _change(row: Row[Any], report: EventReport) -> EventChange:
    return EventChange(at=row.at, field=row.field, before=row.before, after=row.after, report=report)


def _happening(
    row: Row[Any], reports: Iterable[EventReport], history: Sequence[EventChange], against: Sequence[EventChange]
) -> Happening:
    return Happening(
        id=row.id,
        type=row.type,
        participants=tuple(row.participants),
        when=None if row.when_from is None else (row.when_from, row.when_to),
        certainty=row.certainty,
        where=row.place,
        status=row.status,
        first_told=row.first_told,
        last_told=row.last_told,
        reports=tuple(reports),
        history=tuple(history),
        contradictions=tuple(against),
    )


def listed(
    connection: Connection,
    *,
    since: date | None,
    until: date | None,
    status: str | None,
    type_: str | None,
    who: str | None,
    limit: int,
    before: int | None,
) -> list[int]:
    """Ids of happenings by when they happen, the latest first."""
    on, id_ = happenings.c.happens_on, happenings.c.id
    query = select(id_)
    if who is not None:
        on, id_ = happening_names.c.happens_on, happening_names.c.happening_id
        query = select(id_).join(happenings, happenings.c.id == id_).where(happening_names.c.name_key == name_key(who))
    if since is not None:
        query = query.where(on >= since - LONGEST, happenings.c.ends_on >= since)
    if until is not None:
        query = query.where(on <= until)
    if status is not None:
        query = query.where(happenings.c.status == status)
    if type_ is not None:
        query = query.where(happenings.c.type == type_)
    if before is not None:
        last = happenings.alias("last")
        place = select(last.c.happens_on).where(last.c.id == before).scalar_subquery()
        query = query.where(tuple_(on, id_) < tuple_(place, before))
    return list(connection.scalars(query.order_by(on.desc(), id_.desc()).limit(limit)))


def told_since(connection: Connection, since: datetime, until: date) -> list[int]:
    """Ids of what was told of since then, or whose last day lay between that day and ``until``."""
    day = since.date()
    lately = (happenings.c.ends_on.between(day, until), happenings.c.happens_on >= day - LONGEST)
    told = select(happenings.c.id).where(happenings.c.last_told >= since)
    over = select(happenings.c.id).where(*lately)
    return sorted({*connection.scalars(told), *connection.scalars(over)})
