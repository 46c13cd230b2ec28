"""What weaving has made is stored whole, once, and by the holder of the lease alone, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from monitor.records.chronicle import Statement
from monitor.records.weaving import Nearby, Recorded, Waiting, Woven
from monitor.store import Store
from monitor.store.chronicle.writing import LEASE as CHRONICLE
from monitor.store.chronicle_tables import CHRONICLE as TABLES
from monitor.store.tables import articles
from tests.store_builders import LEASE, MINUTE, NOW, findings
from tests.woven_builders import (
    DAY,
    HOLDER,
    PUTIN,
    TRUMP,
    ZELENSKY,
    answer,
    claimed,
    event,
    event_reports,
    found,
    happening,
    hold,
    origin,
    quote,
    record,
    statement,
    step,
    told,
    when,
    whole,
    woven,
)


def rows(store: Store) -> dict[str, int]:
    sizes = {table.name: table.rows for table in store.upkeep.stats().tables}
    return {table.name: sizes[table.name] for table in TABLES if sizes[table.name]}


def waiting(store: Store, n: int | str = 1, **fields: object) -> Waiting:
    found(store, n, **{"given": None} | fields)  # type: ignore[arg-type]
    (one,) = claimed(store)
    return one


def test_what_was_woven_comes_back_as_it_was(store: Store) -> None:
    hold(store)
    one = waiting(store)
    made = whole(one)
    recorded = record(store, made)
    assert recorded == Recorded(happenings=((-1, 1),), statements=((-1, 1),))
    assert store.chronicle.happenings() == (replace(made.happenings[0], id=1),)
    assert store.chronicle.statements() == (replace(made.statements[0], id=1),)
    assert store.chronicle.answers() == (replace(made.answers[0], happening_id=1, statement_id=1),)
    assert not store.chronicle.is_waiting()


def test_weaving_an_article_twice_changes_nothing(store: Store) -> None:
    hold(store)
    stored = found(store)
    (one,) = claimed(store)
    record(store, whole(one))
    before = (rows(store), store.chronicle.happenings(), store.chronicle.statements(), store.chronicle.stories())
    store.findings.record(stored, told(), now=NOW)
    (again,) = claimed(store)
    assert again == one
    made = whole(again)
    same = replace(
        made,
        happenings=tuple(replace(each, id=1) for each in made.happenings),
        statements=tuple(replace(each, id=1) for each in made.statements),
        answers=(answer(again, happening_id=1, statement_id=1),),
    )
    assert record(store, same) == Recorded()
    after = (rows(store), store.chronicle.happenings(), store.chronicle.statements(), store.chronicle.stories())
    assert after == before
    assert before[0]["answers"] == 1


@pytest.mark.parametrize("lost", ["lease", "claim", "new findings"])
def test_nothing_is_written_once_the_lease_or_the_claim_is_lost(store: Store, lost: str) -> None:
    hold(store)
    stored = found(store)
    (one,) = claimed(store)
    if lost == "lease":
        hold(store, "another", now=NOW + LEASE)
    elif lost == "claim":
        claimed(store, now=NOW + LEASE, holder="another")
    else:
        store.findings.record(stored, told(), now=NOW)
    assert store.chronicle.record(whole(one), holder=HOLDER) is None
    assert rows(store) == {}
    assert store.chronicle.is_waiting()


def test_nothing_is_written_without_a_lease_or_for_a_purged_article(store: Store) -> None:
    one = waiting(store)
    assert store.chronicle.record(whole(one), holder=HOLDER) is None
    hold(store)
    store.feeds.remove(1, purge=True)
    assert store.chronicle.record(whole(one), holder=HOLDER) is None
    assert rows(store) == {}


def test_an_article_that_leaves_takes_its_part_with_it(store: Store) -> None:
    hold(store)
    stored = found(store)
    (one,) = claimed(store)
    record(store, whole(one))
    store.findings.record(stored, findings(0.2), now=NOW)
    (gone,) = claimed(store)
    record(store, Woven(source=gone.source, gone_happenings=(1,), gone_statements=(1,)))
    assert rows(store) == {"stories": 1}
    assert store.chronicle.stories() == ()
    assert not store.chronicle.is_waiting()


def test_a_second_article_joins_what_the_first_told_of(store: Store) -> None:
    hold(store)
    one = waiting(store, 1, published=NOW - timedelta(hours=3))
    record(store, whole(one))
    two = waiting(store, 2, given=told(events=(event("They met.", status="held"),)))
    reports = (*event_reports(one), *event_reports(two))
    together = happening(*reports, id=1, status="held", contradictions=())
    both = statement(one, id=1)
    both = replace(both, witnesses=(*both.witnesses, *statement(two).witnesses), variants=("a", "b"))
    record(store, woven(two, happenings=(together,), statements=(both,)))
    assert store.chronicle.happenings() == (together,)
    assert store.chronicle.statements() == (both,)
    (near,) = store.chronicle.happenings_by([1])
    assert near.status == "held"


def test_a_report_that_moves_to_another_happening_is_in_one_only(store: Store) -> None:
    hold(store)
    given = told(events=(event(), event("A call.", 60, type="call")))
    one = waiting(store, 1, given=given)
    first, second = event_reports(one)
    record(store, woven(one, happenings=(happening(first, second, id=-1),)))
    two = waiting(store, 2, given=told(events=()))
    record(store, woven(two, happenings=(happening(second, id=-1), happening(first, id=1))))
    assert [each.reports for each in store.chronicle.happenings_by([1, 2])] == [(first,), (second,)]


def test_what_is_near_is_told_of_then_or_happens_then_or_is_the_article_s_own(store: Store) -> None:
    hold(store)
    for n, hours in ((1, 100), (2, 50), (3, 1)):
        given = told(events=(event(when=when(DAY + timedelta(days=10 * n))),))
        record(store, whole(waiting(store, n, published=NOW - timedelta(hours=hours), given=given)))
    near, types = store.chronicle.near_happenings, frozenset({"meeting", "visit"})
    then = (NOW - timedelta(hours=60), NOW - timedelta(hours=40))
    assert near(99, Nearby(types=types, told=then)) == (2,)
    assert near(3, Nearby(types=types, told=then)) == (2, 3)
    assert near(3, Nearby()) == (3,)
    assert near(99, Nearby(types=frozenset({"call"}), told=then)) == ()
    days = (DAY + timedelta(days=5), DAY + timedelta(days=10))
    assert near(99, Nearby(types=types, days=(days,))) == (1,)
    assert near(99, Nearby(types=types, told=then, days=(days,))) == (1, 2)


def test_statements_are_near_by_their_speaker_and_day(store: Store) -> None:
    hold(store)
    for n in (1, 2, 3):
        record(store, whole(waiting(store, n)))
    near, days = store.chronicle.near_statements, (DAY, DAY)
    assert near(99, [TRUMP.upper()], days) == (1, 2, 3)
    assert near(99, ["Q22686"], days) == (1, 2, 3)
    assert near(99, [TRUMP], (DAY - timedelta(days=3), DAY - timedelta(days=1))) == ()
    assert near(2, [PUTIN], days) == (2,)
    assert near(99, [TRUMP], None) == ()
    assert [each.id for each in store.chronicle.statements_by([3, 99, 1])] == [3, 1]


def test_happenings_whose_findings_were_replaced_show_only_what_articles_still_say(store: Store) -> None:
    hold(store)
    stored = found(store)
    (one,) = claimed(store)
    record(store, whole(one))
    store.findings.record(stored, told(events=(event(status="held"),)), now=NOW)
    (shown,) = store.chronicle.happenings()
    assert (shown.reports, shown.history) == ((), ())


def test_an_article_that_turns_out_to_be_another_origin_s_counts_as_that(store: Store) -> None:
    hold(store)
    one = waiting(store, 1, published=NOW - timedelta(hours=3))
    record(store, whole(one))
    two = waiting(store, 2)
    reports = (*event_reports(one), *event_reports(two, origin("wire")))
    record(store, woven(two, 1, origin("wire"), happenings=(happening(*reports, id=1),)))
    assert store.chronicle.stories()[0].origins == 2
    three = waiting(store, 3)
    record(store, woven(three, 1, origin("wire"), revised=(one.source.article_id,)))
    (story,) = store.chronicle.stories()
    assert (story.articles, story.origins) == (3, 1)
    (settled,) = store.chronicle.happenings()
    assert {report.origin.key for report in settled.reports} == {"outlet:wire"}
    assert store.chronicle.statements()[0].origins == 1


def test_what_a_purged_article_stood_in_is_mended(store: Store) -> None:
    hold(store)
    one = waiting(store, 1, published=NOW - timedelta(hours=3))
    record(store, whole(one))
    two = waiting(store, 2)
    both = statement(one, id=1)
    both = replace(both, witnesses=(*both.witnesses, *statement(two).witnesses))
    together = happening(*event_reports(one), *event_reports(two), id=1)
    record(store, woven(two, happenings=(together,), statements=(both,)))
    three = waiting(store, 3)
    record(store, whole(three))
    purge(store, three)
    purge(store, one)
    assert store.chronicle.is_waiting()
    assert store.chronicle.mend(holder="another") == 0
    assert store.chronicle.mend(holder=HOLDER) > 0
    assert not store.chronicle.is_waiting()
    (left,) = store.chronicle.happenings()
    assert [report.source.article_id for report in left.reports] == [two.source.article_id]
    assert [len(each.witnesses) for each in store.chronicle.statements()] == [1]
    (story,) = store.chronicle.stories()
    assert (story.articles, story.title) == (1, "Story 2")
    assert store.upkeep.check() == ()


def purge(store: Store, one: Waiting) -> None:
    """Delete one article, as purging its feed does."""
    with store._database.write() as connection:
        connection.execute(delete(articles).where(articles.c.id == one.source.article_id))


def test_rebuilding_empties_the_chronicle_and_lets_every_match_wait(store: Store) -> None:
    hold(store)
    for n in (1, 2):
        record(store, whole(waiting(store, n)))
    stored = found(store, 3)
    store.findings.record(stored, findings(0.1), now=NOW)
    assert store.chronicle.rebuild() == 2
    assert rows(store) == {}
    assert store.leases.holder(CHRONICLE) is None
    assert len(claimed(store)) == 2


def test_ids_of_statements_and_happenings_are_never_given_twice(store: Store) -> None:
    hold(store)
    one = waiting(store)
    record(store, whole(one))
    two = waiting(store, 2)
    record(store, woven(two, gone_happenings=(1,), gone_statements=(1,)))
    three = waiting(store, 3)
    assert record(store, whole(three)) == Recorded(happenings=((-1, 2),), statements=((-1, 2),))


def say(store: Store, n: int, **fields: object) -> Statement:
    one = waiting(store, n)
    made = replace(statement(one, id=-1), **fields)  # type: ignore[arg-type]
    record(store, woven(one, statements=(made,)))
    return made


def test_statements_are_listed_by_day_speaker_subject_and_kind(store: Store) -> None:
    hold(store)
    say(store, 1)
    say(store, 2, said_on=DAY - timedelta(days=1), about=(ZELENSKY, PUTIN))
    say(store, 3, speaker=PUTIN, speaker_id="Q7747", about=("Tomahawk",), kind="reported")
    listed = store.chronicle.statements
    assert [each.id for each in listed()] == [3, 1, 2]
    assert [each.id for each in listed(speaker="donald trump")] == [1, 2]
    assert [each.id for each in listed(speaker="Q7747")] == [3]
    assert [each.id for each in listed(about=ZELENSKY)] == [2]
    assert [each.id for each in listed(about=PUTIN, speaker=TRUMP)] == [1, 2]
    assert [each.id for each in listed(since=DAY, kind="direct")] == [1]
    assert [each.id for each in listed(since=NOW)] == [3, 1]
    assert [each.id for each in listed(until=DAY - timedelta(days=1))] == [2]
    assert [each.id for each in listed(limit=2)] == [3, 1]
    assert [each.id for each in listed(limit=2, before=1)] == [2]
    assert [each.id for each in listed(about=PUTIN, before=1)] == [2]


def test_happenings_are_listed_by_when_they_happen(store: Store) -> None:
    hold(store)
    events = (
        event(),
        event("b", 40, type="call", status="held", when=when(DAY - timedelta(days=5), DAY + timedelta(days=1))),
        event("c", 50, when=None, participants=(ZELENSKY,)),
        event("d", 60, when=when(DAY + timedelta(days=30))),
    )
    one = waiting(store, 1, given=told(events=events))
    made = tuple(happening(each, id=-n) for n, each in enumerate(event_reports(one), 1))
    record(store, woven(one, happenings=made))
    listed = store.chronicle.happenings
    assert [each.id for each in listed()] == [4, 3, 1, 2]
    assert [each.id for each in listed(who=ZELENSKY)] == [3]
    assert [each.id for each in listed(who=TRUMP, limit=2)] == [4, 1]
    assert [each.id for each in listed(who=TRUMP, limit=2, before=1)] == [2]
    assert [each.id for each in listed(status="held")] == [2]
    assert [each.id for each in listed(type="meeting", until=DAY)] == [3, 1]
    assert [each.id for each in listed(since=DAY + timedelta(days=1))] == [4, 2]
    assert [each.id for each in listed(since=NOW, until=DAY + timedelta(days=2))] == [3, 1, 2]


def test_answers_are_listed_by_side_and_time(store: Store) -> None:
    hold(store)
    one = waiting(store, 1, published=NOW - timedelta(hours=5))
    record(store, woven(one, answers=(answer(one),)))
    two = waiting(store, 2)
    record(store, woven(two, answers=(answer(two, side="Ukraine", rung=None),)))
    listed = store.chronicle.answers
    assert [each.side for each in listed()] == ["Ukraine", "Russia"]
    assert [each.side for each in listed(side="russia")] == ["Russia"]
    assert [each.side for each in listed(since=NOW - timedelta(hours=2))] == ["Ukraine"]
    assert [each.side for each in listed(limit=1)] == ["Ukraine"]


def test_steps_of_the_ladder_come_from_what_is_woven_the_oldest_first(store: Store) -> None:
    hold(store)
    for n, hours, item in ((1, 1, "Tomahawk"), (2, 9, "Patriot"), (3, 5, "tomahawk")):
        one = waiting(store, n, published=NOW - timedelta(hours=hours), given=told(aid=(step(item=item),)))
        record(store, woven(one))
    found(store, 4, told(aid=(step(item="ATACMS"),)))
    assert [each.step.item for each in store.chronicle.steps()] == ["Patriot", "tomahawk", "Tomahawk"]
    assert [each.step.item for each in store.chronicle.steps(item="toma")] == ["tomahawk", "Tomahawk"]
    assert store.chronicle.steps(item="HIMARS") == ()
    assert store.chronicle.steps()[0].source.title == "Story 2"


def test_a_quotation_in_two_places_of_one_article_is_two_witnesses(store: Store) -> None:
    hold(store)
    one = waiting(store, 1, given=told(quotes=(quote(), quote(start=200))))
    first = statement(one, id=-1)
    second = replace(first.witnesses[0], span=replace(first.witnesses[0].span, start=200, end=218))
    record(store, woven(one, statements=(replace(first, witnesses=(*first.witnesses, second)),)))
    (stored,) = store.chronicle.statements()
    assert [witness.span.start for witness in stored.witnesses] == [9, 200]


def test_the_lease_outlives_a_minute(store: Store) -> None:
    hold(store)
    assert not store.leases.acquire(CHRONICLE, "another", now=NOW + MINUTE, ttl=LEASE)
