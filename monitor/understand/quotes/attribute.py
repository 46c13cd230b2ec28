"""Ties each quoted piece to its source: a cue behind it, before it, at the sentence's end, or who spoke last. Pure."""

import re
from dataclasses import replace

from monitor.understand.cues import SAY, sayings
from monitor.understand.marks import Marked
from monitor.understand.quotes.frames import Frame, Frames
from monitor.understand.quotes.speakers import LONGEST_CLAUSE, Attribution, Speakers

_COLON_END = re.compile(r":\s*$")
_SEPARATED = re.compile(r"[;:?]")
_SEPARATED_IN_TITLE = re.compile(r"[;?]")
_FULL_STOP = re.compile(r"\s*\.?\s*$")
_DASH_OR_COLON = re.compile(r"\s*(?:[:–—]|-(?= ))\s*")
_PHRASE_ENDS = re.compile(r"[\s.,|)]*$|\s*[,(|]")
_SET_OFF = re.compile(r"[,–—\"”'’-]\s*$")
# What may follow an attribution that is complete, and not the beginning of what is said.
_CLAUSE_ENDS = re.compile(
    r"\s*(?:[.,;:–—]|$|-\s|\b(?:in|on|at|during|after|before|as|when|while|to|from|of|through|via|late|early|this|last|about|"
    r"with|today|yesterday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|reporters|recently|earlier|later|and|"
    r"adding|referring)\b)"
)
_DATELINE = re.compile(r"[A-Z][^\n(—–]{0,40}(?:\([^)\n]{2,30}\)\s*[—–-]+\s|[—–]\s)")
# For how many paragraphs whoever has been speaking is taken to go on.
FURTHEST_RUN = 3
ANY_VERB = "said otherwise"
# How many verbs of saying at a sentence's end are looked at.
MOST_TRAILING = 6


