"""The parts of the benchmark of growth that decide what a figure means; no figure is judged here."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import growth, growth_articles, growth_chart, growth_feeds, growth_figures
from benchmarks.growth_alone import Figures, Task, done
from benchmarks.growth_figures import ARTICLES, BYTES, FEEDS, STAGES, Grown
from benchmarks.growth_fill import archive, with_articles
from benchmarks.growth_homes import Databases, Files
from benchmarks.postgres import Server
from monitor.store import Store

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
LINEAR = {1000: [1.0, 2.0], 10_000: [10.0, 20.0], 100_000: [100.0, 200.0]}


def here(tasks: Sequence[Task]) -> list[Figures]:
    return [done(task) for task in tasks]


def test_what_grows_with_the_size_has_the_exponent_one_and_what_does_not_zero() -> None:
    assert growth_figures.exponents(LINEAR) == pytest.approx([1.0, 1.0])
    assert growth_figures.growths(LINEAR) == pytest.approx([100.0, 100.0])
    assert growth_figures.exponents({1000: [3.0], 100_000: [3.0]}) == pytest.approx([0.0])


def test_the_tables_name_what_is_steep_and_what_was_left_out() -> None:
    grown = Grown(left_out=["100,000 feeds on Postgres (no room)"])
    for size, figures in LINEAR.items():
        grown.put(FEEDS, "SQLite", size, {growth_feeds.CLAIM: figures, growth_feeds.SELECT: [1.0, 1.0]})
    lines = growth_figures.told(grown)
    assert f"| {growth_feeds.CLAIM} | × 100 | 100.00 | 100.00 | 100.00 | 1.00 | 1.00 | 1.00 " in "\n".join(lines)
    assert any(line.startswith("Steeper") and f"{growth_feeds.CLAIM} on SQLite (1.00)" in line for line in lines)
    assert lines[-1] == "Not measured: 100,000 feeds on Postgres (no room)."


def test_copies_of_an_archive_are_as_whole_as_the_archive_and_take_new_articles(tmp_path: Path) -> None:
    files = Files(tmp_path)
    base = files.new()
    archive(base.url, 200, UNTIL)
    place = files.new(base)
    assert with_articles(place, 600, copies=3) > 0
    with Store.open(base.url) as one, Store.open(place.url) as three:
        assert three.upkeep.check() == ()
        rows = {table.name: table.rows for table in one.upkeep.stats().tables}
        copied = {table.name: table.rows for table in three.upkeep.stats().tables}
    assert {name for name in rows if rows[name] != copied[name]} >= {"articles", "entries", "mentions", "stories"}
    assert all(copied[name] in {rows[name], 3 * rows[name]} for name in rows)
    taken = growth_articles.measured(place, 3, UNTIL, rounds=1)
    assert set(taken.figures) >= {growth_articles.WOVEN, growth_articles.PLACED, growth_articles.COMPARED}
    files.drop(place)
    assert place.url.rpartition("/")[2] not in {path.name for path in tmp_path.iterdir()}


@pytest.mark.postgres
def test_everything_has_a_figure_that_is_drawn(
    monkeypatch: pytest.MonkeyPatch, postgres_server: str, tmp_path: Path
) -> None:
    monkeypatch.setenv("ENDTOEND_POSTGRES", postgres_server)
    # The pages' servers take seconds to start.
    monkeypatch.setattr("benchmarks.growth_pages.ours", lambda *_, **__: None)
    with Server() as server:
        size = growth.Size(feeds=(60,), articles=(200,), rounds=2, claims=20, words=20)
        grown = growth.measured(size, (Databases(server),), tmp_path, apart=here)
    assert grown.left_out == []
    for stage in STAGES:
        if "p95" not in stage.name:
            assert list(grown.sized(stage.of, "Postgres", stage.name)) == [60 if stage.of == FEEDS else 200], stage.name
            assert not stage.peer or grown.sized(stage.of, "Postgres", stage.peer), stage.peer
    root = ElementTree.fromstring(growth_chart.drawn(grown))
    assert any(BYTES.partition(",")[0] in (element.text or "") for element in root.iter())


def test_a_size_without_room_is_left_out_and_named() -> None:
    size = growth.Size(bytes=1000.0)
    homes = (Files(Path()), Files(Path()))
    run = growth._Growth(size=size, homes=homes, apart=here, folder=Path(), until=UNTIL)
    run.past[ARTICLES, "SQLite"] = growth._Past(number=10, bytes=600.0, filling=1.0, measuring=1.0)
    assert run._fitting(ARTICLES, 10) == [homes[0]]
    assert run._fitting(ARTICLES, 10_000) == []
    assert len(run.grown.left_out) == 3
