"""One article's way into the chronicle, and what is kept in memory for the next: the story index and what is near.

Only one process weaves at a time: the one that holds the lease. What it remembers is true as long as nobody else has
held the lease since; the store refuses to write anything under a lost one.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from monitor.chronicle import answers, happenings, ladder, statements
from monitor.chronicle.alike import CONTACT, PROPOSAL, RECENT, SOON
from monitor.chronicle.sides import fold
from monitor.jobs.nearsteps import NearSteps
from monitor.jobs.recent import Recent
from monitor.jobs.rewoven import Rewoven, rewoven
from monitor.records.chronicle import EventReport, Happening, LadderStep, Origin, Rung, Statement, StoryMember, Told
from monitor.records.findings import When
from monitor.records.stories import Arrival, Placed, Traced
from monitor.records.weaving import Nearby, Recorded, Waiting, Woven
from monitor.store import Store
from monitor.store.chronicle.writing import LEASE
from monitor.stories.agencies import Reporters, reporters
from monitor.stories.origins import origin_of

if TYPE_CHECKING:
    from monitor.stories.index import StoryIndex

LEASE_KEPT = timedelta(seconds=60)
"""How long the lease lasts when its holder dies; it is renewed after a third of it."""
MOST_REPORTS = 40_000
"""Reports of happenings, and witnesses of statements, that memory holds: some tens of megabytes."""


class Weaver:
    """For one thread at a time."""

    def __init__(self) -> None:
        self._index: StoryIndex | None = None
        self._happenings: Recent[Happening] = Recent(MOST_REPORTS, lambda happening: 1 + len(happening.reports))
        self._statements: Recent[Statement] = Recent(MOST_REPORTS, lambda statement: 1 + len(statement.witnesses))
        self._steps = NearSteps(ladder.NEAR)
        self._own_steps: tuple[LadderStep, ...] = ()
        """Of the article that was woven last and is not written yet."""
        self._renewed_at: datetime | None = None
        self._credited: Reporters = reporters()

    def hold(self, store: Store, holder: str, *, now: datetime) -> bool:
        """Take the lease, or keep it; False when another process weaves."""
        if self._renewed_at is not None and timedelta(0) <= now - self._renewed_at < LEASE_KEPT / 3:
            return True
        if self._renewed_at is None or not store.leases.renew(LEASE, holder, now=now, ttl=LEASE_KEPT):
            self.forget()
            if not store.leases.acquire(LEASE, holder, now=now, ttl=LEASE_KEPT):
                return False
        self._renewed_at = now
        self._credited = reporters().plus(store.chronicle.wires())
        return True

    def keep(self, store: Store, holder: str, *, now: datetime) -> None:
        """Keep the lease through idle times, where it is ours."""
        if self._renewed_at is not None:
            self.hold(store, holder, now=now)

    def give_back(self, store: Store, holder: str) -> None:
        """Let another process weave."""
        if self._renewed_at is not None:
            store.leases.release(LEASE, holder)
        self.forget()

    def forget(self) -> None:
        """Remember nothing: it may no longer be true."""
        self._index = None
        self._renewed_at = None
        self.forget_near()

    def forget_near(self) -> None:
        """Remember no happening, no statement and no step."""
        self._happenings.clear()
        self._statements.clear()
        self._steps.clear()

    def weave(self, store: Store, waiting: Waiting) -> Woven:
        """What the article makes of the chronicle; nothing is written yet."""
        self._own_steps = ()
        if waiting.withdrawn:
            return self._taken_out(store, waiting)
        source, index = waiting.source, self._restored(store, waiting.source.published)
        placed = index.place(arrival(waiting))
        traced = self._traced(store, waiting, placed)
        origin = traced.origin
        told = Told(source=source, findings=waiting.findings, origin=origin, story_id=placed.story_id)
        happened, said = self._happened(store, told), self._said(store, told)
        self._own_steps = tuple(LadderStep(source=source, origin=origin, step=step) for step in waiting.findings.aid)
        rungs = self._rungs(store, told) if waiting.findings.reactions else ()
        return Woven(
            source=source,
            answers=answers.tie(told, happened.near, said.near, rungs, country_of=country_of),
            member=_member(placed, origin),
            imprint=placed.imprint,
            revised=traced.revised,
            story_changes=placed.changes,
            happenings=happened.changed,
            gone_happenings=happened.gone,
            statements=said.changed,
            gone_statements=said.gone,
        )

    def remember(self, woven: Woven, recorded: Recorded) -> None:
        """Take over what was written."""
        if woven.revised:
            # Other articles' origins changed, and with them what many records say.
            self.forget_near()
            return
        self._steps.put(woven.source.article_id, self._own_steps)
        new_happenings, new_statements = dict(recorded.happenings), dict(recorded.statements)
        for happening in woven.happenings:
            self._happenings.put(replace(happening, id=new_happenings.get(happening.id, happening.id)))
        for statement in woven.statements:
            self._statements.put(replace(statement, id=new_statements.get(statement.id, statement.id)))
        for id_ in woven.gone_happenings:
            self._happenings.drop(id_)
        for id_ in woven.gone_statements:
            self._statements.drop(id_)

    def _restored(self, store: Store, published: datetime) -> "StoryIndex":
        """The story index; built up again where there is none in memory."""
        if self._index is None:
            from monitor.stories.index import StoryIndex
            from monitor.stories.policy import Policy

            policy = Policy()
            index = StoryIndex(policy, next_story=store.chronicle.last_story() + 1)
            unread = index.restore(store.chronicle.members(since=published - policy.horizon))
            store.chronicle.again(unread)
            self._index = index
        return self._index

    def _traced(self, store: Store, waiting: Waiting, placed: Placed) -> Traced:
        """Whose report the article is."""
        repeated = [repeat.article_id for repeat in placed.repeats]
        origins = store.chronicle.earlier_origins(placed.article_id, repeated) if repeated else {}
        return origin_of(waiting.source, waiting.article, placed.repeats, origins, self._credited)

    def _happened(self, store: Store, told: Told) -> Rewoven[Happening]:
        article_id = told.source.article_id
        reports = [EventReport(source=told.source, origin=told.origin, event=event) for event in told.findings.events]
        ids = store.chronicle.near_happenings(article_id, nearby(told))
        return rewoven(
            self._happenings.of(ids, store.chronicle.happenings_by),
            of_article=lambda happening: _tells_of(article_id, happening),
            without=lambda happening: happenings.without(happening, article_id),
            weave=lambda near: happenings.weave(near, reports, country_of=country_of),
            alike=lambda one, other: one.type == other.type,
        )

    def _said(self, store: Store, told: Told) -> Rewoven[Statement]:
        article_id, day = told.source.article_id, told.source.published.date()
        new = statements.told(told)
        speakers = {name for each in new for name in (each.speaker, each.speaker_id) if name}
        # Whose claims it answers: that is in the words "claim: name".
        speakers |= {reaction.about.partition(": ")[2] for reaction in told.findings.reactions} - {""}
        days = (day - max(statements.WINDOW, answers.LATE), day + statements.WINDOW)
        ids = store.chronicle.near_statements(article_id, speakers, days)
        return rewoven(
            self._statements.of(ids, store.chronicle.statements_by),
            of_article=lambda statement: _carries(article_id, statement),
            without=lambda statement: statements.without(statement, article_id),
            weave=lambda near: statements.weave(near, new),
            alike=lambda one, other: (one.speaker, one.kind) == (other.speaker, other.kind),
        )

    def _rungs(self, store: Store, told: Told) -> tuple[Rung, ...]:
        """Where the weapons stand that the article's reactions are about, by what was told in the weeks before it."""
        about = [frozenset(fold(reaction.about).split()) for reaction in told.findings.reactions]

        def wanted(item: str) -> bool:
            return any(answers.named_by(item) <= each for each in about)

        near = self._steps.near(told.source.published, lambda since: store.chronicle.steps(since=since), wanted)
        others = [step for step in near if step.source.article_id != told.source.article_id]
        return ladder.rungs([*others, *(step for step in self._own_steps if wanted(step.step.item))])

    def _taken_out(self, store: Store, waiting: Waiting) -> Woven:
        nothing = replace(waiting.findings, events=(), quotes=(), reports=())
        told = Told(source=waiting.source, findings=nothing, origin=Origin(key="", kind=""))
        happened, said = self._happened(store, told), self._said(store, told)
        return Woven(
            source=waiting.source,
            happenings=happened.changed,
            gone_happenings=happened.gone,
            statements=said.changed,
            gone_statements=said.gone,
        )


