"""The facts that a digest is composed from, and the digest itself as every rendering of it shows it."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.chronicle import Change, Happening, Rung, Source, Statement, Story
from monitor.records.telling.subscribers import Period, Schedule, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkFeed:
    """A source that brings nothing although it should."""

    title: str
    state: str
    """As ``monitor feeds list`` says it: failing, silent, gone ..."""
    since: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much was looked at in the period, so that silence can be told from blindness."""

    seen: int
    """Entries that feeds brought."""
    matched: int
    """Articles that matched the topics and the selection."""
    feeds: int
    """Active feeds."""
    dark: tuple[DarkFeed, ...] = ()
    unread: int = 0
    """Entries of the period that still wait to be read: the next digest has what comes of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Matched articles of one topic on one day of the recipient's zone."""

    day: date
    topic: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryNews:
    """A story with the sentence that shows what it is about."""

    story: Story
    source: Source
    """The article whose sentence it is."""
    evidence: str
    is_new: bool
    """Its first article is of this period."""
    fresh: int = 0
    """Its articles of this period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the store has to say to one stream about one period; ``digest.compose`` chooses from it."""

    period: Period
    changes: tuple[Change, ...] = ()
    """Not told before, the newest first."""
    planned: tuple[Happening, ...] = ()
    """Events ahead at the end of the period, the nearest first."""
    turned: tuple[Happening, ...] = ()
    """Events that were held, called off or postponed in the period."""
    statements: tuple[Statement, ...] = ()
    """First told in the period."""
    rungs: tuple[Rung, ...] = ()
    """Where each weapon stands at the end of the period, with its history."""
    stories: tuple[StoryNews, ...] = ()
    """With articles of the period, the most independent origins first."""
    volume: tuple[DayCount, ...] = ()
    """Of the last 14 days, this one included."""
    coverage: Coverage = Coverage(seen=0, matched=0, feeds=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A sentence that stands in an article, or a line about it, with the article."""

    text: str
    source: Source | None
    """None only for what no article says: a silence that breaks a pattern."""
    is_quote: bool = False
    """``text`` stands in the article word for word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLine:
    """An event ahead, or what became of one."""

    happening_id: int
    what: str
    """"Trump–Putin meeting, Budapest"."""
    status: str
    """proposed, planned, under way, held, postponed, called off."""
    when: tuple[date, date] | None
    is_certain: bool
    """The day is told exactly, and nothing contradicts it."""
    turn: str
    """What changed in the period, in words ("planned for 16 Oct, now called off"); empty for nothing."""
    evidence: Cited
    origins: int = 1
    """Independent origins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """Something said."""

    statement_id: int
    speaker: str
    text: str
    is_direct: bool
    said_on: date
    channel: str | None
    about: tuple[str, ...]
    source: Source
    """The witness to link to."""
    outlets: int = 1
    origins: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderLine:
    """Where the decision on a weapon stands and whether it moved."""

    item: str
    donor: str | None
    recipient: str
    step: str
    before: str
    """The rung before this period's move; empty when it is new or did not move."""
    moved: str
    """``up``, ``down``, ``new`` or empty."""
    firmness: str
    by: str | None
    since: datetime
    evidence: Cited
    trail: tuple[tuple[datetime, str], ...] = ()
    """(when, step) of its history, the oldest first: the ladder's chart."""
    origins: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One story, one line."""

    story_id: int
    title: str
    url: str
    outlet: str
    outlets: int
    origins: int
    state_origins: int
    topics: tuple[str, ...]
    evidence: Cited
    is_new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One digest: what changed in a period, for one stream. Everything in it is cited; nothing is invented."""

    stream: str
    schedule: Schedule
    selection: Selection
    period: Period
    covers_from: datetime
    """Where it takes over from the last one: before ``period.start`` when digests were missed."""
    missed: int
    """Periods that passed without a digest (the machine was down); this one answers for them too."""
    headline: str
    """The subject line: the news itself."""
    lead: tuple[Cited, ...] = ()
    calendar: tuple[CalendarLine, ...] = ()
    said: tuple[SaidLine, ...] = ()
    ladder: tuple[LadderLine, ...] = ()
    stories: tuple[StoryLine, ...] = ()
    volume: tuple[DayCount, ...] = ()
    coverage: Coverage = Coverage(seen=0, matched=0, feeds=0)
    more: tuple[tuple[str, int], ...] = ()
    """(section, lines left out): calendar, said, ladder, stories."""
    told: tuple[str, ...] = ()
    """Keys of all that it tells, so that the next one does not tell it again."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened that it could tell."""
        return not (self.lead or self.said or self.stories or any(line.turn for line in self.calendar))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A composed digest: frozen, shared by everybody in its stream."""

    id: int
    stream: str
    period: Period
    covers_from: datetime
    missed: int
    composed_at: datetime
    digest: Digest
    rendered: "Rendered"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionHead:
    """What there is to know of an edition without reading it."""

    id: int
    stream: str
    period: Period
    covers_from: datetime
    missed: int
    composed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart in a mail, shown inline."""

    name: str
    """Stable within the mail: ``volume``, ``ladder``. The mail's Content-ID is made from it."""
    alt: str
    png: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A digest as mail, the personal links still to be put in (``digest.personal``)."""

    subject: str
    html: str
    text: str
    pictures: tuple[Picture, ...] = ()
