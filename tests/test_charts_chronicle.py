"""The charts of the chronicle's pages: what they show, and that hostile or crowded material does not spoil them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.charts import Painter
from monitor.charts.ladder_history import MOST, ladder_history
from monitor.charts.said import said
from monitor.charts.theme import DARK, LIGHT, Spec, darkened
from monitor.charts.timeline import DEPTH, LANES, STATUSES, timeline
from monitor.records.board.ladder import Cell, Climb, Move
from monitor.records.board.statements import SaidOn
from monitor.records.board.timeline import EventMark
from tests.chronicle_builders import source

EVIL = "</svg><script>alert(1)</script>'\"]; datum"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def painter() -> Iterator[Painter]:
    with Painter() as painter:
        yield painter


def mark(n: int, day: int = 0, **fields: Any) -> EventMark:
    on = NOW.date() + DAY * day
    given: dict[str, Any] = {
        "type": "meeting",
        "status": "planned" if day > 0 else "held",
        "participants": ("Person One", f"Person {n}"),
        "when_from": on,
        "when_to": on,
        "certainty": "exact",
        "where": "Budapest",
        "happens_on": on,
        "origins": 1,
    }
    return EventMark(id=n, **given | fields)


def move(day: int, step: str, height: int, **fields: Any) -> Move:
    given: dict[str, Any] = {
        "manner": "",
        "firmness": "statement",
        "by": None,
        "evidence": "Words.",
        "origin": "outlet:a",
    }
    whose = source("Atlantic Post", NOW, article_id=day)
    return Move(at=NOW + DAY * day, step=step, height=height, source=whose, state_controlled=False, **given | fields)


def climb(donor: str | None, *moves: Move, **fields: Any) -> Climb:
    last = moves[-1]
    cell = Cell(
        item="Tomahawk",
        item_key="key",
        donor=donor,
        recipient="Ukraine",
        step=last.step,
        height=last.height,
        firmness=last.firmness,
        since=last.at,
        at_least_since=False,
        origins=1,
        moves=len(moves),
        regressions=0,
        evidence=last.evidence,
        by=last.by,
        source=last.source,
    )
    return Climb(cell=replace(cell, **fields), moves=moves)


def climbs(number: int = 3) -> list[Climb]:
    way = (move(-20, "requested", 1), move(-9, "announced", 3), move(-2, "refused", 0, down=True))
    return [climb(f"Donor {n}", *way[: 1 + n % 3]) for n in range(number)]


def counts() -> list[SaidOn]:
    return [
        SaidOn(speaker=f"Person {n}", day=NOW.date() - DAY * day, count=1 + (n * day) % 7)
        for n in range(8)
        for day in range(0, 40, 3)
    ]


def made(spec: Spec | None) -> Spec:
    assert spec is not None
    return spec


def everything() -> dict[str, Spec]:
    marks = [mark(n, day=n % 9 - 6, status=status) for n, status in enumerate((*STATUSES, "unheard of"))]
    return {
        "timeline": made(timeline(marks, now=NOW)),
        "people": made(timeline(marks, now=NOW, by="who")),
        "history": made(ladder_history(climbs(), now=NOW)),
        "said": made(said(counts(), last=NOW.date())),
    }


def rows(spec: Spec, key: str) -> list[dict[str, Any]]:
    """The data's rows that have this key."""
    inline = [*spec.get("datasets", {}).values(), *_inline(spec)]
    return [row for values in inline for row in values if key in row]


