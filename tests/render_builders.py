"""A digest with something in every place, for the tests of how it looks. All of it is invented."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.records.chronicle import Source
from monitor.records.telling.digests import (
    CalendarLine,
    Cited,
    Coverage,
    DarkFeed,
    DayCount,
    Digest,
    LadderLine,
    Picture,
    SaidLine,
    StoryLine,
)
from monitor.records.telling.subscribers import Period, Schedule, Selection
from tests.chronicle_builders import source

PERIOD = Period(start=datetime(2026, 11, 25, 4, tzinfo=UTC), end=datetime(2026, 11, 26, 4, tzinfo=UTC))
PUBLIC = "https://monitor.example"
PIXEL = b"\x89PNG\r\n\x1a\n a picture"


def moment(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=UTC)


def from_(outlet: str, number: int, **fields: Any) -> Source:
    url = fields.pop("url", f"https://{outlet.lower().replace(' ', '')}.example/{number}")
    return replace(source(outlet, PERIOD.start, article_id=number, **fields), url=url)


def cited(text: str, outlet: str, number: int, **fields: Any) -> Cited:
    return Cited(text=text, source=from_(outlet, number, **fields), is_quote=True)


LEAD = (
    cited("The White House said that the meeting in Budapest will not take place.", "Capital Wire", 1),
    cited("Trump said the missiles were “under consideration again” after a call.", "Atlantic Post", 2),
    Cited(text="Putin has said nothing on Budapest for three days.", source=None),
)
CALENDAR = (
    CalendarLine(
        happening_id=1,
        what="Meeting of Donald Trump and Vladimir Putin in Budapest",
        status="called off",
        when=(date(2026, 12, 1), date(2026, 12, 1)),
        is_certain=True,
        turn="planned for 1 December, now called off",
        evidence=cited("There will be no meeting, the press secretary said.", "Capital Wire", 3),
        origins=4,
    ),
    CalendarLine(
        happening_id=2,
        what="Call of Donald Trump and Volodymyr Zelensky",
        status="held",
        when=(date(2026, 11, 25), date(2026, 11, 25)),
        is_certain=True,
        turn="planned, now held",
        evidence=cited("The two spoke for forty minutes.", "Moscow Bulletin", 4, state_controlled=True),
    ),
    CalendarLine(
        happening_id=3,
        what="Round of talks in Abu Dhabi",
        status="proposed",
        when=(date(2026, 12, 7), date(2026, 12, 11)),
        is_certain=False,
        turn="",
        evidence=cited("Delegations could meet in the second week of December.", "Gulf Ledger", 5),
    ),
)
SAID = (
    SaidLine(
        statement_id=1,
        speaker="Donald Trump",
        text='"We are looking at it again."',
        is_direct=True,
        said_on=date(2026, 11, 25),
        channel="Truth Social",
        about=("Tomahawk missiles",),
        source=from_("Atlantic Post", 6),
        outlets=9,
        origins=4,
    ),
    SaidLine(
        statement_id=2,
        speaker="Donald Trump",
        text="the call with Putin had been very good",
        is_direct=False,
        said_on=date(2026, 11, 25),
        channel=None,
        about=(),
        source=from_("Capital Wire", 7),
    ),
    SaidLine(
        statement_id=3,
        speaker="Volodymyr Zelensky",
        text='Every day of "considering" costs us a power station',
        is_direct=True,
        said_on=date(2026, 11, 24),
        channel="Telegram",
        about=("air defence",),
        source=from_("Dnipro Courier", 8),
    ),
)
LADDER = (
    LadderLine(
        item="Tomahawk missiles",
        donor="United States",
        recipient="Ukraine",
        step="considered",
        before="announced",
        moved="down",
        firmness="statement",
        by="Donald Trump",
        since=moment(11, 25),
        evidence=cited("No order had gone out, the president told reporters.", "Capital Wire", 9),
        trail=((moment(10, 3), "requested"), (moment(11, 10), "announced"), (moment(11, 25), "considered")),
        origins=3,
    ),
    LadderLine(
        item="Taurus missiles",
        donor=None,
        recipient="Ukraine",
        step="refused",
        before="",
        moved="",
        firmness="official_act",
        by=None,
        since=moment(10, 29),
        evidence=cited("The chancellor ruled it out for now.", "Rheinische Depesche", 10),
        trail=((moment(10, 12), "considered"), (moment(10, 29), "refused")),
    ),
)
STORIES = (
    StoryLine(
        story_id=1,
        title="No meeting in Budapest",
        url="https://capitalwire.example/11",
        outlet="Capital Wire",
        outlets=14,
        origins=6,
        state_origins=2,
        topics=("talks",),
        evidence=cited("Both sides had prepared for a week.", "Capital Wire", 11),
    ),
    StoryLine(
        story_id=2,
        title="Second battery arrives",
        url="https://rheinischedepesche.example/12",
        outlet="Rheinische Depesche",
        outlets=1,
        origins=1,
        state_origins=0,
        topics=("missile_aid", "talks"),
        evidence=cited("A second battery reached the south on Tuesday.", "Dnipro Courier", 13),
        is_new=False,
    ),
)
DARK = (
    DarkFeed(title="Gulf Ledger", state="silent", since=moment(11, 23), detail="brings 12 entries a day otherwise"),
    DarkFeed(title="Northern Star", state="failing", since=None),
)
VOLUME = tuple(
    DayCount(day=date(2026, 11, 12 + day), topic=topic, count=day % count)
    for topic, count in (("talks", 5), ("missile_aid", 3))
    for day in range(14)
)
FULL = Digest(
    stream="a stream",
    schedule=Schedule(zone="Europe/Kyiv"),
    selection=Selection(),
    period=PERIOD,
    covers_from=PERIOD.start,
    missed=0,
    headline="Budapest meeting called off; Tomahawks back under review",
    lead=LEAD,
    calendar=CALENDAR,
    said=SAID,
    ladder=LADDER,
    stories=STORIES,
    volume=VOLUME,
    coverage=Coverage(seen=1212, matched=18, feeds=96, dark=DARK, unread=3),
    more=(("said", 6), ("stories", 9)),
)
QUIET = replace(
    FULL,
    headline="Nothing new on 25 November",
    lead=(),
    calendar=CALENDAR[2:],
    said=(),
    ladder=(),
    stories=(),
    more=(),
    coverage=Coverage(seen=212, matched=0, feeds=31),
)
GAP = replace(FULL, missed=2, covers_from=PERIOD.start - timedelta(days=2))


def all_cited(digest: Digest) -> Sequence[Cited]:
    """Every sentence that has an article."""
    said = [Cited(text=line.text, source=line.source) for line in digest.said]
    rows: tuple[CalendarLine | LadderLine | StoryLine, ...] = (*digest.calendar, *digest.ladder, *digest.stories)
    return [line for line in [*digest.lead, *said, *(row.evidence for row in rows)] if line.source is not None]


def no_pictures(_: Digest) -> tuple[Picture, ...]:
    return ()


def two_pictures(_: Digest) -> tuple[Picture, ...]:
    """As ``digest.pictures`` makes them, without drawing."""
    return tuple(
        Picture(name=name, alt=alt, png=PIXEL)
        for name, alt in (
            ("ladder", "Tomahawk missiles: 3 Oct requested"),
            ("ladder-dark", "Tomahawk missiles: 3 Oct requested"),
            ("volume", "talks 1, 2, 3"),
            ("volume-dark", "talks 1, 2, 3"),
        )
    )
