"""Facts and digests for tests of composing and rendering: a full day, a quiet one, a huge one, a hostile one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from monitor.chronicle import changes, ladder
from monitor.records.chronicle import Change, Happening, LadderStep
from monitor.records.telling.digests import Coverage, Digest, Facts
from monitor.records.telling.subscribers import Schedule, Selection, Stream
from tests import digest_day as day

SCHEDULE = Schedule(zone="Europe/Kyiv")
STREAM = Stream(key="a stream", schedule=SCHEDULE, selection=Selection(), since=day.at(1))
EVIL = (
    "<script>alert(1)</script>\r\nBcc: all@victims.example\r\n\r\n<img src=x onerror=alert(2)>",
    "\u202egnp.exe \u2066x\u2069\x00\x1b[31m {{ 7*7 }} {% raw %} %s %(x)s ${x}",
    "]]></style><b>" + "long " * 2_000,
    "a" * 20_000,
    "",
    " \n\t ",
)


def full_facts(**fields: Any) -> Facts:
    """A day with everything in it."""
    return replace(day.day(), **fields)


def quiet_facts() -> Facts:
    """A day on which nothing happened that could be told; what was known stands as it stood."""
    facts = day.day()
    return replace(
        facts,
        changes=(),
        planned=(day.WASHINGTON, day.ABU_DHABI),
        turned=(),
        statements=(),
        stories=(),
        rungs=tuple(rung for rung in facts.rungs if rung.since < facts.period.start),
        coverage=Coverage(seen=187, matched=0, feeds=31),
    )


def huge_facts(matches: int = 500) -> Facts:
    """A day with so many stories and statements, and a tenth as many events and weapons that moved."""
    facts = day.day()
    stories = tuple(
        day.story(
            1000 + n,
            f"Story {n} of a very busy day",
            (f"Outlet {n}", 1000 + n),
            f"Sentence {n} has news.",
            origins=n % 9,
            outlets=n % 20 + 1,
        )
        for n in range(matches)
    )
    speakers = (day.TRUMP, day.PUTIN, day.ZELENSKY, "Keir Starmer", "Somebody Else", "Another Person")
    statements = tuple(
        day.statement(
            1000 + n,
            speakers[n % len(speakers)],
            f"Number {n} is what we say of matter {n * 7}",
            *((f"Outlet {n + k}", 2000 + 10 * n + k, day.at(25, 10 + k)) for k in range(n % 4 + 1)),
        )
        for n in range(matches)
    )
    happenings = tuple(
        day.happening(
            100 + n,
            "meeting",
            (day.TRUMP, f"Guest Number{n}"),
            ("Potomac Ledger", 9000 + n, day.at(25, 9), "planned", f"He will see guest {n}."),
            when=day.one_day(1 + n % 28, 12),
        )
        for n in range(matches // 10)
    )
    told = (day.at(25, 10), "announced", "It goes.")
    rungs = ladder.rungs(
        [
            day.step("Potomac Ledger", 8000 + n, *told, item=f"Kind {n} missiles", donor="United States")
            for n in range(matches // 10)
        ]
    )
    found = changes.since(
        day.PERIOD.start, happenings=happenings, statements=statements, rungs=rungs, answers=(), now=day.PERIOD.end
    )
    return replace(
        facts,
        changes=(*found, *facts.changes),
        planned=(*facts.planned, *happenings),
        statements=(*facts.statements, *statements),
        rungs=(*facts.rungs, *rungs),
        stories=(*facts.stories, *stories),
        coverage=Coverage(seen=4_000, matched=matches, feeds=300, dark=facts.coverage.dark),
    )


def hostile_facts() -> Facts:
    """Names, titles, sentences and addresses that want to be markup, headers or commands."""
    facts = day.day()
    evil = _endless(EVIL)
    return replace(
        facts,
        changes=tuple(replace(each, what=next(evil), evidence=next(evil)) for each in facts.changes),
        planned=tuple(replace(each, participants=(next(evil), next(evil)), where=next(evil)) for each in facts.planned),
        statements=tuple(replace(each, speaker=next(evil), text=next(evil)) for each in facts.statements),
        rungs=tuple(replace(rung, item=next(evil), donor=next(evil)) for rung in facts.rungs),
        stories=tuple(
            replace(
                news,
                story=replace(news.story, title=next(evil), outlet=next(evil), url="javascript:alert(1)"),
                source=replace(news.source, title=next(evil), outlet=next(evil), url="data:text/html,<b>"),
                evidence=next(evil),
            )
            for news in facts.stories
        ),
    )


def composed(facts: Facts, *, stream: Stream = STREAM, missed: int = 0) -> Digest:
    """The facts' digest; ``missed`` digests before it were not sent."""
    from monitor.digest.compose import compose

    start = facts.period.start - timedelta(days=missed)
    return compose(facts, stream=stream, covers_from=start, missed=missed)


def full_digest(**fields: Any) -> Digest:
    return composed(full_facts(**fields))


def quiet_digest() -> Digest:
    return composed(quiet_facts())


def huge_digest(matches: int = 500) -> Digest:
    return composed(huge_facts(matches))


def hostile_digest() -> Digest:
    return composed(hostile_facts())


def changes_of(*kinds: str) -> tuple[Change, ...]:
    """The full day's changes of these kinds."""
    return tuple(change for change in full_facts().changes if change.kind in kinds)


def only(**fields: Any) -> Facts:
    """Facts of the day with nothing but this."""
    return Facts(period=day.PERIOD, **fields)


def of_steps(*steps: LadderStep) -> Facts:
    """What the ladder has to say when it is made of these steps."""
    rungs = ladder.rungs(steps)
    given: dict[str, Any] = {"happenings": (), "statements": (), "answers": ()}
    return only(rungs=rungs, changes=changes.since(day.PERIOD.start, rungs=rungs, now=day.PERIOD.end, **given))


def of_events(*happenings: Happening) -> Facts:
    """What these events, all of them ahead, have to say."""
    given: dict[str, Any] = {"rungs": (), "statements": (), "answers": ()}
    found = changes.since(day.PERIOD.start, happenings=happenings, now=day.PERIOD.end, **given)
    return only(planned=happenings, changes=found)


def _endless(texts: Iterable[str]) -> Any:
    every = tuple(texts)
    while True:
        yield from every
