"""Steps of aid: one written headline for each way of saying them, then what the text around decides."""

import pytest

from monitor.records.findings import AidStep, Quote
from monitor.understand import aid
from tests.aid_builders import prose

US, GERMANY, BRITAIN = "United States", "Germany", "United Kingdom"
TOMAHAWK, PATRIOT, TAURUS = "Tomahawk missiles", "Patriot air defence system", "Taurus missiles"

HEADLINES = [
    # asked for
    ("Zelensky asks Trump for Tomahawks", TOMAHAWK, US, "requested"),
    ("Zelensky urges Germany to hand over Taurus missiles", TAURUS, GERMANY, "requested"),
    ("Zelensky pleads for more Patriots after night of strikes on Kyiv", PATRIOT, None, "requested"),
    ("Ukraine needs ten more Patriot systems, Zelensky tells allies", PATRIOT, "allies", "requested"),
    ("Ukraine wants to buy 27 Patriot systems from US", PATRIOT, US, "requested"),
    ("Ukraine hopes to get Tomahawks soon, Yermak says", TOMAHAWK, None, "requested"),
    ("Republican senators press Trump to send Ukraine Tomahawks", TOMAHAWK, US, "requested"),
    ("Vance: US is looking at Ukraine's request for Tomahawks", TOMAHAWK, US, "requested"),
    ("Zelensky seeks long-range missiles in Washington", "long-range missiles", US, "requested"),
    ("Allies must send Ukraine more Patriot systems, Kallas says", PATRIOT, "allies", "requested"),
    ("Kyiv runs low on Patriot missiles and lobbies Washington for more", "Patriot missiles", US, "requested"),
    # considered
    ("Trump may send Tomahawks to Ukraine", TOMAHAWK, US, "considered"),
    ("Trump does not rule out Tomahawks for Kyiv", TOMAHAWK, US, "considered"),
    ("Trump has not ruled out sending Tomahawk missiles to Ukraine", TOMAHAWK, US, "considered"),
    ("Trump says no decision yet on Tomahawks for Ukraine", TOMAHAWK, US, "considered"),
    ("Trump: I have sort of made a decision on Tomahawks for Ukraine", TOMAHAWK, US, "considered"),
    ("Lavrov says US has not decided on Tomahawks for Ukraine", TOMAHAWK, US, "considered"),
    ("Merz leaves open Taurus delivery to Ukraine", TAURUS, GERMANY, "considered"),
    ("Sweden weighs sending air defence systems to Ukraine", "air defence", "Sweden", "considered"),
    ("Tomahawks for Ukraine are on the table, Hegseth says", TOMAHAWK, US, "considered"),
    ("Could Germany still send Taurus to Ukraine?", TAURUS, GERMANY, "considered"),
    ("Trump would send Tomahawks to Ukraine if Putin refuses talks", TOMAHAWK, US, "considered"),
    ("Zelensky and Trump discuss air defence in phone call", "air defence", US, "considered"),
    # warnings are answers to what is being considered
    ("Kremlin warns US against supplying Tomahawks to Ukraine", TOMAHAWK, US, "considered"),
    ("Putin says Tomahawk deliveries to Kyiv would wreck relations with Washington", TOMAHAWK, US, "considered"),
    ("Peskov: Moscow hopes Tomahawks will not be sent to Kyiv", TOMAHAWK, None, "considered"),
    # announced
    ("Trump will send Tomahawks to Ukraine", TOMAHAWK, US, "announced"),
    ("Germany to deliver two more IRIS-T systems to Ukraine", "IRIS-T air defence system", GERMANY, "announced"),
    ("Ukraine to receive two Patriot batteries from Germany", PATRIOT, GERMANY, "announced"),
    ("Norway pledges money for NASAMS missiles for Ukraine", "NASAMS missiles", "Norway", "announced"),
    ("US will resume deliveries of Patriot missiles to Ukraine", "Patriot missiles", US, "announced"),
    ("NATO allies to fund Patriot missiles for Ukraine", "Patriot missiles", "NATO allies", "announced"),
    # approved
    ("Pentagon approves sale of ERAM missiles to Ukraine", "ERAM missiles", US, "approved"),
    ("Denmark signs contract for air defence missiles for Ukraine", "air defence", "Denmark", "approved"),
    ("Congress votes to fund air defence for Ukraine", "air defence", US, "approved"),
    ("Rutte welcomes Germany's decision to hand two Patriots to Ukraine", PATRIOT, GERMANY, "approved"),
    ("US lifts limits on Ukraine's use of ATACMS inside Russia", "ATACMS missiles", US, "approved"),
    ("Biden allows Ukraine to strike Russia with ATACMS", "ATACMS missiles", US, "approved"),
    ("Pentagon approves possible sale of Patriot missiles to Ukraine", "Patriot missiles", US, "approved"),
    ("US lifts all limits on weapons for Ukraine", "long-range missiles", US, "approved"),
    # refused
    ("Trump won't send Tomahawks to Ukraine", TOMAHAWK, US, "refused"),
    ("Trump rules out Tomahawks for Kyiv", TOMAHAWK, US, "refused"),
    ("Trump tells Zelensky he is not ready to provide Tomahawks", TOMAHAWK, US, "refused"),
    ("Merz: Germany will not supply Taurus cruise missiles to Ukraine", TAURUS, GERMANY, "refused"),
    ("Rubio says US cannot supply enough Patriots to Ukraine", PATRIOT, US, "refused"),
    ("Zelensky leaves Washington without Tomahawks", TOMAHAWK, US, "refused"),
    # paused, delivered, in use, other
    ("Shipments of Patriot missiles to Ukraine halted by Pentagon", "Patriot missiles", US, "paused"),
    ("Pentagon delays delivery of PAC-3 interceptors to Ukraine", "PAC-3 missiles", US, "paused"),
    ("Germany has delivered a third Patriot system to Ukraine", PATRIOT, GERMANY, "delivered"),
    ("Second IRIS-T battery arrives in Ukraine, Berlin says", "IRIS-T air defence system", GERMANY, "delivered"),
    ("Ukraine receives first NASAMS from Norway", "NASAMS air defence system", "Norway", "delivered"),
    ("Zelensky thanks Germany for new Patriot systems", PATRIOT, GERMANY, "delivered"),
    ("Two Patriot systems promised by Germany have reached Ukraine", PATRIOT, GERMANY, "delivered"),
    ("US resumes deliveries of GMLRS rockets to Ukraine", "GMLRS rockets", US, "delivered"),
    ("Ukraine used British Storm Shadow missiles to hit a depot", "Storm Shadow missiles", BRITAIN, "in_use"),
    ("Germany finances production of long-range missiles in Ukraine", "long-range missiles", GERMANY, "other"),
    ("German instructors begin training Ukrainian crews on Patriot", PATRIOT, GERMANY, "other"),
]

