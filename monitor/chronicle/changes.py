"""What is new since a moment, in single lines: what digest, dashboard and alerts are made of. Pure.

A change is dated by the publication of the report that made it, so one that is read late may lie before the moment last
asked for: ask with some overlap and leave out the keys that were told already.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.chronicle import phrases
from monitor.chronicle.answers import CAPITALS, named_by, target
from monitor.chronicle.keys import key
from monitor.chronicle.settling import shown_days
from monitor.chronicle.sides import LEADERS, CountryOf, country, fold, is_country, side
from monitor.chronicle.silence import missing, silences
from monitor.records.chronicle import Answer, Change, EventChange, Happening, LadderStep, Rung, Source, Statement
from monitor.text import shorten

__all__ = ["LOOKBACK", "is_subject", "silences", "since", "steps", "subject_words"]

LOOKBACK = timedelta(days=30)
"""Statements must reach back so far before the moment: first words on a subject are the first in that time."""
_LONGEST = 160


def since(
    moment: datetime,
    *,
    happenings: Sequence[Happening],
    statements: Sequence[Statement],
    rungs: Sequence[Rung],
    answers: Sequence[Answer],
    now: datetime,
    country_of: CountryOf = country,
    leaders: frozenset[str] = LEADERS,
    subjects: frozenset[str] = frozenset(),
) -> tuple[Change, ...]:
    """What became new after ``moment`` and up to ``now``, the newest first. Backfilled reports make no news.

    ``subjects`` (of ``subject_words``) are what first words are news on, beside the weapons and places given.
    """
    given = subject_words((rung.item for rung in rungs), (happening.where for happening in happenings))
    found = [
        *(change for happening in happenings for _, change in steps(happening, country_of)),
        *(change for rung in rungs for change in _of_rung(rung)),
        *_first_words(statements, leaders, given | subjects),
        *_of_answers(answers),
        *missing(happenings, statements, now=now, country_of=country_of),
    ]
    once = {change.key: change for change in found if moment < change.at <= now}
    return tuple(sorted(once.values(), key=lambda change: (-change.at.timestamp(), change.key)))


def steps(happening: Happening, country_of: CountryOf = country) -> Iterable[tuple[EventChange, Change]]:
    """The steps of an event's history that are news, each with the change that it is."""
    title = phrases.title(happening, country_of)
    seen: dict[tuple[str, str], int] = {}
    before: dict[str, str] = {}
    delays = {step.report for step in happening.history if step.after == "postponed"}
    for step in happening.history:
        mark = (step.field, step.after)
        seen[mark] = seen.get(mark, 0) + 1
        source = step.report.source
        # A place that becomes known stands in the title, the day to which a plan is put off beside its status.
        elsewhere = (step.field == "where" and not step.before) or (step.field == "when" and step.report in delays)
        if not source.backfill and not elsewhere:
            new = step.field == "status" and not step.before
            yield (
                step,
                Change(
                    at=step.at,
                    kind="new event" if new else "event status" if step.field == "status" else "event date",
                    what=f"{title}: {_turn(step, happening, before.get('when', ''))}",
                    names=happening.participants,
                    evidence=step.report.event.evidence.text,
                    source=source,
                    key=key("event", happening.id, *mark, seen[mark]),
                ),
            )
        before[step.field] = step.after


def _turn(step: EventChange, happening: Happening, told_day: str) -> str:
    """What a step of the history did, in words."""
    year = step.at.year
    if step.field == "status":
        return _status_turn(step, told_day or _first_day(happening), year) + _put_off_to(step, happening)
    if step.field == "when":
        was = f", was {phrases.days(step.before, year)}" if step.before else ""
        return f"now {phrases.days(step.after, year)}{was}"
    return f"now {phrases.placed(step.after)}, was {phrases.placed(step.before)}"


def _put_off_to(step: EventChange, happening: Happening) -> str:
    """The day that a postponed plan got from the same report."""
    days = [other.after for other in happening.history if other.field == "when" and other.report == step.report]
    return f" to {phrases.days(days[0], step.at.year)}" if step.after == "postponed" and days else ""


def _status_turn(step: EventChange, day: str, year: int) -> str:
    when = phrases.days(day, year) if day else ""
    if not step.before:
        ahead = step.after in {"planned", "proposed"}
        return f"{phrases.status(step.after)}{f' for {when}' if when and ahead else f' on {when}' if when else ''}"
    was = phrases.status(step.before)
    if step.before in {"planned", "proposed", "postponed"} and when:
        was = f"{was} for {when}" if step.before != "postponed" else f"{was} to {when}"
    return f"{was}, now {phrases.status(step.after)}"


def _first_day(happening: Happening) -> str:
    """The day that was told before any report moved it."""
    for step in happening.history:
        if step.field == "when":
            return step.before
    if happening.when is None:
        return ""
    return shown_days(*happening.when)


