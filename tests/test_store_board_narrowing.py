"""Which matched articles a rare part of a search leaves, and when nobody looks for them."""

from collections.abc import Sequence

import pytest

from monitor.query import parse
from monitor.store import Store
from monitor.store.board import narrowing
from tests.telling_builders import arrive, at, nothing


def few(store: Store, search: str) -> Sequence[int] | None:
    with store._database.read() as connection:
        found = narrowing.few(connection, parse(search).root)
    return None if found is None else sorted(found)


def filled(store: Store) -> list[int]:
    """Six articles; every second tells of grain, the last is about nothing."""
    texts = [f"Envoys of both sides spoke of {'grain' if n % 2 else 'peace'} at length." for n in range(6)]
    return [
        arrive(store, n, nothing(**({} if n < 5 else {"topics": ()})), when=at(n / 24), text=text).article_id
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize("search", ["grain", '"spoke of grain"', "gra*", "envoys grain", "grain NOT peace"])
def test_the_matched_articles_with_rare_words_are_few(store: Store, search: str) -> None:
    stored = filled(store)
    assert few(store, search) == [stored[1], stored[3]]


def test_words_that_no_article_has_leave_none(store: Store) -> None:
    filled(store)
    assert few(store, "unheard") == []


def test_a_probe_that_would_not_end_says_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store)
    monkeypatch.setattr(narrowing, "PROBED", 2)
    assert few(store, "grain") is None


def test_many_articles_are_not_few(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store)
    monkeypatch.setattr(narrowing, "FEW", 1)
    assert few(store, "grain") is None


def test_postgres_does_not_look_for_words_together_that_many_new_matches_have(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = filled(store)
    monkeypatch.setattr(narrowing, "OFTEN", 2)
    together = few(store, '"spoke of grain"')
    assert together == ([stored[1], stored[3]] if store._database.dialect == "sqlite" else None)
    assert few(store, "grain") == [stored[1], stored[3]]


def test_the_narrowest_part_counts(store: Store) -> None:
    stored = filled(store)
    assert few(store, "grain OR who:nobody") is None
    assert few(store, "grain who:nobody") == []
    assert few(store, "grain outlet:zzz") == []
    assert few(store, "envoys") == stored[:5]
