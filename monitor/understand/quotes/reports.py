"""Reported speech: what somebody is said to have said, in the writer's words. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.understand.cues import SAY
from monitor.understand.quotes.frames import Frame, Frames
from monitor.understand.quotes.speakers import Attribution, Speakers

LEAST_WORDS = 4
LONGEST = 1_500
_MOST_BEHIND = 12
_THAT = re.compile(r"(?:[^,;:.\"“”]{0,60}?\s)?that\s")
_ADDRESSED = re.compile(r"\s*(?:reporters|journalists|lawmakers|supporters|MPs|ministers)\b")
_DATED = re.compile(
    r"\s*(?:late |early |earlier )?(?:on |this |last )?"
    r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|week|month|today|yesterday)"
    r"(?: morning| afternoon| evening| night)?\b,?"
)
_ADJUNCT = re.compile(r"\s*(?:,|(?:as|when|while|during|after|before|in|at|to|by|from|with|or|and|why)\b)")
_JOINTS = frozenset({"and", "but", "while"})
_GOES_ON = ("that ", ":", "it ", "he ", "she ", "they ", "the ")
_OPENING, _CLOSING = " ,:–—\n", " .!?;:,\"“”'’–—-\n"
_SET_OFF = (",", "–", "—")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The span of what is reported, and who is said to have said it."""

    start: int
    end: int
    attribution: Attribution


def contents(speakers: Speakers, frames: Frames) -> Iterator[Content]:
    """Every piece of reported speech, in order; what stands wholly in quotation marks is none."""
    for frame in frames.found:
        taken = frame.start
        for content in _in_frame(speakers, frame):
            if content.start >= taken and frames.own_words(content.start, content.end) >= LEAST_WORDS:
                yield content
                taken = content.end


def _in_frame(speakers: Speakers, frame: Frame) -> Iterator[Content]:
    saying = speakers.saying
    cues = [cue for cue in saying.between(frame.start, frame.end) if saying.cue(cue).kind == SAY]
    for position, cue in enumerate(cues):
        attribution = speakers.attribution(cue, frame.start)
        if attribution is None:
            continue
        ahead = _ahead(speakers, frame, attribution)
        if ahead is not None:
            yield ahead
            return
        following = cues[position + 1] if position + 1 < len(cues) else None
        behind = _behind(speakers, frame, attribution, following)
        if behind is not None:
            yield behind
    for number in saying.according_between(frame.start, frame.end):
        found = _according(speakers, frame, number)
        if found is not None:
            yield found
            return


def _ahead(speakers: Speakers, frame: Frame, attribution: Attribution) -> Content | None:
    """`Content, X said.`: the clause before an attribution that ends the sentence."""
    opening = min(attribution.source.start, attribution.cue_start)
    closing = max(attribution.source.end, attribution.cue_end)
    set_off = speakers.document[max(opening - 3, frame.start) : opening].rstrip().endswith(_SET_OFF)
    if not set_off or len(speakers.words.between(closing, frame.end)) > _MOST_BEHIND:
        return None
    if speakers.document[closing : min(closing + 8, frame.end)].lstrip().startswith(_GOES_ON):
        return None
    return _content(speakers, frame.start, opening, attribution)


def _behind(speakers: Speakers, frame: Frame, attribution: Attribution, following: int | None) -> Content | None:
    """`X said (that) content`: up to the sentence's end, or to where the same subject says the next thing."""
    start, end = max(attribution.cue_end, attribution.source.end), frame.end
    if following:
        joint = speakers.words[following - 1]
        if joint.low in _JOINTS:
            end = max(start, joint.start)
        elif speakers.saying.cue(following).participle:
            end = max(start, joint.end)
    addressed = _ADDRESSED.match(speakers.document, start, end)
    start = addressed.end() if addressed else start
    that = _THAT.match(speakers.document, start, end)
    if that is None and _stands_apart(speakers, attribution, start):
        return None
    dated = _DATED.match(speakers.document, start, end)
    start = that.end() if that else dated.end() if dated else start
    if that is None and _ADJUNCT.match(speakers.document, start, end):
        return None
    return _content(speakers, start, end, attribution)


def _stands_apart(speakers: Speakers, attribution: Attribution, start: int) -> bool:
    """Whether what follows is no speech: the attribution belongs to a quotation, or the source's trade follows it."""
    opening = min(attribution.source.start, attribution.cue_start)
    piece = speakers.referents.quoted.last_before(opening)
    if piece is not None and not speakers.document[piece.outer_end : opening].strip(" ,–—-"):
        return True
    inverted = attribution.source.start > attribution.cue_start
    return inverted and speakers.document[start : start + 1] == ","


def _according(speakers: Speakers, frame: Frame, number: int) -> Content | None:
    """Either `According to X, content` or `Content, according to X`."""
    source = speakers.phrase_from(number + 2)
    if source is None or source.end > frame.end:
        return None
    start, end = speakers.words.starts[number], speakers.words.ends[number + 1]
    attribution = Attribution(source=source, cue_start=start, cue_end=end, verb="according to")
    if start == frame.start:
        return _content(speakers, source.end, frame.end, attribution)
    return _content(speakers, frame.start, start, attribution)


def _content(speakers: Speakers, start: int, end: int, attribution: Attribution) -> Content:
    """The span without the marks and spaces at its ends."""
    end = min(end, start + LONGEST)
    text = speakers.document[start:end]
    start += len(text) - len(text.lstrip(_OPENING))
    end = max(start, end - len(text) + len(text.rstrip(_CLOSING)))
    piece = speakers.referents.quoted.piece_at(end - 1) if end > start else None
    if piece is not None and piece.outer_start >= start:
        end = piece.outer_end
    return Content(start=start, end=end, attribution=attribution)
