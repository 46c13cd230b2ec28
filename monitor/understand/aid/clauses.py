"""Sentences cut into clauses, with the cues that stand in each. Pure.

A clause ends where another subject may begin: at semicolons, dashes, behind a quotation, and before words like "but",
"after", "which". That is enough to keep what one side asks apart from what the other gives.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.understand.aid.lexicon import LONGEST_PHRASE, Cue, Kind, openings, phrases

_WORD = re.compile(r"[^\W_]+(?:(?:\.-|['’.&/-])[^\W_]+)*")
_BREAK = re.compile(r"[;—–|•!?()\n:]|--|[,?!]['’”\"]|['’”\"],? [\"“]")
_OPENERS = frozenset(
    "but while although though whereas after before because since unless until when who which if despite amid "
    "following whose "
    "where".split()
)
_HELD = frozenset("as even of and to for said says".split())
_AFTER_AS = frozenset("well many much part soon early a an of few yet long far he".split())
_BEFORE_AS = frozenset("such as well soon long far much described seen known just".split())
_NOUN_BEFORE = frozenset(
    "the a an any of its their his her our new possible potential further more fresh weapons arms no this that "
    "these those for "
    "such additional urgent first military aid repeated missile".split()
)
# Words that are a verb in one place and a noun in another.
_EITHER = {
    Kind.ASK: "request demand appeal demands appeals",
    Kind.WANT: "need needs bid hope hopes wish",
    Kind.WEIGH: "debate review proposal",
    Kind.PROMISE: "pledge promise offer promises pledges offers",
    Kind.STOP: "pause halt delay freeze delays",
    Kind.GIVE: "supply supplies transfer transfers gift",
    Kind.USE: "use launch",
    Kind.DECIDE: "order contract orders contracts",
    Kind.PLAN: "plan plans",
    Kind.SUPPORT: "support",
}
_NOUNS = {word: kind for kind, words in _EITHER.items() for word in words.split()}
_MONTH_BEFORE = frozenset("in on since late early of last until by mid".split())
_NO_AID = frozenset("peace ceasefire minerals trade no truce energy gas".split())
_NO_DECISION = frozenset("process procedure procedures rating ratings".split())
_ASKED_BEFORE = frozenset("was when were is being".split())
_UNDECIDED = frozenset("on about over regarding whether if".split())
_FUTURE = frozenset(
    (
        Kind.GIVE,
        Kind.GET,
        Kind.DECIDE,
        Kind.ALLOW,
        Kind.ASK,
        Kind.RESUME,
        Kind.STOP,
        Kind.ARRIVE,
        Kind.PROMISE,
        Kind.WEIGH,
        Kind.USE,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word in small letters; ``gap`` is what stands between it and the word before."""

    start: int
    end: int
    text: str
    gap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A cue in its place; ``word`` is the number of its first word in the sentence."""

    start: int
    end: int
    cue: Cue
    text: str
    word: int
    before: str = ""
    """The word before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """``opener`` is the word that ties it to the clause before."""

    start: int
    end: int
    opener: str
    cues: tuple[Placed, ...]


def split(document: str, start: int, end: int, names: Sequence[tuple[int, int]] = ()) -> tuple[Clause, ...]:
    """Cut one sentence into its clauses, in order. Words inside ``names`` (sorted spans) are no cues."""
    words = list(_words(document, start, end))
    if not words:
        return ()
    cues = [cue for cue in _cues(words) if not _covered(cue, names)]
    bounds = [0, *_boundaries(words), len(words)]
    clauses = []
    for first, after in pairwise(bounds):
        own = tuple(cue for cue in cues if first <= cue.word < after)
        clauses.append(Clause(start=words[first].start, end=words[after - 1].end, opener=words[first].text, cues=own))
    return tuple(clauses)


def _words(document: str, start: int, end: int) -> Iterator[Word]:
    last = start
    for found in _WORD.finditer(document, start, end):
        yield Word(
            start=found.start(),
            end=found.end(),
            text=found.group().casefold().replace("’", "'"),
            gap=document[max(last, found.start() - 12) : found.start()],
        )
        last = found.end()


