"""Events over articles: which reports are one event, and what they say together."""

from dataclasses import replace
from datetime import UTC, date, datetime

from monitor.chronicle import happenings
from monitor.records.chronicle import Happening
from monitor.records.findings import Span, When
from tests.chronicle_builders import PUTIN, TRUMP, ZELENSKY, at, event_report, on, woven_events


def steps(happening: Happening, field: str = "status") -> list[str]:
    return [change.after for change in happening.history if change.field == field]


def test_a_visit_that_was_planned_becomes_held_when_articles_say_so() -> None:
    reports = [
        event_report(at(3), "proposed", outlet="A"),
        event_report(at(4), "planned", when=on(6), where="White House", type="visit", who=(ZELENSKY,), outlet="B"),
        event_report(at(5), "planned", when=on(6), where="White House", outlet="C"),
        event_report(at(6, 20), "held", when=on(6), where="White House", outlet="A"),
        event_report(at(7), "held", outlet="B", text="the two met"),
    ]
    meeting, *others = woven_events(reports[2:] + reports[:2])
    assert not others
    assert steps(meeting) == ["proposed", "planned", "held"]
    assert (meeting.status, meeting.when, meeting.where) == ("held", (date(2026, 11, 6),) * 2, "White House")
    assert set(meeting.participants) == {ZELENSKY, TRUMP}


def test_a_call_with_another_president_is_another_event() -> None:
    found = woven_events(
        [
            event_report(at(6), "held", (TRUMP, PUTIN), type="call", when=on(6), outlet="A"),
            event_report(at(6), "held", (TRUMP, ZELENSKY), type="call", when=on(6), outlet="B"),
        ]
    )
    assert len(found) == 2


def test_a_meeting_of_two_presidents_is_none_of_three() -> None:
    found = woven_events(
        [
            event_report(at(6), "planned", (TRUMP, PUTIN), where="Budapest"),
            event_report(at(6), "proposed", (TRUMP, PUTIN, ZELENSKY), outlet="B"),
        ]
    )
    assert len(found) == 2


def test_what_took_place_in_summer_is_not_the_plan_for_winter() -> None:
    found = woven_events(
        [
            event_report(at(6), "planned", (TRUMP, PUTIN), where="Budapest", outlet="A"),
            event_report(
                at(7),
                "held",
                (TRUMP, PUTIN),
                where="Alaska",
                when=When(start=date(2026, 8, 15), end=date(2026, 8, 15), certainty="exact"),
                outlet="B",
            ),
            event_report(at(8), "held", (TRUMP, PUTIN), outlet="C", text="since the two met"),
        ]
    )
    assert [happening.status for happening in found][:2] == ["planned", "held"]
    assert found[0].reports == (found[0].reports[0],)


def test_two_events_of_one_article_stay_two() -> None:
    first = event_report(at(6), "held", type="call", when=on(6), article_id=900_001)
    second = replace(
        first, event=replace(first.event, status="planned", when=on(9), evidence=Span(start=50, end=54, text="soon"))
    )
    assert len(happenings.weave((), [first, second])) == 2


def test_one_event_told_twice_in_an_article_is_one() -> None:
    first = event_report(at(4), when=on(6), article_id=900_002)
    second = replace(
        first,
        event=replace(first.event, type="visit", where="Washington, D.C.", evidence=Span(start=9, end=11, text="to")),
    )
    (happening,) = happenings.weave((), [first, second])
    assert len(happening.reports) == 2


def test_a_plan_with_a_later_day_is_postponed_and_keeps_its_history() -> None:
    (meeting,) = woven_events(
        [
            event_report(at(3), when=on(6), where="Budapest", outlet="A"),
            event_report(at(4), when=on(6), where="Budapest", outlet="B"),
            event_report(
                at(5), when=on(20), where="Budapest", outlet="A", text="the summit was postponed to 20 November"
            ),
            event_report(at(6), when=on(20), outlet="C"),
        ]
    )
    assert meeting.status == "postponed"
    assert steps(meeting, "when") == ["2026-11-20"]
    assert not meeting.contradictions


def test_should_not_be_put_off_postpones_nothing() -> None:
    (meeting,) = woven_events([event_report(at(3), text="the summit should not be put off")])
    assert meeting.status == "planned"


def test_a_plan_is_called_off() -> None:
    (meeting,) = woven_events(
        [
            event_report(at(3), "planned", (TRUMP, PUTIN), where="Budapest", outlet="A"),
            event_report(at(8), "called_off", (TRUMP, PUTIN), outlet="B", text="the summit will not take place"),
        ]
    )
    assert steps(meeting) == ["planned", "called_off"]


def test_an_unnamed_source_alone_does_not_call_a_summit_off() -> None:
    plan = event_report(at(3), when=on(20), where="Budapest", outlet="A")
    rumour = event_report(
        at(4), "called_off", where="Budapest", outlet="B", text="two people familiar with it said it is off"
    )
    (meeting,) = woven_events([plan, rumour])
    assert meeting.status == "planned"
    assert [(change.field, change.after) for change in meeting.contradictions] == [("status", "called_off")]
    second = event_report(at(4, 15), "called_off", where="Budapest", outlet="C", text="the summit was cancelled")
    (settled,) = woven_events([plan, rumour, second])
    assert settled.status == "called_off"


