"""What changed, for one scope: changes of the chronicle whose article is fresh, and silences since then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from monitor.chronicle import changes
from monitor.records.chronicle import Change, Happening, LadderStep, Rung, Statement
from monitor.store.chronicle import aid, answers
from monitor.store.chronicle_tables import story_members
from monitor.store.detail_tables import aid_steps
from monitor.store.facts import events, heard, said
from monitor.store.facts.scope import Scope, fits, fitting
from monitor.store.facts.shared import LATELY, Shared

SILENCE = "silence"

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What changed, and what it was found among."""

    changes: tuple[Change, ...]
    """Not told before, the newest first."""
    turned: tuple[int, ...]
    """Ids of events that ended or were put off, the latest turn first."""
    statements: tuple[Statement, ...]
    """First told in the scope."""


def find(connection: Connection, scope: Scope, shared: Shared, *, silences: bool = True) -> Found:
    """What changed.

    ``silences`` are left out where a search was asked for: they stand in no article that it could find.
    """
    silences = silences and not scope.selection.search
    moved = events.moved(connection, scope)
    silent = events.silent(connection, scope) if silences else []
    told = events.outlined(connection, {*moved, *silent})
    contacts = [told[id_] for id_ in silent if id_ in told]
    new = said.first_told(connection, scope)
    earlier = heard.before(connection, new, shared.subjects)
    known = {each.id for each in (*new, *earlier)}
    found = changes.since(
        _EVER,
        happenings=tuple(told.values()),
        statements=(*new, *earlier, *heard.around(connection, contacts, known)),
        rungs=_moved(shared.rungs(aid.keys_of(connection, scope.fresh)), scope),
        answers=answers.by_articles(connection, scope.fresh),
        now=scope.last_day,
        subjects=shared.subjects,
    )
    quiet = shared.silences(scope.last_day) if silences else ()
    return Found(
        changes=_chosen(connection, scope, (*found, *quiet)),
        turned=tuple(_turned(scope, (told[id_] for id_ in moved if id_ in told))),
        statements=new,
    )


def weapons(connection: Connection, scope: Scope, shared: Shared) -> tuple[Rung, ...]:
    """Where the weapons stand of which articles that fit told lately, or fresh ones do, whatever their date."""
    fresh = aid.keys_of(connection, scope.fresh)
    if scope.is_whole:
        return shared.rungs(shared.lately | set(fresh))
    query = (
        select(aid_steps.c.item_key)
        .join(story_members, story_members.c.article_id == aid_steps.c.article_id)
        .where(
            story_members.c.published_at >= scope.now - LATELY,
            story_members.c.backfill.is_(False),
            *fits(connection, scope.selection, scope.now, story_members.c.article_id),
        )
    )
    return shared.rungs((shared.lately & set(connection.scalars(query.distinct()))) | set(fresh))


def _moved(rungs: Iterable[Rung], scope: Scope) -> tuple[Rung, ...]:
    """Those that fresh articles have moved."""

    def is_fresh(step: LadderStep) -> bool:
        return step.source.article_id in scope.fresh

    return tuple(rung for rung in rungs if any(map(is_fresh, (*rung.history, *rung.regressions))))


def _turned(scope: Scope, moved: Iterable[Happening]) -> list[int]:
    """Ids of those that ended or were put off, where that was not told before."""
    turns = [
        (change.at, happening.id)
        for happening in moved
        for step, change in changes.steps(happening)
        if step.field == "status" and step.after in events.TURNS and _is_fresh(change, scope)
    ]
    return list(dict.fromkeys(id_ for _, id_ in sorted(turns, key=lambda turn: (-turn[0].timestamp(), turn[1]))))


def _chosen(connection: Connection, scope: Scope, found: Iterable[Change]) -> tuple[Change, ...]:
    """Those that are news here, each once, the newest first."""
    found = tuple(found)
    silent = [change for change in found if _is_silence(change, scope)]
    cited = fitting(connection, scope, {change.source.article_id for change in silent if change.source})
    quiet = [change for change in silent if change.source is None or change.source.article_id in cited]
    once = {change.key: change for change in (*(change for change in found if _is_fresh(change, scope)), *quiet)}
    return tuple(sorted(once.values(), key=lambda change: (-change.at.timestamp(), change.key)))


def _is_fresh(change: Change, scope: Scope) -> bool:
    is_news = change.source is not None and change.source.article_id in scope.fresh
    return is_news and change.kind != SILENCE and f"change:{change.key}" not in scope.told


def _is_silence(change: Change, scope: Scope) -> bool:
    is_now = change.kind == SILENCE and scope.since <= change.at < scope.until
    return is_now and f"change:{change.key}" not in scope.told
