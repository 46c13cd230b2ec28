"""Where people stand on subjects: the first and latest of what each said, and reported stances that changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from monitor.chronicle.sides import fold
from monitor.records.board.statements import Position, Shift, Stance
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import answers, statement_subjects, statements
from monitor.store.detail_tables import aid_steps, reactions
from monitor.store.details import name_key

LOOKED = 400
"""Statements, steps and reactions that are looked at, the newest of each."""
MOST = 40
"""Positions at most."""
SHIFTS = 20
"""Shifts at most."""
_STANCES = 12
_AID, _REACTION = "aid", "reaction"


def held(connection: Connection, looked: Select[Any]) -> tuple[tuple[Position, ...], date | None]:
    """What was said first and last by person and subject in the statements of ``looked``, and how far these reach back.

    Subjects on which something was said once alone are left out.
    """
    among = looked.subquery()
    columns = (statements.c.id, statements.c.said_on, statements.c.speaker, statement_subjects.c.name)
    query = (
        select(*columns)
        .join(among, among.c.id == statements.c.id)
        .join(statement_subjects, statement_subjects.c.statement_id == statements.c.id)
    )
    said: defaultdict[tuple[str, str], list[tuple[date, int]]] = defaultdict(list)
    reach = None
    for id_, on, speaker, name in connection.execute(query):
        said[speaker, name].append((on, id_))
        reach = on if reach is None else min(reach, on)
    often = sorted((pair for pair in said if len(said[pair]) > 1), key=lambda pair: (-len(said[pair]), pair))[:MOST]
    ends = {pair: (min(said[pair]), max(said[pair])) for pair in often}
    texts = _texts(connection, {id_ for pair in ends.values() for _, id_ in pair})
    found = (
        Position(
            speaker=speaker,
            subject=subject,
            statements=len(said[speaker, subject]),
            first=texts.get(first, ""),
            first_id=first,
            first_on=first_on,
            latest=texts.get(latest, ""),
            latest_id=latest,
            latest_on=latest_on,
        )
        for (speaker, subject), ((first_on, first), (latest_on, latest)) in ends.items()
    )
    return tuple(found), reach


def _texts(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    query = select(statements.c.id, statements.c.text).where(statements.c.id.in_(sorted(ids)))
    return {row.id: row.text for row in connection.execute(query)}


_Held = tuple[int, str, str]
"""Article, stance, sentence."""


def shifts(connection: Connection, *, speaker: str | None, about: str | None) -> tuple[Shift, ...]:
    """Those whose reported stance is not what it was, the latest change first: by steps of aid and by reactions.

    Whoever is named by a Wikidata id has none: steps know names alone.
    """
    told = {_AID: _steps(connection, about), _REACTION: _reactions(connection, about)}
    wanted = fold(speaker) if speaker else None
    changing = {
        (kind, *key): _changed(rows)
        for kind, stances in told.items()
        for key, rows in stances.items()
        if len({stance for _, stance, _ in rows}) > 1 and wanted in {None, fold(key[0])}
    }
    latest = sorted(changing, key=lambda key: (-changing[key][-1][0], key))[:SHIFTS]
    sources = tellers.of(connection, {article_id for key in latest for article_id, _, _ in changing[key]})
    real = [shift for key in latest if len((shift := _shift(key, changing[key], sources)).stances) > 1]
    return tuple(sorted(real, key=lambda shift: (-shift.stances[-1].at.timestamp(), shift.name, shift.subject)))


def _changed(rows: Iterable[_Held]) -> list[_Held]:
    """In order of the articles, without what only repeats the one before; the first and the last ones."""
    held: list[_Held] = []
    for row in sorted(rows):
        if not held or held[-1][1] != row[1]:
            held.append(row)
    return held if len(held) <= _STANCES else [held[0], *held[1 - _STANCES :]]


def _shift(key: tuple[str, str, str], rows: Iterable[_Held], sources: Mapping[int, tellers.Teller]) -> Shift:
    kind, name, subject = key
    stances: list[Stance] = []
    known = [(sources[article_id][0], stance, text) for article_id, stance, text in rows if article_id in sources]
    for source, stance, text in sorted(known, key=lambda each: (each[0].published, each[0].article_id)):
        if not stances or stances[-1].stance != stance:
            stances.append(Stance(at=source.published, stance=stance, evidence=text, source=source))
    return Shift(name=name, subject=subject, kind=kind, stances=tuple(stances))


def _steps(connection: Connection, about: str | None) -> dict[tuple[str, str], list[_Held]]:
    """Steps of aid by who, named, says or takes them, and weapon."""
    columns = (aid_steps.c.article_id, aid_steps.c.said_by, aid_steps.c.item, aid_steps.c.step, aid_steps.c.text)
    query = select(*columns, aid_steps.c.firmness).order_by(aid_steps.c.id.desc()).limit(LOOKED)
    if about:
        by_item = (aid_steps.c.article_id.desc(), aid_steps.c.id.desc())
        query = select(*columns, aid_steps.c.firmness).where(aid_steps.c.item_key == name_key(about))
        query = query.order_by(*by_item).limit(LOOKED)
    found: defaultdict[tuple[str, str], list[_Held]] = defaultdict(list)
    for article_id, by, item, step, text, firmness in connection.execute(query):
        # Who asks for something holds no position on giving it.
        if by and step not in {"other", "requested"}:
            found[by, item].append((article_id, f"{step} denied" if firmness == "denial" else step, text))
    return found


def _reactions(connection: Connection, about: str | None) -> dict[tuple[str, str], list[_Held]]:
    """Reactions by who reacts, and what to."""
    order = (answers.c.told_at.desc(), answers.c.id.desc())
    newest = select(answers.c.article_id, answers.c.reaction_key).order_by(*order).limit(LOOKED)
    keys = {(article_id, key) for article_id, key in connection.execute(newest)}
    columns = (reactions.c.article_id, reactions.c.said_by, reactions.c.about, reactions.c.kind, reactions.c.text)
    # Two queries: joined, Postgres reads all reactions there are.
    query = select(*columns, reactions.c.key).where(reactions.c.article_id.in_({article_id for article_id, _ in keys}))
    if about:
        query = query.where(func.lower(reactions.c.about) == about.lower())
    found: defaultdict[tuple[str, str], list[_Held]] = defaultdict(list)
    for article_id, by, what, kind, text, key in connection.execute(query):
        if (article_id, key) in keys:
            found[by, what].append((article_id, kind, text))
    return found
