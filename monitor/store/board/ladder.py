"""Reads of the ladder pages: where each weapon from each donor stands, and how one came there.

A rung is made of all reports of its weapon. So that a page stays quick whatever is reported, the newest of each weapon
count; where there are older ones the view says so.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Subquery, bindparam, func, select, union_all

from monitor.chronicle import ladder
from monitor.chronicle.climbing import HEIGHT
from monitor.chronicle.sides import country, fold
from monitor.records.board.ladder import Cell, Climb, LadderView, Move, Told, WeaponView
from monitor.records.chronicle import LadderStep, Origin, Rung, Source
from monitor.store.chronicle import aid, tellers
from monitor.store.chronicle_tables import story_members
from monitor.store.detail_tables import aid_steps
from monitor.store.details import step_of
from monitor.store.engine import Database
from monitor.store.tables import articles, feeds

ITEMS = 30
"""Weapons of the matrix: those of which something was told last."""
REPORTS = 100
"""Reports of each weapon that the matrix is made of, the newest."""
MOST = 400
"""Reports of one weapon that its page is made of, the newest."""
LATEST = 50
KEPT = timedelta(minutes=10)
"""So long a weapon's standing is believed although an origin may have been revised since."""
_NOWHERE = ""
Mark = tuple[str, int, int, int]
"""Key of a weapon, its newest reports, and sums of their rows' numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """Where a weapon stands, as long as its newest reports are the same."""

    marks: tuple[Mark, ...]
    made_at: datetime
    rungs: tuple[Rung, ...]
    cut: bool


class LadderBoard:
    """What the ladder pages read. Weapons are settled anew when their newest reports changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._standing: Mapping[str, _Standing] = {}

    def page(self, *, now: datetime) -> LadderView:
        """Every weapon of which something was told last, by donor."""
        with self._database.read() as connection:
            known = aid.items(connection)
            latest = sorted(known, key=lambda item: (item.last_told or now, item.key), reverse=True)[:ITEMS]
            standing = self._settled(connection, latest, now)
            rungs = [rung for each in standing.values() for rung in each.rungs]
            sources = tellers.of(connection, {rung.history[-1].source.article_id for rung in rungs})
        keys = {fold(item.name): item.key for item in latest}
        found = [_cell(rung, keys[name], each.cut, sources) for name, each in standing.items() for rung in each.rungs]
        cells = _as_columns(sorted(found, key=lambda cell: (-cell.since.timestamp(), cell.item, cell.donor or "")))
        return LadderView(
            now=now,
            items=tuple(dict.fromkeys(cell.item for cell in cells)),
            donors=_donors(cells),
            cells=cells,
            items_left_out=len(known) - len(latest),
            nothing_yet=not known,
        )

    def _settled(self, connection: Connection, items: Sequence[aid.Item], now: datetime) -> Mapping[str, _Standing]:
        """Where these weapons stand, by their folded names."""
        marks = newest_marks(connection, [item.key for item in items], REPORTS)
        ours: defaultdict[str, list[str]] = defaultdict(list)
        for item in items:
            ours[fold(item.name)].append(item.key)
        kept = self._standing
        made = {name: tuple(marks[key] for key in sorted(keys) if key in marks) for name, keys in ours.items()}
        fresh = {
            name: kept[name]
            for name in ours
            if name in kept and kept[name].marks == made[name] and abs(now - kept[name].made_at) < KEPT
        }
        missing = [key for name, keys in ours.items() if name not in fresh for key in keys]
        told: defaultdict[str, list[LadderStep]] = defaultdict(list)
        for _, step in newest_told(connection, missing, REPORTS):
            told[fold(step.step.item)].append(step)
        for name in ours.keys() - fresh.keys():
            cut = any(count >= REPORTS for _, count, *_ in made[name])
            rungs = ladder.rungs(told[name])
            fresh[name] = _Standing(marks=made[name], made_at=now, rungs=rungs, cut=cut)
        self._standing = fresh
        return fresh

    def weapon(self, item_key: str, *, now: datetime) -> WeaponView | None:
        """One weapon by the key of any of its spellings; None where there is none of that key."""
        with self._database.read() as connection:
            known = aid.items(connection)
            ours = [item for item in known if item.key in aid.spelled_alike(known, {item_key})]
            if not ours:
                return None
            told = newest_told(connection, [item.key for item in ours], MOST)
            counts = Counter(key for key, _ in told)
            cut = any(count >= MOST for count in counts.values())
            steps = [step for _, step in told]
            newest = sorted(steps, key=_moment, reverse=True)[:LATEST]
            rungs = ladder.rungs(steps)
            moved = {step.source.article_id for rung in rungs for step in (*rung.history, *rung.regressions)}
            sources = tellers.of(connection, moved | {step.source.article_id for step in newest})
        name = rungs[0].item if rungs else ours[0].name
        return WeaponView(
            now=now,
            item=name,
            item_key=item_key,
            spellings=tuple(sorted({item.name for item in ours} - {name})),
            climbs=tuple(
                Climb(cell=_cell(rung, item_key, cut, sources), moves=_moves(rung, sources)) for rung in rungs
            ),
            latest=tuple(_move(step, sources) for step in newest if step.source.article_id in sources),
            told=_by_day(steps),
            looked_at=len(steps),
            cut=cut,
        )


_NARROW = ("id", "item_key", "article_id")
_WIDE = tuple(column.name for column in aid_steps.c if column.name != "analysis_id")


