"""The ladder's reads: where each weapon from each donor stands, and how one came there."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.records.board.ladder import Cell, WeaponView
from monitor.store import Store
from monitor.store.board import ladder
from monitor.store.details import name_key
from tests.store_builders import findings
from tests.telling_builders import arrive, at, nothing, weave
from tests.woven_builders import TRUMP, step

NOW = at(8)


def report(store: Store, n: int, *, day: float = 0, by: str = "news", **fields: Any) -> None:
    given = nothing(aid=(step(f"Sentence {n} on the weapon.", **fields),))
    arrive(store, n, given, when=at(day, 7 + n % 12), by=by)


def cells(store: Store) -> dict[tuple[str, str | None], Cell]:
    return {(cell.item, cell.donor): cell for cell in store.board.ladder.page(now=NOW).cells}


def weapon(store: Store, name: str) -> WeaponView:
    found = store.board.ladder.weapon(name_key(name), now=NOW)
    assert found is not None
    return found


def test_weapons_stand_by_donor(store: Store) -> None:
    assert store.board.ladder.page(now=NOW).nothing_yet
    report(store, 1)
    report(store, 2, day=1, step="announced", by="wire", firmness="official_act", donor="USA")
    report(store, 3, day=2, item="Taurus", donor="Germany", step="refused")
    weave(store)
    view = store.board.ladder.page(now=NOW)
    assert (view.items, view.donors, view.items_left_out) == (("Taurus", "Tomahawk"), ("Germany", "USA"), 0)
    taurus, tomahawk = view.cells
    assert (taurus.step, taurus.height, taurus.donor) == ("refused", 0, "Germany")
    assert (tomahawk.step, tomahawk.height, tomahawk.firmness) == ("announced", 3, "official_act")
    assert (tomahawk.since, tomahawk.moves, tomahawk.origins) == (at(1, 9), 2, 1)
    assert (tomahawk.evidence, tomahawk.source.outlet) == ("Sentence 2 on the weapon.", "wire")
    assert not tomahawk.at_least_since
    assert tomahawk.item_key == name_key("Tomahawk")


def test_a_country_under_several_names_is_one_column(store: Store) -> None:
    report(store, 1, donor="United States")
    report(store, 2, item="Patriot", donor="Washington")
    report(store, 3, item="Patriot", donor="United States", step="considered", by="wire", recipient="Poland")
    weave(store)
    assert store.board.ladder.page(now=NOW).donors == ("United States",)


def test_a_weapon_stands_anew_as_soon_as_there_is_news_of_it(store: Store) -> None:
    report(store, 1)
    weave(store)
    assert cells(store)["Tomahawk", "United States"].step == "requested"
    given = nothing(aid=(step("It was announced.", step="announced", by=TRUMP),))
    stored = arrive(store, 2, given, when=at(1), by="wire")
    # Nobody has put it into the chronicle yet.
    assert cells(store)["Tomahawk", "United States"].step == "requested"
    weave(store)
    assert cells(store)["Tomahawk", "United States"].step == "announced"
    store.findings.record(stored, findings(0.1), now=at(1, 12))
    assert cells(store)["Tomahawk", "United States"].step == "requested"


def test_what_stood_is_believed_for_a_while_and_then_made_anew(store: Store) -> None:
    report(store, 1)
    weave(store)
    first = store.board.ladder.page(now=NOW)
    assert store.board.ladder.page(now=NOW + ladder.KEPT / 2).cells == first.cells
    assert store.board.ladder.page(now=NOW + timedelta(days=1)).cells == first.cells


def test_of_many_reports_the_newest_count_and_the_view_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        report(store, n, day=n, by=f"outlet{n}")
    report(store, 9, item="Taurus")
    weave(store)
    monkeypatch.setattr(ladder, "REPORTS", 2)
    monkeypatch.setattr(ladder, "MOST", 3)
    found = cells(store)
    assert found["Tomahawk", "United States"].at_least_since
    assert not found["Taurus", "United States"].at_least_since
    view = weapon(store, "Tomahawk")
    assert (view.looked_at, view.cut) == (3, True)
    monkeypatch.setattr(ladder, "ITEMS", 1)
    few = store.board.ladder.page(now=NOW)
    assert (few.items, few.items_left_out) == (("Tomahawk",), 1)


def test_one_weapon_has_its_moves_with_their_sentences(store: Store) -> None:
    report(store, 1, by="wire")
    for n, stands in ((2, "considered"), (3, "announced"), (4, "refused")):
        given = nothing(aid=(step(f"It was {stands}.", step=stands, by=TRUMP),))
        arrive(store, n, given, when=at(n), by="wire")
    weave(store)
    view = weapon(store, "Tomahawk")
    (climb,) = view.climbs
    assert [(move.step, move.evidence, move.by, move.down) for move in climb.moves] == [
        ("requested", "Sentence 1 on the weapon.", None, False),
        ("considered", "It was considered.", TRUMP, False),
        ("announced", "It was announced.", TRUMP, False),
        ("refused", "It was refused.", TRUMP, True),
    ]
    assert (climb.cell.step, climb.cell.regressions) == ("refused", 1)
    assert [move.step for move in view.latest] == ["refused", "announced", "considered", "requested"]
    assert [(told.day.day, told.step, told.reports) for told in view.told] == [
        (16, "requested", 1),
        (18, "considered", 1),
        (19, "announced", 1),
        (20, "refused", 1),
    ]
    assert (view.cut, view.spellings, view.looked_at) == (False, (), 4)
    assert store.board.ladder.weapon("no key", now=NOW) is None


def test_other_spellings_are_the_same_weapon(store: Store) -> None:
    report(store, 1, item="Tomahawk")
    report(store, 2, item="the TOMAHAWK", step="considered", by="wire", day=1)
    weave(store)
    view = weapon(store, "the TOMAHAWK")
    assert (len(view.climbs), view.spellings) == (1, ("Tomahawk",))
    assert len(store.board.ladder.page(now=NOW).cells) == 1
