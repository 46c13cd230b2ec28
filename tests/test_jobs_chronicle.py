"""The job that puts matched articles into the chronicle: once, in any order of crashes, by one process at a time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import delete

from monitor.daemon import lease
from monitor.daemon.rounds import FOLLOWED_BY
from monitor.daemon.service import TICKS
from monitor.errors import StoreError
from monitor.jobs import weaving
from monitor.jobs.chronicle import rechronicle
from monitor.jobs.recent import Recent
from monitor.jobs.services import Services, Sizes
from monitor.jobs.table import JOBS, give_back
from monitor.jobs.weaving import LEASE_KEPT, Weaver
from monitor.records.chronicle import Happening, Statement
from monitor.records.findings import Findings
from monitor.records.weaving import Woven
from monitor.store import Store
from monitor.store.chronicle.writing import LEASE as CHRONICLE
from monitor.store.tables import articles
from tests.store_builders import MINUTE, NOW, add_feed, entity, findings
from tests.woven_builders import (
    DAY,
    PUTIN,
    TRUMP,
    ZELENSKY,
    event,
    found,
    quote,
    reaction,
    span,
    step,
    told,
    when,
)

SOON = DAY + timedelta(days=10)
SUMMIT = (
    "The two presidents are to meet in Budapest at the end of the month, officials said on Friday. The talks would be "
    "the first between them since the summer, and aides on either side spoke of a long agenda."
)
CALL = (
    "Kyiv heard from Washington by telephone late on Thursday about batteries of interceptors, and the conversation "
    "turned to winter, power stations and the price of repairs that nobody had counted yet."
)
CLAIM = "Every battery counts when the nights grow long"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """One process that weaves."""

    store: Store
    holder: str = "desk"
    clock: Clock = field(default_factory=Clock)
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        nothing = cast(Any, None)
        self.services = Services(
            store=self.store,
            fetcher=nothing,
            parser=nothing,
            reader=nothing,
            pace=nothing,
            read_policy=nothing,
            holder=self.holder,
            clock=self.clock,
            dice=lambda: 0.0,
            sizes=Sizes(articles=2),
        )

    def resized(self, sizes: Sizes) -> Services:
        """The same parts with rounds of another size."""
        return replace(self.services, sizes=sizes)

    def work(self) -> dict[str, int]:
        """Rounds until nothing is left; what they counted."""
        counts: dict[str, int] = {}
        while done := JOBS["chronicle"](self.services):
            for kind, number in done.counts.items():
                counts[kind] = counts.get(kind, 0) + number
        return counts


def summit(**fields: Any) -> Findings:
    people = (entity(TRUMP, "Q22686", (0, 5)), entity(PUTIN, "Q7747", (20, 25)))
    given: dict[str, Any] = {
        "entities": (*people, entity("Budapest", "Q1781", (60, 68), type_="place")),
        "events": (event("are to meet in Budapest at the end of the month", 20, when=when(SOON)),),
        "quotes": (quote("We are going to end this war, and we will do it in Budapest", 120),),
        "reports": (),
        "aid": (),
        "reactions": (),
        "embedding": (1.0, 0.1, 0.0, 0.0),
    }
    return told(**given | fields)


def call(**fields: Any) -> Findings:
    people = (entity(ZELENSKY, "Q3874799", (0, 5)), entity("Patriot", "Q645968", (90, 97), type_="weapon"))
    given: dict[str, Any] = {
        "entities": people,
        "events": (event("Kyiv heard from Washington", 9, type="call", participants=(ZELENSKY, TRUMP), where=None),),
        "quotes": (quote(CLAIM, 130, speaker=ZELENSKY, speaker_id="Q3874799"),),
        "reports": (),
        "aid": (),
        "reactions": (),
        "embedding": (0.0, 0.0, 1.0, -0.2),
    }
    return told(**given | fields)


def arrive(store: Store, n: int, given: Findings, *, ago: float = 0.0, text: str = SUMMIT) -> Any:
    return found(store, n, given, published=NOW - timedelta(hours=ago), text=text)


def a_day(store: Store) -> None:
    """Two outlets on the summit, one on the call; the summit is then held."""
    arrive(store, 1, summit(), ago=9)
    arrive(store, 2, summit(quotes=(quote("we will do it in Budapest", 150),)), ago=7, text=SUMMIT + " Another view.")
    arrive(store, 3, call(), ago=6, text=CALL)


def shown(store: Store) -> tuple[Any, ...]:
    """What people see, without numbers that depend on the order of writing."""
    chronicle = store.chronicle
    stories = sorted((story.title, story.articles, story.origins) for story in chronicle.stories())
    happened = sorted((_named(each) for each in chronicle.happenings()), key=str)
    said = sorted((_worded(each) for each in chronicle.statements()), key=str)
    return stories, happened, said, chronicle.answers(), chronicle.ladder()


def _named(happening: Happening) -> Happening:
    return replace(happening, id=0)


def _worded(statement: Statement) -> Statement:
    return replace(statement, id=0)


def test_articles_about_one_event_become_one_story_one_happening_and_one_statement(store: Store) -> None:
    a_day(store)
    assert Desk(store).work() == {"woven": 3}
    assert [(story.articles, story.title) for story in store.chronicle.stories()] == [(1, "Story 3"), (2, "Story 1")]
    assert sorted((each.type, len(each.reports)) for each in store.chronicle.happenings()) == [
        ("call", 1),
        ("meeting", 2),
    ]
    (said,) = store.chronicle.statements(speaker=TRUMP)
    assert (len(said.witnesses), said.text) == (2, "We are going to end this war, and we will do it in Budapest")
    assert not store.chronicle.is_waiting()


def test_a_second_time_there_is_nothing_to_do(store: Store) -> None:
    a_day(store)
    desk = Desk(store)
    desk.work()
    assert desk.work() == {}
    assert Desk(store, "another", Clock(NOW + LEASE_KEPT)).work() == {}


def test_a_planned_meeting_that_a_later_article_calls_off_is_called_off(store: Store) -> None:
    a_day(store)
    desk = Desk(store)
    desk.work()
    (before,) = store.chronicle.happenings(type="meeting")
    off = event("The meeting in Budapest was cancelled, the White House said in a statement", 9, when=when(SOON))
    arrive(store, 4, summit(events=(replace(off, status="called_off"),), quotes=()), text="It is off. " + SUMMIT)
    desk.work()
    (after,) = store.chronicle.happenings(type="meeting")
    assert (before.id, before.status) == (after.id, "planned")
    assert after.status == "called_off"
    assert [change.after for change in after.history] == ["planned", "called_off"]


def test_what_a_new_start_weaves_on_is_what_one_run_would_have_woven(store: Store) -> None:
    a_day(store)
    for number in range(3):
        desk = Desk(store, f"desk {number}", Clock(NOW + number * LEASE_KEPT))
        desk.services = desk.resized(Sizes(articles=1))
        assert JOBS["chronicle"](desk.services).counts == {"woven": 1}
    pieces = shown(store)
    assert store.chronicle.rebuild() == 3
    Desk(store, "last").work()
    assert shown(store) == pieces


def test_rebuilding_gives_what_was_there(store: Store) -> None:
    a_day(store)
    desk = Desk(store)
    desk.work()
    before = shown(store)
    assert store.chronicle.rebuild() == 3
    assert store.chronicle.stories() == ()
    # The desk still believes that it holds the lease, and remembers stories that are gone.
    assert desk.work() == {}
    assert desk.work() == {"woven": 3}
    assert shown(store) == before


def test_a_chronicle_is_made_anew_in_one_go(store: Store) -> None:
    a_day(store)
    Desk(store).work()
    before = shown(store)
    assert rechronicle(store, holder="by hand", clock=Clock()) == (3, 3)
    assert shown(store) == before
    assert store.leases.holder(CHRONICLE) is None


def test_articles_deleted_in_the_middle_of_a_round_are_mended_before_more_is_woven(store: Store) -> None:
    a_day(store)
    desk = Desk(store)
    record = store.chronicle.record

    def purge_first(woven: Woven, *, holder: str) -> Any:
        store.chronicle.record = record  # type: ignore[method-assign]
        recorded = record(woven, holder=holder)
        with store._database.write() as connection:
            connection.execute(delete(articles).where(articles.c.id == woven.source.article_id))
        return recorded

    store.chronicle.record = purge_first  # type: ignore[method-assign]
    assert desk.work() == {"woven": 3, "chronicle_mended": 3}
    assert [story.articles for story in store.chronicle.stories()] == [1, 1]
    assert store.upkeep.check() == ()


def test_only_one_process_weaves_at_a_time(store: Store) -> None:
    a_day(store)
    first, second = Desk(store, "first"), Desk(store, "second")
    first.services = first.resized(Sizes(articles=1))
    assert JOBS["chronicle"](first.services)
    assert not JOBS["chronicle"](second.services)
    second.clock.now = NOW + LEASE_KEPT
    assert second.work() == {"woven": 2}
    assert first.work() == {}


def test_the_lease_is_kept_through_idle_times_and_given_back_at_the_end(store: Store) -> None:
    a_day(store)
    desk = Desk(store, "host:1:a")
    desk.work()
    for _ in range(5):
        desk.clock.now += LEASE_KEPT / 2
        assert desk.work() == {}
    held = store.leases.holder(CHRONICLE)
    assert held is not None
    assert held.expires_at == desk.clock.now + LEASE_KEPT
    lease.give_back(store, "host:1:a")
    assert store.leases.holder(CHRONICLE) is None


def test_a_lease_lost_in_the_middle_of_a_round_writes_nothing_and_gives_the_articles_back(store: Store) -> None:
    a_day(store)
    desk = Desk(store)
    weave = desk.services.weaver.weave

    def steal(*given: Any) -> Woven:
        made = weave(*given)
        store.leases.release(CHRONICLE, "desk")
        store.leases.acquire(CHRONICLE, "thief", now=NOW, ttl=LEASE_KEPT)
        return made

    desk.services.weaver.weave = steal  # type: ignore[method-assign, assignment]
    assert desk.work() == {}
    assert store.chronicle.stories() == ()
    assert Desk(store, "thief").work() == {"woven": 3}


class Killed(BaseException):
    """The process ends here."""


CRASHES = ("before writing", "after writing", "while writing", "while mending")


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_repeats_at_most_one_article_and_doubles_nothing(
    store: Store, crash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(store)
    desk = Desk(store)
    with monkeypatch.context() as patched:
        _break(patched, crash)
        with pytest.raises(Killed):
            desk.work()
    successor = Desk(store, "successor", Clock(NOW + Sizes().lease))
    counts = successor.work()
    assert counts["woven"] == 3 - (crash == "after writing")
    pieces = shown(store)
    store.chronicle.rebuild()
    Desk(store, "whole").work()
    assert shown(store) == pieces
    assert store.upkeep.check() == ()


def _break(patched: pytest.MonkeyPatch, crash: str) -> None:
    """End the process at one place of its way."""

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    if crash == "before writing":
        patched.setattr("monitor.store.chronicle.store.ChronicleStore.record", killed)
    elif crash == "after writing":
        patched.setattr(Weaver, "remember", killed)
    elif crash == "while writing":
        patched.setattr("monitor.store.chronicle.waiting.done", killed)
    else:
        patched.setattr("monitor.store.chronicle.mending.mend", killed)


def test_a_database_that_fails_once_costs_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day(store)
    desk = Desk(store)

    def fails(*_: Any, **__: Any) -> Any:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("monitor.store.chronicle.waiting.done", fails)
        with pytest.raises(StoreError):
            desk.work()
    give_back(desk.services, "chronicle")
    assert desk.work() == {"woven": 3}
    assert [story.articles for story in store.chronicle.stories()] == [1, 2]


def test_a_match_that_is_withdrawn_takes_its_part_out_of_the_chronicle(store: Store) -> None:
    first = arrive(store, 1, summit(), ago=9)
    arrive(store, 2, summit(), ago=7, text=SUMMIT + " Another view.")
    desk = Desk(store)
    desk.work()
    store.findings.record(first, findings(0.1), now=NOW)
    assert desk.work() == {"taken_out": 1}
    (story,) = store.chronicle.stories()
    assert (story.articles, story.title) == (1, "Story 2")
    assert [len(each.reports) for each in store.chronicle.happenings()] == [1]
    assert [len(each.witnesses) for each in store.chronicle.statements()] == [1]
    store.findings.record(first, summit(), now=NOW)
    assert desk.work() == {"woven": 1}
    assert [story.articles for story in store.chronicle.stories()] == [2]


def test_a_new_version_takes_the_place_of_the_old_one_under_the_same_numbers(store: Store) -> None:
    stored = arrive(store, 1, summit())
    desk = Desk(store)
    desk.work()
    other = summit(events=(event("They will meet in Vienna", 9, where="Vienna", when=when(SOON)),))
    store.findings.record(stored, other, now=NOW + MINUTE)
    assert desk.work() == {"woven": 1}
    (happened,) = store.chronicle.happenings()
    (said,) = store.chronicle.statements()
    assert (happened.id, happened.where, said.id) == (1, "Vienna", 1)
    assert len(happened.reports) == 1


def test_findings_told_again_in_the_same_words_change_nothing(store: Store) -> None:
    stored = arrive(store, 1, summit())
    desk = Desk(store)
    desk.work()
    before = (store.chronicle.happenings(), store.chronicle.statements(), store.chronicle.stories())
    store.findings.record(stored, summit(), now=NOW + MINUTE)
    assert desk.work() == {"woven": 1}
    assert (store.chronicle.happenings(), store.chronicle.statements(), store.chronicle.stories()) == before


def test_outlets_that_print_one_agency_s_text_are_one_origin(store: Store) -> None:
    wire = "BUDAPEST (Reuters) - " + SUMMIT
    arrive(store, 1, summit(), ago=5, text=SUMMIT)
    arrive(store, 2, summit(), ago=4, text=wire)
    arrive(store, 3, summit(), ago=3, text=wire + " It was not said when.")
    arrive(store, 4, summit(), ago=2, text="Our reporter stood before the parliament and counted the cars. " * 4)
    Desk(store).work()
    page = store.chronicle.story(store.chronicle.stories()[0].id)
    assert page is not None
    keys = {each.article_id: each.origin.key for each in page.members}
    assert keys == {1: "agency:reuters", 2: "agency:reuters", 3: "agency:reuters", 4: "outlet:The News"}
    assert (page.story.articles, page.story.origins) == (4, 2)
    (happened,) = store.chronicle.happenings()
    assert {report.origin.key for report in happened.reports} == set(keys.values())


def test_a_feed_that_is_a_wire_can_be_credited(store: Store) -> None:
    add_feed(store, "https://wire.example/rss", outlet="Brightwater Wire", family="Brightwater Wire", kind="wire")
    arrive(store, 1, summit(), text="BUDAPEST (Brightwater) - " + SUMMIT)
    Desk(store).work()
    assert store.chronicle.wires() == (("Brightwater Wire", "", False),)
    page = store.chronicle.story(1)
    assert page is not None
    assert page.members[0].origin.key == "agency:brightwater-wire"


def test_an_original_that_is_looked_at_again_is_no_copy_of_its_copies(store: Store) -> None:
    wire = "BUDAPEST (Reuters) - " + SUMMIT
    first = arrive(store, 1, summit(), ago=5, text=wire)
    arrive(store, 2, summit(), ago=4, text=wire + " It was not said when.")
    desk = Desk(store)
    desk.work()
    before = store.chronicle.story(1)
    store.findings.record(first, summit(), now=NOW + MINUTE)
    desk.work()
    assert before is not None
    assert store.chronicle.story(1) == before
    assert [each.origin.copy_of for each in before.members] == [None, 1]


def test_a_reaction_is_tied_to_the_event_the_claim_and_the_weapon_it_answers(store: Store) -> None:
    a_day(store)
    arrive(store, 4, call(aid=(step("Kyiv asked Washington for Tomahawk missiles", 9),)), ago=5, text=CALL + " More.")
    answers = (
        reaction("Moscow warned of Tomahawk missiles", 9, about="Tomahawk"),
        reaction("The Kremlin confirmed the meeting", 60, kind="confirmation", about=f"meeting: {TRUMP}, {PUTIN}"),
        reaction("Nobody needs that, the Kremlin said", 90, kind="denial", about=f"claim: {ZELENSKY}",
                 answers=span(CLAIM, 200)),
    )  # fmt: skip
    arrive(store, 5, summit(events=(), quotes=(), reactions=answers), text="Moscow answers. " + CALL)
    Desk(store).work()
    (meeting,) = store.chronicle.happenings(type="meeting")
    (claim,) = store.chronicle.statements(speaker=ZELENSKY)
    found_ = {each.reaction.kind: each for each in store.chronicle.answers()}
    assert {each.side for each in found_.values()} == {"Russia"}
    assert found_["warning"].rung == ("Tomahawk", "United States", "Ukraine")
    assert found_["confirmation"].happening_id == meeting.id
    assert found_["denial"].statement_id == claim.id
    (clash,) = store.chronicle.clashes()
    assert (clash.claim, clash.claim_side, clash.denial_side) == (claim, "Ukraine", "Russia")
    assert store.board.overview.standing((), person="Ada", now=NOW).disputed == (clash,)


def test_what_changed_since_a_moment_is_told_in_lines(store: Store) -> None:
    a_day(store)
    arrive(store, 4, call(aid=(step("Kyiv asked Washington for Tomahawk missiles", 9),)), ago=1, text=CALL + " More.")
    Desk(store).work()
    lately = store.chronicle.changes(since=NOW - timedelta(hours=2), now=NOW)
    assert [change.kind for change in lately] == ["ladder"]
    kinds = {change.kind for change in store.chronicle.changes(since=NOW - timedelta(days=1), now=NOW)}
    assert kinds >= {"new event", "ladder"}
    assert store.chronicle.changes(since=NOW, now=NOW + MINUTE) == ()


def test_the_ladder_is_climbed_by_what_is_woven_in(store: Store) -> None:
    arrive(store, 1, call(aid=(step("Kyiv asked for Tomahawk missiles", 9),)), ago=5, text=CALL)
    Desk(store).work()
    (rung,) = store.chronicle.ladder()
    assert (rung.item, rung.donor, rung.recipient, rung.step) == ("Tomahawk", "United States", "Ukraine", "requested")
    assert store.chronicle.ladder(item="tomahawk", donor="united states", recipient="Ukraine") == (rung,)
    assert store.chronicle.ladder(donor="Germany") == ()


def test_a_round_that_is_stopped_gives_back_what_it_did_not_weave(store: Store) -> None:
    a_day(store)
    desk = Desk(store)
    desk.services.stopping.set()
    assert desk.work() == {}
    assert len(store.chronicle.claim(now=NOW, limit=9, holder="next", lease=MINUTE)) == 3


def test_purged_articles_are_mended_in_the_next_round(store: Store) -> None:
    a_day(store)
    desk = Desk(store)
    desk.work()
    store.feeds.remove(1, purge=True)
    assert desk.work()["chronicle_mended"] > 0
    assert shown(store)[:3] == ([], [], [])
    assert desk.work() == {}


def test_the_daemon_weaves_after_it_has_analysed() -> None:
    assert "chronicle" in FOLLOWED_BY["analyse"]
    assert set(TICKS) == set(JOBS)


def test_threads_that_weave_at_once_double_nothing(store: Store) -> None:
    for n in range(8):
        arrive(store, n, summit(), ago=n + 1, text=f"{SUMMIT} View {n}.")
    desks = [Desk(store, f"desk {n}") for n in range(2)]
    threads = [threading.Thread(target=desk.work) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        desk.clock.now += LEASE_KEPT
        desk.work()
    assert [story.articles for story in store.chronicle.stories()] == [8]
    assert [len(each.reports) for each in store.chronicle.happenings()] == [8]
    assert store.upkeep.check() == ()


@dataclass(frozen=True, slots=True)
class Thing:
    id: int
    size: int = 1


def loader(read: list[int]) -> Callable[[Any], list[Thing]]:
    def load(ids: Any) -> list[Thing]:
        read.extend(ids)
        return [Thing(id_) for id_ in ids if id_ < 100]

    return load


def test_memory_holds_what_was_used_last_and_no_more_than_it_may() -> None:
    recent: Recent[Thing] = Recent(3, lambda thing: thing.size)
    read: list[int] = []
    assert [thing.id for thing in recent.of([1, 2, 3, 200], loader(read))] == [1, 2, 3]
    recent.of([1], loader(read))
    recent.put(Thing(4, 2))
    assert read == [1, 2, 3, 200]
    recent.of([1, 4, 2, 3], loader(read))
    assert read == [1, 2, 3, 200, 2, 3]
    recent.put(Thing(5, 99))
    assert recent.of([5], loader(read)) == [Thing(5, 99)]
    recent.clear()
    assert recent.of([5], loader(read)) == [Thing(5)]


def test_countries_come_from_the_knowledge_base() -> None:
    assert weaving.country_of("volodymyr zelensky") == "UA"
    assert weaving.country_of("Nobody Known") is None