class Attributor:
    """Attributes every piece of one document, in order, because some lean on those before them."""

    def __init__(self, speakers: Speakers, frames: Frames) -> None:
        self.speakers = speakers
        self.frames = frames
        self.document = speakers.document
        self.words = speakers.words
        self.found: dict[int, Attribution] = {}
        self._heard: set[str] = set()
        self._running: tuple[Attribution | None, int] = (None, 0)
        for number in range(len(frames.pieces)):
            attribution = self._attribute(number)
            if attribution is not None:
                self.found[number] = attribution

    def _attribute(self, number: int) -> Attribution | None:
        piece, frame = self.frames.pieces[number], self._frame(number)
        ahead = self._ahead(number, frame)
        if self.document[piece.start : piece.start + 1].islower():
            # A few words within what somebody is said to have said: "the agency reports" behind them is the witness.
            sure = ahead or self._shared(number, frame) or self._behind(number) or self._trailing(number, frame)
        else:
            sure = self._behind(number) or ahead or self._trailing(number, frame) or self._shared(number, frame)
        return self._settled(sure or self._subject(number, frame) or self._carried(frame), frame)

    def _settled(self, found: Attribution | None, frame: Frame) -> Attribution | None:
        """Where no verb of saying ties the words to a country or to nobody, whoever has been speaking goes on."""
        if found is not None and (found.source.is_person or found.verb in sayings() or found.verb == ANY_VERB):
            if found.source.is_person and frame.paragraph:
                self._running = (found, frame.paragraph)
                self._heard.add(found.source.entity.name if found.source.entity else "")
            return found
        running, paragraph = self._running
        if running is not None and (frame.paragraph - paragraph <= FURTHEST_RUN or len(self._heard) == 1):
            self._running = (running, frame.paragraph)
            return running
        return found

    def _frame(self, number: int) -> Frame:
        """The frame of a piece, without the dateline in front of it."""
        piece = self.frames.pieces[number]
        start = piece.outer_start
        frame = self.frames.found[self.frames.number_at(start)]
        frame = replace(frame, end=min(frame.end, piece.outer_end + LONGEST_CLAUSE))
        dateline = _DATELINE.match(self.document, frame.start, min(frame.end, start))
        return replace(frame, start=dateline.end()) if dateline else frame

    def _behind(self, number: int) -> Attribution | None:
        """`"...," X said`, `"...," said X`, `"...": X`, `"..." - X`."""
        piece = self.frames.pieces[number]
        start, end = self.frames.region_after(number)
        if not self.document[start:end].strip(" ."):
            return self._in_next_frame(piece)
        found = self._opening_cue(start, end)
        if found is None:
            return self._named_behind(start, end)
        attribution, behind = found
        stopped = self.document[piece.end - 1 : piece.end] == "." and self.document[start : start + 1] != ","
        return None if stopped and not _CLAUSE_ENDS.match(self.document, behind, end) else attribution

    def _in_next_frame(self, piece: Marked) -> Attribution | None:
        """`"Why now?" X said.`: the sentence ends with the quotation, and the attribution is the next one."""
        at = self.frames.number_at(piece.outer_start) + 1
        if at >= len(self.frames.found) or self.frames.found[at].paragraph != self.frames.found[at - 1].paragraph:
            return None
        frame = self.frames.found[at]
        end = self.frames.pieces[frame.first].outer_start if frame.first < frame.after else frame.end
        found = self._opening_cue(frame.start, end)
        if found is None:
            return None
        attribution, behind = found
        goes_on = self.document[piece.end - 1 : piece.end] in {"?", "!", "…", ","}
        complete = _FULL_STOP.match(self.document, behind, end) is not None
        leads_on = _COLON_END.search(self.document[behind:end].rstrip("\"“‘' ")) is not None
        return attribution if (goes_on or complete) and not leads_on else None

    def _opening_cue(self, start: int, end: int) -> tuple[Attribution, int] | None:
        """An attribution that opens the region, and where its words end."""
        numbers = self.words.between(start, end)
        separated = _SEPARATED_IN_TITLE if start < self.speakers.prose.title_end else _SEPARATED
        if not numbers or separated.search(self.document, start, self.words.starts[numbers[0]]):
            return None
        if self.words.lows[numbers[0]] == "according":
            return self._according(numbers[0])
        for cue in self.speakers.saying.between(start, end):
            if self.speakers.saying.cue(cue).kind != SAY or self.speakers.saying.cue(cue).participle:
                continue
            attribution = self.speakers.attribution(cue, start, behind_quote=True)
            if attribution is None or not self._opens(attribution, start, self.words.lows[numbers[0]]):
                return None
            return attribution, max(attribution.source.end, attribution.cue_end)
        return self._any_verb(numbers[0])

    def _any_verb(self, number: int) -> tuple[Attribution, int] | None:
        """`"...," sighed the envoy`: behind a quotation any verb in front of a phrase is one of saying."""
        word = self.words[number]
        if not word.low.endswith("ed") or not word.text.islower() or not self.words.spaced(number):
            return None
        source = self.speakers.phrase_from(number + 1)
        if source is None:
            return None
        return Attribution(source=source, cue_start=word.start, cue_end=word.end, verb=ANY_VERB), source.end

    def _opens(self, attribution: Attribution, start: int, first: str) -> bool:
        """Whether nothing but a possessive, "as", or an article and one word stands before the attribution."""
        opening = min(attribution.source.start, attribution.cue_start)
        before = sum(not self.words.possessives[at] for at in self.words.between(start, opening))
        return before == 0 or (before == 1 and first == "as") or (before == 2 and first in {"a", "an", "the"})

    def _according(self, number: int) -> tuple[Attribution, int] | None:
        if number + 2 >= len(self.words) or self.words.lows[number + 1] != "to":
            return None
        source = self.speakers.phrase_from(number + 2)
        if source is None:
            return None
        start, end = self.words.starts[number], self.words.ends[number + 1]
        return Attribution(source=source, cue_start=start, cue_end=end, verb="according to"), source.end

    def _named_behind(self, start: int, end: int) -> Attribution | None:
        """A headline's or caption's `"...": X` and `"..." - X`."""
        mark = _DASH_OR_COLON.match(self.document, start, end)
        numbers = self.words.between(start, end)
        source = self.speakers.phrase_from(numbers[0]) if mark and numbers else None
        if mark is None or source is None or source.name or not _PHRASE_ENDS.match(self.document, source.end, end):
            return None
        return Attribution(source=source, cue_start=mark.start(), cue_end=mark.end(), verb=":")

    def _ahead(self, number: int, frame: Frame) -> Attribution | None:
        """`X said: "..."`, `X called it "..."`, `According to X, "..."`, `X: "..."`: the last cue before the piece."""
        start, end = self.frames.region_before(number)
        weak = None
        for cue in reversed(self.speakers.saying.between(start, end)):
            attribution = self.speakers.attribution(cue, frame.start)
            if attribution is None:
                continue
            entity = attribution.source.entity
            if self.speakers.saying.cue(cue).kind == SAY or (entity is not None and entity.type == "person"):
                return attribution
            weak = weak or attribution
        if weak is not None:
            return weak
        if according := self.speakers.saying.according_between(start, end):
            found = self._according(according[-1])
            return found[0] if found else None
        colon = _COLON_END.search(self.document, start, end)
        return self._before_colon(start, colon.start(), frame) if colon is not None else None

    def _before_colon(self, start: int, colon: int, frame: Frame) -> Attribution | None:
        numbers = self.words.between(start, colon)
        source = self.speakers.phrase_from(numbers[0]) if numbers else None
        if source is None or source.end < colon:
            source = self.speakers.clause_subject(colon, frame.start)
        return Attribution(source=source, cue_start=colon, cue_end=colon + 1, verb=":") if source is not None else None

    def _trailing(self, number: int, frame: Frame) -> Attribution | None:
        """`... "a few words" of it, X said.`: the attribution at the end of the sentence."""
        start = self.frames.pieces[number].outer_end
        for cue in reversed(self.speakers.saying.between(start, frame.end)[-MOST_TRAILING:]):
            if self.speakers.saying.cue(cue).kind != SAY or self.speakers.saying.cue(cue).participle:
                continue
            attribution = self.speakers.attribution(cue, start, behind_quote=True)
            if attribution is None:
                continue
            opening = min(attribution.source.start, attribution.cue_start)
            ending = max(attribution.source.end, attribution.cue_end)
            if _SET_OFF.search(self.document[start:opening]) and _CLAUSE_ENDS.match(self.document, ending, frame.end):
                return attribution
        if frame.paragraph == 0 and (found := self._headline_end(start, frame)) is not None:
            return found
        according = (self._according(at) for at in self.speakers.saying.according_between(start, frame.end))
        return next((found[0] for found in according if found), None)

    def _headline_end(self, start: int, frame: Frame) -> Attribution | None:
        """`Talks were 'a step', but more is needed: minister`."""
        colon = self.document.rfind(": ", start, frame.end)
        numbers = self.words.between(colon, frame.end) if colon >= 0 else range(0)
        source = self.speakers.phrase_from(numbers[0]) if numbers else None
        if source is None or source.name or source.end < frame.end - 1:
            return None
        return Attribution(source=source, cue_start=colon, cue_end=colon + 1, verb=":")

    def _shared(self, number: int, frame: Frame) -> Attribution | None:
        """`X said "..." and "..."`: the piece before it in the same sentence has its source."""
        return self.found.get(number - 1) if number > frame.first else None

    def _subject(self, number: int, frame: Frame) -> Attribution | None:
        """A few quoted words in the writer's sentence: whom the sentence is about, where that is a person."""
        place = self.frames.pieces[number].outer_start
        source = self.speakers.clause_subject(place, frame.start)
        if source is None or source.entity is None or source.entity.type != "person":
            return None
        return Attribution(source=source, cue_start=place, cue_end=place)

    def _carried(self, frame: Frame) -> Attribution | None:
        """A quotation that is a sentence of its own: whoever spoke before goes on."""
        at = self.frames.number_at(frame.start) - 1
        before = self.frames.found[at] if at >= 0 else None
        if before is None or before.paragraph == 0 or frame.paragraph - before.paragraph > 1:
            return None
        return self.found.get(before.after - 1) if before.first < before.after else self._narrated(before)

    def _narrated(self, frame: Frame) -> Attribution | None:
        """Who speaks or acts in a sentence of the writer's before a quotation."""
        for cue in self.speakers.saying.between(frame.start, frame.end):
            if self.speakers.saying.cue(cue).participle:
                continue
            attribution = self.speakers.attribution(cue, frame.start)
            if attribution is not None:
                return attribution
        source = self.speakers.clause_subject(frame.end, frame.start)
        return Attribution(source=source, cue_start=frame.end, cue_end=frame.end) if source is not None else None
