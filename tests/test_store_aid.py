"""The steps of the aid ladder are read as far as they are needed, on both databases."""

from datetime import datetime, timedelta
from typing import Any

from monitor.store import Store
from monitor.store.chronicle import aid
from tests.telling_builders import arrive, at, nothing, weave
from tests.woven_builders import TRUMP, quote, step


def tell(store: Store, n: int, when: datetime, *items: str, **fields: Any) -> None:
    steps = tuple(
        step(f"{item} was spoken of", 9 + 40 * place, item=item, **fields) for place, item in enumerate(items)
    )
    arrive(store, n, nothing(aid=steps), when=when)


def items(store: Store) -> tuple[aid.Item, ...]:
    with store._database.read() as connection:
        return aid.items(connection)


def test_every_weapon_is_found_once_with_when_it_was_last_told_of(store: Store) -> None:
    assert items(store) == ()
    tell(store, 1, at(0), "Tomahawk", "Patriot", "Tomahawk")
    tell(store, 2, at(1), "tomahawk")
    weave(store)
    tell(store, 3, at(2), "Patriot")
    last = {item.name.casefold(): item.last_told for item in items(store)}
    # What waits to be woven in is not told of yet, and not forgotten either.
    assert last == {"tomahawk": at(1), "patriot": None}


def test_one_weapon_under_two_spellings_is_one(store: Store) -> None:
    tell(store, 1, at(0), "Storm Shadow", "Storm-Shadow", "Patriot")
    weave(store)
    found = {item.name: item.key for item in items(store)}
    alike = aid.spelled_alike(items(store), {found["Storm-Shadow"]})
    assert alike == {found["Storm Shadow"], found["Storm-Shadow"]}


def test_the_ladder_is_told_by_the_steps_of_so_long_before_the_last_one(store: Store) -> None:
    long_ago = at(2) - aid.MEMORY
    for n, when in enumerate((long_ago - timedelta(days=3), long_ago, at(2))):
        tell(store, n, when, "Tomahawk", step=("considered", "requested", "announced")[n], by=TRUMP)
    weave(store)
    (rung,) = store.chronicle.ladder()
    assert [told.step.step for told in rung.history] == ["requested", "announced"]
    assert store.chronicle.ladder(item="toma") == (rung,)
    assert len(store.chronicle.steps()) == 3


def test_first_words_are_told_on_a_weapon_that_did_not_move(store: Store) -> None:
    tell(store, 1, at(-9), "Tomahawk", step="considered")
    said = quote("Nobody needs these missiles now", about=("Tomahawk",))
    arrive(store, 2, nothing(quotes=(said,)), when=at(0))
    weave(store)
    found = store.chronicle.changes(since=at(-1), now=at(1))
    assert [change.kind for change in found] == ["first statement"]
