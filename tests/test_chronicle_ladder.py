"""Where a weapon stands, from all steps that articles report."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.chronicle import ladder
from monitor.records.chronicle import LadderStep, Rung
from tests.chronicle_builders import TRUMP, ZELENSKY, at, step


def only(*steps: LadderStep) -> Rung:
    (rung,) = ladder.rungs(steps)
    return rung


def way(rung: Rung) -> list[str]:
    return [told.step.step for told in rung.history]


def test_a_weapon_climbs_from_the_request_to_the_front() -> None:
    names = ("requested", "considered", "announced", "approved", "delivered", "in_use")
    rung = only(*(step(at(day), name, by=TRUMP) for day, name in enumerate(names, 1)))
    assert (way(rung), rung.step, rung.since) == (list(names), "in_use", at(6))
    assert not rung.regressions


def test_repetitions_move_nothing_and_count_as_origins() -> None:
    rung = only(
        step(at(3), "announced", outlet="A"),
        step(at(4), "announced", outlet="B"),
        step(at(4), "requested", by=ZELENSKY, outlet="B"),
        step(at(5), "announced", outlet="S", state_controlled=True),
    )
    assert (way(rung), rung.since, rung.origins) == (["announced"], at(3), 2)


def test_a_refusal_after_hopes_is_a_regression() -> None:
    rung = only(
        step(at(2), "requested", by=ZELENSKY),
        step(at(3), "considered", by=TRUMP, firmness="hint"),
        step(at(6), "refused", by=TRUMP),
        step(at(7), "requested", by=ZELENSKY),
    )
    assert rung.step == "refused"
    assert [told.step.step for told in rung.regressions] == ["refused"]


def test_a_hint_never_outranks_an_official_act() -> None:
    rung = only(
        step(at(2), "announced", by="Pentagon", firmness="official_act"),
        step(at(3), "delivered", firmness="hint", outlet="B"),
        step(at(3), "refused", firmness="hint", outlet="C"),
    )
    assert (rung.step, rung.firmness) == ("announced", "official_act")


def test_an_anonymous_exclusive_delivers_nothing_until_a_second_origin_says_so() -> None:
    told = [
        step(at(2), "considered", by=TRUMP, firmness="hint"),
        step(at(3), "delivered", outlet="Tabloid", text="a source familiar with transport said they were shipped"),
    ]
    assert only(*told).step == "considered"
    told += [step(at(4), "delivered", outlet=outlet) for outlet in ("A", "B")]
    assert only(*told).step == "delivered"


def test_a_retraction_takes_the_delivery_back() -> None:
    rung = only(
        step(at(2), "considered", by=TRUMP),
        step(at(3), "delivered", outlet="Tabloid"),
        step(at(3, 15), "delivered", outlet="A"),
        step(at(4), "delivered", firmness="denial", by="Pentagon", outlet="Tabloid"),
        step(at(5), "delivered", outlet="Late"),
    )
    assert (rung.step, way(rung)) == ("considered", ["considered"])
    assert [told.step.firmness for told in rung.regressions] == ["denial"]


def test_an_official_delivery_stands_against_a_denial() -> None:
    rung = only(
        step(at(3), "delivered", firmness="official_act", by="Pentagon"),
        step(at(4), "delivered", firmness="denial", outlet="S", state_controlled=True),
    )
    assert rung.step == "delivered"


def test_a_claim_that_was_all_there_was_leaves_no_rung_when_it_is_denied() -> None:
    assert ladder.rungs([step(at(3), "delivered"), step(at(4), "delivered", firmness="denial", by="Pentagon")]) == ()


def test_a_denial_told_as_another_step_takes_back_what_its_manner_names() -> None:
    rung = only(
        step(at(2), "considered", by=TRUMP),
        step(at(3), "delivered", by=TRUMP),
        step(at(4), "other", manner="delivered", firmness="denial", by="Pentagon"),
    )
    assert rung.step == "considered"


def test_a_states_outlet_alone_does_not_tell_what_others_decided() -> None:
    rung = only(
        step(at(2), "considered", by=TRUMP), step(at(3), "refused", by=TRUMP, outlet="S", state_controlled=True)
    )
    assert rung.step == "considered"


def test_one_outlet_does_not_turn_a_refusal_around_within_days() -> None:
    told = [
        step(at(2), "considered", by=TRUMP, outlet="A"),
        step(at(3), "refused", by=TRUMP, outlet="A"),
        step(at(4), "considered", by=TRUMP, outlet="B"),
    ]
    assert only(*told).step == "refused"
    assert only(*told, step(at(4, 15), "considered", by=TRUMP, outlet="C")).step == "considered"
    assert only(*told, step(at(4, 15), "approved", firmness="official_act", outlet="B")).step == "approved"


def test_a_new_decision_begins_after_a_long_silence() -> None:
    old = step(at(1).replace(year=2025), "delivered", by="Pentagon")
    rung = only(old, step(at(2), "announced", by="Pentagon"))
    assert (rung.step, way(rung), rung.regressions) == ("announced", ["delivered", "announced"], ())


def test_a_step_without_a_donor_joins_the_only_one_there_is() -> None:
    named = step(at(2), "considered", by=TRUMP)
    assert only(named, step(at(3), "announced", donor=None)).donor == "United States"
    german = step(at(2), "considered", donor="Germany")
    assert len(ladder.rungs([named, german, step(at(3), "announced", donor=None)])) == 3
    assert len(ladder.rungs([named, step(at(3).replace(year=2027), "announced", donor=None)])) == 2


def test_a_donors_names_are_one_donor() -> None:
    assert (
        only(step(at(2), "considered", donor="United States"), step(at(3), "announced", donor="US")).step == "announced"
    )


def test_rungs_that_moved_last_come_first() -> None:
    found = ladder.rungs(
        [step(at(2), "announced", item="Patriot missiles"), step(at(3), "refused", item="Taurus missiles")]
    )
    assert [rung.item for rung in found] == ["Taurus missiles", "Patriot missiles"]


# --- whatever is reported ---------------------------------------------------------------------------------------------

NAMES = ["requested", "considered", "announced", "approved", "refused", "paused", "delivered", "in_use", "other", "?"]


@st.composite
def steps(draw: st.DrawFn) -> LadderStep:
    outlet = draw(st.sampled_from("ABCS"))
    return step(
        at(draw(st.integers(1, 28)), draw(st.integers(0, 23))).replace(month=draw(st.sampled_from([3, 11]))),
        draw(st.sampled_from(NAMES)),
        by=draw(st.sampled_from([None, TRUMP, "a senior official"])),
        firmness=draw(st.sampled_from(["hint", "statement", "official_act", "denial"])),
        item=draw(st.sampled_from(["Tomahawk missiles", "Patriot missiles"])),
        donor=draw(st.sampled_from([None, "United States", "US", "Germany"])),
        outlet=outlet,
        text=draw(st.sampled_from(["they were sent", "sources said so", ""])),
        state_controlled=outlet == "S",
        article_id=draw(st.integers(1, 9)),
    )


@settings(max_examples=60)
@given(st.lists(steps(), max_size=14), st.randoms(use_true_random=False))
def test_the_order_of_steps_does_not_matter(told: list[LadderStep], dice: random.Random) -> None:
    other = list(told)
    dice.shuffle(other)
    assert ladder.rungs(told) == ladder.rungs(other) == ladder.rungs([*told, *told])


@settings(max_examples=60)
@given(st.lists(steps(), max_size=14))
def test_no_rung_without_a_report(told: list[LadderStep]) -> None:
    evidence = {one.step.evidence for one in told}
    for rung in ladder.rungs(told):
        assert rung.history[-1].step.step == rung.step
        assert rung.since == rung.history[-1].source.published
        assert rung.origins >= 1
        assert {one.step.evidence for one in (*rung.history, *rung.regressions)} <= evidence
        moments = [one.source.published for one in rung.history]
        assert moments == sorted(moments)
        assert all(one.step.firmness != "denial" for one in rung.history)