def _inline(part: Any) -> Iterator[list[dict[str, Any]]]:
    if isinstance(part, dict):
        if isinstance(part.get("data"), dict) and "values" in part["data"]:
            yield part["data"]["values"]
        for inner in part.values():
            yield from _inline(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _inline(inner)


def test_nothing_makes_no_picture() -> None:
    assert timeline([], now=NOW) is None
    assert ladder_history([], now=NOW) is None
    assert said([], last=NOW.date()) is None
    assert said([SaidOn(speaker="A", day=date(2026, 1, 1), count=3)], last=NOW.date()) is None


def test_the_specifications_are_valid_and_the_same_every_time() -> None:
    import altair as alt

    for name, spec in everything().items():
        alt.Chart.from_dict(spec, validate=True)
        assert json.dumps(spec) == json.dumps(everything()[name])


def test_a_drawing_says_who_where_and_how_it_stands(painter: Painter) -> None:
    marks = [mark(1, -3), mark(2, 5), mark(3, 2, type="call", when_from=None, when_to=None, where=None)]
    specs = {**everything(), "timeline": made(timeline(marks, now=NOW))}
    drawn = {name: picture.decode() for name, picture in painter.svg(specs).items()}
    for name, words in {
        "timeline": (
            ">meeting<",
            ">call<",
            ">now<",
            ">planned<",
            ">held<",
            "Person One, Person 2 · Budapest",
            "no day named",
        ),
        "people": (">Person One<", ">called off<", ">under way<"),
        "history": (">Donor 1<", ">refused, paused<", ">in use<", ">approved<"),
        "said": (">Person 1<", ">1 Nov<"),
    }.items():
        for word in words:
            assert word in drawn[name], (name, word)


def test_what_is_planned_stands_to_the_right_of_now() -> None:
    spec = made(timeline([mark(1, -3), mark(2, 4)], now=NOW))
    (now,) = {row["at"] for row in rows(spec, "at") if "status" not in row}
    told = {row["status"]: row["at"] for row in rows(spec, "status")}
    assert told["held"] < now < told["planned"]


def test_a_status_can_be_told_without_colours() -> None:
    assert len({(shape, filled) for shape, _, filled in STATUSES.values()}) == len(STATUSES)


def test_a_crowded_day_keeps_its_room_and_says_what_is_left_out() -> None:
    many = [mark(n, -1, origins=n) for n in range(40)]
    spec = made(timeline(many, now=NOW))
    (lane,) = {(row["name"], row["more"]) for row in rows(spec, "more")}
    assert lane == ("meeting", f"+{40 - DEPTH} more")
    shown = {row["origins"] for row in rows(spec, "status")}
    assert shown == set(range(40 - DEPTH, 40))


def test_no_two_labels_of_a_lane_lie_on_each_other() -> None:
    spec = made(timeline([mark(n, day=n % 30 - 20, origins=n % 5) for n in range(90)], now=NOW))
    taken: dict[float, list[int]] = {}
    for row in {json.dumps(row): row for row in rows(spec, "status")}.values():
        taken.setdefault(row["y"], []).append(row["at"])
    assert all(len(places) == len(set(places)) for places in taken.values())


def test_lanes_are_few() -> None:
    kinds = [mark(n, type=f"kind {n}", participants=(f"Person {n}",)) for n in range(20)]
    by_type = {row["name"] for row in rows(made(timeline(kinds, now=NOW)), "more")}
    assert len(by_type) == LANES
    assert "other" in by_type
    assert len({row["name"] for row in rows(made(timeline(kinds, now=NOW, by="who")), "more")}) == LANES


def test_what_was_over_before_the_chart_begins_is_left_out() -> None:
    old = mark(1, -60)
    assert timeline([old], now=NOW, since=NOW.date() - DAY * 30) is None
    spec = made(timeline([old, mark(2, -2)], now=NOW, since=NOW.date() - DAY * 30))
    assert len({row["at"] for row in rows(spec, "status")}) == 1


def test_a_ladder_has_its_turns_and_ends_where_the_decision_stands() -> None:
    spec = made(ladder_history(climbs(), now=NOW))
    turns = {(row["donor"], row["step"], row["down"]) for row in rows(spec, "turn") if row["turn"]}
    assert ("Donor 2", "refused", True) in turns
    assert ("Donor 1", "announced", False) in turns
    ends = {row["donor"]: row["height"] for row in rows(spec, "turn") if not row["turn"]}
    assert ends == {"Donor 0": 1, "Donor 1": 3, "Donor 2": 0}
    assert {row["at"] for row in rows(spec, "turn") if not row["turn"]} == {int(NOW.timestamp() * 1000)}


def test_names_at_the_edge_keep_apart_and_donors_are_few() -> None:
    same = [climb(f"Donor {n}", move(-9, "in_use", 6)) for n in range(9)]
    spec = made(ladder_history(same, now=NOW))
    assert len({row["donor"] for row in rows(spec, "donor")}) == MOST
    places = sorted(
        {row["y"] for row in rows(spec, "donor") if not row["turn"]} - {row["height"] for row in rows(spec, "turn")}
    )
    assert max(places) < 6.6
    assert len(places) >= MOST


def test_those_who_say_most_stand_above() -> None:
    spec = made(said(counts(), last=NOW.date()))
    sums = {row["name"]: row["sum"] for row in rows(spec, "sum")}
    assert len(sums) == 6
    heights = {row["name"]: row["y"] for row in rows(spec, "sum")}
    most, least = max(sums, key=lambda name: sums[name]), min(sums, key=lambda name: sums[name])
    assert heights[most] > heights[least]


def test_light_and_dark_are_one_definition_in_other_colours() -> None:
    marks = [mark(1)]
    for light, dark in (
        (timeline(marks, now=NOW), timeline(marks, now=NOW, dark=True)),
        (ladder_history(climbs(), now=NOW), ladder_history(climbs(), now=NOW, dark=True)),
        (said(counts(), last=NOW.date()), said(counts(), last=NOW.date(), dark=True)),
    ):
        assert json.loads(darkened(json.dumps(light))) == dark
        assert made(light)["background"] == LIGHT.back
        assert made(dark)["background"] == DARK.back


def test_hostile_names_are_drawn_as_text(painter: Painter) -> None:
    event = mark(1, type=EVIL, status=EVIL, participants=(EVIL, EVIL), where=EVIL)
    way = climb(EVIL, move(-3, EVIL, 0, by=EVIL, evidence=EVIL), item=EVIL, step=EVIL)
    specs = {
        "timeline": made(timeline([event], now=NOW)),
        "people": made(timeline([event], now=NOW, by="who")),
        "history": made(ladder_history([way], now=NOW)),
        "said": made(said([SaidOn(speaker=EVIL, day=NOW.date(), count=2)], last=NOW.date())),
    }
    assert all(b"<script" not in picture for picture in painter.svg(specs).values())
