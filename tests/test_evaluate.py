"""The figures by which the model is judged."""

import pytest

from monitor.records.findings import Entity, Span
from monitor.understand.evaluate import (
    Named,
    entity_figures,
    gate_figures,
    link_figures,
    span_figures,
    topic_figures,
    weapon_figures,
)


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


def _entity(name: str, kind: str, start: int) -> Entity:
    return Entity(name=name, type=kind, id=None, mentions=(Span(start=start, end=start + len(name), text=name),))


def test_spans_count_only_when_exact_and_nothing_is_said_about_words_of_unknown_type() -> None:
    gold = [[(0, 9, "person"), (14, 18, "place"), (30, 39, "?")]]
    found = [[_entity("Ada Quill", "person", 0), _entity("Oslo!", "place", 14), _entity("Davis Cup", "place", 30)]]
    rows = {row.type: row for row in span_figures(gold, found, ("person", "place"))}
    assert (rows["person"].f1, rows["place"].f1) == (1.0, 0.0)
    assert (rows["all"].gold, rows["all"].found) == (2, 2)
    assert rows["all"].precision == rows["all"].recall == 0.5


def test_a_known_name_counts_as_linked_when_the_entity_over_it_bears_the_known_name() -> None:
    gold = [
        [Named(name="Vladimir Putin", type="person", spans=((0, 5),)), Named(name="Zyx Qwv", type="person", spans=())]
    ]
    right, wrong = _entity("Vladimir Putin", "person", 0), _entity("Putin Avenue", "place", 0)
    assert link_figures(gold, [[right]]).accuracy == 1.0
    figures = link_figures(gold, [[wrong]])
    assert (figures.known, figures.found, figures.accuracy) == (1, 1, 0.0)


def test_only_systems_that_an_aid_step_names_are_looked_for() -> None:
    items = [["Patriot air defence system", "long-range missiles"], ["Taurus missiles"]]
    found = [[_entity("MIM-104 Patriot", "weapon", 0)], [_entity("Kyiv", "place", 0)]]
    figures = weapon_figures(items, found)
    assert (figures.named, figures.recall) == (2, 0.5)