def nearby(told: Told) -> Nearby:
    """Where to look for what the article tells of, or reacts to."""
    at, events = told.source.published, told.findings.events
    named = (reaction.about.partition(": ") for reaction in told.findings.reactions)
    types = {event.type for event in events} | {kind for kind, mark, _ in named if mark}
    dated = [event.when for event in events if event.when is not None]
    return Nearby(
        types=frozenset(like for kind in types for like in _like(kind)),
        told=(at - SOON, at + SOON),
        # What is said to last for months has no days to look on.
        days=tuple((when.start - RECENT, when.end + RECENT) for when in dated if when.end - when.start < SOON),
    )


def _like(kind: str) -> frozenset[str]:
    """The types that writers use for one another."""
    return next((group for group in (CONTACT, PROPOSAL) if kind in group), frozenset({kind}))


def arrival(waiting: Waiting) -> Arrival:
    """The article as the story index takes it."""
    findings = waiting.findings
    told = (event.when for event in findings.events)
    named = (mention.when for mention in findings.times)
    dates: tuple[When, ...] = tuple(when for when in (*told, *named) if when is not None)
    return Arrival(
        article_id=waiting.source.article_id,
        title=waiting.article.title,
        text=waiting.article.text,
        published=waiting.source.published,
        url=waiting.source.url,
        entities=findings.entities,
        dates=dates,
        embedding=findings.embedding,
        model=findings.model,
    )


def country_of(name: str) -> str | None:
    """The country that the knowledge base gives a name."""
    return _countries().get(name.casefold())


@cache
def _countries() -> dict[str, str]:
    from monitor.understand.knowledge import entries

    return {known.name.casefold(): known.country for known in entries() if known.country}


def _member(placed: Placed, origin: Origin) -> StoryMember:
    return StoryMember(
        story_id=placed.story_id,
        article_id=placed.article_id,
        origin=origin,
        similarity=placed.similarity,
        duplicate_of=placed.duplicate_of,
    )


def _tells_of(article_id: int, happening: Happening) -> bool:
    return any(report.source.article_id == article_id for report in happening.reports)


def _carries(article_id: int, statement: Statement) -> bool:
    return any(witness.source.article_id == article_id for witness in statement.witnesses)
