"""A digest as every rendering shows it: what a template or the text part can reach.

All of it is harmless by itself: no line breaks, no control characters, and an address is either a web address or empty.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cite:
    """A sentence and where it stands."""

    text: str
    """In quotation marks where it stands in the article word for word."""
    outlet: str
    """Empty for what no article says."""
    url: str
    """A web address, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """An event ahead, or what became of one."""

    what: str
    status: str
    mark: str
    """A sign for the status, so that it does not rest on colour."""
    day: str
    about: bool
    """The day is not sure."""
    turn: str
    cite: Cite
    support: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Something said, with where it stands and who carries it."""

    cite: Cite
    is_direct: bool
    day: str
    channel: str
    about: str
    support: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A speaker and what they said, in the digest's order."""

    speaker: str
    lines: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderEntry:
    """Where one weapon stands."""

    item: str
    parties: str
    """"United States → Ukraine"."""
    step: str
    height: int
    """1 to 6; 0 beside the ladder (refused, paused)."""
    rungs: str
    """The height as signs: "●●●○○○"."""
    before: str
    moved: str
    """``up``, ``down``, ``new`` or empty."""
    mark: str
    move: str
    """How it came there: "down from announced on Wed 25 Nov"."""
    firmness: str
    """Said only where it is more or less than a statement."""
    by: str
    since: str
    cite: Cite
    support: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEntry:
    """One story."""

    title: str
    url: str
    outlet: str
    support: str
    topics: str
    cite: Cite
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkEntry:
    """A source that brings nothing although it should."""

    title: str
    state: str
    since: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that a rendering shows."""

    name: str
    """"Daily digest"."""
    headline: str
    period: str
    gap: str
    """What was missed, in words; empty when nothing was."""
    lead: tuple[Cite, ...]
    calendar: tuple[CalendarEntry, ...]
    said: tuple[Voice, ...]
    ladder: tuple[LadderEntry, ...]
    stories: tuple[StoryEntry, ...]
    more: dict[str, int]
    """Lines left out of each section."""
    coverage: str
    unread: str
    dark: tuple[DarkEntry, ...]
    selection: str
    """What was asked for, in words."""
    is_empty: bool
