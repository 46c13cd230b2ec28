"""The figures by which the model is judged."""

import pytest

from monitor.records.findings import Entity, Span
from monitor.understand.evaluate import Named, entity_figures, gate_figures, topic_figures


def test_figures_of_a_small_case_worked_out_by_hand() -> None:
    # Ranked: 0.9 hit, 0.8 miss, 0.7 hit, 0.2 miss; the ambiguous one (grade 1) is left out.
    found = topic_figures("talks", [2, 0, 2, 0, 1], [0.9, 0.8, 0.7, 0.2, 0.99], [True, True, False, False, True])
    assert (found.n, found.positive) == (4, 2)
    assert found.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.precision_at_recall_95 == pytest.approx(2 / 3)
    assert found.calibration_error == pytest.approx((0.1 + 0.8 + 0.3 + 0.2) / 4)


def test_figures_of_nothing_are_noughts() -> None:
    found = topic_figures("talks", [], [], [])
    assert (found.n, found.f1, found.average_precision) == (0, 0.0, 0.0)


def test_a_gate_costs_the_matches_that_score_below_it() -> None:
    (gate,) = gate_figures([2, 2, 0, 0], [0.9, 0.01, 0.3, 0.0], gates=(0.05,))
    assert (gate.recall, gate.fetched) == (0.5, 0.5)


def test_an_entity_counts_once_by_name_or_by_a_span_it_shares() -> None:
    gold = [
        Named(name="President Ada Quill", type="person", spans=()),
        Named(name="Oslo", type="place", spans=((9, 13),)),
    ]
    found = [
        Entity(name="Ada Quill", type="person", id=None, mentions=(Span(start=0, end=9, text="Ada Quill"),)),
        Entity(name="Oslo fjord", type="place", id=None, mentions=(Span(start=12, end=20, text="x"),)),
        Entity(name="Bergen", type="place", id=None, mentions=(Span(start=40, end=46, text="Bergen"),)),
    ]
    person, place = (entity_figures([gold], [found], kind) for kind in ("person", "place"))
    assert (person.precision, person.recall) == (1.0, 1.0)
    assert (place.precision, place.recall) == (0.5, 1.0)
