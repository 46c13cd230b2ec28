"""Who and what matched articles name: counts, company, and one of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.charts import company, named_on
from monitor.records.findings import Entity, Span
from monitor.store import Store
from monitor.store.board import entities as reads
from tests.dashboard_builders import local
from tests.telling_builders import arrive, at, one_of_each, weave


def naming(*names: str) -> tuple[Entity, ...]:
    kinds = {"Tomahawk": "weapon", "Kyiv": "place"}
    return tuple(
        Entity(
            name=name,
            type=kinds.get(name, "person"),
            id=None,
            mentions=(Span(start=n * 10, end=n * 10 + 4, text=name),),
        )
        for n, name in enumerate(names)
    )


def three(store: Store) -> None:
    for n, names in enumerate((("Trump", "Putin"), ("Trump", "Putin", "Tomahawk"), ("Trump", "Kyiv")), 1):
        arrive(store, n, replace(one_of_each(n), entities=naming(*names)), when=at(n, 9), by=f"paper{n}")
    weave(store)


def ids(store: Store) -> dict[str, int]:
    return {each.name: each.id for each in store.board.entities.page().entities}


def test_names_are_counted_by_articles_the_most_named_first(store: Store) -> None:
    three(store)
    view = store.board.entities.page()
    assert [(each.name, each.articles) for each in view.entities] == [
        ("Trump", 3), ("Putin", 2), ("Kyiv", 1), ("Tomahawk", 1),
    ]  # fmt: skip
    assert view.looked_at == 3
    assert [each.name for each in store.board.entities.page(type_="weapon").entities] == ["Tomahawk"]
    assert [each.name for each in store.board.entities.page(name="PUT").entities] == ["Putin"]


def test_only_the_newest_articles_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    three(store)
    monkeypatch.setattr(reads, "LOOKED", 1)
    assert [each.name for each in store.board.entities.page().entities] == ["Kyiv", "Trump"]


def test_one_has_its_days_its_company_and_its_articles(store: Store) -> None:
    three(store)
    view = store.board.entities.entity(ids(store)["Trump"], person="ann", now=at(5))
    assert view is not None
    assert [each.articles for each in view.days] == [1, 1, 1]
    assert [(each.name, each.articles) for each in view.company] == [("Putin", 2), ("Kyiv", 1), ("Tomahawk", 1)]
    assert [({tie.one, tie.other}, tie.articles) for tie in view.ties if tie.articles > 1] == [({"Trump", "Putin"}, 2)]
    assert len(view.matches) == 3
    assert not view.more
    assert store.board.entities.entity(10**30, person="ann", now=at(5)) is None


def test_an_article_that_is_withdrawn_names_nobody(store: Store) -> None:
    three(store)
    number = ids(store)["Kyiv"]
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE matches SET withdrawn_at = matched_at WHERE article_id = 3")
    view = store.board.entities.entity(number, person="ann", now=at(5) + timedelta(days=1))
    assert view is not None
    assert (view.entity.articles, view.days, view.matches) == (0, (), ())


def test_the_wheel_puts_everybody_in_a_place_of_their_own_and_is_always_the_same(store: Store) -> None:
    three(store)
    view = store.board.entities.entity(ids(store)["Trump"], person="ann", now=at(5))
    assert view is not None
    spec = company(view.entity, view.company, view.ties)
    assert spec == company(view.entity, view.company, view.ties)
    nodes = _values(spec)
    places = {(node["x"], node["y"]) for node in nodes}
    assert len(places) == len({node["name"] for node in nodes}) == 4
    assert [row["articles"] for rows in named_on(view.days)["datasets"].values() for row in rows] == [1, 1, 1]


def test_the_pages_lead_to_each_other(store: Store) -> None:
    three(store)
    client = local(store)
    number = ids(store)["Trump"]
    assert f"/entities/{number}" in client.get("/entities").text
    page = client.get(f"/entities/{number}").text
    assert f'href="/entities/{ids(store)["Putin"]}"' in page
    assert client.get("/entities/99999").status_code == 404


def _values(found: object) -> list[dict[str, object]]:
    """The rows of the dots, wherever Altair puts them in a specification."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list) and found and isinstance(found[0], dict) and "colour" in found[0]:
        return found
    if isinstance(found, list):
        return next((rows for each in found if (rows := _values(each))), [])
    return []
