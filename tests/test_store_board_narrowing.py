"""Which matched articles a rare part of a search leaves, and when nobody looks for them."""

from collections.abc import Sequence

import pytest

from monitor.query import parse
from monitor.store import Store
from monitor.store.board import narrowing
from monitor.store.polling.feed_changes import FeedChanges
from tests.chronicle_builders import quote
from tests.store_builders import entity
from tests.telling_builders import arrive, at, nothing, outlet, weave


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


def test_a_feed_that_names_no_outlet_lends_its_title_and_countries_may_be_written_small(store: Store) -> None:
    outlet(store, "harbour", outlet="", title="Harbour Gazette", country="pl")
    stored = arrive(store, 1, nothing(), when=at(1), by="harbour").article_id
    arrive(store, 2, nothing(), when=at(2))
    assert few(store, "outlet:gazette") == few(store, "country:PL") == [stored]


def test_articles_go_by_the_name_that_a_person_gives_their_outlet(store: Store) -> None:
    feed = outlet(store, "harbour")
    stored = arrive(store, 1, nothing(), when=at(1), by="harbour").article_id
    FeedChanges(store._database).say(feed.id, now=at(2), outlet="Quay Post")
    found = store.search.search("outlet:quay", limit=5, now=at(2))
    assert few(store, "outlet:quay") == [hit.article_id for hit in found] == [stored]
    assert few(store, "outlet:harbour") == []


@pytest.mark.parametrize("search", ['said:"Jose Garcia"', 'said:"José García"'])
def test_who_said_something_is_found_however_the_name_is_spelled(store: Store, search: str) -> None:
    name, text = "José García", '"We go on," José García said.'
    who = entity(name, None, (13, 24))
    said = nothing(quotes=(quote("We go on,", name),), entities=(who,))
    stored = arrive(store, 1, said, when=at(1), text=text).article_id
    arrive(store, 2, nothing(), when=at(2))
    weave(store)
    assert few(store, search) == [stored]
