"""What is new since a moment, in lines that a desk would write."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.chronicle import changes, happenings, ladder, phrases, statements
from monitor.records.chronicle import Change, EventReport, Happening, LadderStep, Statement, Tally
from tests.chronicle_builders import PUTIN, TRUMP, ZELENSKY, answer, at, event_report, on, quote, step, told

LONG_AGO, NOW = at(1), at(28)


def since(moment: datetime = LONG_AGO, now: datetime = NOW, **given: Any) -> tuple[Change, ...]:
    empty: dict[str, Any] = {"happenings": (), "statements": (), "rungs": (), "answers": ()}
    return changes.since(moment, now=now, **empty | given)


def lines(found: tuple[Change, ...]) -> list[str]:
    return [change.what for change in reversed(found)]


def event(*reports: EventReport) -> Happening:
    return happenings.settled(reports, id=1)


def visit() -> Happening:
    where: dict[str, Any] = {"type": "visit", "when": on(17), "where": "Washington"}
    return event(
        event_report(at(14), "planned", (ZELENSKY,), outlet="A", **where),
        event_report(at(17, 20), "held", (ZELENSKY,), outlet="B", **where),
    )


def said(number: int, text: str, speaker: str, published: datetime, *about: str) -> Statement:
    (statement,) = statements.told(told(published, quotes=(quote(text, speaker, about=about),)))
    return replace(statement, id=number)


def test_a_visit_that_took_place_reads_as_a_desk_would_write_it() -> None:
    assert lines(since(happenings=[visit()])) == [
        "Visit of Volodymyr Zelensky to Washington: planned for 17 November",
        "Visit of Volodymyr Zelensky to Washington: planned for 17 November, now held",
    ]


def test_only_what_came_after_the_moment_and_before_now_is_new() -> None:
    (only,) = since(at(15), happenings=[visit()])
    assert (only.kind, only.at, only.source and only.source.outlet) == ("event status", at(17, 20), "B")
    assert since(at(15), now=at(16), happenings=[visit()]) == ()


def test_keys_stay_the_same_whenever_one_asks() -> None:
    early, late = since(happenings=[visit()]), since(at(15), happenings=[visit()])
    assert late[0].key == early[0].key
    assert len({change.key for change in early}) == 2


def test_dates_and_places_that_change_are_told() -> None:
    found = since(
        happenings=[
            event(
                event_report(at(3), when=on(6), where="Budapest", outlet="A"),
                event_report(at(4), when=on(20), where="Riyadh", text="it was postponed", outlet="A"),
            )
        ]
    )
    assert sorted(lines(found)[1:]) == [
        "Meeting of Donald Trump and Volodymyr Zelensky in Riyadh: now in Riyadh, was in Budapest",
        "Meeting of Donald Trump and Volodymyr Zelensky in Riyadh: planned for 6 November, "
        "now postponed to 20 November",
    ]
    nearer = event(event_report(at(3), when=on(6, 8), outlet="A"), event_report(at(4), when=on(7), outlet="A"))
    assert "Meeting of Donald Trump and Volodymyr Zelensky: now 7 November, was 6 to 8 November" in lines(
        since(happenings=[nearer])
    )


def test_a_back_catalogue_makes_no_news() -> None:
    old = event_report(at(3), outlet="A", backfill=True)
    assert since(happenings=[event(old)]) == ()
    assert since(rungs=ladder.rungs([step(at(3), "announced", backfill=True)])) == ()
    article = told(at(3), quotes=(quote("Tomahawks are on the table", about=("Tomahawk",)),), backfill=True)
    assert (
        since(statements=statements.told(article), rungs=ladder.rungs([step(at(2), "considered", backfill=True)])) == ()
    )


def test_the_ladders_moves_and_denials_are_told() -> None:
    told_steps: list[LadderStep] = [
        step(at(2), "considered", by=TRUMP, firmness="hint"),
        step(at(3), "delivered", outlet="A"),
        step(at(3, 13), "delivered", outlet="B"),
        step(at(4), "delivered", firmness="denial", by="Pentagon"),
    ]
    assert lines(since(rungs=ladder.rungs(told_steps))) == [
        "Tomahawk missiles from the United States to Ukraine: considered (Donald Trump)",
        "Tomahawk missiles from the United States to Ukraine: delivered denied (Pentagon)",
    ]


def test_a_leaders_first_words_on_a_subject_are_news_and_the_second_are_not() -> None:
    rungs = ladder.rungs([step(at(1), "considered", by=TRUMP)])
    found = since(
        statements=[
            said(1, "We may send them", TRUMP, at(3), "Tomahawk", "Ukraine"),
            said(2, "They fly very far", TRUMP, at(4), "Tomahawk"),
            said(3, "They change nothing", "Jane Roe", at(4), "Tomahawk"),
            said(4, "The weather is fine", TRUMP, at(5), "Florida"),
        ],
        rungs=rungs,
    )
    first = [change.what for change in found if change.kind == "first statement"]
    assert first == ["First words of Donald Trump on Tomahawk: “We may send them”"]


def test_a_reaction_in_many_articles_is_told_once_a_day() -> None:
    replies = [answer(at(4, hour), "Dmitry Peskov", "warning", "Tomahawk missiles", "Russia") for hour in (9, 8, 10)]
    (change,) = since(answers=replies)
    assert (change.what, change.at) == ("Dmitry Peskov warns about Tomahawk missiles", at(4, 8))
    named = answer(at(5), "Kremlin", "denial", f"call: {TRUMP}, {PUTIN}", "Russia")
    assert since(answers=[named])[0].what == f"Kremlin denies the call of {TRUMP} and {PUTIN}"
    claimed = answer(at(5), "Kremlin", "denial", f"claim: {TRUMP}", "Russia")
    assert since(answers=[claimed])[0].what == f"Kremlin denies what {TRUMP} claims"


def test_one_sides_silence_a_day_after_a_call_is_told() -> None:
    call = event(event_report(at(6), "held", (TRUMP, PUTIN), type="call", when=on(6)))
    ours = said(1, "A very good call", TRUMP, at(6), PUTIN)
    (missing,) = (
        change for change in since(now=at(8), happenings=[call], statements=[ours]) if change.kind == "silence"
    )
    assert missing.what == "No word from Moscow a day after the call of Donald Trump and Vladimir Putin"
    theirs = said(2, "A frank exchange", "Yuri Ushakov", at(6, 20), TRUMP)
    assert all(change.kind != "silence" for change in since(now=at(8), happenings=[call], statements=[ours, theirs]))
    assert all(change.kind != "silence" for change in since(now=at(6, 18), happenings=[call], statements=[ours]))
    assert all(change.kind != "silence" for change in since(now=at(8), happenings=[call]))


def test_a_planned_day_that_nobody_reports_on_is_told() -> None:
    plan = event(event_report(at(3), when=on(6), where="Budapest"))
    (silent,) = (change for change in since(now=at(9), happenings=[plan]) if change.kind == "silence")
    assert silent.what.endswith("planned for 6 November, and no report says that it took place")
    assert since(at(4), now=at(7), happenings=[plan]) == ()


def tallies(name: str, days: list[int], subject: str = "Tomahawk") -> list[Tally]:
    return [Tally(name=name, subject=subject, day=date(2026, 11, day), count=2) for day in days]


def test_a_leader_who_spoke_every_day_and_stopped_is_told_once() -> None:
    everybody = tallies("Dmitry Peskov", list(range(1, 25)))
    counts = [*everybody, *tallies(TRUMP, list(range(1, 15)))]
    (silent,) = changes.silences(counts, at(20))
    assert silent.what == (
        "Donald Trump has said nothing on Tomahawk since 14 November, after speaking on it nearly every day"
    )
    assert changes.silences(counts, at(24))[0].key == silent.key
    assert changes.silences(counts, at(24))[0].at == silent.at
    assert changes.silences(counts, at(16)) == ()


def test_a_weekend_that_is_always_quiet_is_no_silence() -> None:
    weekdays = [day for day in range(2, 21) if date(2026, 11, day).weekday() < 5]
    others = tallies("Dmitry Peskov", list(range(1, 24)))
    assert changes.silences([*tallies(TRUMP, weekdays), *others], at(23)) == ()


def test_when_everybody_is_silent_it_is_our_own_reading_that_stopped() -> None:
    assert changes.silences([*tallies(TRUMP, list(range(1, 15))), *tallies(PUTIN, list(range(1, 15)))], at(25)) == ()


def test_who_speaks_now_and_then_is_never_silent() -> None:
    assert changes.silences([*tallies(TRUMP, [1, 5, 9, 12]), *tallies(PUTIN, list(range(1, 25)))], at(25)) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11-17", "17 November"),
        ("2026-11-13/2026-11-19", "13 to 19 November"),
        ("2026-11-30/2026-12-02", "30 November to 2 December"),
        ("2025-08-15", "15 August 2025"),
        ("", "no date"),
    ],
)
def test_days_read_as_words(text: str, words: str) -> None:
    assert phrases.days(text, 2026) == words


def test_long_lists_of_names_are_cut() -> None:
    assert phrases.listed(["A", "B", "C"]) == "A, B and C"
    assert phrases.listed(["A", "B", "C", "D", "E"]) == "A, B and 3 others"
    assert phrases.listed([]) == "somebody"


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 27), st.sampled_from(["planned", "held", "called_off", "proposed"]), st.booleans()),
        max_size=8,
    )
)
def test_changes_are_ordered_and_each_told_once(told_steps: list[tuple[int, str, bool]]) -> None:
    reports = [
        event_report(at(day), status, outlet=f"O{place % 3}", when=on(day) if dated else None)
        for place, (day, status, dated) in enumerate(told_steps)
    ]
    found = since(at(5), happenings=[event(*reports)] if reports else [])
    assert [change.at for change in found] == sorted((change.at for change in found), reverse=True)
    assert len({change.key for change in found}) == len(found)
    assert all(at(5) < change.at <= NOW and change.what and "\n" not in change.what for change in found)
    later = since(at(5) + timedelta(days=5), happenings=[event(*reports)] if reports else [])
    assert {change.key for change in later} <= {change.key for change in found}
