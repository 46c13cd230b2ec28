"""Single changes to news: what belongs to one event, weapon or statement is told once, as it stands now. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from monitor.chronicle import changes, phrases
from monitor.chronicle.sides import fold
from monitor.chronicle.weighing import weight
from monitor.digest.sections import independent, of_state, standing
from monitor.records.chronicle import Change, EventChange, EventReport, Happening, Rung, Source, Statement
from monitor.records.telling.digests import Facts

_Key = tuple[object, ...]
_OFFICIAL = "official_act"
UNDECIDED = frozenset({"requested", "considered"})
"""Steps before any decision."""
_TURNS = frozenset({"held", "called_off", "postponed", "under_way"})


class Tier(IntEnum):
    """How much a kind of news matters, the most first."""

    TURN = 0
    """What leaders or two of the capitals planned was held, called off, put off, or has begun."""
    EVENT = 1
    """They plan something new, or for another day."""
    LADDER = 2
    FIRST_WORDS = 3
    OTHERS = 4
    """Events of others."""
    ANSWER = 5
    SILENCE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """All that changed of one thing."""

    tier: Tier
    change: Change
    """What it comes down to."""
    changes: tuple[Change, ...]
    """All of them, the latest first."""
    turn: str = ""
    """What changed, without what it changed of."""
    evidence: str = ""
    source: Source | None = None
    origins: int = 0
    """Independent ones; 0 where only a state's outlets tell it."""
    state_only: bool = False
    happening: Happening | None = None
    reached: str = ""
    """What changed of an event: the status that it got, or ``when`` or ``where``."""
    was_off: bool = False
    """It had been called off."""
    rung: Rung | None = None
    statement: Statement | None = None

    @property
    def keys(self) -> frozenset[str]:
        """Under which all of it is known as told."""
        return frozenset(f"change:{change.key}" for change in self.changes)

    @property
    def order(self) -> tuple[object, ...]:
        """The most important first: never one that only a state tells, while others tell anything."""
        change = self.change
        return (self.state_only, self.tier, -self._weight, -self.origins, -change.at.timestamp(), change.key)

    @property
    def _weight(self) -> int:
        """Of events and words who they are of; of a weapon whether it was decided, whoever says so."""
        if self.rung is not None:
            return (self.rung.firmness == _OFFICIAL) + (self.rung.step not in UNDECIDED)
        return standing(self.change.names)


def gathered(facts: Facts) -> tuple[News, ...]:
    """The period's news, the most important first."""
    known = _Known(facts)
    groups: defaultdict[_Key, list[Change]] = defaultdict(list)
    for change in sorted(facts.changes, key=lambda change: (-change.at.timestamp(), change.key)):
        groups[known.key(change)].append(change)
    return tuple(sorted((known.news(group) for group in groups.values()), key=lambda news: news.order))


