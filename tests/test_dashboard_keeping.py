"""Kept views: how old they may be, and that few are made anew at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.dashboard.keeping import AT_ONCE, Keeper
from monitor.errors import StoreError

DEADLINE = 30


def test_a_fresh_view_is_shown_as_it_is() -> None:
    keeper, made = Keeper(fresh=1000), iter(range(9))
    assert [keeper.view("key", lambda: next(made)) for _ in range(3)] == [0, 0, 0]


def test_a_view_that_is_too_old_is_shown_to_nobody() -> None:
    keeper, made = Keeper(fresh=0, stale=0), iter(range(9))
    assert [keeper.view("key", lambda: next(made)) for _ in range(3)] == [0, 1, 2]


def test_what_cannot_be_made_is_told_and_tried_again() -> None:
    keeper = Keeper()

    def refused() -> None:
        raise StoreError("it is locked")

    with pytest.raises(StoreError):
        keeper.view("key", refused)
    assert keeper.view("key", lambda: "made") == "made"


def test_two_who_ask_at_once_have_it_made_once() -> None:
    keeper, made = Keeper(), list[int]()
    going, begun = threading.Event(), threading.Event()

    def slow() -> str:
        made.append(1)
        begun.set()
        going.wait(DEADLINE)
        return "view"

    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(keeper.view, "key", slow)
        assert begun.wait(DEADLINE)
        second = readers.submit(keeper.view, "key", slow)
        going.set()
        assert (first.result(DEADLINE), second.result(DEADLINE)) == ("view", "view")
    assert made == [1]


def test_the_last_view_is_shown_while_few_are_made_anew() -> None:
    keeper = Keeper(fresh=0)
    going, begun, held = threading.Event(), threading.Semaphore(0), list[int]()

    def slow(number: int) -> str:
        held.append(number)
        begun.release()
        going.wait(DEADLINE)
        return "new"

    numbers = range(AT_ONCE + 3)
    for number in numbers:
        keeper.view(number, lambda: "old")
    assert [keeper.view(number, lambda number=number: slow(number)) for number in numbers] == ["old"] * len(numbers)  # type: ignore[misc]
    for _ in range(AT_ONCE):
        assert begun.acquire(timeout=DEADLINE)
    assert sorted(held) == list(range(AT_ONCE))
    going.set()
    for thread in threading.enumerate():
        if thread.name == "view":
            thread.join(DEADLINE)
    # Those that were passed over have their turn with the next reader.
    assert [keeper.view(number, lambda: "newer") for number in numbers] == ["new"] * AT_ONCE + ["old"] * 3
