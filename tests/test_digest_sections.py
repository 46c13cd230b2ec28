"""The sections of a digest: calendar, who said what, ladder, stories, and what only a state tells."""

from dataclasses import replace
from datetime import timedelta

from monitor.records.chronicle import Change, EventChange
from tests import digest_builders as builders
from tests import digest_day as day
from tests.digest_builders import changes_of, composed, full_facts, huge_facts, of_steps, only, quiet_facts

FULL = builders.full_digest()


# A state's outlets.


def state_s_own() -> tuple[Change, ...]:
    return tuple(change for change in full_facts().changes if "Steve Witkoff" in change.names)


def test_what_only_a_state_tells_never_comes_before_what_others_tell() -> None:
    (own,) = state_s_own()
    digest = composed(full_facts(changes=(own, *changes_of("answer"))))
    assert "Witkoff" not in digest.headline
    assert digest.lead[-1].text.startswith(own.what + " (state media only). ")
    assert [line.story_id for line in FULL.stories][-1] == 8


def test_where_a_state_s_outlets_are_all_there_is_the_words_say_so() -> None:
    digest = composed(full_facts(changes=state_s_own(), stories=(), statements=(), rungs=()))
    assert digest.headline == "State media only: Dmitriev–Witkoff meeting in Moscow planned for 29 Nov"
    (line,) = digest.lead
    assert "(state media only)" in line.text
    envoys = next(line for line in digest.calendar if line.happening_id == day.ENVOYS.id)
    assert (
        envoys.evidence.text
        == "State media only: “The envoys will meet in Moscow on Sunday, a source told the agency.”"
    )
    assert (envoys.origins, envoys.evidence.is_quote) == (0, False)


def test_independent_outlets_are_cited_where_there_are_any() -> None:
    call = next(line for line in FULL.calendar if line.happening_id == day.CALL.id)
    assert call.evidence.source is not None
    assert not call.evidence.source.state_controlled
    # The agency and whom it serves are one witness, a state's outlet none.
    assert call.origins == 2
    putin = next(line for line in FULL.said if line.statement_id == 8)
    assert (putin.source.outlet, putin.outlets, putin.origins) == ("Harbor Wire", 2, 1)


# The calendar.


def test_the_calendar_has_what_lies_ahead_the_nearest_first_and_then_what_turned() -> None:
    assert [(line.what, line.status, line.turn) for line in FULL.calendar] == [
        ("Zelensky visit to Washington", "planned", ""),
        ("Dmitriev–Witkoff meeting, Moscow", "planned", "new"),
        ("Zelensky–Starmer meeting, London", "postponed", "planned for 26 November, now postponed to 30 November"),
        ("Trump–Putin meeting, Budapest", "planned", "new"),
        ("US–Russia talks, Abu Dhabi", "proposed", ""),
        ("Trump–Putin call", "held", "planned for 25 November, now held"),
        ("Russia–Ukraine talks, Istanbul", "called off", "planned for 26 November, now called off"),
    ]


def test_a_day_is_certain_when_it_is_told_exactly_and_nobody_contradicts_it() -> None:
    against = EventChange(
        at=day.at(25), field="when", before="2026-12-03", after="2026-12-10", report=day.BUDAPEST.reports[1]
    )
    doubted = replace(day.BUDAPEST, contradictions=(against,))
    digest = composed(only(planned=(doubted, day.ABU_DHABI, day.WASHINGTON)))
    assert [line.is_certain for line in digest.calendar] == [False, False, True]


def test_a_full_calendar_keeps_what_changed_and_leaders() -> None:
    digest = composed(huge_facts(200))
    assert len(digest.calendar) == 8 + 2
    assert {day.BUDAPEST.id, day.LONDON.id, day.CALL.id, day.ISTANBUL.id} <= {
        line.happening_id for line in digest.calendar
    }
    assert dict(digest.more)["calendar"] == 5 + 20 - 8


# Who said what.


def test_the_presidents_speak_first_and_each_thing_is_said_once() -> None:
    assert [line.statement_id for line in FULL.said] == [1, 3, 6, 4, 8, 9, 10, 11, 13, 12]
    # 2 is 1 in other words; 5 and 7 are left out.
    assert dict(FULL.more)["said"] == 2


