"""Words by which somebody reacts, and what kind of reaction they make. Pure.

Verbs stand behind who reacts. Judgements are said of the thing itself, mostly inside a quotation: "that would be a
serious escalation". A verb that is negated, left open or only wished for is none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.understand.dates.words import lowered

_NO_SPEAKING = r"(?! to (?:comment|confirm|say|discuss|answer|be|give|talk))"
# "Welcomed him to the White House" greets; it does not judge.
_NO_GREETING = (
    r"(?! [^.,;]{2,60}? (?:to|at|in) (?:the |his |her )?(?:white house|washington|kyiv|moscow|oval|kremlin|palace|"
    r"airport|capital|city|residence))"
)
_WORDS_OF = r"(?:\w+ ){0,3}(?:reports?|claims?|allegations?|accusations?|rumou?rs?)"
_VERBS = {
    "warning": (
        r"warn(?:s|ed|ing)?|threaten(?:s|ed|ing)?|caution(?:s|ed|ing)|alarmed (?:by|at)|"
        r"(?:voic\w+|express\w+|rais\w+) (?:\w+ ){0,2}(?:concern|alarm)|"
        r"vow(?:s|ed|ing) (?:to )?(?:retaliat\w+|respond|a response)"
    ),
    "denial": (
        rf"den(?:y|ies|ied|ying)|dismiss(?:es|ed|ing) {_WORDS_OF}|reject(?:s|ed|ing) {_WORDS_OF}|"
        r"refut(?:es|ed|ing)|disput(?:es|ed|ing)"
    ),
    "rejection": (
        r"reject(?:s|ed|ing)?|rebuff(?:s|ed|ing)?|spurn(?:s|ed|ing)?|rul(?:es|ed|ing) out|turn(?:s|ed|ing) down|"
        r"oppos(?:es|ed|ing)|dismiss(?:es|ed|ing)?|brush(?:es|ed|ing) (?:off|aside)|"
        r"condemn(?:s|ed|ing)?(?! (?:for|over|as))|"
        r"denounc(?:es|ed|ing)|(?:slam(?:s|med|ming)|blast(?:s|ed|ing))(?! (?:for|over|as))|"
        rf"(?:refus(?:es|ed|ing)|declin(?:es|ed|ing)){_NO_SPEAKING}"
    ),
    "doubt": (
        r"doubt(?:s|ed|ing)?|question(?:s|ed|ing) (?:whether|if|the)|cast(?:s|ing)? doubt|sceptical|skeptical|"
        r"unconvinced|wary of|not convinced"
    ),
    "welcome": (
        rf"welcom(?:es|ed|ing|e){_NO_GREETING}|prais(?:es|ed|ing)|hail(?:s|ed|ing)|applaud(?:s|ed|ing)|back(?:s|ed|ing)|"
        r"support(?:s|ed|ing)|endors(?:es|ed|ing)|thank(?:s|ed|ing)"
    ),
    "confirmation": r"confirm(?:s|ed|ing)?|acknowledg(?:es|ed|ing)|verif(?:ies|ied)|corroborat(?:es|ed)",
}
_JUDGEMENTS = {
    "warning": (
        r"red lines?|end badly|extreme concern|(?:serious|dire) consequences|playing with fire|"
        r"(?:serious|dangerous|new|major|direct|extremely serious|another|further) (?:round of |step of )?escalation|"
        r"will (?:certainly )?respond|response will be|"
        r"(?:damage|harm|destroy|wreck|hurt|ruin) (?:\w+ ){0,2}(?:relations|ties)"
    ),
    "denial": (
        r"(?:not|isn['’]t) true|(?:is|was|are) (?:a )?(?:lie|lies|false|fake|nonsense|fabricat\w+|fiction|untrue)|"
        r"no such thing|complete nonsense|total fabrication"
    ),
    "rejection": (
        r"unacceptable|not acceptable|out of the question|non-starter|cannot accept|can['’]t accept|"
        r"will (?:not|never) (?:accept|agree)|won['’]t (?:accept|agree)|not our (?:plan|proposal)"
    ),
    "doubt": (
        r"hard to believe|not (?:sure|certain|convinced)|remains to be seen|not serious|no sign of|do(?:es)? "
        r"not believe"
    ),
    "welcome": (
        r"(?:very |really )?(?:good|important|right|welcome|positive) (?:step|decision|signal|news|move)|"
        r"grateful for|"
        r"thankful for"
    ),
}
# Behind a cue it says that what stands before is answered, and who answers stands behind.
DONE_BY = re.compile(r"\s+(?:\w+ )?by\s+(?:the\s+)?", re.IGNORECASE)
# The first letters of every cue: most words are done with after one look.
_OPENINGS = frozenset(
    "war thr cau voi exp rai vow ala den dis rej ref reb spu rul tur opp bru con sla bla dec dou que cas sce "
    "ske unc not "
    "wel pra hai app bac sup end tha ack ver cor red ser dan new maj dir ext ano fur pla wil res dam har des "
    "wre hur rui "
    "isn is was are no com tot una out non can won rem do doe rea goo imp rig pos gra".split()
)
_UNDONE = re.compile(
    r"(?:n['’]t|\b(?:not|never|neither|nor|without|declin\w+ to|refus\w+ to|unable to|could|would|may|might|can|"
    r"if|to|the|a|"
    r"by|of|no|or|its|their|his|her))\s+(?:immediately |yet |\w+ly )?$"
)


def _compiled(table: Mapping[str, str]) -> re.Pattern[str]:
    kinds = "|".join(f"(?P<{kind}>{words})" for kind, words in table.items())
    return re.compile(rf"(?:{kinds})(?![\w-])")


def _openings() -> re.Pattern[str]:
    """Where one of the openings begins a word; grouped by letter, so that most places fail at once."""
    tails = {
        first: [opening[1:] for opening in sorted(_OPENINGS) if opening[0] == first] for first in "".join(_OPENINGS)
    }
    groups = "|".join(f"{first}(?:{'|'.join(tails[first])})" for first in sorted(tails) if tails[first])
    return re.compile(rf"(?<![\w-])(?:{groups})")


_OPENING = _openings()
_PATTERNS = ((_compiled(_VERBS), False), (_compiled(_JUDGEMENTS), True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """``judged`` where the words are said of the thing, not of who reacts."""

    start: int
    end: int
    kind: str
    judged: bool = False


def find(document: str, start: int, end: int) -> Iterator[Cue]:
    """The cues of one sentence, in order of place."""
    # Small letters once: patterns that ignore case cost three times as much.
    small, free = lowered(document[start:end]), 0
    for opening in _OPENING.finditer(small):
        place = opening.start()
        if place < free:
            continue
        for pattern, judged in _PATTERNS:
            match = pattern.match(small, place)
            if match and (judged or not _UNDONE.search(small[max(0, place - 24) : place])):
                free = match.end()
                yield Cue(start=start + place, end=start + free, kind=match.lastgroup or "", judged=judged)
                break
