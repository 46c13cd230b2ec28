"""Findings to rows and back: what was found in one article beside its topics and entities."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select

from monitor.records.findings import AidStep, Event, Findings, Quote, Reaction, Report, Span, TimeMention, When
from monitor.store.detail_tables import DETAILS, aid_steps, article_events, quotes, reactions, time_mentions
from monitor.store.keys import hashed

DIRECT, REPORTED = "direct", "reported"
_NEW = {table: insert(table) for table in DETAILS}
_GONE = [delete(table).where(table.c.article_id.in_(bindparam("articles", expanding=True))) for table in DETAILS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What was found in one article, as its rows tell it."""

    quotes: tuple[Quote, ...] = ()
    reports: tuple[Report, ...] = ()
    times: tuple[TimeMention, ...] = ()
    events: tuple[Event, ...] = ()
    aid: tuple[AidStep, ...] = ()
    reactions: tuple[Reaction, ...] = ()


def record(connection: Connection, found: Iterable[tuple[int, int, Findings]], *, anew: Sequence[int]) -> None:
    """Write what was found in articles, each with its analysis: nothing, where nothing matches.

    In those that were read before (``anew``) it takes the place of what an earlier analysis found.
    """
    if anew:
        for statement in _GONE:
            connection.execute(statement, {"articles": anew})
    values: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)
    for article_id, analysis_id, findings in found:
        whose = {"article_id": article_id, "analysis_id": analysis_id}
        for table, rows in _values(findings) if findings.match else ():
            values[table] += [whose | {"number": number} | row for number, row in enumerate(rows)]
    for table, rows in values.items():
        if rows:
            connection.execute(_NEW[table], rows)


def event_key(event: Event) -> str:
    """Which event of its article it is: the same words said anew give the same key."""
    when = (event.when.start.isoformat(), event.when.end.isoformat(), event.when.certainty) if event.when else ()
    place = (str(event.evidence.start), str(event.evidence.end), event.where or "")
    return hashed(event.type, event.status, *place, *when, "", *event.participants)


def reaction_key(reaction: Reaction) -> str:
    """Which reaction of its article it is."""
    place = (str(reaction.evidence.start), str(reaction.evidence.end))
    return hashed(reaction.by, reaction.kind, reaction.about, *place)


def name_key(name: str) -> str:
    """The key of a canonical name: what indexes hold of it."""
    return hashed("name", name.casefold())


def _values(findings: Findings) -> Iterable[tuple[Table, list[dict[str, Any]]]]:
    yield quotes, [_said(quote, DIRECT, quote.part_of) for quote in findings.quotes]
    yield quotes, [_said(report, REPORTED, 0) for report in findings.reports]
    yield time_mentions, [_time(mention) for mention in findings.times]
    # What says the same in the same place is one.
    yield article_events, list({event_key(event): _event(event) for event in findings.events}.values())
    yield aid_steps, [_step(step) for step in findings.aid]
    yield reactions, list({reaction_key(each): _reaction(each) for each in findings.reactions}.values())


def _place(span: "Span | Quote | Report | TimeMention") -> dict[str, Any]:
    return {"start_offset": span.start, "end_offset": span.end, "text": span.text}


def _part(name: str, span: Span | None, text: str) -> dict[str, Any]:
    """Columns of a second span."""
    return {
        f"{name}_start": span.start if span else None,
        f"{name}_end": span.end if span else None,
        text: span.text if span else None,
    }


def _interval(when: When | None) -> dict[str, Any]:
    return {
        "when_from": when.start if when else None,
        "when_to": when.end if when else None,
        "certainty": when.certainty if when else None,
    }


def _said(said: Quote | Report, kind: str, part_of: int) -> dict[str, Any]:
    values = {
        "kind": kind,
        "speaker": said.speaker,
        "speaker_id": said.speaker_id,
        "channel": said.channel,
        "part_of": part_of,
        "about": list(said.about),
    }
    return _place(said) | values | _part("cue", said.cue, "cue")


def _time(mention: TimeMention) -> dict[str, Any]:
    return _place(mention) | _interval(mention.when) | {"tense": mention.tense}