def test_the_link_leads_to_the_words_that_are_shown() -> None:
    whole, part = "We will meet in Budapest, and that is certain", "We will meet in Budapest"
    told = day.statement(1, day.PUTIN, whole, ("Danube Post", 1, day.at(25, 9)), (day.STATE, 2, day.at(25, 8)))
    cut = replace(told.witnesses[0], span=replace(told.witnesses[0].span, text=part))
    (line,) = composed(only(statements=(replace(told, witnesses=(cut, told.witnesses[1])),))).said
    assert (line.text, line.source.outlet) == (whole, day.STATE)
    (line,) = composed(only(statements=(replace(told, witnesses=(cut,)),))).said
    assert (line.text, line.source.outlet) == (part, "Danube Post")


def test_what_is_left_out_is_counted_but_a_leader_s_first_words_wait_for_the_next_digest() -> None:
    crowd = tuple(
        day.statement(
            100 + n, day.PUTIN, f"Wording number {n} is about place {n}", ("Danube Post", n + 1, day.at(25, 9))
        )
        for n in range(7)
    )
    first = tuple(
        Change(
            at=day.at(25, 9),
            kind="first statement",
            what=f"First words {n}",
            names=(day.PUTIN, f"Place {n}"),
            evidence=each.text,
            source=each.witnesses[0].source,
            key=f"first {n}",
        )
        for n, each in enumerate(crowd[:6])
    )
    digest = composed(only(statements=crowd, changes=first))
    told = {f"statement:{line.statement_id}" for line in digest.said}
    assert len(digest.said) == 4
    assert dict(digest.more)["said"] == 3
    assert {key for key in digest.told if key.startswith("statement:")} == told | {"statement:106"}


# The ladder.


def test_what_moved_comes_first_and_says_from_where() -> None:
    assert [(line.item, line.step, line.before, line.moved) for line in FULL.ladder] == [
        ("Patriot systems", "delivered", "announced", "up"),
        ("Taurus missiles", "refused", "considered", "down"),
        ("Storm Shadow missiles", "approved", "", ""),
        ("Tomahawk missiles", "considered", "", ""),
    ]
    assert [step for _, step in FULL.ladder[-1].trail] == ["requested", "considered"]


def test_a_weapon_that_nobody_spoke_of_before_is_new() -> None:
    step = day.step("Potomac Ledger", 1, day.at(25), "announced", "They come.", item="ATACMS", donor="United States")
    (line,) = composed(of_steps(step)).ladder
    assert (line.moved, line.before) == ("new", "")


def test_weapons_without_a_word_for_a_month_are_left_out() -> None:
    later = replace(day.PERIOD, end=day.PERIOD.end + timedelta(days=17))
    digest = composed(replace(quiet_facts(), period=later))
    assert [line.item for line in digest.ladder] == ["Storm Shadow missiles"]


# Stories.


def test_stories_go_by_independent_origins_and_then_by_fresh_articles() -> None:
    few = day.story(20, "Nine outlets of one agency", ("Harbor Wire", 1), "It says so.", origins=1, outlets=9)
    two = day.story(21, "Two who know", ("Danube Post", 2), "They say so.", origins=2, outlets=2)
    more = replace(day.story(22, "One with much", ("Danube Post", 3), "A lot.", origins=2, outlets=2), fresh=5)
    digest = composed(only(stories=(few, two, more)))
    assert [line.story_id for line in digest.stories] == [22, 21, 20]


def test_one_headline_is_one_line_and_what_is_left_out_is_counted() -> None:
    twin = day.story(30, "ISTANBUL round falls through!", ("Danube Post", 1), "It does.", origins=1)
    many = [day.story(40 + n, f"Story {n}", ("Danube Post", 40 + n), "Words.", origins=1) for n in range(10)]
    digest = composed(only(stories=(twin, *day.STORIES, *many)))
    assert len(digest.stories) == 12
    assert dict(digest.more)["stories"] == 18 - 12
    assert "story:30" in digest.told
    shown = {f"story:{line.story_id}" for line in digest.stories}
    # What is left out may have grown by tomorrow.
    assert {key for key in digest.told if key.startswith("story:")} == shown | {"story:30"}


def test_a_story_that_goes_on_is_not_new() -> None:
    assert [line.story_id for line in FULL.stories if not line.is_new] == [4]


def test_a_story_without_a_headline_has_its_sentence() -> None:
    bare = day.story(1, " ", ("Danube Post", 1), "It says so.")
    bare = replace(bare, source=replace(bare.source, title=""))
    (line,) = composed(only(stories=(bare,))).stories
    assert line.title == "It says so."
