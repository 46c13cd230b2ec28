"""The bundled week from its articles to timeline, ladder and statements: what comes out is what the script says.

The truth was written down before (tests/data/week_truth.toml). Floors lie a little below what is reached; the figures
are printed where a floor is missed.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.chronicle import ladder
from monitor.records.chronicle import Happening
from monitor.records.findings import AidStep
from monitor.store import Store
from tests.week_truth import (
    Figures,
    event_figures,
    is_dated_right,
    rung_of,
    said_as,
    statement_figures,
    step_figures,
    told_as,
    truth,
)
from tests.woven_week import WovenWeek, url_of, woven_week

pytestmark = pytest.mark.slow
TRUTH = truth()
ALL = 10_000


@pytest.fixture(scope="module")
def told(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WovenWeek]:
    path = tmp_path_factory.mktemp("week") / "monitor.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    with Store.open(f"sqlite:///{path}") as store:
        yield woven_week(store)


@pytest.fixture(scope="module")
def timeline(told: WovenWeek) -> tuple[Happening, ...]:
    return told.store.chronicle.happenings(limit=ALL)


def assert_reached(figures: Figures, *, recall: float, precision: float) -> None:
    assert figures.wanted, figures.name
    assert figures.found, figures.name
    assert figures.recall >= recall, str(figures)
    assert figures.precision >= precision, str(figures)


def test_the_weeks_articles_are_read_and_most_of_them_match(told: WovenWeek) -> None:
    about = [entry for entry in told.week.entries if entry.talks + entry.missile_aid > 0]
    assert told.read == len(about) > 150
    assert told.woven > 0.85 * told.read


def test_the_timeline_tells_who_met_whom_as_the_script_does(timeline: tuple[Happening, ...]) -> None:
    assert_reached(event_figures(TRUTH["event"], timeline), recall=0.7, precision=0.8)


def test_what_is_told_of_an_event_is_its_day_and_what_became_of_it(timeline: tuple[Happening, ...]) -> None:
    pairs = [(row, told_as(row, timeline)) for row in TRUTH["event"] if "key" in row]
    found = [(row, happening) for row, happening in pairs if happening is not None]
    undated = [row["key"] for row, happening in found if not is_dated_right(row, happening)]
    other = [(row["key"], happening.status) for row, happening in found if row["status"] != happening.status]
    assert len(undated) <= 0.15 * len(found), undated
    assert len(other) <= 0.15 * len(found), other


@pytest.mark.parametrize(
    ("key", "kind", "status", "where"),
    [
        ("visit-confirmed", "meeting", "held", "White House"),
        ("call-readout", "call", "held", None),
        ("call-readout", "meeting", "planned", "Budapest"),
        ("lavrov-rubio-call", "call", "planned", None),
    ],
)
def test_the_four_contacts_that_the_week_turns_on_are_each_one_event(
    timeline: tuple[Happening, ...], key: str, kind: str, status: str, where: str | None
) -> None:
    row = next(row for row in TRUTH["event"] if row.get("key") == key and row["type"] == kind)
    happening = told_as(row, timeline)
    assert happening is not None
    assert happening.status == status
    assert is_dated_right(row, happening)
    assert where is None or happening.where == where
    assert len({report.origin.key for report in happening.reports}) >= 4


def test_the_planned_meeting_is_seen_to_become_held(timeline: tuple[Happening, ...]) -> None:
    row = next(row for row in TRUTH["event"] if row.get("key") == "visit-confirmed")
    happening = told_as(row, timeline)
    assert happening is not None
    steps = [change.after for change in happening.history if change.field == "status"]
    assert (steps[0], steps[-1]) == ("planned", "held")


def test_the_ladder_moves_as_the_script_has_it(told: WovenWeek) -> None:
    chronicle = told.store.chronicle
    figures = step_figures(TRUTH["step"], chronicle.steps(), chronicle.ladder())
    assert_reached(figures, recall=0.9, precision=0.75)


def test_the_false_delivery_is_told_and_never_believed(told: WovenWeek) -> None:
    steps = told.store.chronicle.steps()
    for row in TRUTH["false"]:
        claims = [step for step in steps if row["item"] in step.step.item and step.step.step in row["steps"]]
        assert len(claims) > 1, "the week's articles tell it"
        for last in range(1, len(steps) + 1):
            believed = [rung for rung in ladder.rungs(steps[:last]) if row["item"] in rung.item]
            assert not {rung.step for rung in believed} & set(row["steps"])


def test_the_retraction_denies_the_delivery(told: WovenWeek) -> None:
    def denies(step: AidStep) -> bool:
        return step.firmness == "denial" and step.manner == "delivered" and step.item.startswith("Tomahawk")

    assert any(denies(told_step.step) for told_step in told.store.chronicle.steps())


@pytest.mark.parametrize(
    ("item", "donor", "step"),
    [
        ("Tomahawk", "United States", "refused"),
        ("Taurus", "Germany", "refused"),
        ("Patriot", "Germany", "announced"),
        ("Patriot", "Norway", "announced"),
        ("air defence", "United Kingdom", "announced"),
    ],
)
def test_at_the_weeks_end_each_weapon_stands_where_the_script_left_it(
    told: WovenWeek, item: str, donor: str, step: str
) -> None:
    assert rung_of(told.store.chronicle.ladder(), item, donor).step == step


def test_the_main_statements_are_told_with_speaker_and_day(told: WovenWeek) -> None:
    found = told.store.chronicle.statements(limit=ALL)
    assert_reached(statement_figures(TRUTH["statement"], found), recall=0.95, precision=0.8)


def test_what_many_outlets_carry_is_one_statement_with_many_witnesses(told: WovenWeek) -> None:
    found = told.store.chronicle.statements(limit=ALL)
    for words, outlets in (("We may not, but we may do it", 7), ("great progress", 6), ("much homework", 6)):
        row = next(row for row in TRUTH["statement"] if row["words"] == words)
        statement = said_as(row, found)
        assert statement is not None
        assert len({witness.source.outlet for witness in statement.witnesses}) >= outlets, words


def test_printed_copies_of_the_wire_have_the_wires_origin(told: WovenWeek) -> None:
    origins = _origins(told.store)
    copies = [entry for entry in told.week.entries if entry.copy_of and url_of(entry) in origins]
    by_id = {entry.id: entry for entry in told.week.entries}
    same = [copy for copy in copies if origins[url_of(copy)] == origins.get(url_of(by_id[str(copy.copy_of)]))]
    assert len(copies) > 20
    assert len(same) >= 0.9 * len(copies)


def _origins(store: Store) -> dict[str, str]:
    """Whose report each woven article is, by address."""
    pages: list[Any] = [store.chronicle.story(story.id) for story in store.chronicle.stories(limit=ALL)]
    return {
        source.url: member.origin.key
        for page in pages
        for member, source in zip(page.members, page.sources, strict=True)
    }