NONE = [
    "Israel asks US for more Patriot missiles",
    "Poland signs contract for Patriot systems",
    "Japan has bought Tomahawks, and Ukraine is watching",
    "Patriot systems shot down three Kinzhal missiles over Kyiv",
    "Russian missiles hit Kyiv as air defences fire",
    "Russia launched 40 missiles and 500 drones at Ukraine overnight",
    "Ukraine's air defence shot down 30 missiles",
    "Switzerland's Patriot delivery delayed as US puts Ukraine first",
    "Raytheon builds the Tomahawk in Arizona: Kyiv takes note",
    "Ukraine and Poland debate a pension package",
]


def steps(title: str, text: str = "") -> tuple[AidStep, ...]:
    return aid.find(prose(title, text), (), ())


def told(title: str, text: str = "") -> set[tuple[str, str | None, str]]:
    return {(step.item, step.donor, step.step) for step in steps(title, text)}


@pytest.mark.parametrize(("title", "item", "donor", "step"), HEADLINES)
def test_a_headline_gives_its_one_step(title: str, item: str, donor: str | None, step: str) -> None:
    assert told(title) == {(item, donor, step)}


@pytest.mark.parametrize("title", NONE)
def test_arms_that_are_no_aid_to_ukraine_give_no_step(title: str) -> None:
    assert steps(title) == ()


def test_a_refusal_and_a_promise_in_one_sentence_stay_apart() -> None:
    both = {(TAURUS, GERMANY, "refused"), (PATRIOT, GERMANY, "announced")}
    assert told("Merz refused Taurus missiles but promised two Patriot systems to Ukraine") == both
    assert told("Germany refused to send Taurus missiles and pledged two Patriot systems to Ukraine") == both


def test_several_countries_named_together_each_give() -> None:
    found = told("Netherlands and Norway to pay for Patriot missiles for Ukraine")
    assert found == {("Patriot missiles", "Netherlands", "announced"), ("Patriot missiles", "Norway", "announced")}


def test_what_is_denied_is_no_step_that_was_taken() -> None:
    (step,) = steps("Pentagon denies that Tomahawks were shipped to Ukraine")
    assert (step.step, step.manner, step.firmness) == ("other", "delivered", "denial")
    (step,) = steps("Pentagon denies it would send Tomahawks to Ukraine")
    assert (step.step, step.firmness) == ("refused", "denial")


def test_no_missiles_sent_denies_that_they_were_and_no_missiles_to_be_sent_refuses_them() -> None:
    (step,) = steps("Pentagon: no Tomahawks have been shipped to Ukraine")
    assert (step.step, step.manner, step.firmness) == ("other", "delivered", "denial")
    (step,) = steps("No Taurus missiles will be sent to Ukraine, Berlin says")
    assert (step.item, step.step) == (TAURUS, "refused")


def test_four_who_give_together_are_all_told() -> None:
    found = told("Netherlands, Norway, Sweden and Estonia to pay for Patriot missiles for Ukraine")
    assert {donor for _, donor, _ in found} == {"Netherlands", "Norway", "Sweden", "Estonia"}


def test_only_missiles_can_be_on_their_way() -> None:
    assert told("On the way home from Riyadh, Trump turns to Tomahawks for Ukraine") <= {(TOMAHAWK, US, "considered")}
    assert told("First US Tomahawks on the way to Ukraine") == {(TOMAHAWK, US, "announced")}


