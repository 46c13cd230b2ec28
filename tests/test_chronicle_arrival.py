"""Events over articles, whatever is told and in whatever order it arrives."""

import random
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.chronicle import happenings
from monitor.records.chronicle import EventReport
from monitor.records.findings import Event, Span, When
from tests.chronicle_builders import PUTIN, TRUMP, ZELENSKY, at, origin, source, woven_events

NAMES = (TRUMP, PUTIN, ZELENSKY, "Marco Rubio", "Russia", "Ukraine", "Kyiv", "Ünknown Person", "")
DAYS = st.dates(date(2026, 10, 1), date(2027, 1, 15))


@st.composite
def whens(draw: st.DrawFn) -> When:
    start, end = sorted((draw(DAYS), draw(DAYS)))
    return When(
        start=start, end=draw(st.sampled_from([start, end])), certainty=draw(st.sampled_from(["exact", "approximate"]))
    )


@st.composite
def event_reports(draw: st.DrawFn) -> EventReport:
    outlet = draw(st.sampled_from("ABCDE"))
    published = at(1) + timedelta(hours=draw(st.integers(0, 700)))
    text = draw(
        st.sampled_from(["they meet", "sources said so", "postponed to then", "confirmed by a spokesman", "\x00…"])
    )
    begin = draw(st.integers(0, 3))
    return EventReport(
        source=source(outlet, published, article_id=draw(st.integers(1, 12)), backfill=draw(st.booleans())),
        origin=origin(outlet, state_controlled=outlet == "E"),
        event=Event(
            type=draw(st.sampled_from(["call", "meeting", "visit", "talks_round", "offer", "ceasefire", "other"])),
            participants=tuple(draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))),
            when=draw(st.none() | whens()),
            where=draw(st.sampled_from([None, "Budapest", "Hungary", "White House", "Washington", "Nowhere"])),
            status=draw(st.sampled_from(["held", "under_way", "planned", "proposed", "called_off"])),
            evidence=Span(start=begin, end=begin + len(text), text=text),
        ),
    )


FEW = settings(max_examples=40)
LISTS = st.lists(event_reports(), min_size=1, max_size=12)


@FEW
@given(LISTS, st.randoms(use_true_random=False))
def test_the_order_in_which_reports_arrive_does_not_matter(reports: list[EventReport], dice: random.Random) -> None:
    other = list(reports)
    dice.shuffle(other)
    assert happenings.settled(reports, id=7) == happenings.settled(other, id=7)


@FEW
@given(LISTS)
def test_a_settled_event_says_nothing_that_no_report_says(reports: list[EventReport]) -> None:
    happening = happenings.settled(reports, id=1)
    told = {report.event.status for report in reports} | {"postponed", "planned"}
    assert happening.status in told
    assert set(happening.participants) <= {name for report in reports for name in report.event.participants}
    assert happening.where is None or happening.where in {report.event.where for report in reports}
    assert happening.when is None or happening.when[0] <= happening.when[1]
    assert list(happening.history) == sorted(happening.history, key=lambda change: change.at)
    assert happening.history[0].before == ""
    assert [change.after for change in happening.history if change.field == "status"][-1] == happening.status
    assert {change.report for change in (*happening.history, *happening.contradictions)} <= set(reports)
    assert happening.first_told <= happening.last_told


@FEW
@given(LISTS)
def test_weaving_twice_changes_nothing(reports: list[EventReport]) -> None:
    once = [replace(happening, id=number) for number, happening in enumerate(happenings.weave((), reports), 1)]
    assert happenings.weave(once, reports) == ()
    assert sum(len(happening.reports) for happening in once) == len(set(reports))


@FEW
@given(LISTS, st.lists(event_reports(), min_size=1, max_size=3))
def test_taking_out_what_was_put_in_gives_what_was_there(before: list[EventReport], more: list[EventReport]) -> None:
    more = [replace(report, source=replace(report.source, article_id=99)) for report in more]
    was = {n: replace(happening, id=n) for n, happening in enumerate(happenings.weave((), before), 1)}
    for happening in happenings.weave(list(was.values()), more):
        assert happenings.without(happening, 99) == was.get(happening.id)


@given(event_reports())
def test_a_report_and_its_own_event_are_near_each_other(report: EventReport) -> None:
    earliest, latest = happenings.window(report)
    happening = happenings.settled([report], id=1)
    assert earliest <= happening.last_told
    assert happening.first_told <= latest


@settings(max_examples=20)
@given(st.lists(event_reports(), min_size=5, max_size=30))
def test_what_is_woven_one_by_one_keeps_every_report(reports: list[EventReport]) -> None:
    found = woven_events(reports)
    assert {report for happening in found for report in happening.reports} == set(reports)
    for happening in found:
        assert happening == happenings.settled(happening.reports, id=happening.id)
