"""Records for the chronicle's tests, complete but for what the test is about. All of it is invented."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from monitor.chronicle import happenings
from monitor.records.chronicle import Answer, EventReport, Happening, LadderStep, Origin, Source, Told
from monitor.records.findings import AidStep, Event, Findings, Quote, Reaction, Report, Span, When

TRUMP, PUTIN, ZELENSKY = "Donald Trump", "Vladimir Putin", "Volodymyr Zelensky"
_NUMBERS = count(1)


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment in November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def on(day: int, last: int | None = None, *, certainty: str = "exact") -> When:
    """Days of November 2026."""
    return When(start=date(2026, 11, day), end=date(2026, 11, last or day), certainty=certainty)


def span(text: str, start: int = 0) -> Span:
    return Span(start=start, end=start + len(text), text=text)


def source(outlet: str = "The News", published: datetime | None = None, **fields: Any) -> Source:
    number = fields.pop("article_id", None) or next(_NUMBERS)
    given: dict[str, Any] = {
        "article_id": number,
        "url": f"https://news.example/{number}",
        "title": f"Article {number}",
        "outlet": outlet,
        "published": published or at(10),
    }
    return Source(**given | fields)


def origin(outlet: str, **fields: Any) -> Origin:
    return Origin(**{"key": f"outlet:{outlet}", "kind": "outlet"} | fields)


def event_report(
    published: datetime,
    status: str = "planned",
    who: tuple[str, ...] = (TRUMP, ZELENSKY),
    *,
    type: str = "meeting",  # noqa: A002 - the record's own word
    when: When | None = None,
    where: str | None = None,
    outlet: str = "The News",
    text: str = "the two will meet",
    start: int = 0,
    **fields: Any,
) -> EventReport:
    state = fields.pop("state_controlled", False)
    return EventReport(
        source=source(outlet, published, state_controlled=state, **fields),
        origin=origin(outlet, state_controlled=state),
        event=Event(type=type, participants=who, when=when, where=where, status=status, evidence=span(text, start)),
    )


def step(
    published: datetime,
    name: str,
    *,
    by: str | None = None,
    firmness: str = "statement",
    item: str = "Tomahawk missiles",
    donor: str | None = "United States",
    manner: str = "",
    outlet: str = "The News",
    text: str = "missiles for Ukraine",
    state_controlled: bool = False,
    **fields: Any,
) -> LadderStep:
    return LadderStep(
        source=source(outlet, published, state_controlled=state_controlled, **fields),
        origin=origin(outlet, state_controlled=state_controlled),
        step=AidStep(
            item=item,
            donor=donor,
            recipient="Ukraine",
            step=name,
            evidence=span(text),
            manner=manner,
            by=by,
            firmness=firmness,
        ),
    )


def quote(text: str, speaker: str | None = TRUMP, *, start: int = 0, **fields: Any) -> Quote:
    given: dict[str, Any] = {"text": text, "start": start, "end": start + len(text), "speaker": speaker}
    return Quote(**given | {"speaker_id": None, "channel": None} | fields)


def reported(text: str, speaker: str | None = TRUMP, *, start: int = 0, **fields: Any) -> Report:
    given: dict[str, Any] = {"text": text, "start": start, "end": start + len(text), "speaker": speaker}
    return Report(**given | {"speaker_id": None, "channel": None} | fields)


def reaction(by: str, kind: str, about: str, *, answers: Span | None = None, text: str = "no such thing") -> Reaction:
    return Reaction(by=by, by_id=None, kind=kind, about=about, evidence=span(text), answers=answers)


def told(
    published: datetime,
    *,
    outlet: str = "The News",
    quotes: tuple[Quote, ...] = (),
    reports: tuple[Report, ...] = (),
    reactions: tuple[Reaction, ...] = (),
    **fields: Any,
) -> Told:
    where = source(outlet, published, **fields)
    findings = Findings(
        article_id=str(where.article_id),
        language="en",
        model="test@000000000000",
        topics=(),
        entities=(),
        quotes=quotes,
        reports=reports,
        reactions=reactions,
    )
    return Told(source=where, findings=findings, origin=origin(outlet))


def answer(published: datetime, by: str, kind: str, about: str, side: str, **fields: Any) -> Answer:
    where = source(published=published)
    return Answer(source=where, origin=origin(where.outlet), reaction=reaction(by, kind, about), side=side, **fields)


def woven_events(reports: Sequence[EventReport]) -> list[Happening]:
    """Each report as its own article, in this order, with ids as a store gives them."""
    known: dict[int, Happening] = {}
    for report in reports:
        for happening in happenings.weave(list(known.values()), [report]):
            id_ = happening.id or len(known) + 1
            known[id_] = replace(happening, id=id_)
    return list(known.values())
