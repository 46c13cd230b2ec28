"""What the store says to a digest: everything once, by when we knew of it, and nothing that was not asked for."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as events

from monitor.records.chronicle import StoryChange
from monitor.records.telling.digests import Facts
from monitor.store import Store
from tests.store_builders import findings
from tests.telling_builders import (
    DAY,
    HOUR,
    WEEK,
    arrive,
    at,
    facts,
    keys,
    meeting,
    nothing,
    one_of_each,
    outlet,
    stream,
    weave,
)
from tests.woven_builders import (
    PUTIN,
    TRUMP,
    ZELENSKY,
    claimed,
    hold,
    quote,
    reaction,
    record,
    step,
    when,
    woven,
)


def kinds(found: Facts) -> set[str]:
    return {change.kind for change in found.changes}


def empty(found: Facts) -> bool:
    parts = (found.changes, found.planned, found.turned, found.statements, found.rungs, found.stories, found.volume)
    return not any(parts)


def test_a_day_is_told_with_all_that_there_is(store: Store) -> None:
    arrive(store, 1, one_of_each(), when=at(0, 10))
    weave(store)
    found = facts(store, WEEK, WEEK + DAY)
    assert kinds(found) == {"new event", "ladder", "first statement", "answer"}
    assert [happening.status for happening in found.planned] == ["planned"]
    assert [rung.step for rung in found.rungs] == ["considered"]
    assert [statement.speaker for statement in found.statements] == [TRUMP]
    (news,) = found.stories
    assert (news.is_new, news.fresh, news.evidence) == (True, 1, "Trump and Putin met in Budapest.")
    assert [(count.day, count.topic, count.count) for count in found.volume] == [(WEEK.date(), "talks", 1)]


def test_what_is_read_late_is_told_in_the_period_in_which_we_knew_of_it(store: Store) -> None:
    arrive(store, 1, one_of_each(), when=at(3, 10), published=at(0, 10))
    weave(store)
    early = facts(store, WEEK, WEEK + DAY)
    assert (keys(early), early.planned, early.volume) == (frozenset(), (), ())
    found = facts(store, at(3), at(4))
    assert kinds(found) == {"new event", "ladder", "first statement", "answer"}
    assert (len(found.statements), len(found.stories)) == (1, 1)


def test_a_back_catalogue_is_never_told(store: Store) -> None:
    outlet(store, "new", silent=False)
    arrive(store, 1, one_of_each(), when=at(0, 10), by="new")
    weave(store)
    assert empty(facts(store, WEEK, WEEK + DAY))


def test_what_a_back_catalogue_said_before_is_no_news_when_others_repeat_it(store: Store) -> None:
    outlet(store, "new", silent=False)
    arrive(store, 1, one_of_each(), when=at(0, 10), by="new", published=at(0, 3))
    arrive(store, 2, one_of_each(), when=at(0, 11))
    weave(store)
    assert facts(store, WEEK, WEEK + DAY).statements == ()


def test_a_match_that_was_withdrawn_is_told_no_more(store: Store) -> None:
    stored = arrive(store, 1, one_of_each(), when=at(0, 10))
    weave(store)
    store.findings.record(stored, findings(0.1), now=at(0, 12))
    assert empty(facts(store, WEEK, WEEK + DAY))
    weave(store)
    assert empty(facts(store, WEEK, WEEK + DAY))


def test_what_was_said_before_is_no_statement_of_the_day(store: Store) -> None:
    arrive(store, 1, one_of_each(), when=at(0, 10))
    arrive(store, 2, one_of_each(), when=at(1, 10), by="other")
    weave(store)
    told = keys(facts(store, WEEK, WEEK + DAY))
    assert facts(store, at(1), at(2)).statements == ()
    assert facts(store, at(1), at(2), told=told).statements == ()
    (both,) = facts(store, WEEK, at(2)).statements
    assert [witness.source.outlet for witness in both.witnesses] == ["news", "other"]


def test_what_was_woven_too_late_for_its_digest_is_told_by_the_next(store: Store) -> None:
    arrive(store, 1, one_of_each(1), when=at(0, 10))
    weave(store)
    arrive(store, 2, one_of_each(2), when=at(0, 20), by="other")
    first = facts(store, WEEK, WEEK + DAY)
    weave(store)
    second = facts(store, at(1), at(2), told=keys(first))
    assert [statement.text for statement in second.statements] == ["Number 2: we shall send Tomahawk missiles"]
    assert keys(first).isdisjoint(keys(second))


def test_a_stream_s_first_digest_answers_for_its_own_time_alone(store: Store) -> None:
    arrive(store, 1, one_of_each(), when=at(0, 10))
    weave(store)
    assert facts(store, at(1), at(2), of=stream(since=at(1, 12))).statements == ()
    # Nothing was told for long: what waited too long must not fall between two digests.
    assert facts(store, at(1), at(2), of=stream(since=at(-5))).statements != ()


def a_week(store: Store, seed: int, articles: int = 30) -> None:
    """Articles, some read days late, some only repeating, about a few events, weapons and claims."""
    dice = random.Random(seed)
    arrivals = sorted(at(0) + timedelta(minutes=dice.randrange(7 * 24 * 60)) for _ in range(articles))
    for n, moment in enumerate(arrivals):
        late = dice.choice((0, 0, 0, 3, 30, 70))
        statuses = ("planned", "planned", "planned", "called_off", "held")
        days = when((at(10) + DAY * dice.randrange(3)).date())
        given = nothing(
            events=(meeting(dice.choice(statuses), participants=(TRUMP, dice.choice((PUTIN, ZELENSKY))), when=days),),
            quotes=(quote(f"We say for the {dice.randrange(15)}th time that we want Tomahawk", about=("Tomahawk",)),),
            aid=(step(step=dice.choice(("requested", "considered", "announced", "refused")), by=TRUMP),),
            reactions=(reaction(kind=dice.choice(("warning", "denial"))),) if dice.random() < 0.5 else (),
            embedding=tuple(dice.uniform(-1, 1) for _ in range(4)),
        )
        arrive(store, n, given, when=moment, by=f"o{dice.randrange(6)}", published=moment - HOUR * late)
        if dice.random() < 0.3:
            weave(store, now=moment)
    weave(store)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_days_of_a_week_neither_repeat_nor_lose_what_the_week_tells(store: Store, seed: int) -> None:
    a_week(store, seed)
    whole = keys(facts(store, WEEK, at(7)))
    told: frozenset[str] = frozenset()
    for day in range(7):
        found = keys(facts(store, at(day), at(day + 1), told=told, of=stream(since=WEEK)))
        assert not any(key in told for key in found if not key.startswith("story:"))
        told |= found
    assert told == whole
    assert len(whole) > 30


def test_a_story_that_went_into_one_that_was_told_goes_on_and_is_not_new(store: Store) -> None:
    hold(store)
    for n, story in ((1, 1), (2, 2)):
        arrive(store, n, when=at(0, 9 + n))
        record(store, woven(claimed(store)[0], story))
    told = keys(facts(store, WEEK, at(1)))
    assert {"story:1", "story:2"} <= told
    arrive(store, 3, when=at(1, 10))
    (three,) = claimed(store)
    merged = StoryChange(at=at(1, 10), kind="merged", story_id=2, other_id=3, moved=(2,))
    record(store, woven(three, 3, story_changes=(merged,)))
    (news,) = facts(store, at(1), at(2), told=told).stories
    assert (news.story.id, news.is_new, news.fresh) == (3, False, 1)


def test_a_story_goes_on_with_its_fresh_articles(store: Store) -> None:
    hold(store)
    for n, day in ((1, 0), (2, 1), (3, 1)):
        arrive(store, n, when=at(day, 9 + n))
        record(store, woven(claimed(store)[0], 1))
    (news,) = facts(store, at(1), at(2)).stories
    assert (news.is_new, news.fresh, news.story.articles) == (False, 2, 3)
    assert news.source.article_id in {2, 3}


def test_the_calendar_holds_what_lies_ahead_and_what_turned(store: Store) -> None:
    arrive(store, 1, nothing(events=(meeting(),)), when=at(0, 10))
    arrive(store, 2, nothing(events=(meeting("called_off"),)), when=at(1, 10), by="wire")
    far = meeting(when=when(at(80).date()), participants=(ZELENSKY, PUTIN), where="Geneva")
    arrive(store, 3, nothing(events=(far,)), when=at(1, 11))
    weave(store)
    found = facts(store, at(1), at(2))
    assert [happening.status for happening in found.turned] == ["called_off"]
    assert found.planned == ()
    told = keys(found)
    assert facts(store, at(2), at(3), told=told).turned == ()


def test_a_plan_without_a_day_is_ahead_while_two_speak_of_it(store: Store) -> None:
    undated = nothing(events=(meeting(when=None),))
    arrive(store, 1, undated, when=at(0, 10))
    weave(store)
    assert facts(store, at(0), at(1)).planned == ()
    arrive(store, 2, undated, when=at(0, 11), by="other", text="Quite another text, about the very same plan.")
    weave(store)
    assert len(facts(store, at(0), at(1)).planned) == 1
    assert facts(store, at(9), at(10)).planned == ()


def test_after_a_gap_everything_since_the_last_digest_counts(store: Store) -> None:
    arrive(store, 1, one_of_each(), when=at(0, 10))
    weave(store)
    found = facts(store, at(3), at(4), covers_from=at(0), of=stream(since=at(-5)))
    assert (len(found.statements), found.coverage.matched, found.stories[0].is_new) == (1, 1, True)


def test_everything_is_of_one_state_of_the_database(store: Store) -> None:
    begun: list[object] = []

    def note(connection: object) -> None:
        begun.append(connection)

    events.listen(store._database.engine, "begin", note)
    facts(store, at(0), at(1))
    events.remove(store._database.engine, "begin", note)
    assert len(begun) == 1


def test_silence_is_told_where_no_search_was_asked_for(store: Store) -> None:
    past = meeting(when=when(at(0).date()), participants=(TRUMP, ZELENSKY))
    arrive(store, 1, nothing(events=(past,)), when=at(-2))
    weave(store)
    found = facts(store, at(1), at(3))
    assert "silence" in kinds(found)
    assert keys(facts(store, at(3), at(4), told=keys(found))).isdisjoint(keys(found))


def test_a_leader_who_falls_silent_is_told_once(store: Store) -> None:
    for day in range(14):
        speakers = [TRUMP, PUTIN] if day < 11 else [PUTIN]
        said = tuple(
            quote(f"{speaker} spoke on day {day} and said that", 9 + 90 * n, speaker=speaker, about=("Tomahawk",))
            for n, speaker in enumerate(speakers)
        )
        arrive(store, day, nothing(quotes=said), when=at(day - 12, 10))
    weave(store)
    told: frozenset[str] = frozenset()
    silences = []
    for day in range(-2, 3):
        found = facts(store, at(day), at(day + 1), told=told, of=stream(since=at(-20)))
        told |= keys(found)
        silences += [change for change in found.changes if change.kind == "silence"]
    assert [(change.names, change.at) for change in silences] == [((TRUMP, "Tomahawk"), at(1, 0))]


def test_no_query_reads_a_whole_table(sqlite_url: str) -> None:
    """But for the few rows of what has no index to begin with: feeds, and what a query has put together itself."""
    with Store.open(sqlite_url) as store:
        a_week(store, 1, articles=6)
        asked: list[tuple[str, Any]] = []

        def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        events.listen(store._database.engine, "before_cursor_execute", note)
        facts(store, at(0), at(7))
        store.facts.is_settled(at(7))
        with store._database.read() as connection:
            plans = [
                str(row[3])
                for statement, parameters in asked
                if statement.lstrip().startswith(("SELECT", "WITH"))
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
    own = ("keys", "ranked", "spoken", "anon", "(subquery", "CONSTANT", "SETUP", "RECURSIVE")
    assert len(plans) > 40
    assert [line for line in plans if line.startswith("SCAN") and not any(mark in line for mark in own)] == []


def test_a_weapon_moves_by_when_we_knew_of_it_however_old_the_article(store: Store) -> None:
    # A replayed week, or an archive that comes in: nothing of it is as young as the ladder's memory.
    arrive(store, 1, one_of_each(1), when=at(0, 10), published=at(0) - DAY * 420)
    weave(store)
    found = facts(store, WEEK, at(1))
    assert "ladder" in kinds(found)
    assert [rung.item for rung in found.rungs] == ["Tomahawk"]