def _event(event: Event) -> dict[str, Any]:
    values = {
        "key": event_key(event),
        "type": event.type,
        "participants": list(event.participants),
        "place": event.where,
        "status": event.status,
    }
    return _place(event.evidence) | _interval(event.when) | values


def _step(step: AidStep) -> dict[str, Any]:
    values = {name: getattr(step, name) for name in ("item", "donor", "recipient", "step", "manner", "firmness")}
    return _place(step.evidence) | values | {"item_key": name_key(step.item), "said_by": step.by}


def _reaction(reaction: Reaction) -> dict[str, Any]:
    values = {
        "key": reaction_key(reaction),
        "said_by": reaction.by,
        "said_by_id": reaction.by_id,
        "kind": reaction.kind,
        "about": reaction.about,
    }
    return _place(reaction.evidence) | values | _part("answers", reaction.answers, "answers_text")


def of(connection: Connection, article_ids: Sequence[int]) -> Mapping[int, Details]:
    """What was found in each of the articles, in the order in which it was found."""
    rows = {table: _rows(connection, table, article_ids) for table in DETAILS}
    return {
        article_id: Details(
            quotes=tuple(_quote(row) for row in rows[quotes][article_id] if row.kind == DIRECT),
            reports=tuple(_report(row) for row in rows[quotes][article_id] if row.kind == REPORTED),
            times=tuple(_time_of(row) for row in rows[time_mentions][article_id]),
            events=tuple(event_of(row) for row in rows[article_events][article_id]),
            aid=tuple(step_of(row) for row in rows[aid_steps][article_id]),
            reactions=tuple(reaction_of(row) for row in rows[reactions][article_id]),
        )
        for article_id in article_ids
    }


def _rows(connection: Connection, table: Table, article_ids: Sequence[int]) -> defaultdict[int, list[Row[Any]]]:
    query = select(table).where(table.c.article_id.in_(article_ids)).order_by(table.c.article_id, table.c.number)
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.article_id].append(row)
    return found


def _evidence(row: Row[Any]) -> Span:
    return Span(start=row.start_offset, end=row.end_offset, text=row.text)


def span_of(start: int | None, end: int | None, text: str | None) -> Span | None:
    """A span from its three columns; None when they are empty."""
    return None if start is None or end is None else Span(start=start, end=end, text=text or "")


def _when(row: Row[Any]) -> When | None:
    if row.when_from is None:
        return None
    return When(start=row.when_from, end=row.when_to, certainty=row.certainty)


def _said_of(row: Row[Any]) -> dict[str, Any]:
    return {
        "text": row.text,
        "start": row.start_offset,
        "end": row.end_offset,
        "speaker": row.speaker,
        "speaker_id": row.speaker_id,
        "channel": row.channel,
        "cue": span_of(row.cue_start, row.cue_end, row.cue),
        "about": tuple(row.about),
    }


def _quote(row: Row[Any]) -> Quote:
    return Quote(part_of=row.part_of, **_said_of(row))


def _report(row: Row[Any]) -> Report:
    return Report(**_said_of(row))


def _time_of(row: Row[Any]) -> TimeMention:
    return TimeMention(start=row.start_offset, end=row.end_offset, text=row.text, when=_when(row), tense=row.tense)


def event_of(row: Row[Any]) -> Event:
    """A row of ``article_events``."""
    return Event(
        type=row.type,
        participants=tuple(row.participants),
        when=_when(row),
        where=row.place,
        status=row.status,
        evidence=_evidence(row),
    )


def step_of(row: Row[Any]) -> AidStep:
    """A row of ``aid_steps``."""
    return AidStep(
        item=row.item,
        donor=row.donor,
        recipient=row.recipient,
        step=row.step,
        evidence=_evidence(row),
        manner=row.manner,
        by=row.said_by,
        firmness=row.firmness,
    )


def reaction_of(row: Row[Any]) -> Reaction:
    """A row of ``reactions``."""
    return Reaction(
        by=row.said_by,
        by_id=row.said_by_id,
        kind=row.kind,
        about=row.about,
        evidence=_evidence(row),
        answers=span_of(row.answers_start, row.answers_end, row.answers_text),
    )
