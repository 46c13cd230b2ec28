"""The subject and the first lines of a digest: what is news, in which order, in which words."""

from dataclasses import replace

import pytest

from monitor.digest import naming
from monitor.digest.lead import LEAST
from monitor.records.chronicle import Change, EventChange
from monitor.records.telling.digests import Coverage, Facts
from tests import digest_builders as builders
from tests import digest_day as day
from tests.digest_builders import changes_of, composed, full_facts, of_events, of_steps, only, quiet_facts

FULL = builders.full_digest()


def test_the_subject_is_the_news() -> None:
    assert FULL.headline == "Trump–Putin call held; Budapest meeting planned for 3 Dec; Patriot systems delivered"


def test_what_leaders_speak_of_and_nobody_decides_is_still_only_considered() -> None:
    news = tuple(change for change in changes_of("event status", "new event") if "Donald Trump" in change.names)
    digest = composed(full_facts(changes=news))
    assert (
        digest.headline == "Trump–Putin call held; Budapest meeting planned for 3 Dec; Tomahawks still only considered"
    )


@pytest.mark.parametrize(
    ("facts", "headline"),
    [
        (quiet_facts(), "No change: Zelensky visit to Washington planned for 27 Nov; Tomahawks still only considered"),
        (only(coverage=Coverage(seen=1212, matched=0, feeds=3)), "No change: nothing new in 1,212 entries"),
        (only(), "No change: no source brought anything"),
        (only(stories=day.STORIES), "Presidents speak for two hours and pick Budapest"),
        (
            only(stories=day.STORIES[6:], statements=day.STATEMENTS[9:]),
            "Zelensky: “Every day of thinking about it costs us another substation”",
        ),
        (only(stories=day.STORIES[6:]), "London meeting moves to Monday"),
        (only(stories=day.STORIES[7:]), "No change: no source brought anything"),
        (only(changes=changes_of("answer")), "Kallas doubts the meeting of Donald Trump and Vladimir Putin; "),
        (
            full_facts(changes=changes_of("answer"), stories=()),
            "Kallas doubts the meeting of Trump and Putin; Peskov warns ",
        ),
        (full_facts(changes=changes_of("answer")), "Presidents speak for two hours and pick Budapest; Kallas doubts "),
        (
            full_facts(changes=changes_of("ladder")),
            "Patriot systems delivered; Taurus missiles refused; Tomahawks still ",
        ),
        (
            full_facts(changes=changes_of("first statement")[:1]),
            "Trump’s first words on Tomahawks; Tomahawks still only considered",
        ),
    ],
)
def test_the_subject_says_what_there_is(facts: Facts, headline: str) -> None:
    assert composed(facts).headline.startswith(headline)


@pytest.mark.parametrize(
    ("what", "headline"),
    [
        ("Vladimir Putin has said nothing on Budapest since 12 November, after speaking on it nearly every day",
         "Putin has said nothing on Budapest since 12 November"),
        ("Call of Donald Trump and Vladimir Putin: planned for 23 November, and no report says that it took place",
         "No report of the call of Trump and Putin"),
        ("No word from the Kremlin a day after the call of Donald Trump and Vladimir Putin",
         "No word from the Kremlin a day after the call of Trump and Putin"),
    ],
)  # fmt: skip
def test_silence_is_told_in_few_words(what: str, headline: str) -> None:
    silence = Change(at=day.at(25), kind="silence", what=what, names=(day.PUTIN, day.TRUMP), key="silence")
    digest = composed(only(changes=(silence,)))
    assert digest.headline == headline
    assert [(line.text, line.source) for line in digest.lead] == [(what, None)]


def test_a_denied_step_is_told_as_a_denial() -> None:
    steps = (
        day.step("Dnipro Courier", 1, day.at(20), "considered", "They think about it.", item="ATACMS", donor="France"),
        day.step("Potomac Ledger", 2, day.at(24), "approved", "It is so.", item="ATACMS", donor="France", by="A B"),
        day.step("Dnipro Courier", 3, day.at(25), "approved", "It is not.", item="ATACMS", donor="France",
                 by="Emmanuel Macron", firmness="denial"),
    )  # fmt: skip
    digest = composed(of_steps(*steps))
    assert digest.headline == "Macron denies that ATACMS are approved"
    (line,) = digest.ladder
    assert (line.step, line.before, line.moved) == ("considered", "approved", "down")
    assert line.evidence.text == "It is not."


def test_turns_come_before_plans_before_the_ladder() -> None:
    starts = [line.text.partition(":")[0] for line in FULL.lead]
    assert starts == [
        "Call of Donald Trump and Vladimir Putin",
        "Meeting of Volodymyr Zelensky and Keir Starmer in London",
        "Round of talks of Russia and Ukraine in Istanbul",
        "Meeting of Donald Trump and Vladimir Putin in Budapest",
        "Patriot systems from Germany to Ukraine",
        "Taurus missiles from Germany to Ukraine",
    ]
    assert FULL.lead[1].text.endswith(
        "planned for 26 November, now postponed to 30 November. “The London meeting was put off to Monday because of "
        "the Washington trip.”"
    )


