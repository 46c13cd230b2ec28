"""Steps of aid kept in memory: what is given is what a reading of the store would give, whatever came before."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.jobs.nearsteps import NearSteps
from monitor.records.chronicle import LadderStep
from tests.chronicle_builders import at, step

WINDOW = timedelta(days=30)
ITEMS = ("Tomahawk missiles", "Taurus missiles")


def told(article_id: int, day: int, item: str = ITEMS[0]) -> LadderStep:
    return step(at(day), "considered", item=item, article_id=article_id)


class Shelf:
    """A store in a dictionary; counts how often it is read."""

    def __init__(self, *steps: LadderStep) -> None:
        self.steps = {one.source.article_id: one for one in steps}
        self.read = 0

    def load(self, since: datetime) -> Iterator[LadderStep]:
        self.read += 1
        return (one for one in self.steps.values() if one.source.published >= since)


def everything(item: str) -> bool:
    return True


def test_the_store_is_read_once_and_what_is_woven_later_is_kept_up() -> None:
    shelf, near = Shelf(told(1, 2), told(2, 3)), NearSteps(WINDOW)
    assert len(near.near(at(4), shelf.load, everything)) == 2
    near.put(3, (told(3, 5),))
    near.drop(1)
    assert {one.source.article_id for one in near.near(at(6), shelf.load, everything)} == {2, 3}
    assert shelf.read == 1


def test_only_the_wanted_weapons_of_the_window_are_given() -> None:
    shelf, near = Shelf(told(1, 2), told(2, 3, ITEMS[1]), told(3, 9)), NearSteps(WINDOW)
    found = near.near(at(5), shelf.load, lambda item: item.startswith("Tomahawk"))
    assert [one.source.article_id for one in found] == [1]


def test_an_article_of_long_before_makes_it_read_further_back() -> None:
    shelf, near = Shelf(told(1, 2)), NearSteps(timedelta(days=1))
    assert near.near(at(9), shelf.load, everything) == []
    assert len(near.near(at(2, 13), shelf.load, everything)) == 1
    assert shelf.read == 2


def test_what_is_forgotten_is_read_again() -> None:
    shelf, near = Shelf(told(1, 2)), NearSteps(WINDOW)
    near.near(at(3), shelf.load, everything)
    near.clear()
    near.put(7, (told(7, 3),))
    assert [one.source.article_id for one in near.near(at(4), shelf.load, everything)] == [1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["put", "drop", "ask"]), st.integers(1, 9), st.integers(1, 28)), max_size=25),
    st.integers(1, 6),
)
def test_memory_says_what_the_store_says_after_any_history(events: list[tuple[str, int, int]], most: int) -> None:
    shelf, near = Shelf(), NearSteps(timedelta(days=10), most)
    for kind, article_id, day in events:
        if kind == "put":
            shelf.steps[article_id] = told(article_id, day)
            near.put(article_id, (shelf.steps[article_id],))
        elif kind == "drop":
            shelf.steps.pop(article_id, None)
            near.drop(article_id)
        else:
            first, now = at(day) - timedelta(days=10), at(day)
            wanted = {one.source.article_id for one in shelf.load(first) if one.source.published <= now}
            assert {one.source.article_id for one in near.near(now, shelf.load, everything)} == wanted