class _Known:
    """What the facts hold that a change may be a change of."""

    def __init__(self, facts: Facts) -> None:
        happenings = {each.id: each for each in (*facts.planned, *facts.turned)}
        self._steps: Mapping[str, tuple[Happening, EventChange]] = {
            change.key: (each, step) for each in happenings.values() for step, change in changes.steps(each)
        }
        # The longest first: one weapon's words may begin another's.
        weapons = {f"{phrases.weapon(rung)}: ": rung for rung in facts.rungs}
        self._weapons = sorted(weapons.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._statements = {(fold(each.speaker), each.text): each for each in reversed(facts.statements)}

    def key(self, change: Change) -> _Key:
        """The same for all changes of one thing."""
        if change.key in self._steps:
            return ("event", self._steps[change.key][0].id)
        if change.kind in {"new event", "event status", "event date"}:
            return ("event", change.what.partition(": ")[0])
        if change.kind == "ladder":
            rung = self._rung(change)
            return ("ladder", change.what.partition(": ")[0] if rung is None else phrases.weapon(rung))
        if change.kind == "first statement":
            return ("said", change.names[:1], change.evidence)
        return (change.kind, change.what)

    def _rung(self, change: Change) -> Rung | None:
        return next((rung for words, rung in self._weapons if change.what.startswith(words)), None)

    def news(self, group: Sequence[Change]) -> News:
        """What these changes, the latest first, come down to."""
        match group[0].kind:
            case "ladder":
                return self._of_ladder(group)
            case "first statement":
                return self._of_words(group)
            case "new event" | "event status" | "event date":
                return self._of_event(group)
            case "answer":
                return _plain(Tier.ANSWER, group)
            case _:
                return _plain(Tier.SILENCE, group)

    def _of_event(self, group: Sequence[Change]) -> News:
        # A status says more than a day; a day that was told later is told with it.
        told = next((change for change in group if change.kind != "event date"), group[0])
        known = self._steps.get(told.key)
        reached = "" if known is None else known[1].after if known[1].field == "status" else known[1].field
        was_off = known is not None and known[1].before == "called_off"
        if not standing(told.names):
            tier = Tier.OTHERS
        else:
            turned = reached in _TURNS or was_off or (not known and _says_turn(told))
            tier = Tier.TURN if turned else Tier.EVENT
        if known is None or not known[0].reports:
            return _plain(tier, [told, *(change for change in group if change is not told)])
        happening = known[0]
        report, origins, state_only = _voice(happening, told)
        title = f"{phrases.title(happening)}: "
        turns = [told, *(change for change in group if change.kind == "event date" and change.at > told.at)]
        return News(
            tier=tier,
            change=told,
            changes=tuple(group),
            turn="; ".join(change.what.removeprefix(title) for change in turns[:2]),
            evidence=report.event.evidence.text,
            source=report.source,
            origins=origins,
            state_only=state_only,
            happening=happening,
            reached=reached,
            was_off=was_off,
        )

    def _of_ladder(self, group: Sequence[Change]) -> News:
        rung = self._rung(group[0])
        news = _plain(Tier.LADDER, group)
        if rung is None:
            return news
        told = group[0].what.removeprefix(f"{phrases.weapon(rung)}: ")
        origins = 0 if news.state_only else max(news.origins, rung.origins)
        return replace(news, turn=told, origins=origins, rung=rung)

    def _of_words(self, group: Sequence[Change]) -> News:
        change = group[0]
        statement = self._statements.get((fold(change.names[0]) if change.names else "", change.evidence))
        if statement is None or not statement.witnesses:
            return _plain(Tier.FIRST_WORDS, group)
        origins = independent((each.source, each.origin) for each in statement.witnesses)
        best = min(
            statement.witnesses,
            key=lambda each: (of_state(each.source, each.origin), each.source.published, each.source.article_id),
        )
        return News(
            tier=Tier.FIRST_WORDS,
            change=change,
            changes=tuple(group),
            evidence=change.evidence,
            source=best.source,
            origins=origins,
            state_only=not origins,
            statement=statement,
        )


def _plain(tier: Tier, group: Sequence[Change]) -> News:
    """News of which no more is known than the changes say."""
    outlets = {change.source.outlet for change in group if change.source and not change.source.state_controlled}
    cited = next((change for change in group if change.source and not change.source.state_controlled), group[0])
    return News(
        tier=tier,
        change=group[0],
        changes=tuple(group),
        turn=group[0].what.partition(": ")[2],
        evidence=cited.evidence,
        source=cited.source,
        origins=len(outlets),
        state_only=any(change.source for change in group) and not outlets,
    )


def _says_turn(change: Change) -> bool:
    turn = change.what.rpartition(": ")[2]
    return any(turn.startswith(word) or f"now {word}" in turn for word in map(phrases.status, _TURNS))


def _voice(happening: Happening, change: Change) -> tuple[EventReport, int, bool]:
    """The report to cite, how many independent origins say so, and whether only a state's outlets do."""
    saying = [report for report in happening.reports if report.event.status == happening.status] or happening.reports
    origins = independent((report.source, report.origin) for report in saying)
    return best_report(saying, change.source), origins, not origins


def best_report(reports: Iterable[EventReport], made_by: Source | None = None) -> EventReport:
    """The one to cite: of no state, the one that made the change, with official words, the latest."""
    return min(
        reports,
        key=lambda report: (
            of_state(report.source, report.origin),
            made_by is None or report.source.article_id != made_by.article_id,
            -weight(report),
            -report.source.published.timestamp(),
            report.source.article_id,
        ),
    )
