"""What was said before: enough of it to know first words from others, and silence from words.

Of thousands of statements only who, on what and when is read, not where it stands.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from monitor.chronicle.answers import CAPITALS
from monitor.chronicle.changes import LOOKBACK, is_subject
from monitor.chronicle.sides import LEADERS, fold, side
from monitor.records.chronicle import Happening, Origin, Source, Statement, Witness
from monitor.records.findings import Span
from monitor.store.chronicle_tables import happenings, statement_subjects, statements
from monitor.store.details import name_key

PLACES = timedelta(days=60)
"""Places of events told of so lately are something to have first words on."""
_REPORTED = timedelta(days=60)
"""How long after it was said a statement may be told of first."""
_NOBODY = Origin(key="", kind="")
_NOWHERE = Span(start=0, end=0, text="")


def places(connection: Connection, until: datetime) -> list[str]:
    """Where events were said to take place of late."""
    lately = (happenings.c.last_told >= until - PLACES, happenings.c.place.is_not(None))
    return list(connection.scalars(select(happenings.c.place).where(*lately).distinct()))


def before(connection: Connection, new: Sequence[Statement], subjects: frozenset[str]) -> list[Statement]:
    """What the leaders among the speakers of ``new`` said on the same subjects in the time that first words go by."""
    spoken = [each for each in new if fold(each.speaker) in LEADERS]
    named = {name for each in spoken for name in each.about if is_subject(name, subjects)}
    if not named:
        return []
    told = [witness.source.published for each in spoken for witness in each.witnesses]
    since = min(told) - LOOKBACK
    about = select(statement_subjects.c.statement_id).where(
        statement_subjects.c.name_key.in_(sorted(map(name_key, named))),
        statement_subjects.c.said_on >= (since - _REPORTED).date(),
    )
    return _heard(
        connection,
        {each.id for each in new},
        statements.c.id.in_(about),
        statements.c.speaker_key.in_(sorted({name_key(each.speaker) for each in spoken})),
        statements.c.first_told.between(since, max(told)),
    )


def around(connection: Connection, contacts: Sequence[Happening], known: Collection[int]) -> list[Statement]:
    """What the capitals have said since the first of these contacts of two of them, beside what is ``known``."""
    days = [each.when[0] for each in contacts if each.when and each.status == "held" and _is_of_two(each)]
    if not days:
        return []
    return _heard(connection, known, statements.c.first_told >= _midnight(min(days)), capitals=True)


def _is_of_two(contact: Happening) -> bool:
    return len(CAPITALS.intersection(map(side, contact.participants))) > 1


def _heard(
    connection: Connection, known: Collection[int], *where: ColumnElement[bool], capitals: bool = False
) -> list[Statement]:
    columns = (statements.c.id, statements.c.speaker, statements.c.said_on, statements.c.about, statements.c.first_told)
    return [
        _outline(row)
        for row in connection.execute(select(*columns).where(*where))
        if row.id not in known and (not capitals or side(row.speaker) in CAPITALS)
    ]


def _outline(row: Any) -> Statement:
    """Who said something on what and when; the rest is left empty, and nobody shows it."""
    id_, speaker, said_on, about, first_told = row
    source = Source(article_id=0, url="", title="", outlet="", published=first_told)
    return Statement(
        id=id_,
        speaker=speaker,
        speaker_id=None,
        kind="",
        text="",
        said_on=said_on,
        channel=None,
        about=tuple(about),
        witnesses=(Witness(source=source, origin=_NOBODY, span=_NOWHERE),),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
