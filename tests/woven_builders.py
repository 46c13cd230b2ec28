"""Articles on their way into the chronicle, for the tests of its store and its job."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.records.articles import StoredArticle
from monitor.records.chronicle import (
    Answer,
    EventChange,
    EventReport,
    Happening,
    Origin,
    Statement,
    StoryMember,
    Witness,
)
from monitor.records.findings import (
    AidStep,
    Entity,
    Event,
    Findings,
    Quote,
    Reaction,
    Report,
    Span,
    TimeMention,
    When,
)
from monitor.records.weaving import Recorded, Waiting, Woven
from monitor.store import Store
from monitor.store.chronicle.writing import LEASE as CHRONICLE
from tests.store_builders import LEASE, NOW, findings, pending_article

HOLDER = "weaver"
DAY = date(2026, 11, 20)
TRUMP, PUTIN, ZELENSKY = "Donald Trump", "Vladimir Putin", "Volodymyr Zelensky"


def span(text: str, start: int = 9) -> Span:
    return Span(start=start, end=start + len(text), text=text)


def quote(text: str = "We will meet soon", start: int = 9, **fields: Any) -> Quote:
    given: dict[str, Any] = {
        "speaker": TRUMP,
        "speaker_id": "Q22686",
        "channel": "Truth Social",
        "cue": span("said", start + len(text) + 2),
        "about": (PUTIN,),
    }
    return Quote(text=text, start=start, end=start + len(text), **given | fields)


def report(text: str = "he would call Kyiv first", start: int = 60, **fields: Any) -> Report:
    given: dict[str, Any] = {"speaker": TRUMP, "speaker_id": "Q22686", "channel": None}
    return Report(text=text, start=start, end=start + len(text), **given | fields)


def when(start: date = DAY, end: date | None = None, certainty: str = "exact") -> When:
    return When(start=start, end=end or start, certainty=certainty)


def time_mention(text: str = "on Friday", start: int = 30) -> TimeMention:
    return TimeMention(start=start, end=start + len(text), text=text, when=when(), tense="future")


def event(text: str = "They met in Budapest.", start: int = 9, **fields: Any) -> Event:
    given: dict[str, Any] = {
        "type": "meeting",
        "participants": (TRUMP, PUTIN),
        "when": when(),
        "where": "Budapest",
        "status": "planned",
    }
    return Event(evidence=span(text, start), **given | fields)


def step(text: str = "Kyiv asked for Tomahawks.", start: int = 9, **fields: Any) -> AidStep:
    given: dict[str, Any] = {"item": "Tomahawk", "donor": "United States", "recipient": "Ukraine", "step": "requested"}
    return AidStep(evidence=span(text, start), **given | fields)


def reaction(text: str = "Moscow warned against it.", start: int = 9, **fields: Any) -> Reaction:
    given: dict[str, Any] = {"by": PUTIN, "by_id": "Q7747", "kind": "warning", "about": "Tomahawk"}
    return Reaction(evidence=span(text, start), **given | fields)


def told(*entities: Entity, **fields: Any) -> Findings:
    """Findings of a matching article with one of everything."""
    given: dict[str, Any] = {
        "quotes": (quote(), quote("very soon", 40, part_of=1)),
        "reports": (report(),),
        "times": (time_mention(),),
        "events": (event(),),
        "aid": (step(),),
        "reactions": (reaction(answers=span("the plan", 80)),),
        "embedding": (0.5, -0.25, 1.0),
    }
    return replace(findings(0.9, 0.1, *entities), **given | fields)


def found(store: Store, n: int | str = 1, given: Findings | None = None, **fields: Any) -> StoredArticle:
    """One article with all its findings stored, ready for the chronicle."""
    stored = pending_article(store, n, **fields)
    store.findings.record(stored, given or told(), now=NOW)
    return stored


def hold(store: Store, holder: str = HOLDER, *, now: datetime = NOW) -> None:
    assert store.leases.acquire(CHRONICLE, holder, now=now, ttl=LEASE)


def claimed(store: Store, *, limit: int = 50, now: datetime = NOW, holder: str = HOLDER) -> tuple[Waiting, ...]:
    return store.chronicle.claim(now=now, limit=limit, holder=holder, lease=LEASE)


def member(waiting: Waiting, story_id: int = 1, origin: Origin | None = None, **fields: Any) -> StoryMember:
    given: dict[str, Any] = {"similarity": 1.0}
    return StoryMember(
        story_id=story_id,
        article_id=waiting.source.article_id,
        origin=origin or Origin(key=f"outlet:{waiting.source.outlet}", kind="outlet"),
        **given | fields,
    )


def origin(name: str, **fields: Any) -> Origin:
    return Origin(key=f"outlet:{name}", kind="outlet", **fields)


def woven(waiting: Waiting, story_id: int = 1, by: Origin | None = None, **fields: Any) -> Woven:
    """An article put into a story, and whatever else is given."""
    given: dict[str, Any] = {"member": member(waiting, story_id, by), "imprint": b"imprint"}
    return Woven(source=waiting.source, **given | fields)


def record(store: Store, made: Woven, holder: str = HOLDER) -> Recorded:
    recorded = store.chronicle.record(made, holder=holder)
    assert recorded is not None
    return recorded


def event_reports(waiting: Waiting, by: Origin | None = None) -> tuple[EventReport, ...]:
    whose = by or member(waiting).origin
    return tuple(EventReport(source=waiting.source, origin=whose, event=each) for each in waiting.findings.events)


def happening(*reports: EventReport, id: int = 0, **fields: Any) -> Happening:  # noqa: A002
    """A happening as its first report tells it, with one step of history."""
    first = reports[0]
    given: dict[str, Any] = {
        "type": first.event.type,
        "participants": first.event.participants,
        "when": None if first.event.when is None else (first.event.when.start, first.event.when.end),
        "certainty": "" if first.event.when is None else first.event.when.certainty,
        "where": first.event.where,
        "status": first.event.status,
        "first_told": min(each.source.published for each in reports),
        "last_told": max(each.source.published for each in reports),
        "history": (
            EventChange(at=first.source.published, field="status", before="", after=first.event.status, report=first),
        ),
    }
    return Happening(id=id, reports=reports, **given | fields)


def statement(waiting: Waiting, by: Origin | None = None, id: int = 0, **fields: Any) -> Statement:  # noqa: A002
    """What the article's first quotation says."""
    said = waiting.findings.quotes[0]
    witness = Witness(
        source=waiting.source,
        origin=by or member(waiting).origin,
        span=Span(start=said.start, end=said.end, text=said.text),
        channel=said.channel,
    )
    given: dict[str, Any] = {
        "speaker": said.speaker or "",
        "speaker_id": said.speaker_id,
        "kind": "direct",
        "text": said.text,
        "said_on": DAY,
        "channel": said.channel,
        "about": said.about,
        "witnesses": (witness,),
        "variants": ("We will soon meet",),
    }
    return Statement(id=id, **given | fields)


def answer(waiting: Waiting, **fields: Any) -> Answer:
    given: dict[str, Any] = {"side": "Russia", "rung": ("Tomahawk", "United States", "Ukraine")}
    return Answer(
        source=waiting.source,
        origin=member(waiting).origin,
        reaction=waiting.findings.reactions[0],
        **given | fields,
    )


def whole(one: Waiting) -> Woven:
    """The article with a happening, a statement and an answer to both, which have no ids yet."""
    return woven(
        one,
        happenings=(happening(*event_reports(one), id=-1),),
        statements=(statement(one, id=-1),),
        answers=(answer(one, happening_id=-1, statement_id=-1),),
    )


def hours(n: float) -> datetime:
    """So many hours before ``NOW``, which is when the tests' articles are found."""
    return NOW.astimezone(UTC) - timedelta(hours=n)