def _newest(weapons: int, columns: Sequence[str]) -> Subquery:
    """The newest ``most`` reports of each weapon (``key0`` ...), whole: Postgres joins ids to all there are."""
    newest = [
        select(*(aid_steps.c[name] for name in columns))
        .where(aid_steps.c.item_key == bindparam(f"key{number}"))
        .order_by(aid_steps.c.article_id.desc())
        .limit(bindparam("most"))
        .subquery()
        for number in range(weapons)
    ]
    return union_all(*(select(each) for each in newest)).subquery()


@cache
def _select_marks(weapons: int) -> Select[Any]:
    """Made once for each number of weapons: making it takes longer than the answer."""
    steps = _newest(weapons, _NARROW)
    sums = (func.count(), func.sum(steps.c.id), func.sum(story_members.c.id))
    query = select(steps.c.item_key, *sums).join(story_members, story_members.c.article_id == steps.c.article_id)
    return query.group_by(steps.c.item_key)


@cache
def _select_told(weapons: int) -> Select[Any]:
    steps = _newest(weapons, _WIDE)
    told = ("published_at", "backfill", "origin", "origin_kind", "copy_of")
    query = select(
        steps,
        *(story_members.c[name] for name in told),
        story_members.c.state_controlled.label("origin_of_state"),
        feeds.c.state_controlled.label("outlet_of_state"),
    )
    return (
        query.join(story_members, story_members.c.article_id == steps.c.article_id)
        .join(articles, articles.c.id == steps.c.article_id)
        .outerjoin(feeds, feeds.c.id == articles.c.feed_id)
    )


def _given(keys: Sequence[str], most: int) -> dict[str, Any]:
    return {"most": most} | {f"key{number}": key for number, key in enumerate(keys)}


def newest_marks(connection: Connection, keys: Sequence[str], most: int) -> Mapping[str, Mark]:
    """For each weapon what changes when its newest reports do, or when they come into the chronicle."""
    rows = connection.execute(_select_marks(len(keys)), _given(keys, most)).all() if keys else []
    return {key: (key, count, int(steps), int(members)) for key, count, steps, members in rows}


def newest_told(connection: Connection, keys: Sequence[str], most: int) -> list[tuple[str, LadderStep]]:
    """The newest reports of each weapon with its key, and no more of where they stand than what they weigh by."""
    rows = connection.execute(_select_told(len(keys)), _given(keys, most)).all() if keys else []
    return [(row.item_key, _step(row)) for row in rows]


def _step(row: Row[Any]) -> LadderStep:
    source = Source(
        article_id=row.article_id,
        url=_NOWHERE,
        title=_NOWHERE,
        outlet=_NOWHERE,
        published=row.published_at,
        state_controlled=bool(row.outlet_of_state),
        backfill=row.backfill,
    )
    origin = Origin(key=row.origin, kind=row.origin_kind, state_controlled=row.origin_of_state, copy_of=row.copy_of)
    return LadderStep(source=source, origin=origin, step=step_of(row))


def _cell(rung: Rung, key: str, cut: bool, sources: Mapping[int, tellers.Teller]) -> Cell:
    last = rung.history[-1]
    told = sources.get(last.source.article_id)
    return Cell(
        item=rung.item,
        item_key=key,
        donor=rung.donor,
        recipient=rung.recipient,
        step=rung.step,
        height=HEIGHT.get(rung.step, 0),
        firmness=rung.firmness,
        since=rung.since,
        at_least_since=cut and len(rung.history) == 1,
        origins=rung.origins,
        moves=len(rung.history),
        regressions=len(rung.regressions),
        evidence=last.step.evidence.text,
        by=last.step.by,
        source=told[0] if told else last.source,
    )


def _as_columns(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """A country's names, its capital and its leaders are one donor, under the name that most reports use."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for cell in cells:
        if cell.donor:
            names[_donor(cell.donor)][cell.donor] += cell.moves
    common = {key: min(counts, key=lambda name: (-counts[name], name)) for key, counts in names.items()}
    return tuple(replace(cell, donor=common[_donor(cell.donor)]) if cell.donor else cell for cell in cells)


def _donor(name: str) -> str:
    return country(name) or fold(name)


def _donors(cells: Collection[Cell]) -> tuple[str | None, ...]:
    """Donors by how many weapons they are named for; nobody comes last."""
    counts = Counter(cell.donor for cell in cells)
    return tuple(sorted(counts, key=lambda donor: (donor is None, -counts[donor], donor or "")))


def _moment(step: LadderStep) -> tuple[datetime, int]:
    return step.source.published, step.source.article_id


def _moves(rung: Rung, sources: Mapping[int, tellers.Teller]) -> tuple[Move, ...]:
    """What moved the rung, the oldest first."""
    down = {(step.source.article_id, step.step) for step in rung.regressions}
    steps = {(step.source.article_id, step.step): step for step in (*rung.history, *rung.regressions)}
    return tuple(
        _move(step, sources, down=key in down)
        for key, step in sorted(steps.items(), key=lambda pair: _moment(pair[1]))
        if step.source.article_id in sources
    )


def _move(told: LadderStep, sources: Mapping[int, tellers.Teller], *, down: bool = False) -> Move:
    source, origin = sources[told.source.article_id]
    return Move(
        at=source.published,
        step=told.step.step,
        height=HEIGHT.get(told.step.step, 0),
        manner=told.step.manner,
        firmness=told.step.firmness,
        by=told.step.by,
        evidence=told.step.evidence.text,
        source=source,
        origin=origin.key,
        state_controlled=origin.state_controlled or source.state_controlled,
        down=down,
    )


def _by_day(steps: Sequence[LadderStep]) -> tuple[Told, ...]:
    counts = Counter((told.source.published.date(), told.step.step) for told in steps)
    return tuple(Told(day=day, step=step, reports=number) for (day, step), number in sorted(counts.items()))
