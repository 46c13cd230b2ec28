"""The steps of the aid ladder as articles report them, and the weapons that they are about."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from monitor.chronicle.sides import fold
from monitor.records.chronicle import LadderStep
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import story_members
from monitor.store.detail_tables import aid_steps
from monitor.store.details import step_of
from monitor.store.tables import articles

MEMORY = timedelta(days=400)
"""Where a weapon stands is told by the steps of so long: a decision that is older was made, or is forgotten."""

_STEP = tuple(column for column in aid_steps.c if column.name not in {"id", "article_id", "analysis_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A weapon of the ladder."""

    key: str
    name: str
    last_told: datetime | None
    """When the article that came last among those that tell of it was published; None while that waits."""


def items(connection: Connection) -> tuple[Item, ...]:
    """Every weapon that a step is about: leaps from key to key through the index, for there are few."""
    keys = select(func.min(aid_steps.c.item_key).label("key")).cte("keys", recursive=True)
    later = select(func.min(aid_steps.c.item_key)).where(aid_steps.c.item_key > keys.c.key).correlate(keys)
    keys = keys.union_all(select(later.scalar_subquery()).where(keys.c.key.is_not(None)))
    here = aid_steps.c.item_key == keys.c.key
    # In the index's order: Postgres would read the whole table for any one row of a weapon.
    any_ = select(aid_steps.c.item).where(here).order_by(aid_steps.c.article_id).limit(1)
    name = any_.correlate(keys).scalar_subquery()
    last = select(func.max(aid_steps.c.article_id)).where(here).correlate(keys).scalar_subquery()
    query = (
        select(keys.c.key, name.label("name"), story_members.c.published_at)
        .select_from(keys)
        .outerjoin(story_members, story_members.c.article_id == last)
        .where(keys.c.key.is_not(None))
    )
    found = connection.execute(query.order_by(keys.c.key))
    return tuple(Item(key=row.key, name=row.name, last_told=row.published_at) for row in found)


def spelled_alike(known: Iterable[Item], keys: Collection[str]) -> set[str]:
    """``keys`` with those of the same weapons under other spellings: for the ladder they are one."""
    named = {item.key: fold(item.name) for item in known}
    wanted = {named[key] for key in keys if key in named}
    return {key for key, name in named.items() if name in wanted}


def steps(
    connection: Connection,
    *,
    keys: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[LadderStep, ...]:
    """Steps published between these moments, the oldest first; with ``keys`` those about these weapons."""
    query = _select_steps()
    if keys is not None:
        query = query.where(aid_steps.c.item_key.in_(sorted(keys)))
    if since is not None:
        query = query.where(story_members.c.published_at >= since)
    if until is not None:
        query = query.where(story_members.c.published_at <= until)
    query = query.order_by(story_members.c.published_at, story_members.c.article_id, aid_steps.c.number)
    told_by: dict[int, tellers.Teller] = {}
    found = []
    for row in connection.execute(query) if keys is None or keys else ():
        teller = told_by.get(row.article_id)
        if teller is None:
            teller = told_by[row.article_id] = tellers.teller(row)
        found.append(LadderStep(source=teller[0], origin=teller[1], step=step_of(row)))
    return tuple(found)


def keys_moved(connection: Connection, since: datetime, until: datetime) -> set[str]:
    """Keys of the weapons of which a step was published after ``since`` and up to ``until``."""
    query = select(aid_steps.c.item_key).join(story_members, story_members.c.article_id == aid_steps.c.article_id)
    lately = (story_members.c.published_at > since, story_members.c.published_at <= until)
    return set(connection.scalars(query.where(*lately).distinct()))


def keys_of(connection: Connection, article_ids: Collection[int]) -> set[str]:
    """Keys of the weapons that steps in these articles are about."""
    return {
        key
        for ids in tellers.chunks(article_ids)
        for key in connection.scalars(select(aid_steps.c.item_key).where(aid_steps.c.article_id.in_(ids)).distinct())
    }


def _select_steps() -> Select[Any]:
    # Only what is woven in has an origin.
    return tellers.select_tellers().add_columns(*_STEP).join(aid_steps, aid_steps.c.article_id == articles.c.id)
