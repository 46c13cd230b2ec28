"""Verbs of giving, getting, arriving and using: what they come to behind the cues that stand before them. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.understand.aid.clauses import Placed
from monitor.understand.aid.decided import BE, HINT, NEEDS_DEED, STATEMENT, Decided, State, considered, done, refused
from monitor.understand.aid.lexicon import Kind

_PERFECT = frozenset(("had", "has", "have", "been", "already"))


def deed(state: State, placed: Placed, rest: Sequence[Placed]) -> Decided | None:
    """The step that a verb of giving comes to; None where it gives something else."""
    if any(inner.cue.form not in {"noun", "plain"} and inner.cue.kind is not Kind.HOLD for inner in rest):
        return None  # "Sent a letter urging ..."
    if any(inner.cue.kind is Kind.MAKE for inner in rest):
        return None
    perfect = placed.cue.form == "past" and placed.before in _PERFECT
    if state.warned and not perfect and (state.pending is None or state.pending_kind in NEEDS_DEED):
        given = placed.cue.form == "past" or (placed.cue.form == "ing" and placed.before == "for")
        return done(placed) if given and state.pending is None else considered(placed)
    if state.pending is not None:
        if perfect and not state.negated and state.pending_kind is Kind.PROMISE:
            return done(placed)  # "Announced that it had sent."
        return replace(refused(placed) if state.negated else _stretched(state.pending, placed), deed=placed)
    if state.negated:
        return _not_done(placed)
    if state.supported:
        return done(placed) if placed.cue.form == "past" else considered(placed, STATEMENT)
    return _by_form(state, placed)


def _stretched(decided: Decided, placed: Placed) -> Decided:
    """Permission is given to use; what will be used is no step of aid."""
    if placed.cue.kind is Kind.USE:
        return replace(decided, manner="permitted") if decided.step == "approved" else replace(decided, weight=0.3)
    return decided


def _not_done(placed: Placed) -> Decided | None:
    if placed.cue.kind in {Kind.USE, Kind.ARRIVE}:
        return None
    return refused(placed) if placed.cue.form in {"base", "ing"} else considered(placed)


def _by_form(state: State, placed: Placed) -> Decided | None:
    """The verb alone: "sent" has come about, "sending" is said to be coming, "to send" is only an idea."""
    kind, form = placed.cue.kind, placed.cue.form
    match kind:
        case Kind.USE if form != "past":
            using = form == "third" or (form == "ing" and placed.before in BE)
            return Decided(step="in_use", cue=placed) if using else None
        case Kind.ARRIVE:
            return None if form in {"base", "ing"} else done(placed)
        case Kind.GET if form in {"base", "ing"}:
            return Decided(step="requested", cue=placed, weight=0.6)
        case Kind.GET | Kind.RESUME:
            return done(placed)
    if form == "base" and not placed.before:
        return Decided(step="requested", cue=placed, weight=0.8)  # "Send them."
    if form == "past" or (form == "ing" and placed.before in {"after", "for"}):
        return done(placed)
    if form == "ing" and placed.before not in BE and not state.headline:
        return considered(placed, weight=0.5)
    if form in {"ing", "third"}:
        return Decided(step="announced", cue=placed)
    return Decided(step="considered", manner="debated", firmness=HINT, cue=placed, weight=0.3)
