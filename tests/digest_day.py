"""A day of news as the store would hand it over, read from ``data/digest_day.toml``. All of it is invented."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.chronicle import changes, ladder
from monitor.records.chronicle import (
    Answer,
    EventChange,
    EventReport,
    Happening,
    LadderStep,
    Origin,
    Rung,
    Source,
    Statement,
    Story,
    Witness,
)
from monitor.records.findings import AidStep, Event, Reaction, Span
from monitor.records.telling.digests import Coverage, DarkFeed, DayCount, Facts, StoryNews
from monitor.records.telling.subscribers import Period

TRUMP, PUTIN, ZELENSKY = "Donald Trump", "Vladimir Putin", "Volodymyr Zelensky"
PERIOD = Period(start=datetime(2026, 11, 25, 4, tzinfo=UTC), end=datetime(2026, 11, 26, 4, tzinfo=UTC))
"""06:00 to 06:00 in Kyiv."""
STATE = "Volga Vestnik"
"""A state's outlet."""
_WIRED = frozenset({"Harbor Wire", "Inland Tribune"})
"""These print the same agency's reports."""
_DATA: dict[str, Any] = tomllib.loads((Path(__file__).parent / "data" / "digest_day.toml").read_text("utf-8"))


def at(day: int, hour: int = 12, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def one_day(day: int, month: int = 11) -> tuple[date, date]:
    return (date(2026, month, day), date(2026, month, day))


def source(outlet: str, number: int, published: datetime, title: str = "") -> Source:
    return Source(
        article_id=number,
        url=f"https://{outlet.lower().replace(' ', '-')}.example/2026/{number}",
        title=title or f"Article {number}",
        outlet=outlet,
        published=published,
        state_controlled=outlet == STATE,
    )


def origin(outlet: str) -> Origin:
    if outlet in _WIRED:
        return Origin(key="agency:harbor", kind="agency")
    return Origin(key=f"outlet:{outlet}", kind="outlet", state_controlled=outlet == STATE)


def _span(text: str) -> Span:
    return Span(start=0, end=len(text), text=text)


def happening(
    id_: int,
    kind: str,
    who: tuple[str, ...],
    *told: tuple[str, int, datetime, str, str],
    where: str | None = None,
    when: tuple[date, date] | None = None,
    certainty: str = "exact",
) -> Happening:
    """An event of which these (outlet, article, time, status, sentence) tell; another status moves it."""
    reports: list[EventReport] = []
    history: list[EventChange] = []
    before = ""
    for outlet, number, published, status, text in told:
        event = Event(type=kind, participants=who, when=None, where=where, status=status, evidence=_span(text))
        reports.append(EventReport(source=source(outlet, number, published), origin=origin(outlet), event=event))
        if status != before:
            history.append(EventChange(at=published, field="status", before=before, after=status, report=reports[-1]))
            before = status
    return Happening(
        id=id_,
        type=kind,
        participants=who,
        when=when,
        certainty=certainty if when else "",
        where=where,
        status=before,
        first_told=told[0][2],
        last_told=told[-1][2],
        reports=tuple(reports),
        history=tuple(history),
    )


def _happening(name: str) -> Happening:
    row = _DATA["happening"][name]
    told = [(outlet, number, _time(when), status, text) for outlet, number, when, status, text in row["reports"]]
    return happening(
        row["id"],
        row["type"],
        tuple(row["participants"]),
        *told,
        where=row.get("where"),
        when=tuple(row["when"]),
        certainty=row.get("certainty", "exact"),
    )


CALL, BUDAPEST, WASHINGTON = _happening("call"), _happening("budapest"), _happening("washington")
ISTANBUL, LONDON = _happening("istanbul"), _happening("london")
ABU_DHABI, ENVOYS = _happening("abu_dhabi"), _happening("envoys")
_MOVED = EventChange(
    at=LONDON.history[1].at, field="when", before="2026-11-26", after="2026-11-30", report=LONDON.history[1].report
)
LONDON = replace(LONDON, history=(*LONDON.history, _MOVED))
HAPPENINGS = (CALL, BUDAPEST, WASHINGTON, ISTANBUL, LONDON, ABU_DHABI, ENVOYS)


def step(
    outlet: str, number: int, published: datetime, name: str, text: str, *, item: str, donor: str, **fields: Any
) -> LadderStep:
    told = AidStep(item=item, donor=donor, recipient="Ukraine", step=name, evidence=_span(text), **fields)
    return LadderStep(source=source(outlet, number, published), origin=origin(outlet), step=told)


def _step(told: list[Any], **fields: Any) -> LadderStep:
    outlet, number, when, name, text = told
    return step(outlet, number, _time(when), name, text, **fields)


STEPS = tuple(_step(**row) for row in _DATA["step"])


def rungs() -> tuple[Rung, ...]:
    return ladder.rungs(STEPS)


def statement(
    id_: int,
    speaker: str,
    text: str,
    *told: tuple[str, int, datetime],
    kind: str = "direct",
    about: tuple[str, ...] = (),
    channel: str | None = None,
) -> Statement:
    """A statement with its witnesses (outlet, article, time)."""
    return Statement(
        id=id_,
        speaker=speaker,
        speaker_id=None,
        kind=kind,
        text=text,
        said_on=told[0][2].date(),
        channel=channel,
        about=about,
        witnesses=tuple(
            Witness(source=source(outlet, number, when), origin=origin(outlet), span=_span(text))
            for outlet, number, when in told
        ),
    )


def _statement(row: dict[str, Any]) -> Statement:
    told = [(outlet, number, _time(when)) for outlet, number, when in row["told"]]
    fields = {"kind": row.get("kind", "direct"), "channel": row.get("channel"), "about": tuple(row.get("about", ()))}
    return statement(row["id"], row["speaker"], row["text"], *told, **fields)


STATEMENTS = tuple(_statement(row) for row in _DATA["statement"])


def answer(
    outlet: str, number: int, published: datetime, *, by: str, kind: str, about: str, evidence: str, **fields: Any
) -> Answer:
    reaction = Reaction(by=by, by_id=None, kind=kind, about=about, evidence=_span(evidence))
    return Answer(source=source(outlet, number, published), origin=origin(outlet), reaction=reaction, side="", **fields)


def _answer(told: list[Any], **fields: Any) -> Answer:
    outlet, number, when = told
    return answer(outlet, number, _time(when), **fields)


ANSWERS = tuple(_answer(**row) for row in _DATA["answer"])


def story(
    id_: int, title: str, told: tuple[str, int], evidence: str, *, is_new: bool = True, **fields: Any
) -> StoryNews:
    """A story of the period; ``told`` are outlet and article of its sentence."""
    outlet, number = told
    given: dict[str, Any] = {
        "id": id_,
        "title": title,
        "url": source(outlet, number, PERIOD.start).url,
        "outlet": outlet,
        "first_seen": at(25, 8) if is_new else at(23, 8),
        "last_seen": at(25, 22),
        "articles": fields.get("outlets", 1) + 1,
        "outlets": 1,
        "origins": 1,
        "state_origins": 0,
        "topics": ("talks",),
    }
    whole = Story(**given | fields)
    where = source(outlet, number, at(25, 20), title)
    return StoryNews(story=whole, source=where, evidence=evidence, is_new=is_new, fresh=whole.outlets)


def _story(row: dict[str, Any]) -> StoryNews:
    fields = {name: value for name, value in row.items() if name not in {"id", "title", "told", "evidence", "topics"}}
    topics = tuple(row.get("topics", ("talks",)))
    return story(row["id"], row["title"], tuple(row["told"]), row["evidence"], topics=topics, **fields)


STORIES = tuple(map(_story, _DATA["story"]))
VOLUME = tuple(
    DayCount(day=date(2026, 11, 12) + timedelta(days=day), topic=topic, count=count)
    for topic, counts in (
        ("talks", (3, 4, 2, 1, 5, 6, 4, 3, 2, 1, 6, 5, 7, 12)),
        ("missile_aid", (2, 1, 3, 0, 2, 2, 4, 5, 1, 0, 3, 2, 4, 6)),
    )
    for day, count in enumerate(counts)
)
DARK = (
    DarkFeed(title="Gulf Ledger", state="silent", since=at(23), detail="brings 12 entries a day otherwise"),
    DarkFeed(title="Northern Star", state="failing", since=at(25, 3), detail="answers 503"),
)


def day() -> Facts:
    """The whole day, its changes found as the store finds them."""
    found = changes.since(
        PERIOD.start, happenings=HAPPENINGS, statements=STATEMENTS, rungs=rungs(), answers=ANSWERS, now=PERIOD.end
    )
    return Facts(
        period=PERIOD,
        changes=found,
        planned=(WASHINGTON, ENVOYS, LONDON, BUDAPEST, ABU_DHABI),
        turned=(CALL, ISTANBUL, LONDON),
        statements=STATEMENTS,
        rungs=rungs(),
        stories=STORIES,
        volume=VOLUME,
        coverage=Coverage(seen=212, matched=18, feeds=31, dark=DARK, unread=3),
    )