def test_outlets_that_disagree_about_the_day_contradict_each_other_until_others_settle_it() -> None:
    friday = event_report(at(3, 9), when=on(6), outlet="A")
    saturday = event_report(at(3, 11), when=on(7), outlet="B")
    (meeting,) = woven_events([friday, saturday])
    assert meeting.when == (date(2026, 11, 6),) * 2
    assert [(change.before, change.after) for change in meeting.contradictions] == [("2026-11-06", "2026-11-07")]
    later = [event_report(at(3, hour), when=on(6), outlet=outlet) for hour, outlet in ((14, "C"), (15, "D"))]
    (settled,) = woven_events([friday, saturday, *later])
    assert not settled.contradictions


def test_an_outlet_that_corrects_itself_contradicts_nobody() -> None:
    (meeting,) = woven_events([event_report(at(3, 9), when=on(6)), event_report(at(3, 11), when=on(7))])
    assert meeting.when == (date(2026, 11, 7),) * 2
    assert not meeting.contradictions


def test_one_late_misdated_mention_does_not_move_what_was_held() -> None:
    (meeting,) = woven_events(
        [
            event_report(at(6, 20), "held", when=on(6), outlet="Wire"),
            event_report(at(6, 21), "held", when=on(6), outlet="Wire"),
            event_report(at(7), "held", when=on(7), outlet="Wire"),
        ]
    )
    assert meeting.when == (date(2026, 11, 6),) * 2


def test_what_is_printed_before_its_day_was_not_held() -> None:
    (meeting,) = woven_events(
        [
            event_report(at(3), when=on(9), where="Budapest", outlet="A"),
            event_report(at(5), "held", where="Budapest", when=on(9), outlet="B"),
        ]
    )
    assert meeting.status == "planned"


def test_a_state_outlet_weighs_less_than_an_independent_one() -> None:
    (meeting,) = woven_events(
        [
            event_report(at(6, 9), "held", when=on(6), outlet="A"),
            event_report(at(6, 10), "called_off", when=on(6), outlet="S", state_controlled=True),
        ]
    )
    assert meeting.status == "held"
    assert [change.after for change in meeting.contradictions] == ["called_off"]


def test_countries_stand_for_their_people_only_where_day_or_place_agree() -> None:
    known = woven_events([event_report(at(3), who=("Marco Rubio", "Sergei Lavrov"), type="call", when=on(5))])
    (same,) = happenings.weave(known, [event_report(at(4), who=("Russia", "United States"), when=on(5), type="call")])
    assert same.id == 0, "a call may be anybody's: countries do not say whose"
    talks = woven_events(
        [event_report(at(3), "held", ("Rustem Umerov", "Vladimir Medinsky"), type="talks_round", where="Istanbul")]
    )
    (joined,) = happenings.weave(
        talks, [event_report(at(3), "held", ("Russia", "Ukraine"), type="talks_round", where="Istanbul", outlet="B")]
    )
    assert joined.id == 1


def test_talks_of_two_states_teams_are_not_the_summit_of_the_two() -> None:
    known = woven_events([event_report(at(3), who=("Russia", "United States"), outlet="A")])
    teams = event_report(at(4), who=("United States", "Russia"), type="talks_round", when=on(9, 15), outlet="B")
    (apart,) = happenings.weave(known, [teams])
    assert apart.id == 0


def test_whoever_hands_in_more_countries_gets_more_matches() -> None:
    known = woven_events([event_report(at(3), "held", ("Jane Roe", ZELENSKY), when=on(3), outlet="A")])
    other = event_report(at(3), "held", ("Canada", ZELENSKY), when=on(3), outlet="B")
    (plain,) = happenings.weave(known, [other])
    (knowing,) = happenings.weave(known, [other], country_of={"Jane Roe": "CA"}.get)
    assert (plain.id, knowing.id) == (0, 1)


def test_the_house_is_in_its_city_and_the_city_in_its_country() -> None:
    (meeting,) = woven_events(
        [
            event_report(at(3), when=on(6), where="United States", outlet="A"),
            event_report(at(3, 13), when=on(6), where="Washington, D.C.", outlet="B"),
            event_report(at(3, 14), when=on(6), where="White House", outlet="C"),
        ]
    )
    assert meeting.where == "White House"
    assert not meeting.contradictions


def test_the_window_reaches_from_the_report_to_its_day() -> None:
    report = event_report(at(20), "held", when=When(start=date(2026, 2, 1), end=date(2026, 2, 28), certainty="exact"))
    earliest, latest = happenings.window(report)
    assert earliest <= datetime(2026, 2, 1, tzinfo=UTC) <= at(20) <= latest
