"""What a chain of cues has come to so far, and the steps that it may come to. Pure."""

import re
from dataclasses import dataclass, replace

from monitor.understand.aid.clauses import Placed
from monitor.understand.aid.lexicon import Kind

HINT, STATEMENT, OFFICIAL, DENIAL = "hint", "statement", "official_act", "denial"
BE = frozenset(("is", "are", "was", "were", "been", "be", "already", "now"))
# Verbs that say nothing of the item unless a verb of giving follows, or what a package will hold.
NEEDS_DEED = frozenset((Kind.WILL, Kind.WOULD, Kind.PLAN, Kind.READY))
# Money that was given is a decision; what it buys is not there yet.
_MONEY = re.compile(r"fund|financ|pa(?:y|id)|b(?:uy|ought)|purchas|procur|contribut")
_HOW_WEIGHED = frozenset((Kind.WEIGH, Kind.TALK, Kind.MAYBE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A step, what kind of step, and how firmly; ``cue`` is the word that decided, ``weight`` how sure that is."""

    step: str
    manner: str = ""
    firmness: str = STATEMENT
    cue: Placed | None = None
    weight: float = 1.0
    deed: Placed | None = None
    """The word for what is done: "send" in "may send"."""


@dataclass(slots=True)
class State:
    """What the outer cues leave for the inner ones; ``pending`` is the step if nothing settles the question."""

    headline: bool = False
    conditional: bool = False
    negated: bool = False
    warned: bool = False
    supported: bool = False
    held: bool = False
    lifted: bool = False
    pending: Decided | None = None

    @property
    def pending_kind(self) -> Kind | None:
        """The kind of the cue that promises or decides."""
        return self.pending.cue.cue.kind if self.pending is not None and self.pending.cue is not None else None


def considered(placed: Placed, firmness: str = HINT, weight: float = 1.0) -> Decided:
    """Thought about, talked about, hinted at."""
    manner = placed.cue.manner if placed.cue.kind in _HOW_WEIGHED else ""
    return Decided(step="considered", manner=manner or "debated", firmness=firmness, cue=placed, weight=weight)


def refused(placed: Placed | None) -> Decided:
    """Said no to."""
    return Decided(step="refused", cue=placed)


def permitted(placed: Placed) -> Decided:
    """Allowed to be used."""
    return Decided(step="approved", manner="permitted", firmness=OFFICIAL, cue=placed)


def done(placed: Placed) -> Decided:
    """What a verb in the past says has come about."""
    if _MONEY.match(placed.text):
        return Decided(step="approved", manner="contracted", cue=placed)
    return Decided(step="in_use" if placed.cue.kind is Kind.USE else "delivered", cue=placed)


def only_if(decided: Decided | None) -> Decided | None:
    """What holds only if something else happens is not yet so."""
    if decided is not None and decided.step in {"announced", "approved", "delivered", "in_use"}:
        return replace(decided, step="considered", manner="debated", firmness=HINT)
    return decided


def none_of_it(decided: Decided | None) -> Decided | None:
    """What "no missiles" says of a step: that it was taken is denied, that it will be is refused."""
    if decided is None or decided.step not in {"delivered", "in_use", "announced"}:
        return None
    if decided.step == "announced":
        return refused(decided.cue)
    return replace(decided, step="other", manner=decided.step, firmness=DENIAL)
