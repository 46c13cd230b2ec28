"""Events: who, what, where, when and how far, read out of invented news sentences."""

from datetime import date

import pytest

from monitor.records.findings import Event
from monitor.understand import dates, events
from monitor.understand.refer import Referents
from tests.aid_builders import prose


def told(title: str, text: str = "", *, talks: float = 1.0) -> tuple[Event, ...]:
    article = prose(title, text)
    return events.find(article, dates.find(article), Referents(article), talks=talks)


def only(title: str, text: str = "") -> Event:
    found = told(title, text)
    assert len(found) == 1, [(event.type, event.participants, event.status) for event in found]
    return found[0]


T, P, Z = "Donald Trump", "Vladimir Putin", "Volodymyr Zelensky"
US, RU, UA = "United States", "Russia", "Ukraine"
CONTACTS = [
    # Types, and who takes part, whatever the sentence is built like.
    ("Trump and Putin spoke by telephone for two hours on Monday.", "call", {T, P}, "held"),
    ("After a long call with Putin on Monday, Trump praised the progress.", "call", {T, P}, "held"),
    ("The Kremlin described Monday's Trump-Putin call as frank.", "call", {T, P}, "held"),
    ("Zelensky phoned Macron on Monday.", "call", {Z, "Emmanuel Macron"}, "held"),
    ("US President Donald Trump met Ukraine's Volodymyr Zelensky in Paris.", "meeting", {T, Z}, "held"),
    ("Zelensky was received by Pope Leo XIV at the Vatican.", "meeting", {Z, "Pope Leo XIV"}, "held"),
    ("A summit between Trump, Putin and Xi Jinping was held in Beijing.", "meeting", {T, P, "Xi Jinping"}, "held"),
    ("US and Russian negotiators held two days of talks in Riyadh.", "talks_round", {US, RU}, "held"),
    ("Talks between Kyiv and Moscow began in Istanbul.", "talks_round", {UA, RU}, "under_way"),
    ("Top diplomats from Russia and the United States met in Riyadh.", "meeting", {RU, US}, "held"),
    ("Steve Witkoff, Trump's special envoy, met Putin in Moscow.", "meeting", {"Steve Witkoff", P}, "held"),
    ("Marco Rubio flew to Geneva on Sunday.", "visit", {"Marco Rubio"}, "held"),
    # What is meant to happen.
    ("Trump will meet Putin in Budapest next week.", "meeting", {T, P}, "planned"),
    ("Trump and Putin agreed to meet in Budapest.", "meeting", {T, P}, "planned"),
    ("Trump is due to receive Zelensky at the White House on Friday.", "meeting", {T, Z}, "planned"),
    ("Zelensky meets Trump in Washington on Friday.", "meeting", {Z, T}, "planned"),
    ("Trump said he would speak to Putin on Thursday.", "call", {T, P}, "planned"),
    # What somebody would like, or offers.
    ("Zelensky said he was ready to meet Putin in Turkey.", "meeting", {Z, P}, "proposed"),
    ("Macron urged Putin to meet Zelensky.", "meeting", {P, Z}, "proposed"),
    ("Trump raised the possibility of a summit with Putin.", "meeting", {T, P}, "proposed"),
    # What will not be.
    ("Trump cancelled a planned meeting with Putin.", "meeting", {T, P}, "called_off"),
    ("A summit between Trump and Putin was put on hold on Tuesday.", "meeting", {T, P}, "called_off"),
    (
        "The White House said there were no plans for a meeting between Trump and Putin.",
        "meeting",
        {T, P},
        "called_off",
    ),
    ("Putin ruled out a meeting with Zelensky.", "meeting", {P, Z}, "called_off"),
    # What goes on.
    ("Trump is meeting Zelensky at the White House.", "meeting", {T, Z}, "under_way"),
]


@pytest.mark.parametrize(("sentence", "kind", "parties", "status"), CONTACTS)
def test_a_contact_is_read_with_its_parties_and_its_status(
    sentence: str, kind: str, parties: set[str], status: str
) -> None:
    event = only("News from the capitals", sentence)
    assert (event.type, set(event.participants), event.status) == (kind, parties, status)


MEASURES = [
    ("Putin proposed a 30-day ceasefire.", "ceasefire", {P, UA}, "proposed"),
    ("Russia and Ukraine agreed to a limited truce brokered by the United States.", "ceasefire", {RU, UA}, "under_way"),
    ("Trump threatened Russia with tougher sanctions.", "sanction", {T, RU}, "proposed"),
    ("The European Union imposed new sanctions on Russia.", "sanction", {"European Union", RU}, "held"),
    ("Erdogan offered to host talks on the war.", "offer", {"Recep Tayyip Erdoğan"}, "proposed"),
    ("Trump's peace plan for Ukraine was handed to reporters.", "offer", {T, UA}, "proposed"),
    ("Officials prepared a prisoner exchange.", "other", {UA, RU}, "planned"),
]


@pytest.mark.parametrize(("sentence", "kind", "parties", "status"), MEASURES)
def test_an_offer_or_a_measure_names_who_makes_it_and_whom_it_concerns(
    sentence: str, kind: str, parties: set[str], status: str
) -> None:
    found = [event for event in told("News from the capitals", sentence) if event.type == kind]
    assert [event.status for event in found] == [status]
    assert parties <= set(found[0].participants)


