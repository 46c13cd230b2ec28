"""Composing a digest: what it tells, in which order, and what it remembers as told."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.digest.lead import MOST
from monitor.records.telling.digests import CalendarLine, Digest, Facts, LadderLine, StoryLine
from monitor.text import one_line
from tests import digest_builders as builders
from tests import digest_day as day
from tests.digest_builders import composed, full_facts, hostile_facts, huge_facts, quiet_facts

EVERY = {
    "full": full_facts(),
    "quiet": quiet_facts(),
    "huge": huge_facts(200),
    "hostile": hostile_facts(),
    "empty": Facts(period=day.PERIOD),
}


def texts(facts: Facts) -> str:
    """All that the facts say, in one."""
    happenings = (*facts.planned, *facts.turned)
    return "\n".join(
        (
            *(f"{change.what}\n{change.evidence}" for change in facts.changes),
            *(report.event.evidence.text for each in happenings for report in each.reports),
            *(step.step.evidence.text for rung in facts.rungs for step in (*rung.history, *rung.regressions)),
            *(each.text for each in facts.statements),
            *(f"{news.evidence}\n{news.source.title}\n{news.story.title}" for news in facts.stories),
        )
    )


@pytest.mark.parametrize("name", ["full", "quiet", "huge"])
def test_no_sentence_is_invented(name: str) -> None:
    facts = EVERY[name]
    digest, known = composed(facts), texts(EVERY[name])
    rows: tuple[CalendarLine | LadderLine | StoryLine, ...] = (*digest.calendar, *digest.ladder, *digest.stories)
    lines = [*digest.lead, *(row.evidence for row in rows)]
    for line in lines:
        assert line.source is not None
        parts = [line.text] if line.is_quote else [part.strip("“” ") for part in line.text.split(". “")]
        for part in parts:
            bare = part.removeprefix("State media only: “").removesuffix(" (state media only)")
            assert bare in known
    assert all(line.text in known for line in digest.said)


def check(facts: Facts, digest: Digest) -> None:
    """What holds for every digest."""
    assert 0 < len(digest.headline) <= 110
    assert one_line(digest.headline) == digest.headline
    assert len(digest.lead) <= MOST
    assert len(digest.calendar) <= 14
    assert len(digest.said) <= 14
    assert len(digest.ladder) <= 10
    assert len(digest.stories) <= 12
    assert len({one_line(line.text) for line in digest.lead}) == len(digest.lead)
    assert all(line.text for line in digest.lead)
    for ids in (
        [line.happening_id for line in digest.calendar],
        [line.statement_id for line in digest.said],
        [line.story_id for line in digest.stories],
    ):
        assert len(set(ids)) == len(ids)
    known = {
        *(f"change:{change.key}" for change in facts.changes),
        *(f"statement:{each.id}" for each in facts.statements),
        *(f"story:{news.story.id}" for news in facts.stories),
    }
    assert set(digest.told) <= known
    assert list(digest.told) == sorted(set(digest.told))
    assert {f"story:{line.story_id}" for line in digest.stories} <= set(digest.told)
    assert {f"statement:{line.statement_id}" for line in digest.said} <= set(digest.told)


@pytest.mark.parametrize("name", EVERY)
def test_every_digest_is_bounded_and_tells_what_the_facts_hold(name: str) -> None:
    check(EVERY[name], composed(EVERY[name]))


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["full", "huge", "hostile"]), st.integers(0, 2**32))
def test_whatever_the_facts_are_the_digest_is_sound_and_the_same(name: str, seed: int) -> None:
    dice, whole = random.Random(seed), EVERY[name]
    parts: dict[str, Any] = {
        part: tuple(dice.sample(held := getattr(whole, part)[:30], dice.randint(0, len(held))))
        for part in ("changes", "planned", "turned", "statements", "rungs", "stories")
    }
    facts = replace(whole, **parts)
    digest = composed(facts)
    check(facts, digest)
    mixed: dict[str, Any] = {
        part: tuple(dice.sample(parts[part], len(parts[part]))) for part in ("changes", "statements", "stories")
    }
    assert composed(replace(facts, **mixed)) == digest


@pytest.mark.parametrize("name", ["full", "huge"])
def test_from_day_to_day_nothing_is_told_twice_and_nothing_is_lost(name: str) -> None:
    facts, told = EVERY[name], set[str]()
    whole = {f"change:{change.key}" for change in facts.changes}
    whole |= {f"statement:{each.id}" for each in facts.statements} | {
        f"story:{news.story.id}" for news in facts.stories
    }
    for _ in range(60):
        rest = replace(
            facts,
            changes=tuple(change for change in facts.changes if f"change:{change.key}" not in told),
            statements=tuple(each for each in facts.statements if f"statement:{each.id}" not in told),
            stories=tuple(news for news in facts.stories if f"story:{news.story.id}" not in told),
        )
        found = set(composed(rest).told)
        assert found.isdisjoint(told)
        told |= found
        if not found:
            break
    assert told == whole


def test_a_digest_says_from_where_it_takes_over() -> None:
    digest = composed(quiet_facts(), missed=2)
    assert (digest.missed, digest.covers_from) == (2, day.PERIOD.start - timedelta(days=2))
    assert (digest.stream, digest.schedule, digest.selection) == (
        "a stream",
        builders.SCHEDULE,
        builders.STREAM.selection,
    )
    assert digest.is_empty
