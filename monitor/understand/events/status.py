"""How far an event has come, by tense, modality and cue words around the words that tell of it. Pure.

``left`` is the sentence up to the event, ``clause`` its last clause, ``right`` what follows; only words nearby count.
"""

import re

from monitor.understand.events import cues

HELD, UNDER_WAY, PLANNED, PROPOSED, CALLED_OFF = "held", "under_way", "planned", "proposed", "called_off"
_NEAR, _CLAUSE, _AFTER = 110, 300, 120
# For a noun: the first pattern that fits its part of the surroundings decides. The order is from sure to vague.
_NOUN = (
    ("clause", cues.PROPOSED_BEFORE, PROPOSED),
    ("left", cues.COMES_FOR, PLANNED),
    ("right", cues.UNDER_WAY_AFTER, UNDER_WAY),
    ("left", cues.IN_OR_ONGOING, UNDER_WAY),
    ("clause", cues.PLANNED_BEFORE, PLANNED),
    ("right", cues.PLANNED_AFTER, PLANNED),
    ("left", cues.UNDER_WAY_BEFORE, UNDER_WAY),
    ("left", cues.HELD_BEFORE, HELD),
    ("right", cues.HELD_AFTER, HELD),
)


def clause_before(left: str) -> str:
    """The clause that leads up to the end of ``left``, in small letters; "that" and "said" begin a new one."""
    left = left[-_CLAUSE:].lower()
    begins = 0
    for found in cues.SUBORDINATE.finditer(left):
        begins = found.start()
    return left[begins:]


def of_verb(word: str, clause: str, left: str) -> str | None:
    """The status that a verb's form and what leads up to it tell; None when nothing happened or is meant to."""
    left = left[-_NEAR:].lower()
    if cues.INSTEAD.search(left):
        return None
    if cues.NOT_RULED_OUT.search(clause):
        return PROPOSED
    if cues.OFF_BEFORE.search(clause):
        return CALLED_OFF
    if cues.NEVER.search(left):
        return None
    if cues.PASSIVE.search(left):
        return PLANNED if cues.WILL_BE.search(left) else PROPOSED
    first = word.partition(" ")[0]
    if cues.PAST_VERB.fullmatch(first):
        return PROPOSED if cues.CONDITION.search(clause) else HELD
    if cues.ING.fullmatch(first):
        return _of_ing(clause, left)
    if cues.PROPOSED_BEFORE.search(clause):
        return PROPOSED
    ahead = cues.FUTURE_VERB.search(clause) or cues.WHEN_MEETING.search(clause) or cues.AFTER_MEETING.search(left)
    return PLANNED if ahead else UNDER_WAY


def _of_ing(clause: str, left: str) -> str:
    if cues.NOW_ING.search(left):
        return UNDER_WAY
    if cues.AFTER_ING.search(left):
        return HELD
    if cues.PROPOSED_BEFORE.search(clause):
        return PROPOSED
    if cues.BEFORE_ING.search(left):
        return PLANNED
    return HELD if cues.WAS_ING.search(left) else UNDER_WAY


def of_noun(clause: str, left: str, right: str) -> tuple[str | None, bool]:
    """The status a noun's surroundings tell, and whether they tell it at all (else it is a mere mention)."""
    left, right = left[-_NEAR:].lower(), cues.NEXT_CLAUSE.split(right[:_AFTER].lower(), 1)[0]
    if cues.INSTEAD.search(left):
        return None, True
    if cues.NOT_RULED_OUT.search(clause):
        return PROPOSED, True
    if cues.OFF_BEFORE.search(clause) or cues.OFF_AFTER.search(right) or cues.OFF_NOUN.search(left):
        return CALLED_OFF, True
    behind = cues.BEHIND.search(left)
    if behind:
        return (PROPOSED if cues.ASKED.search(behind.group()) else HELD), True
    if cues.AHEAD.search(left):
        return PLANNED, True
    had = cues.HAD.search(left)
    if had and not cues.MODAL.search(left, 0, had.start()):
        return HELD, True
    if cues.NEVER.search(left):
        return None, True
    if cues.WITHIN.search(left) and not cues.FUTURE_VERB.search(clause[-60:]):
        return HELD, True
    return _by_table(clause, left, right)


def _by_table(clause: str, left: str, right: str) -> tuple[str, bool]:
    parts = {"clause": clause, "left": left, "right": right}
    for part, pattern, status in _NOUN:
        if pattern.search(parts[part]):
            return status, True
    return HELD, False


def of_measure(family: str, clause: str, right: str) -> tuple[str, bool]:
    """The status of a truce or of sanctions, proposals until somebody agrees or imposes; and whether it is told."""
    right = right[:_AFTER].lower()
    return _of_sanction(clause[-90:], right) if family == "sanction" else _of_truce(clause, right)


def _of_sanction(near: str, right: str) -> tuple[str, bool]:
    if cues.THREAT.search(near) or cues.THREAT.search(right[:12]):
        return PROPOSED, True
    if cues.IMPOSED.search(near) or cues.IMPOSED.search(right[:50]):
        return (PLANNED if cues.WILL.search(near) else HELD), True
    return PROPOSED, False


def _of_truce(clause: str, right: str) -> tuple[str, bool]:
    near = clause[-90:]
    if cues.IN_FORCE.search(right[:80]):
        return (PROPOSED if cues.ONCE.search(clause) else UNDER_WAY), True
    proposed, agreed = (_last(pattern, near) for pattern in (cues.PROPOSED_BEFORE, cues.AGREED))
    if proposed != agreed:
        return (PROPOSED if proposed > agreed else UNDER_WAY), True
    return PROPOSED, cues.REFUSED.search(clause) is not None


def _last(pattern: re.Pattern[str], words: str) -> int:
    """Where the last match ends; -1 without one: the cue that stands nearest decides."""
    return max((found.end() for found in pattern.finditer(words)), default=-1)


def is_authored(words: str) -> bool:
    """True when the words between a party and a plan say that the plan comes from it, or has its backing."""
    return cues.AUTHORED.search(words.lower()) is not None


def mentions_voice(words: str) -> bool:
    """True when a conversation is said to be by telephone or the like."""
    return _VOICE.search(words) is not None


_VOICE = re.compile(r"\b(?:phone|telephone|call|video|line|online)\b", re.IGNORECASE)
