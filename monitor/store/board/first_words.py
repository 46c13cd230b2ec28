"""First words of leaders on a subject, as ``chronicle.changes`` tells them; of subjects weapons alone."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Row, Select, bindparam, select, tuple_

from monitor.chronicle.changes import LOOKBACK, is_subject, subject_words
from monitor.chronicle.sides import LEADERS, fold
from monitor.store.chronicle import aid
from monitor.store.chronicle_tables import statement_subjects, statements
from monitor.store.details import name_key


def of(connection: Connection, found: Sequence[Row[Any]]) -> dict[int, tuple[str, ...]]:
    """Subjects on which a leader's statements are the first words in the time that first words go by, by statement."""
    spoken = {row.id: row for row in found if fold(row.speaker) in LEADERS}
    subjects = subject_words((item.name for item in aid.items(connection)), ()) if spoken else frozenset()
    named = {id_: [name for name in row.about if is_subject(name, subjects)] for id_, row in spoken.items()}
    wanted = {name_key(name) for names in named.values() for name in names}
    if not wanted:
        return {}
    since = min(row.said_on for row in spoken.values()) - LOOKBACK
    given = {"since": since, "ids": [id_ for id_, names in named.items() if names], "subjects": sorted(wanted)}
    before = {(row.statement_id, row.name_key): row.before for row in connection.execute(_BEFORE, given)}

    def is_first(id_: int, name: str) -> bool:
        last = before.get((id_, name_key(name)))
        return last is None or bool(spoken[id_].said_on - last > LOOKBACK)

    return {id_: tuple(name for name in names if is_first(id_, name)) for id_, names in named.items()}


def _before() -> Select[tuple[int, str, date]]:
    """For statements (``ids``) on ``subjects`` the day on which the speaker spoke on each before, if ``since`` then.

    One query for a page: Postgres takes longer to be asked than to answer.
    """
    here, there = statement_subjects, statement_subjects.alias("there")
    earlier = statements.alias("earlier")
    on, id_ = there.c.said_on, there.c.statement_id
    # Looked up for each: as a join, Postgres would read all statements, or all that the speaker ever said.
    speaker = select(earlier.c.speaker_key).where(earlier.c.id == id_).scalar_subquery()
    last = (
        select(on)
        .where(
            there.c.name_key == here.c.name_key,
            on >= bindparam("since", type_=Date),
            tuple_(on, id_) < tuple_(here.c.said_on, here.c.statement_id),
            speaker == statements.c.speaker_key,
        )
        .order_by(on.desc(), id_.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(here.c.statement_id, here.c.name_key, last.label("before"))
    return query.join(statements, statements.c.id == here.c.statement_id).where(
        here.c.statement_id.in_(bindparam("ids", expanding=True)),
        here.c.name_key.in_(bindparam("subjects", expanding=True)),
    )


_BEFORE = _before()
