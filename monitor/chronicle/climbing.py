"""One weapon, one donor, one recipient: how the reported steps move it up and down. Pure.

A step counts by who stands behind it. What nobody named says weighs as much as the independent origins that say it, a
hint less; so a single anonymous exclusive does not deliver missiles that a president is still weighing. A denial takes
back what does not outweigh it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.chronicle.weighing import named, origin_weight, spoken_weight
from monitor.records.chronicle import LadderStep, Rung

HEIGHT = {"requested": 1, "considered": 2, "announced": 3, "approved": 4, "delivered": 5, "in_use": 6}
BACK = frozenset({"refused", "paused"})
QUIET = timedelta(days=30)
"""After so long without a word a step that is lower begins a new decision."""
DISPUTE = timedelta(days=3)
"""For so long after a turn to or from a refusal one origin alone does not turn it again."""
_HINT, _UNNAMED, _NAMED, _OFFICIAL = 0.5, 1.0, 2.0, 3.0
_NEEDED = {"requested": 0.0, "considered": 0.0, "announced": 1.0, "approved": 1.0, "delivered": 2.0, "in_use": 2.0}
_FIRMNESS = {"hint": 0, "statement": 1, "official_act": 2}
_REFUSAL = 1.0
_OUTRANKED = 2.0
"""What it takes to go back on an official act, or to take up again what was refused."""


@dataclass(slots=True, kw_only=True)
class _Claim:
    """A step as it has been told until now, by origin."""

    step: str
    voices: dict[str, tuple[float, LadderStep]]

    @property
    def weight(self) -> float:
        """A named or official word as it is; unnamed ones together, never more than a named one."""
        alone = [weight for weight, _ in self.voices.values()]
        return max(max(alone, default=0.0), min(sum(alone), _NAMED))

    @property
    def last(self) -> datetime:
        return max(step.source.published for _, step in self.voices.values())


def weight(told: LadderStep) -> float:
    """How much stands behind one report of a step."""
    if told.step.firmness == "official_act":
        return _OFFICIAL
    if told.step.firmness == "hint":
        return _HINT
    spoken = min(_UNNAMED, spoken_weight(told.step.evidence.text))
    if named(told.step.by) and spoken >= _UNNAMED:
        return _NAMED
    return spoken * origin_weight(told.origin, told.source.state_controlled)


class _Climb:
    """The state while the steps are read in order."""

    def __init__(self) -> None:
        self._claims: dict[str, _Claim] = {}
        self._denied: dict[str, tuple[float, datetime]] = {}
        self._turned: datetime | None = None
        self._way: list[LadderStep] = []
        self.regressions: list[LadderStep] = []

    @property
    def way(self) -> tuple[LadderStep, ...]:
        return tuple(self._way)

    @property
    def step(self) -> str | None:
        return self._way[-1].step.step if self._way else None

    def hear(self, told: LadderStep) -> None:
        step = told.step.step
        if told.step.firmness == "denial":
            self._deny(told.step.manner if step == "other" else step, told)
        elif step in HEIGHT or step in BACK:
            self._claim(step, told)

    def rung(self) -> Rung | None:
        if not self._way:
            return None
        last = self._way[-1]
        voices = [told for _, told in self._voices(last.step.step)]
        origins = {told.origin.key for told in voices if not told.origin.state_controlled}
        return Rung(
            item=last.step.item,
            donor=last.step.donor,
            recipient=last.step.recipient,
            step=last.step.step,
            since=last.source.published,
            firmness=max((told.step.firmness for told in voices), key=_firmness, default=last.step.firmness),
            history=self.way,
            regressions=tuple(self.regressions),
            origins=max(1, len(origins)),
        )

    def _claim(self, step: str, told: LadderStep) -> None:
        quiet = self._quiet_since(told.source.published)
        claim = self._claims.setdefault(step, _Claim(step=step, voices={}))
        before = claim.voices.get(told.origin.key)
        if before is None or weight(told) >= before[0] or quiet:
            claim.voices[told.origin.key] = (weight(told), told)
        at = told.source.published
        if self.step is not None and all(_of_state(told) for _, told in claim.voices.values()):
            # A state's outlets alone do not tell what others decided.
            return
        if step != self.step and claim.weight > self._denial(step, at) and self._moves(claim, at, quiet=quiet):
            if quiet:
                # Who spoke of the decision before says nothing of this one.
                self._claims = {step: _Claim(step=step, voices={told.origin.key: (weight(told), told)})}
            if step in BACK and self.step is not None and HEIGHT.get(self.step, 0) > HEIGHT["requested"]:
                self.regressions.append(told)
            if self.step is not None and (step in BACK) != (self.step in BACK):
                self._turned = at
            self._way.append(told)

    def _denial(self, step: str, now: datetime) -> float:
        force, at = self._denied.get(step, (0.0, now))
        return force if now - at <= QUIET else 0.0

    def _moves(self, claim: _Claim, now: datetime, *, quiet: bool) -> bool:
        if self.step is None:
            return True
        standing, force = self._standing(), claim.weight
        if claim.step in BACK or self.step in BACK:
            return claim.step != "requested" and self._turns(claim, now, standing)
        if HEIGHT[claim.step] < HEIGHT[self.step]:
            return quiet and force >= _UNNAMED
        if force < _UNNAMED and standing >= _OFFICIAL:
            return False
        return force >= _NEEDED[claim.step]

    def _turns(self, claim: _Claim, now: datetime, standing: float) -> bool:
        """Whether a refusal or its end is believed: by plain words since then; in a dispute by those of several."""
        since = self._way[-1].source.published
        fresh = {
            origin: (weight, told)
            for origin, (weight, told) in claim.voices.items()
            if told.source.published >= since and told.step.firmness != "hint"
        }
        if not fresh:
            return False
        force = _Claim(step=claim.step, voices=fresh).weight
        if claim.step in BACK:
            enough = force >= (_OUTRANKED if standing >= _OFFICIAL else _REFUSAL)
        else:
            enough = force >= max(_REFUSAL, min(standing, _OUTRANKED))
        if force >= _OFFICIAL or self._turned is None or now - self._turned > DISPUTE:
            return enough
        first = min(told.source.published for _, told in fresh.values())
        against = sum(told.source.published >= first for _, told in self._voices(self.step or ""))
        return enough and len(fresh) >= max(2, against)

    def _deny(self, step: str, told: LadderStep) -> None:
        """Take back claims of the step that weigh no more; of the denier's own origin all."""
        force = weight(told)
        claim = self._claims.get(step)
        at = told.source.published
        denied = max(self._denial(step, at), force), at
        if claim is None:
            self._denied[step] = denied
            return
        claim.voices.pop(told.origin.key, None)
        if claim.voices and claim.weight > force:
            return
        claim.voices.clear()
        self._denied[step] = denied
        if self.step == step:
            self.regressions.append(told)
            while self.step in self._claims and not self._claims[self.step].voices:
                self._way.pop()

    def _voices(self, step: str) -> list[tuple[float, LadderStep]]:
        claim = self._claims.get(step)
        return [] if claim is None else list(claim.voices.values())

    def _standing(self) -> float:
        """What stands behind where it is; what was told before a long silence counts as named."""
        claim = self._claims.get(self.step or "")
        return _NAMED if claim is None else claim.weight

    def _quiet_since(self, now: datetime) -> bool:
        heard = [claim.last for claim in self._claims.values() if claim.voices]
        return bool(heard) and now - max(heard) > QUIET


def _of_state(told: LadderStep) -> bool:
    return told.origin.state_controlled or told.source.state_controlled


def _firmness(name: str) -> int:
    return _FIRMNESS.get(name, 0)


def climb(steps: Sequence[LadderStep]) -> Rung | None:
    """Where the steps, oldest first, lead; None when every claim was taken back."""
    state = _Climb()
    for told in steps:
        state.hear(told)
    return state.rung()
