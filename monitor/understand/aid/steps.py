"""From the cues that govern an item to the step. Pure.

Cues come outermost first, as they stand before the item: "may | approve | sending". The first that settles the
question does: what is asked for is requested whatever was to be done, what may be sent is considered. Others only
colour what follows: "will" makes it a promise, "warned" leaves it a question, "not" turns it round.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from monitor.understand.aid.clauses import Placed
from monitor.understand.aid.decided import (
    BE,
    DENIAL,
    NEEDS_DEED,
    OFFICIAL,
    STATEMENT,
    Decided,
    State,
    considered,
    only_if,
    permitted,
    refused,
)
from monitor.understand.aid.deeds import deed
from monitor.understand.aid.lexicon import Kind

_UNSURE = frozenset(
    (
        Kind.GIVE,
        Kind.GET,
        Kind.DECIDE,
        Kind.ALLOW,
        Kind.ARRIVE,
        Kind.WEIGH,
        Kind.TALK,
        Kind.REFUSE,
        Kind.PROMISE,
        Kind.USE,
    )
)
_DONE = frozenset(("delivered", "in_use", "approved", "paused", "refused"))
_LIMITS = frozenset((Kind.LIMIT, Kind.REFUSE, Kind.STOP))
_ACTS = ("announce", "unveil", "allocat", "earmark")


def settle(
    cues: Sequence[Placed], *, conditional: bool = False, headline: bool = False, topic: bool = False
) -> Decided | None:
    """The step that a chain of cues comes to, outermost first; None where they say nothing of one.

    ``topic`` says that the item is only what they speak about: "agreed on silence about long-range arms".
    """
    decided = _Settling(State(headline=headline)).through(cues, topic=topic)
    return only_if(decided) if conditional else decided


class _Settling:
    """One walk along a chain. Each rule may settle the question, or leave its colour in the state."""

    def __init__(self, state: State) -> None:
        self.state = state

    def through(self, cues: Sequence[Placed], *, topic: bool) -> Decided | None:
        for at, placed in enumerate(cues):
            rule, rest = _RULES.get(placed.cue.kind), cues[at + 1 :]
            decided = rule(self, placed, rest) if rule else deed(self.state, placed, rest)
            if decided is not None:
                return decided
        left = self._left_over()
        return considered(left.cue) if topic and left is not None and left.cue is not None else left

    def _left_over(self) -> Decided | None:
        pending = self.state.pending
        if pending is None or pending.cue is None:
            return None
        if not self.state.held and (pending.cue.cue.kind in NEEDS_DEED or pending.cue.text.startswith("let")):
            return None
        return refused(pending.cue) if self.state.negated else pending

    def turn(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        self.state.negated = not self.state.negated
        return None

    def ask(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        return None if self.state.negated else Decided(step="requested", cue=placed)

    def duty(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        """What somebody must give is asked for; what must be discussed is not."""
        if not any(inner.cue.kind in {Kind.GIVE, Kind.ALLOW, Kind.GET} for inner in rest):
            return None
        return considered(placed) if self.state.negated else Decided(step="requested", cue=placed, weight=0.8)

    def weigh(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        if rest and rest[0].cue.kind is Kind.ASK and rest[0].cue.form == "noun":
            return None  # "Discuss the request": the request is what is told.
        if self.state.pending_kind is Kind.DECIDE and placed.text in {"possible", "potential"}:
            return None  # "Approves possible sale" is how such decisions are worded.
        if placed.cue.kind is Kind.TALK:
            return None if self.state.negated and self.state.pending is None else considered(placed)
        return refused(placed) if self.state.negated and placed.cue.form != "plain" else considered(placed)

    def maybe(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        inner = next((one.cue.kind for one in rest if one.cue.kind in _UNSURE | {Kind.ASK, Kind.STOP}), None)
        return considered(placed) if inner in _UNSURE else None

    def promise(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        state, kind = self.state, placed.cue.kind
        if kind is Kind.PLAN and placed.cue.form == "to" and not self._foretold(placed):
            return None  # An infinitive of purpose promises nothing.
        if state.negated and kind in {Kind.READY, Kind.PLAN, Kind.PROMISE}:
            state.negated = False
            return considered(placed) if kind is Kind.PROMISE else refused(placed)
        if kind is Kind.WOULD and state.pending is None and (state.supported or state.warned):
            return None
        official = kind is Kind.PROMISE and placed.text.startswith(_ACTS)
        if state.pending is None:
            state.pending = Decided(step="announced", cue=placed, firmness=OFFICIAL if official else STATEMENT)
        elif state.pending.step == "announced" and official:
            state.pending = replace(state.pending, firmness=OFFICIAL)
        return None

    def _foretold(self, placed: Placed) -> bool:
        """Is what is to come: "is to send", and in a headline "Berlin to send"."""
        state = self.state
        return placed.before in BE or (state.headline and not state.negated and not state.warned)

    def decide(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        state = self.state
        if state.negated:
            return considered(placed)
        if placed.cue.manner == "lifted":
            state.lifted = True
            if not any(inner.cue.kind in _LIMITS for inner in rest):
                return None
        manner = "permitted" if state.lifted else placed.cue.manner
        decided = Decided(step="approved", manner=manner, firmness=OFFICIAL, cue=placed)
        if state.pending is not None and state.pending_kind is not Kind.PROMISE:
            decided = state.pending  # "Will approve": not yet.
        acted = any(inner.cue.kind in {Kind.GIVE, Kind.USE, Kind.NOT, Kind.GET} for inner in rest)
        state.pending = decided if acted or placed.cue.form != "noun" else replace(decided, weight=0.45)
        return None

    def refuse(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        if self.state.lifted:
            return self.limit(placed, rest)
        return considered(placed) if self.state.negated or self.state.warned else refused(placed)

    def limit(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        """A limit that is lifted, or is no more, is a permission."""
        if self.state.lifted and self.state.pending is not None:
            return self.state.pending
        return permitted(placed) if self.state.negated or self.state.lifted else refused(placed)

    def deny(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        """Denying that it had sent says that it is not so; denying Kyiv the missiles refuses them."""
        inner = settle(rest)
        if inner is not None and inner.step in _DONE:
            return Decided(step="other", manner=inner.step, firmness=DENIAL, cue=placed)
        return replace(refused(placed), firmness=DENIAL)

    def stop(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        if self.state.lifted:
            return self.limit(placed, rest)
        if any(inner.cue.kind is Kind.USE for inner in rest):
            return refused(placed)  # "Blocked their use."
        if placed.cue.form == "base" and not placed.before:
            return None  # "Stop the missiles": somebody's wish.
        return None if self.state.negated else Decided(step="paused", cue=placed)

    def warn(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        self.state.warned, self.state.negated = True, False
        return None

    def support(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        if self.state.pending_kind is Kind.WOULD:
            self.state.pending = None
        if placed.cue.kind is Kind.SUPPORT:
            self.state.supported = True
            return None
        return None if rest else Decided(step="delivered", cue=placed, weight=0.6)

    def make(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        made = self.state.negated or placed.cue.form == "past"
        return None if made else Decided(step="other", cue=placed, weight=0.7)

    def hold(self, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
        self.state.held = True
        return None


_RULES: dict[Kind, Callable[[_Settling, Placed, Sequence[Placed]], Decided | None]] = {
    Kind.NOT: _Settling.turn,
    Kind.ASK: _Settling.ask,
    Kind.WANT: _Settling.ask,
    Kind.DUTY: _Settling.duty,
    Kind.WEIGH: _Settling.weigh,
    Kind.TALK: _Settling.weigh,
    Kind.MAYBE: _Settling.maybe,
    Kind.WILL: _Settling.promise,
    Kind.WOULD: _Settling.promise,
    Kind.PLAN: _Settling.promise,
    Kind.READY: _Settling.promise,
    Kind.PROMISE: _Settling.promise,
    Kind.DECIDE: _Settling.decide,
    Kind.ALLOW: _Settling.decide,
    Kind.REFUSE: _Settling.refuse,
    Kind.LIMIT: _Settling.limit,
    Kind.DENY: _Settling.deny,
    Kind.STOP: _Settling.stop,
    Kind.WARN: _Settling.warn,
    Kind.SUPPORT: _Settling.support,
    Kind.THANK: _Settling.support,
    Kind.MAKE: _Settling.make,
    Kind.HOLD: _Settling.hold,
}
