"""Stored articles that are to be understood again: requests, and the walk through their range.

The walk goes down from the newest article, a stretch at a time along the index of the work. A stretch is marked and
the cursor moved in one transaction, so a process that dies repeats nothing and loses nothing. What is marked is
pending like everything else; ``findings`` takes it only when nothing fresher waits.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, insert, or_, select, update

from monitor.errors import ConfigError
from monitor.records.articles import EntryState
from monitor.records.reanalysis import Advance, Reanalysis, ReanalysisState, Wanted
from monitor.store.engine import Database
from monitor.store.reanalysis_tables import reanalyses, renewals
from monitor.store.renewals import is_renewal
from monitor.store.setbacks import is_free
from monitor.store.tables import analyses, article_versions, articles, entries, matches
from monitor.store.upsert import upsert

_OPEN = (ReanalysisState.RUNNING.value, ReanalysisState.WAITING.value)
_COUNTS = ("total", "marked", "skipped", "analysed", "unread", "matched", "withdrawn")
_ITS_TURN = (reanalyses.c.state, reanalyses.c.id)
"""One that has begun goes on before those that wait: "running" sorts before "waiting"."""


class Reanalyses:
    """Requests, one worked on after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, wanted: Wanted) -> int:
        """How many articles would be taken now. Looks through all of the range."""
        query = select(func.count()).select_from(articles).where(*_in_range(wanted), *_fits(wanted))
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def request(self, wanted: Wanted, *, total: int, now: datetime) -> Reanalysis:
        """Ask for these articles, ``total`` as they were counted; it waits for its turn."""
        asked = {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}
        begun = dict.fromkeys(_COUNTS, 0) | {"total": total}
        values = asked | begun | {"state": ReanalysisState.WAITING.value, "requested_at": now}
        with self._database.write() as connection:
            made = connection.execute(insert(reanalyses).values(values).returning(reanalyses.c.id)).scalar_one()
            return _record(_row(connection, made))

    def listed(self, *, open_only: bool = False) -> tuple[Reanalysis, ...]:
        """All requests, the latest first."""
        query = select(reanalyses).order_by(reanalyses.c.id.desc())
        if open_only:
            query = query.where(reanalyses.c.state.in_(_OPEN))
        with self._database.read() as connection:
            return tuple(map(_record, connection.execute(query)))

    def stop(self, reanalysis_id: int) -> Reanalysis:
        """Mark no more articles of it; the few that are marked already are still understood.

        Raises ConfigError for a request that there is not, or that is done.
        """
        return self._turn(reanalysis_id, ReanalysisState.STOPPED)

    def resume(self, reanalysis_id: int) -> Reanalysis:
        """Go on where it was stopped, when its turn comes. Raises ConfigError as ``stop``."""
        return self._turn(reanalysis_id, ReanalysisState.WAITING)

    def advance(self, *, now: datetime, batch: int, few: int) -> Advance:
        """Mark the next articles of the request whose turn it is, up to ``batch``.

        Nothing happens while half a batch is still to be understood, or more than ``few`` fresh rows wait anywhere.
        """
        with self._database.read() as connection:
            if _whose_turn(connection) is None or _is_busy(connection, few):
                return Advance()
        with self._database.write() as connection:
            row = _whose_turn(connection, lock=True)
            if row is None:
                return Advance()
            waiting = _waiting(connection, row.id)
            if waiting > batch // 2:
                return Advance()
            stretch = connection.execute(_stretch(row, batch)).all()
            if stretch:
                return _mark(connection, row, stretch, now)
            if waiting:
                return Advance()
            _set(connection, row.id, state=ReanalysisState.DONE.value, finished_at=now)
            return Advance(finished=1)

    def _turn(self, reanalysis_id: int, state: ReanalysisState) -> Reanalysis:
        with self._database.write() as connection:
            row = _row(connection, reanalysis_id)
            if row.state == ReanalysisState.DONE.value:
                raise ConfigError(f"reanalysis {reanalysis_id} is done. `monitor reanalyse --since ...` asks anew.")
            if row.state == ReanalysisState.STOPPED.value or state is ReanalysisState.STOPPED:
                _set(connection, reanalysis_id, state=state.value)
            return _record(_row(connection, reanalysis_id))


def _row(connection: Connection, reanalysis_id: int) -> Row[Any]:
    one = select(reanalyses).where(reanalyses.c.id == reanalysis_id).with_for_update()
    row = connection.execute(one).first()
    if row is None:
        raise ConfigError(f"there is no reanalysis {reanalysis_id}: see `monitor reanalyse list`.")
    return row


def _whose_turn(connection: Connection, *, lock: bool = False) -> Row[Any] | None:
    query = select(reanalyses).where(reanalyses.c.state.in_(_OPEN)).order_by(*_ITS_TURN).limit(1)
    return connection.execute(query.with_for_update() if lock else query).first()


def _set(connection: Connection, reanalysis_id: int, **values: Any) -> None:
    connection.execute(update(reanalyses).where(reanalyses.c.id == reanalysis_id).values(values))


