"""Where a text tells of an event: its words looked up in the lexicon, the rules of each tried in order. Pure."""

import re
from dataclasses import dataclass

from monitor.understand.events.lexicon import HEADS, Rule, rules_of
from monitor.understand.events.words import Word, Words
from monitor.understand.prose import Prose

# Words that are noun or verb, and what stands before the noun.
_EITHER = frozenset(
    "offer offers visit visits host halt pause stop freeze sanction exchange swap calls meet proposed "
    "suggested offered".split()
)
_NOUN_BEFORE = re.compile(
    r"(?:['’]s?|\b(?:an?|the|his|her|their|its|this|that|any|no|new|another)) (?:[\w-]+ )?$", re.IGNORECASE
)
_BEFORE, _AFTER = 30, 140
# An article of 3,500 characters has some twenty, the longest live blog a few hundred; the rest of a heap is not read.
_MOST = 400


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that set a rule off."""

    start: int
    end: int
    rule: Rule


def triggers(prose: Prose, words: Words) -> list[Trigger]:
    """Triggers in order, without overlap, the first 400; the first rule of a word that fits counts."""
    found, free = list[Trigger](), 0
    for at, small in enumerate(words.smalls):
        head = small
        if head not in HEADS:
            head = head.rpartition("-")[2] if "-" in head else ""
            if head not in HEADS:
                continue
        if words.starts[at] >= free:
            trigger = _trigger(prose, words[at], head)
            if trigger is not None:
                found.append(trigger)
                free = trigger.end
                if len(found) == _MOST:
                    break
    return found


def _trigger(prose: Prose, word: Word, head: str) -> Trigger | None:
    start = word.end - len(head)
    for rule in rules_of(head):
        end = _fits(prose.document, start, word.end, rule)
        if end is not None and not (rule.verb and word.text[0].isupper() and _is_name_part(prose, word.start)):
            return Trigger(start, end, rule)
    return None


def _fits(document: str, start: int, end: int, rule: Rule) -> int | None:
    """Where the rule's words end when it fits the word at ``start:end``."""
    before = document[max(0, start - _BEFORE) : start]
    if rule.verb and document[start:end].lower() in _EITHER and _NOUN_BEFORE.search(before):
        return None
    if rule.before and not rule.before.search(before):
        return None
    if rule.after is None:
        return end
    found = rule.after.match(document, end, end + _AFTER)
    return found.end() if found else None


def _is_name_part(prose: Prose, place: int) -> bool:
    """A verb with a capital inside a sentence belongs to a name ("Meet the Press"); titles have them anywhere."""
    sentence = prose.sentences[prose.sentence_at(place)]
    if sentence.start < prose.title_end:
        return False
    return prose.document[max(sentence.start, place - 1) : place] not in {"", '"', "“", "‘", "'"}