def test_then_come_first_words_answers_and_silence() -> None:
    silence = Change(at=day.at(25), kind="silence", what="Nobody speaks", names=(), key="silence")
    digest = composed(full_facts(changes=(silence, *changes_of("first statement", "answer"))))
    starts = [" ".join(line.text.split()[:3]) for line in digest.lead]
    # Six first words would fill it: no kind takes more than its share while others have something to say.
    assert len(changes_of("first statement")) > len(digest.lead)
    assert starts == [*["First words of"] * 4, "Kaja Kallas doubts", "Nobody speaks"]


def test_one_event_has_one_line_whatever_happened_to_it() -> None:
    first, last = day.ISTANBUL.history
    hurried = replace(day.ISTANBUL, history=(replace(first, at=day.at(25, 6), report=last.report), last))
    facts = of_events(hurried)
    assert len(facts.changes) == 2
    digest = composed(facts)
    assert [line.text.partition(". ")[0] for line in digest.lead] == [
        "Round of talks of Russia and Ukraine in Istanbul: planned for 26 November, now called off"
    ]
    assert {f"change:{change.key}" for change in facts.changes} == set(digest.told)


def test_a_new_day_is_told_with_the_plan_that_it_changes() -> None:
    report = day.BUDAPEST.reports[-1]
    later = EventChange(at=day.at(25, 22), field="when", before="2026-12-03", after="2026-12-04", report=report)
    moved_on = replace(day.BUDAPEST, when=day.one_day(4, 12), history=(*day.BUDAPEST.history, later))
    digest = composed(of_events(moved_on))
    turn = "planned for 3 December; now 4 December, was 3 December"
    assert digest.lead[0].text.startswith(f"Meeting of Donald Trump and Vladimir Putin in Budapest: {turn}. ")
    assert digest.calendar[0].turn == turn
    only_day = composed(replace(of_events(moved_on), changes=of_events(moved_on).changes[:1]))
    assert only_day.headline == "Trump–Putin meeting in Budapest moved to 4 Dec"


def test_what_was_called_off_and_is_planned_again_is_back_on() -> None:
    again = day.happening(
        9, "meeting", (day.TRUMP, day.PUTIN),
        ("Danube Post", 1, day.at(20), "called_off", "There will be no summit."),
        ("Danube Post", 2, day.at(25, 9), "planned", "There will be one after all."),
        where="Budapest", when=day.one_day(9, 12),
    )  # fmt: skip
    digest = composed(
        replace(full_facts(), changes=(*of_events(again).changes, *changes_of("ladder")), planned=(again,))
    )
    assert digest.headline.startswith("Trump–Putin meeting in Budapest back on for 9 Dec; Patriot systems")
    assert digest.calendar[0].turn == "called off, now planned"


def test_a_warning_that_is_a_leader_s_first_words_is_one_line() -> None:
    both = tuple(change for change in full_facts().changes if "Dmitry Peskov" in change.names)
    digest = composed(full_facts(changes=both, stories=()))
    assert len(both) == 2
    assert len(digest.lead) == 1
    assert {f"change:{change.key}" for change in both} <= set(digest.told)


def test_a_short_lead_is_filled_with_what_the_biggest_new_stories_say() -> None:
    digest = composed(full_facts(changes=changes_of("ladder")[:1]))
    assert [line.text for line in digest.lead[1:]] == [day.STORIES[0].evidence, day.STORIES[1].evidence]
    assert all(line.is_quote and line.source for line in digest.lead[1:])
    # What it says already, it does not say again.
    battery = tuple(change for change in changes_of("ladder") if "Patriot systems" in change.names)
    texts = [line.text for line in composed(full_facts(changes=battery)).lead]
    assert day.STORIES[1].evidence not in texts
    assert len(texts) == LEAST


@pytest.mark.parametrize(
    ("name", "short"),
    [
        (day.TRUMP, "Trump"),
        ("Ursula von der Leyen", "von der Leyen"),
        ("Mohammed bin Salman", "bin Salman"),
        ("Xi Jinping", "Xi"),
        ("Pope Leo XIV", "Pope Leo"),
        ("United States", "US"),
        ("White House", "White House"),
        ("Ministry of Foreign Affairs of Russia", "Ministry of Foreign Affairs of Russia"),
        ("Saudi Arabia", "Saudi Arabia"),
        ("NATO", "NATO"),
        ("a source", "a source"),
        ("", ""),
    ],
)
def test_people_have_short_names(name: str, short: str) -> None:
    assert naming.person(name) == short


@pytest.mark.parametrize(
    ("item", "short"),
    [
        ("Tomahawk missiles", "Tomahawks"),
        ("Storm Shadow missiles", "Storm Shadows"),
        ("Taurus missiles", "Taurus missiles"),
        ("ATACMS missiles", "ATACMS missiles"),
        ("Patriot systems", "Patriot systems"),
        ("ATACMS", "ATACMS"),
        ("missiles", "missiles"),
    ],
)
def test_missiles_have_short_names(item: str, short: str) -> None:
    assert naming.weapon(item) == short