def test_a_wish_that_something_stop_stops_nothing() -> None:
    assert not any(step.step == "paused" for step in steps("Kyiv's wish list", "Stop the Tomahawk, a Russian said."))


def test_the_missiles_are_those_for_air_defence_where_only_these_were_named() -> None:
    text = "Norway will send Ukraine air-defence missiles. The missiles, built at home, will be delivered in May."
    assert {item for item, _, _ in told("Help for Ukraine", text)} == {"air defence"}


def test_a_debate_in_a_capital_is_about_what_that_country_gives() -> None:
    text = "Annika Volz, who sits in the Bundestag, pointed to the debate in Washington over Tomahawks for Ukraine."
    assert told("A German view", text) == {(TOMAHAWK, US, "considered")}


def test_a_request_that_is_answered_is_told_beside_the_answer() -> None:
    found = told("Berlin will not send Taurus missiles despite repeated pleas from Kyiv")
    assert found == {(TAURUS, GERMANY, "refused"), (TAURUS, GERMANY, "requested")}
    assert (TOMAHAWK, US, "requested") in told("Trump rejected Ukraine's request for Tomahawks")


def test_the_missiles_are_the_system_named_before_them() -> None:
    text = "Tomahawks have been discussed for weeks. On Friday Trump told Zelensky that he would not send the missiles."
    assert (TOMAHAWK, US, "refused") in told("Ukraine's wish list", text)


def test_a_relative_clause_speaks_of_the_item_before_it() -> None:
    text = "Zelensky spoke again of the Tomahawks, which Trump has refused to send."
    assert (TOMAHAWK, US, "refused") in told("Evening address in Kyiv", text)


def test_a_package_passes_its_step_on_to_what_it_holds() -> None:
    text = "The package includes missiles for HIMARS and NASAMS air defence systems, the Pentagon said."
    found = told("US announces new military aid package for Ukraine", text)
    assert ("HIMARS missiles", US, "announced") in found


def test_rounds_are_another_item_than_the_system_that_fires_them() -> None:
    assert told("Norway to send ammunition for Patriot to Ukraine") == {("Patriot missiles", "Norway", "announced")}


def test_fighter_jets_count_only_beside_missiles() -> None:
    assert steps("Zelensky asks allies for F-16 jets") == ()
    found = {step.item for step in steps("Zelensky asks allies for F-16 jets and Patriot systems")}
    assert found == {"F-16 fighter jets", PATRIOT}


def test_general_words_count_only_where_the_topic_is_possible_and_named_systems_everywhere() -> None:
    general = prose("Norway will send air defence to Ukraine")
    named = prose("Norway will send NASAMS to Ukraine")
    assert [step.item for step in aid.find(general, (), (), missile_aid=0.2)] == ["air defence"]
    assert aid.find(general, (), (), missile_aid=0.01) == ()
    assert [step.item for step in aid.find(named, (), (), missile_aid=0.01)] == ["NASAMS air defence system"]


def test_the_speaker_of_a_quotation_says_it_and_gives_for_his_country() -> None:
    text = 'Ukraine will hear from us. "We will supply Taurus missiles," he said.'
    article = prose("Berlin speaks", text)
    words = "We will supply Taurus missiles,"
    start = article.document.index(words)
    quote = Quote(
        text=words, start=start, end=start + len(words), speaker="Friedrich Merz", speaker_id=None, channel=None
    )
    (step,) = aid.find(article, (quote,), ())
    assert (step.donor, step.by, step.step) == (GERMANY, "Friedrich Merz", "announced")


def test_manner_and_firmness_say_how_sure_a_step_is() -> None:
    (hint,) = steps("Trump may send Tomahawks to Ukraine")
    (act,) = steps("Pentagon approves sale of ERAM missiles to Ukraine")
    (permit,) = steps("US lifts limits on Ukraine's use of ATACMS inside Russia")
    (contract,) = steps("Denmark signs contract for air defence missiles for Ukraine")
    assert (hint.manner, hint.firmness) == ("hinted", "hint")
    assert (act.manner, act.firmness, act.by) == ("decided", "official_act", "United States Department of Defense")
    assert (permit.manner, contract.manner) == ("permitted", "contracted")


def test_an_article_gives_at_most_four_steps_in_order_of_place() -> None:
    text = (
        "Zelensky asked Trump for Tomahawks. Germany will send Patriot systems to Ukraine. France may send SCALP "
        "missiles to Kyiv. Norway has delivered NASAMS to Ukraine. Merz rejected Taurus for Ukraine. Italy approved "
        "SAMP/T for Kyiv."
    )
    found = steps("Aid to Ukraine at a glance", text)
    assert len(found) == 4
    assert [step.evidence.start for step in found] == sorted(step.evidence.start for step in found)


def test_the_recipient_is_ukraine_and_the_evidence_is_the_short_clause() -> None:
    (step,) = steps(
        "Kyiv in brief", "Moscow protested, but Germany will send Patriot systems to Ukraine; more follows."
    )
    assert step.recipient == "Ukraine"
    assert step.evidence.text == "but Germany will send Patriot systems to Ukraine"