def _of_rung(rung: Rung) -> Iterable[Change]:
    moves = {(told.source.article_id, told.step): told for told in (*rung.history, *rung.regressions)}
    before = ""
    for told in sorted(moves.values(), key=lambda told: (told.source.published, told.source.article_id)):
        denied = told.step.firmness == "denial"
        if not told.source.backfill:
            yield _rung_change(rung, told, before, denied=denied)
        before = "" if denied else told.step.step


def _rung_change(rung: Rung, told: LadderStep, before: str, *, denied: bool) -> Change:
    now = f"{phrases.step(told.step.step)} denied" if denied else phrases.step(told.step.step)
    was = f", was {phrases.step(before)}" if before and not denied else ""
    by = f" ({told.step.by})" if told.step.by else ""
    return Change(
        at=told.source.published,
        kind="ladder",
        what=f"{phrases.weapon(rung)}: {now}{was}{by}",
        names=tuple(name for name in (rung.item, rung.donor, rung.recipient, told.step.by) if name),
        evidence=told.step.evidence.text,
        source=told.source,
        key=key("ladder", rung.item, rung.donor, rung.recipient, told.step.step, denied, told.source.article_id),
    )


def subject_words(weapons: Iterable[str], places: Iterable[str | None]) -> frozenset[str]:
    """What first words are news on: weapons on the ladder, and places of events outside the three countries."""
    abroad = {place for place in places if place and side(place) not in CAPITALS}
    return frozenset(map(fold, abroad)) | frozenset(word for weapon in weapons for word in named_by(weapon))


def is_subject(name: str, wanted: frozenset[str]) -> bool:
    """Whether first words on ``name`` are news, when those on ``wanted`` (of ``subject_words``) are."""
    return not is_country(name) and not wanted.isdisjoint(named_by(name))


def _first_words(statements: Sequence[Statement], leaders: frozenset[str], wanted: frozenset[str]) -> Iterable[Change]:
    """The first statement of each leader on each subject, as far as ``statements`` reach back."""
    seen: dict[tuple[str, str], datetime] = {}
    for statement in sorted(statements, key=_told_first):
        speaker = fold(statement.speaker)
        subjects = [name for name in statement.about if is_subject(name, wanted)]
        source = _first(statement)
        fresh = [name for name in subjects if _is_new(seen, (speaker, fold(name)), source.published)]
        for name in subjects:
            seen[speaker, fold(name)] = source.published
        if speaker in leaders and fresh and not source.backfill:
            name = fresh[0]
            yield Change(
                at=source.published,
                kind="first statement",
                what=f"First words of {statement.speaker} on {name}: “{shorten(statement.text, _LONGEST)}”",
                names=(statement.speaker, *fresh),
                evidence=statement.text,
                source=source,
                key=key("first", speaker, fold(name), statement.said_on),
            )


def _is_new(seen: dict[tuple[str, str], datetime], pair: tuple[str, str], at: datetime) -> bool:
    last = seen.get(pair)
    return last is None or at - last > LOOKBACK


def _told_first(statement: Statement) -> tuple[object, ...]:
    source = _first(statement)
    return (source.published, source.article_id, statement.witnesses[0].span.start, statement.text)


def _first(statement: Statement) -> Source:
    return min((witness.source for witness in statement.witnesses), key=lambda source: (source.published, source.url))


_VERBS = {
    "warning": "warns about",
    "denial": "denies",
    "rejection": "rejects",
    "doubt": "doubts",
    "welcome": "welcomes",
    "confirmation": "confirms",
}


def _of_answers(answers: Sequence[Answer]) -> Iterable[Change]:
    """Each reaction once a day, however many articles carry it."""
    told: set[tuple[object, ...]] = set()
    for answer in sorted(answers, key=lambda answer: (answer.source.published, answer.source.article_id)):
        reaction, source = answer.reaction, answer.source
        mark = (fold(reaction.by), reaction.kind, *target(answer), source.published.date())
        if mark in told:
            continue
        told.add(mark)
        if not source.backfill:
            yield Change(
                at=source.published,
                kind="answer",
                what=f"{reaction.by} {_VERBS.get(reaction.kind, 'answers')} {_about(reaction.about)}",
                names=(reaction.by,),
                evidence=reaction.evidence.text,
                source=source,
                key=key("answer", *mark),
            )


def _about(about: str) -> str:
    """What is answered, in words: "the call of A and B", "what A claims", or as it stands."""
    kind, mark, names = about.partition(": ")
    if mark and kind == "claim":
        return f"what {names} claims"
    if mark and names:
        return f"the {kind.replace('_', ' ')} of {phrases.listed(names.split(', '))}"
    return about
