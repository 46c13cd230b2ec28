"""Through which channel something was said: a post, an interview, a press conference. Pure."""

import re

from monitor.records.findings import Entity
from monitor.understand.names import link
from monitor.understand.prose import Mention, Prose
from monitor.understand.quotes.frames import Frames
from monitor.understand.quotes.speakers import Attribution
from monitor.understand.refer import Referents

MEDIA = frozenset(
    {
        "newspaper",
        "broadcaster",
        "news agency",
        "news website",
        "magazine",
        "radio station",
        "television channel",
        "wire service",
    }
)
# The word that gives a channel away, and what must stand around it.
_ANY = re.compile("")
_ADDRESS = re.compile(
    r"address (?:to|on|in|at|before)\b|address[,.]|(?<=(?:ly|ng|ed|ar|is|er|on|al|'s|’s) )address", re.IGNORECASE
)
_CHANNELS = {
    "truth": ("Truth Social", re.compile(r"Truth Social\b")),
    "telegram": ("Telegram", re.compile(r"Telegram\b")),
    "x": ("X", re.compile(r"X(?=[\s,.;:)]|$)")),
    **dict.fromkeys(("twitter", "tweet", "tweets", "tweeted", "tweeting", "retweeted"), ("X", _ANY)),
    "facebook": ("Facebook", re.compile(r"Facebook\b")),
    "air": ("aboard Air Force One", re.compile(r"Air Force One\b")),
    **dict.fromkeys(
        ("press", "news", "media"),
        ("press conference", re.compile(r"\w+ (?:conference|briefing)", re.IGNORECASE)),
    ),
    "briefing": ("press conference", _ANY),
    "briefed": ("press conference", re.compile(r"briefed reporters")),
    "statement": ("statement", re.compile(r"(?<!\bno )statement", re.IGNORECASE)),
    **dict.fromkeys(("speech", "rally"), ("speech", _ANY)),
    "town": ("speech", re.compile(r"town hall\b")),
    "address": ("speech", _ADDRESS),
    **dict.fromkeys(
        (
            "interview",
            "appearance",
            "told",
            "spoke",
            "speaking",
            "conversation",
            "podcast",
            "programme",
            "program",
            "show",
        ),
        ("interview", _ANY),
    ),
}
_POSTS = ("Truth Social", "Telegram", "X", "Facebook")
_SOCIAL = frozenset({"X", "Telegram", "Truth Social", "Facebook", "Instagram", "YouTube", "TikTok", "WhatsApp"})
_FURTHEST_OUTLET = 60
# How many paragraphs later the same speaker is still taken to speak there.
FURTHEST_INTERVIEW, FURTHEST_OTHER = 12, 3


def _beside(prose: Prose, mention: Mention, start: int, end: int, word: str) -> bool:
    if mention.end <= start:
        return word == "interview" and prose.text(mention.end, start) in {" ", " an ", "'s ", "’s "}
    gap = prose.text(end, mention.start)
    if word == "told":
        return gap.strip().lower() in {
            "",
            "the",
            "us broadcaster",
            "broadcaster",
            "newspaper",
            "the newspaper",
            "state news agency",
        }
    return len(gap) <= _FURTHEST_OUTLET and "." not in gap


def _with(prose: Prose, mention: Mention) -> bool:
    before = prose.text(max(0, mention.start - 20), mention.start).rstrip().lower()
    return before.endswith(
        (" with", " to", " for", " by", " with the", " to the", " for the", " magazine", " newspaper")
    )


def _is_medium(mention: Mention) -> bool:
    if mention.entity.type != "organisation" or mention.entity.name in _SOCIAL:
        return False
    known = link(mention.entity.name, "organisation")
    return known is not None and known.role in MEDIA


class Channels:
    """Finds the channels of one document's quotations, asked in order: who goes on speaking keeps the channel."""

    def __init__(self, prose: Prose, frames: Frames, referents: Referents) -> None:
        self.prose = prose
        self.frames = frames
        self.referents = referents
        self._named: dict[int, dict[str, list[tuple[int, int]]]] = {}
        for number in [number for number, low in enumerate(referents.words.lows) if low in _CHANNELS]:
            start, end = referents.words.starts[number], referents.words.ends[number]
            name, around = _CHANNELS[referents.words.lows[number]]
            if around.match(prose.document, start) and start not in referents.quoted:
                places = self._named.setdefault(frames.number_at(start), {})
                places.setdefault(name, []).append((start, end))
        self._kept: dict[str, tuple[str, int]] = {}
        self._last: str | None = None

    def of(self, place: int, attribution: Attribution | None, speaker: Entity | None) -> str | None:
        """The channel of what stands at ``place``."""
        number = self.frames.number_at(place)
        paragraph = self.frames.found[number].paragraph
        near = [number] if attribution is None else sorted({number, self.frames.number_at(attribution.cue_start)})
        found = next((channel for at in near if (channel := self._in_frame(at)) is not None), None)
        if found is None and speaker is not None and paragraph:
            found = self._introduced(number, speaker) or self._going_on(speaker, paragraph)
        if speaker is not None and paragraph:
            if found is not None:
                self._kept[speaker.name] = (found, paragraph)
            self._last = speaker.name
        return found

    def _in_frame(self, number: int) -> str | None:
        """The channel that a frame sentence names: posts first, then interviews."""
        named = self._named.get(number)
        if named is None:
            return None
        post = next((name for name in _POSTS if name in named), None)
        if post is not None:
            return post
        outlet = self._outlet(
            self.frames.found[number].start, self.frames.found[number].end, named.get("interview", [])
        )
        if outlet is not None:
            return f"interview:{outlet}"
        return next((name for name in named if name != "interview"), None)

    def _outlet(self, start: int, end: int, places: list[tuple[int, int]]) -> str | None:
        """Whom somebody gave an interview: "told the BBC", "in an interview with CNN", "in an NBC News interview"."""
        mentions = self.prose.mentions_in(start, end, ("organisation", "person")) if places else ()
        for first, after in places:
            word = self.prose.text(first, after)
            near = [one for one in mentions if _beside(self.prose, one, first, after, word)]
            media = next((one for one in near if _is_medium(one)), None)
            if media is None and word == "interview":
                media = next((one for one in near if _with(self.prose, one)), None)
            if media is not None:
                return media.entity.name
        return None

    def _introduced(self, number: int, speaker: Entity) -> str | None:
        """The channel that one of the two sentences before names, where they speak of the speaker."""
        paragraph = self.frames.found[number].paragraph
        for at in (number - 1, number - 2):
            if at < 0 or paragraph - self.frames.found[at].paragraph > 1 or not self.frames.found[at].paragraph:
                return None
            channel = self._in_frame(at)
            frame = self.frames.found[at]
            if channel is not None and any(
                one.entity is not None and one.entity.name == speaker.name
                for one in self.referents.between(frame.start, frame.end)
            ):
                return channel
        return None

    def _going_on(self, speaker: Entity, paragraph: int) -> str | None:
        channel, at = self._kept.get(speaker.name, (None, 0))
        if channel is None:
            return None
        furthest = FURTHEST_INTERVIEW if channel.startswith("interview") else FURTHEST_OTHER
        return (
            channel
            if paragraph - at <= furthest and (self._last == speaker.name or channel.startswith("interview"))
            else None
        )
