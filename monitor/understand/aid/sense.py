"""What the parties make of a chain of cues, and what they make impossible. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace

from monitor.understand.aid.actors import AGAINST, UKRAINE, Actor
from monitor.understand.aid.chains import Chain
from monitor.understand.aid.clauses import Clause, Placed
from monitor.understand.aid.decided import Decided
from monitor.understand.aid.item import Item
from monitor.understand.aid.lexicon import Cue, Kind
from monitor.understand.aid.parties import Parties
from monitor.understand.prose import Sentence

_ASKING = frozenset((Kind.ASK, Kind.WANT))
_BUYING = re.compile(r"b(?:uy|ought)|purchas|procur")
_FOR_UKRAINE = re.compile(r"\b(?:for|to)\s+(?:Ukrain|Kyiv|Kiev)")
_RECEIVING = re.compile(r"\b(?:to|for|arm|supply|give|gave|protect|defend|from|in)\s+(?:the\s+)?$", re.IGNORECASE)
# Those who buy or get such arms for themselves.
_OTHERS = frozenset(
    "Israel|Taiwan|Japan|Saudi Arabia|Poland|South Korea|Switzerland|Turkey|Romania|Australia".split("|")
)


def corrected(parties: Parties, clause: Clause, chain: Chain, item: Item) -> tuple[Placed, ...]:
    """The chain as its subjects make it: what Moscow urges is a warning; what a giver wants to give is weighed."""
    return tuple(_corrected(parties, clause, chain, item))


def _corrected(parties: Parties, clause: Clause, chain: Chain, item: Item) -> Iterator[Placed]:
    for at, placed in enumerate(chain.cues):
        if placed.cue.kind not in _ASKING or chain.passive:
            yield placed
            continue
        subject = parties.subject(clause, placed.start)
        if subject is not None and subject.party in AGAINST:
            yield replace(placed, cue=Cue(kind=Kind.WARN, form=placed.cue.form))
        elif not _idle(placed, subject, item):
            wanting = placed.cue.kind is Kind.WANT and subject is not None and subject.gives
            changed = _wanted(placed, chain.cues[at + 1 :]) if wanting else placed
            if changed is not None:
                yield changed


def _idle(placed: Placed, subject: Actor | None, item: Item) -> bool:
    """Whether it only says what something takes: "launchers needed for them"."""
    ukraine = subject is not None and subject.party == UKRAINE
    return placed.text in {"needed", "required"} and not ukraine and placed.start < item.start


def _wanted(placed: Placed, rest: tuple[Placed, ...]) -> Placed | None:
    """What a giver's wish is: weighed where it is to give, nothing where it needs them, and not to give a refusal."""
    if any(inner.cue.kind is Kind.NOT for inner in rest):
        return None
    giving = any(inner.cue.kind is Kind.GIVE for inner in rest)
    return replace(placed, cue=Cue(kind=Kind.WEIGH if giving else Kind.HOLD, form="base"))


def impossible(parties: Parties, clause: Clause, chain: Chain, item: Item, decided: Decided) -> bool:
    """Whether the parties make it no step of aid to Ukraine: Moscow fires, another country receives."""
    if decided.cue is None:
        return False
    subject = parties.subject(clause, decided.cue.start)
    deed = decided.deed or decided.cue
    if decided.step == "in_use":
        return subject is None or subject.party != UKRAINE or not item.named
    if decided.step == "paused" and item.loose:
        return True
    if deed.cue.kind is Kind.MAKE:
        return not any(actor.party == UKRAINE for actor in parties.actors.within(clause.start, clause.end))
    if subject is None:
        return False
    if _BUYING.match(deed.text) and subject.gives and not _for_ukraine(parties, clause):
        return True
    if chain.passive or decided.cue.start > item.start:
        return False
    if deed.cue.kind in {Kind.GIVE, Kind.GET, Kind.RESUME} and subject.party in AGAINST:
        return True
    return deed.cue.kind is Kind.GET and subject.gives and decided.step in {"delivered", "announced"}


def _for_ukraine(parties: Parties, clause: Clause) -> bool:
    sentence = parties.prose.sentences[parties.prose.sentence_at(clause.start)]
    return _FOR_UKRAINE.search(parties.prose.document, clause.start, sentence.end) is not None


def meant_for_others(parties: Parties, item: Item, sentence: Sentence) -> bool:
    """Whether the sentence speaks of another country's arms and not of Ukraine's."""
    text = parties.prose.document
    inside = parties.actors.within(sentence.start, sentence.end)
    others = [actor for actor in inside if actor.party in _OTHERS]
    if any(text[actor.end : item.start].strip() in {"'s", "’s"} for actor in others):
        return True
    if any(actor.party == UKRAINE for actor in inside):
        return False
    return any(_RECEIVING.search(text[max(0, actor.start - 16) : actor.start]) for actor in others)