NOTHING = [
    "Trump and Putin have not spoken since the summer.",
    "Trump left without meeting Zelensky.",
    "The plan met with resistance in Kyiv.",
    "Zelensky called on Trump to send missiles.",
    "Putin told reporters that Russia would meet its goals.",
    "Zelensky spoke to reporters in Kyiv.",
    "Russia welcomed Trump's efforts.",
    "The Kremlin said Ukraine was at war.",
    "Officials spoke on condition of anonymity.",
]


@pytest.mark.parametrize("sentence", NOTHING)
def test_what_did_not_happen_and_what_only_sounds_like_it_is_no_event(sentence: str) -> None:
    assert told("News from the capitals", sentence) == ()


def test_title_lead_and_body_tell_one_event_once() -> None:
    event = only(
        "Trump to meet Putin in Budapest",
        "President Donald Trump will meet Russian President Vladimir Putin in Budapest on Friday.\n"
        "The meeting was agreed in a hurry. Trump and Putin will meet in the Hungarian capital for two hours.",
    )
    assert (event.status, event.where) == ("planned", "Budapest")
    assert event.when is not None
    assert event.when.start == date(2025, 10, 17)


def test_an_earlier_summit_is_an_event_of_its_own() -> None:
    found = told(
        "Trump to meet Putin in Budapest",
        "Trump will meet Putin in Budapest next week. Trump and Putin last met in Alaska in August.",
    )
    assert [(event.status, event.where) for event in found] == [("planned", "Budapest"), ("held", "Alaska")]


def test_the_two_leaders_are_those_spoken_of() -> None:
    found = told(
        "Trump receives Zelensky", "Trump received Zelensky on Monday. The two leaders spoke again by phone on Tuesday."
    )
    call = next(event for event in found if event.type == "call")
    assert set(call.participants) == {T, Z}


def test_who_flies_somewhere_for_talks_takes_part_in_them() -> None:
    found = told("Envoys at work", "Rustem Umerov arrived in Geneva for talks with Steve Witkoff.")
    talks = next(event for event in found if event.type != "visit")
    assert set(talks.participants) == {"Rustem Umerov", "Steve Witkoff"}


def test_a_spokesman_who_tells_of_a_call_is_no_party_to_it() -> None:
    found = told("Call over", "Dmitry Peskov told reporters the call between Trump and Putin lasted two hours.")
    assert [set(event.participants) for event in found] == [{T, P}]


def test_the_day_of_a_statement_is_not_the_day_of_the_meeting() -> None:
    event = only("News", "Sergei Lavrov said on Monday that Trump would meet Putin in Budapest.")
    assert event.when is None


APART = [
    ("Delhi on Friday welcomed the plan of Trump and Putin to meet in Budapest.", "meeting", None),
    ("On Friday Zelensky sees Trump, who in the meantime has agreed to meet Putin in Budapest.", "meeting", None),
    ("Lavrov and Rubio will speak by telephone on Thursday to prepare a Trump-Putin summit.", "meeting", None),
    ("Trump plans to meet Putin in Budapest after preparatory talks next week.", "meeting", None),
    ("Trump said after Monday's call with Putin that much was still open.", "call", date(2025, 10, 13)),
]


@pytest.mark.parametrize(("sentence", "kind", "day"), APART)
def test_a_day_belongs_to_the_contact_that_it_dates(sentence: str, kind: str, day: date | None) -> None:
    found = [event for event in told("News", sentence) if event.type == kind and {T, P} <= set(event.participants)]
    assert [event.when.start if event.when else None for event in found] == [day]


@pytest.mark.parametrize(
    "text", ["Aides will agree on when and where they meet.", "A decision could come after the two men meet."]
)
def test_a_meeting_that_others_wait_for_is_yet_to_come(text: str) -> None:
    found = told("Two leaders", f"Trump and Zelensky are expected in Paris. {text}")
    assert {event.status for event in found if event.type == "meeting"} == {"planned"}


def test_a_summit_of_their_presidents_is_not_the_ministers_own() -> None:
    found = told(
        "Ministers to speak",
        "Trump and Putin want a settlement. Sergei Lavrov and Marco Rubio will speak to prepare a summit of their "
        "presidents in Budapest.",
    )
    assert {T, P} in [set(event.participants) for event in found if event.type == "meeting"]


def test_when_unnamed_advisers_meet_those_who_agreed_on_it_do_not() -> None:
    assert told("Next steps", "Trump and Putin agreed that advisers would meet in the coming week.") == ()


def test_what_follows_in_another_clause_does_not_put_off_a_call() -> None:
    event = only(
        "News", "Trump wrote that his call with Putin had lasted two hours and that more would follow next week."
    )
    assert event.status == "held"


def test_a_bare_weekday_turns_to_the_side_of_the_status() -> None:
    ahead = only("News", "Zelensky is ready to meet Putin in Istanbul on Thursday.")
    assert ahead.when is not None
    assert ahead.when.start == date(2025, 10, 16)


def test_an_article_about_something_else_tells_of_no_contact_without_ukraine() -> None:
    assert told("Trade", "Trump met Xi Jinping in Beijing on Monday.", talks=0.0) == ()
    assert told("Trade", "Trump met Zelensky in Paris on Monday.", talks=0.0) != ()


def test_at_most_six_events_are_told() -> None:
    people = ("Macron", "Starmer", "Merz", "Meloni", "Tusk", "Stubb", "Rutte", "Costa")
    text = "\n".join(f"Zelensky met {name} in {place}." for name, place in zip(people, _PLACES, strict=True))
    assert len(told("A busy month", text)) == 6


_PLACES = ("Paris", "London", "Berlin", "Rome", "Warsaw", "Helsinki", "Brussels", "Vienna")