def _is_busy(connection: Connection, few: int) -> bool:
    """Whether the gate, the model or the chronicle has more than a few fresh rows before it.

    The chronicle counts too: it weaves the oldest first, so what is understood again must not pile up there.
    """
    new = select(entries.c.id).where(entries.c.state == EntryState.NEW.value, is_free(entries))
    fresh = select(articles.c.id).where(articles.c.pending, is_free(articles), ~is_renewal())
    unwoven = select(articles.c.id).where(articles.c.unwoven, is_free(articles))
    return any(
        (connection.scalar(select(func.count()).select_from(waits.limit(few + 1).subquery())) or 0) > few
        for waits in (new, fresh, unwoven)
    )


def _waiting(connection: Connection, reanalysis_id: int) -> int:
    """How many articles are marked and not understood yet; what is in quarantine holds nobody up."""
    query = (
        select(func.count())
        .select_from(renewals.join(articles, articles.c.id == renewals.c.article_id))
        .where(renewals.c.reanalysis_id == reanalysis_id, is_free(articles))
    )
    return int(connection.scalar(query) or 0)


def _in_range(wanted: "Wanted | Row[Any]") -> tuple[ColumnElement[bool], ...]:
    """What is pending already is read by the model of now anyway."""
    return ~articles.c.pending, articles.c.fresh_at >= wanted.since, articles.c.fresh_at < wanted.until


def _fits(wanted: "Wanted | Row[Any]") -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.language is not None:
        found.append(articles.c.language == wanted.language)
    if wanted.topic is not None:
        found.append(exists().where(matches.c.article_id == articles.c.id, matches.c.topic == wanted.topic))
    if wanted.unread_by is not None:
        read = exists().where(
            analyses.c.article_id == articles.c.id,
            analyses.c.model == wanted.unread_by,
            article_versions.c.id == analyses.c.version_id,
            article_versions.c.number == articles.c.version,
        )
        found.append(~read)
    return found


def _stretch(row: Row[Any], limit: int) -> Select[Any]:
    """The next articles of the range, whether they fit or not, so that a step never looks at more."""
    query = select(articles.c.id, articles.c.fresh_at).where(*_in_range(row))
    if row.cursor_at is not None:
        same = and_(articles.c.fresh_at == row.cursor_at, articles.c.id < row.cursor_id)
        # The first is for the index: no planner takes a bound out of the second.
        query = query.where(articles.c.fresh_at <= row.cursor_at, or_(articles.c.fresh_at < row.cursor_at, same))
    return query.order_by(articles.c.fresh_at.desc(), articles.c.id.desc()).limit(limit)


def _mark(connection: Connection, row: Row[Any], stretch: Sequence[Row[Any]], now: datetime) -> Advance:
    usable = and_(articles.c.text != "", is_free(articles))
    query = select(articles.c.id, articles.c.version, usable.label("usable"))
    query = query.where(articles.c.id.in_([each.id for each in stretch]), *_fits(row))
    found = connection.execute(query.order_by(articles.c.id)).all()
    chosen = [each for each in found if each.usable]
    if chosen:
        _wait_again(connection, row.id, chosen, now)
    skipped = len(found) - len(chosen)
    last = stretch[-1]
    _set(
        connection, row.id, state=ReanalysisState.RUNNING.value, cursor_at=last.fresh_at, cursor_id=last.id,
        marked=row.marked + len(chosen), skipped=row.skipped + skipped,
    )  # fmt: skip
    return Advance(looked_at=len(stretch), marked=len(chosen), skipped=skipped)


def _wait_again(connection: Connection, reanalysis_id: int, chosen: Sequence[Row[Any]], now: datetime) -> None:
    ids = [each.id for each in chosen]
    # In the order in which all do who write articles, or two would wait for each other.
    ordered = select(articles.c.id).where(articles.c.id.in_(ids)).order_by(articles.c.url_key)
    connection.execute(ordered.with_for_update(key_share=True))
    marks = [{"article_id": each.id, "reanalysis_id": reanalysis_id, "version": each.version} for each in chosen]
    statement = upsert(connection, renewals)
    taken_over = {name: statement.excluded[name] for name in ("reanalysis_id", "version")}
    connection.execute(statement.on_conflict_do_update(index_elements=["article_id"], set_=taken_over), marks)
    connection.execute(update(articles).where(articles.c.id.in_(ids)).values(pending=True))
    # What could not be understood before may be now; what was, keeps its state until its findings change it.
    given_up = (entries.c.article_id.in_(ids), entries.c.state == EntryState.SKIPPED.value)
    connection.execute(update(entries).where(*given_up).values(state=EntryState.TO_ANALYSE.value, state_at=now))


def _record(row: Row[Any]) -> Reanalysis:
    wanted = Wanted(**{name: getattr(row, name) for name in Wanted.__dataclass_fields__})
    counts = {name: getattr(row, name) for name in _COUNTS}
    return Reanalysis(
        id=row.id, wanted=wanted, state=ReanalysisState(row.state), requested_at=row.requested_at,
        finished_at=row.finished_at, reached=row.cursor_at, **counts,
    )  # fmt: skip