def _covered(cue: Placed, names: Sequence[tuple[int, int]]) -> bool:
    at = bisect_left(names, (cue.end, 0)) - 1
    return at >= 0 and names[at][0] <= cue.start and cue.end <= names[at][1]


def _boundaries(words: Sequence[Word]) -> Iterator[int]:
    for at in range(1, len(words)):
        word, before = words[at], words[at - 1].text
        if (
            _BREAK.search(word.gap)
            or (word.text in _OPENERS and before not in _HELD)
            or (word.text == "as" and _joins(words, at))
            or (word.text in {"with", "saying", "adding", "noting"} and "," in word.gap)
        ):
            yield at


def _joins(words: Sequence[Word], at: int) -> bool:
    """Whether "as" opens a clause: a subject follows it, not "well", "part" or a number."""
    after = words[at + 1].text if at + 1 < len(words) else ""
    return after not in _AFTER_AS and words[at - 1].text not in _BEFORE_AS


def _cues(words: Sequence[Word]) -> Iterator[Placed]:
    free = 0
    for at, word in enumerate(words):
        if at < free:
            continue
        before = words[at - 1].text if at else ""
        if word.text.endswith("n't"):
            if word.text == "won't":
                yield Placed(
                    start=word.start,
                    end=word.end,
                    cue=Cue(kind=Kind.WILL, form="plain"),
                    text=word.text,
                    word=at,
                    before=before,
                )
            yield Placed(
                start=word.start,
                end=word.end,
                cue=Cue(kind=Kind.NOT, form="plain"),
                text=word.text,
                word=at,
                before=before,
            )
        elif length := _longest(words, at):
            free = at + length
            text = " ".join(one.text for one in words[at:free])
            cue = _sense(phrases()[text], text, words, at, free)
            if cue is not None:
                yield Placed(start=word.start, end=words[free - 1].end, cue=cue, text=text, word=at, before=before)
        elif word.text == "to" and _future(words, at):
            yield Placed(
                start=word.start, end=word.end, cue=Cue(kind=Kind.PLAN, form="to"), text="to", word=at, before=before
            )


def _longest(words: Sequence[Word], at: int) -> int:
    known = phrases()
    if words[at].text in openings():
        for length in range(min(LONGEST_PHRASE, len(words) - at), 1, -1):
            if " ".join(word.text for word in words[at : at + length]) in known:
                return length
    return int(words[at].text in known)


def _sense(cue: Cue, text: str, words: Sequence[Word], at: int, after: int) -> Cue | None:
    """The cue as it is meant here: noun or verb, and none for dates ("in May") and other things' deals."""
    before = words[at - 1].text if at else ""
    behind = words[after].text if after < len(words) else ""
    if text == "may" and (behind.isdigit() or before in _MONTH_BEFORE):
        return None
    if text in {"deal", "agreement", "talks", "discussions"} and before in _NO_AID:
        return None
    if behind in _NO_DECISION or (
        text.startswith("press") and behind in {"release", "conference", "briefing", "secretary", "reports"}
    ):
        return None
    if text.startswith("deci") and behind in _UNDECIDED:
        return Cue(kind=Kind.WEIGH, form="plain", manner="debated")
    if text == "asked" and (before in _ASKED_BEFORE or behind in _UNDECIDED or behind in {"how", "what", "why"}):
        return Cue(kind=Kind.WEIGH, form="plain", manner="debated")
    if (cue.kind is Kind.DECIDE and before == "draft") or (text == "reach" and before in {"within", "of", "in"}):
        return None
    if text in _NOUNS and (before in _NOUN_BEFORE or before.endswith(("'s", "s'")) or behind in {"of", "for"}):
        return Cue(kind=_NOUNS[text], form="noun", manner=cue.manner)
    return cue


def _future(words: Sequence[Word], at: int) -> bool:
    """Is "Germany to send": "to" before a verb that gives, asks or decides."""
    length = _longest(words, at + 1) if 0 < at + 1 < len(words) else 0
    behind = phrases().get(" ".join(word.text for word in words[at + 1 : at + 1 + length]))
    return behind is not None and behind.form == "base" and behind.kind in _FUTURE and at > 0
