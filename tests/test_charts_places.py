"""The map: where places are drawn, what is merged, named and left out, and the land below."""

import json
import math
import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise
from typing import Any

import altair as alt
import pytest

from monitor.charts import Painter, places
from monitor.charts.basemap import derive, outline
from monitor.charts.frames import NEAR, NEAR_SMALL, WIDE, WIDE_SMALL, Frame
from monitor.charts.places import MOST
from monitor.charts.theme import DARK, LIGHT, Spec, darkened
from monitor.records.board.map import EventAt, Spot

EVIL = "</svg><script>alert(1)</script>'\"]; datum"
KYIV, MOSCOW, WASHINGTON, GULF = (50.45, 30.52), (55.75, 37.62), (38.9, -77.04), (25.29, 51.53)


@pytest.fixture(scope="module")
def painter() -> Iterator[Painter]:
    with Painter() as painter:
        yield painter


def spot(name: str, at: tuple[float, float] = KYIV, articles: int = 1, *statuses: str, country: bool = False) -> Spot:
    events = tuple(
        EventAt(
            id=n, type="meeting", status=status, participants=("Somebody",), place=name, when_from=None, when_to=None,
            happens_on=date(2026, 11, 20), origins=1,
        )
        for n, status in enumerate(statuses)
    )  # fmt: skip
    return Spot(
        name=name, latitude=at[0], longitude=at[1], is_country=country, entity_id=1, articles=articles, events=events
    )


def drawn(spec: Spec | None, *fields: str) -> list[dict[str, Any]]:
    """The rows that have these fields."""
    assert spec is not None
    sets = [rows for rows in spec["datasets"].values() if isinstance(rows, list)]
    return [row for rows in sets for row in rows if all(name in row for name in fields)]


def circles(spec: Spec | None) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in drawn(spec, "also")}


def names(spec: Spec | None) -> list[dict[str, Any]]:
    return drawn(spec, "align")


def many(count: int = 400) -> list[Spot]:
    """Places all over the near map, three events each in some."""
    return [
        spot(f"Town {n}", (30 + n * 7 % 35, n * 11 % 50), n, *(("held", "planned", "proposed") if n % 9 == 0 else ()))
        for n in range(count)
    ]


def test_without_a_place_to_draw_there_is_no_map() -> None:
    assert places([]) is None
    assert places([spot("Russia", MOSCOW, 900, country=True)]) is None
    assert places([spot("Washington", WASHINGTON)], near=True) is None


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("near", [False, True])
def test_the_specification_follows_the_schema(near: bool, small: bool) -> None:
    spec = places(many(40), near=near, small=small)
    assert spec is not None
    alt.Chart.from_dict(spec, validate=True)


def test_the_area_of_a_circle_stands_for_its_articles() -> None:
    found = circles(places([spot("Kyiv", KYIV, 400), spot("Moscow", MOSCOW, 100)]))
    assert found["Kyiv"]["size"] == pytest.approx(4 * found["Moscow"]["size"], rel=0.01)


def test_a_country_is_no_circle_and_its_events_are_faint() -> None:
    spec = places([spot("Russia", MOSCOW, 900, "planned", country=True), spot("Kyiv", KYIV, 5, "held")])
    assert set(circles(spec)) == {"Kyiv"}
    assert {(row["place"], row["sure"]) for row in drawn(spec, "shape", "place") if row["place"]} == {
        ("Russia", False),
        ("Kyiv", True),
    }


def test_a_country_joins_its_capital_without_adding_its_articles() -> None:
    spec = places([spot("Russia", MOSCOW, 900, "planned", country=True), spot("Moscow", MOSCOW, 7)])
    (moscow,) = circles(spec).values()
    assert (moscow["name"], moscow["also"], moscow["articles"], moscow["events"]) == ("Moscow", "Russia", 7, 1)


def test_events_of_one_status_are_one_mark_with_their_number() -> None:
    spec = places([spot("Kyiv", KYIV, 1, "held", "held", "planned")])
    marks = {row["status"]: row["events"] for row in drawn(spec, "shape", "place") if row["place"]}
    assert marks == {"held": 2, "planned": 1}


def test_a_status_that_nobody_knows_is_drawn_too() -> None:
    spec = places([spot("Kyiv", KYIV, 1, "dreamt_of")])
    assert [row["status"] for row in drawn(spec, "shape", "place") if row["place"]] == ["dreamt of"]


def test_what_lies_outside_is_counted() -> None:
    spec = places([spot("Kyiv"), spot("Washington", WASHINGTON), spot("Anchorage", (61.22, -149.9))], near=True)
    assert "2 more outside the map" in [row["name"] for row in drawn(spec, "name")]


@pytest.mark.parametrize(
    ("frame", "near", "small"),
    [(NEAR, True, False), (WIDE, False, False), (NEAR_SMALL, True, True), (WIDE_SMALL, False, True)],
)
def test_no_name_lies_on_another_or_leaves_the_map(frame: Frame, near: bool, small: bool) -> None:
    boxes = []
    for row in names(places(many(), near=near, small=small)):
        wide = 6.3 * len(row["name"])
        start = row["x"] - {"left": 0, "right": wide, "center": wide / 2}[row["align"]]
        boxes.append((start, row["y"] - 6.5, start + wide, row["y"] + 6.5))
    assert len(boxes) > (2 if small else 10)
    assert all(a >= 0 and b >= 0 and c <= frame.width and d <= frame.height for a, b, c, d in boxes)
    assert not [
        pair
        for pair in combinations(boxes, 2)
        if pair[0][0] < pair[1][2] and pair[1][0] < pair[0][2] and pair[0][1] < pair[1][3] and pair[1][1] < pair[0][3]
    ]


def test_the_place_of_most_events_and_articles_has_its_name_in_a_crowd() -> None:
    crowd = [spot(f"Village {n}", (50.45 + math.sin(n), 30.52 + math.cos(n)), 1) for n in range(60)]
    assert "Kyiv" in {row["name"] for row in names(places([*crowd, spot("Kyiv", KYIV, 900, "held")], near=True))}


def test_a_name_keeps_off_the_circles_of_others_where_there_is_room() -> None:
    # Right of the large circle lies another: its name goes to the left.
    spec = places([spot("Brussels", (50.85, 4.35), 100), spot("Berlin", (52.52, 13.41), 1)], near=True, small=True)
    assert {row["name"]: row["align"] for row in names(spec)} == {"Brussels": "right", "Berlin": "left"}


@pytest.mark.parametrize(("statuses", "named"), [((), False), (("held",), True)])
def test_only_the_name_of_a_place_with_events_lies_over_circles(statuses: tuple[str, ...], named: bool) -> None:
    sides = [(KYIV[0], KYIV[1] + 6.7), (KYIV[0], KYIV[1] - 6.7), (KYIV[0] + 3.4, KYIV[1]), (KYIV[0] - 3.4, KYIV[1])]
    around = [spot(f"Town {n}", at, 30) for n, at in enumerate(sides)]
    found = {row["name"] for row in names(places([*around, spot("Kyiv", KYIV, 31, *statuses)], near=True, small=True))}
    assert ("Kyiv" in found) is named


@pytest.mark.parametrize(("small", "rows"), [(False, 1), (True, 3)])
def test_the_key_takes_as_many_rows_as_the_width_asks_for(small: bool, rows: int) -> None:
    statuses = ("proposed", "planned", "under_way", "held", "postponed", "called_off")
    spec = places([spot("Kyiv", KYIV, 1234, *statuses)], near=True, small=small)
    frame = NEAR_SMALL if small else NEAR
    key = [row for row in drawn(spec, "sure", "name") if "place" not in row]
    assert [row["name"] for row in key][-2:] == ["called off", "articles that name the place, 1,234 at most"]
    assert len({row["y"] for row in key}) == rows
    assert all(row["y"] < -10 and row["x"] + 10 + 6.3 * len(row["name"]) <= frame.width + 2 for row in key)


def test_too_many_places_are_cut_and_the_picture_stays_small() -> None:
    spec = places(many(3000), near=True)
    assert len(circles(spec)) <= MOST
    assert len(json.dumps(spec)) < 180_000


def test_the_same_places_make_the_same_map() -> None:
    assert places(many(50)) == places(many(50)[::-1])


def test_on_dark_paper_no_colour_of_the_light_one_is_left() -> None:
    spec = json.dumps(places(many(30), dark=True))
    assert spec == darkened(json.dumps(places(many(30))))
    assert DARK.back in spec
    assert LIGHT.back not in spec


@pytest.mark.parametrize("near", [False, True])
def test_hostile_names_are_drawn_as_text(painter: Painter, near: bool) -> None:
    spec = places([spot(EVIL, KYIV, 3, EVIL), spot("x" * 10_000, MOSCOW, 2)], near=near)
    assert spec is not None
    svg = painter.svg({"map": spec})["map"].decode()
    assert "<script" not in svg
    assert "x" * 300 not in svg


@pytest.mark.parametrize("frame", [NEAR, WIDE, NEAR_SMALL, WIDE_SMALL])
def test_the_renderer_puts_a_place_where_we_do(painter: Painter, frame: Frame) -> None:
    at = [KYIV, MOSCOW, GULF]
    values = [{"lat": latitude, "lon": longitude} for latitude, longitude in at]
    dots = (
        alt.Chart(alt.InlineData(values=values))
        .mark_circle(size=20)
        .encode(latitude="lat:Q", longitude="lon:Q")
        .project(**{name: value for name, value in frame.projection.items() if name != "clipExtent"})
        .properties(width=frame.width, height=frame.height)
    )
    svg = painter.svg({"dots": dots.to_dict()})["dots"].decode()
    there = [(float(x), float(y)) for x, y in re.findall(r"translate\(([-\d.]+),([-\d.]+)\)", svg)]
    for latitude, longitude in at:
        x, y = frame.place(latitude, longitude)
        assert min(math.hypot(x - right, y - down) for right, down in there) < 0.5


@pytest.mark.parametrize(("near", "wide"), [(NEAR, WIDE), (NEAR_SMALL, WIDE_SMALL)])
def test_the_frames_show_what_the_talks_are_about(near: Frame, wide: Frame) -> None:
    assert all(near.shows(*at) for at in (KYIV, MOSCOW, GULF, (51.5, -0.13), (38.72, -9.14), (47.5, 19.04)))
    assert all(
        wide.shows(*at) for at in (KYIV, MOSCOW, GULF, WASHINGTON, (61.22, -149.9), (39.9, 116.41), (35.68, 139.69))
    )
    assert not near.shows(*WASHINGTON)
    assert not wide.shows(-33.45, -70.67)


def points(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """The arcs in degrees."""
    scale = topology["transform"]["scale"][0]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        arcs.append([((x := x + right) * scale, (y := y + up) * scale) for right, up in arc])
    return arcs


def test_no_line_divides_ukraine_from_crimea() -> None:
    perekop = [
        point
        for name in ("borders", "disputed")
        for arc in points(outline()[name])
        for point in arc
        if 33 < point[0] < 36.4 and 44.3 < point[1] < 46.6
    ]
    assert perekop == []
    assert any(33 < x < 36.4 and 44.3 < y < 46.6 for arc in points(outline()["land"]) for x, y in arc)


def test_ukraine_has_its_border_with_russia_and_kosovo_a_broken_one() -> None:
    assert any(35 < x < 37 and 50 < y < 52 for arc in points(outline()["borders"]) for x, y in arc)
    assert any(20 < x < 22 and 42 < y < 43.5 for arc in points(outline()["disputed"]) for x, y in arc)


def test_the_outline_is_small_and_names_no_country() -> None:
    text = json.dumps(outline())
    assert len(text) < 120_000
    assert set(outline()) == {"land", "borders", "disputed"}
    assert "properties" not in text


def test_an_arc_keeps_its_ends_and_what_stands_out() -> None:
    flat = [(0.0, 0.0), (1.0, 0.001), (2.0, 0.0), (3.0, 9.0), (4.0, 0.0)]
    assert derive.simplified(flat) == [(0.0, 0.0), (2.0, 0.0), (3.0, 9.0), (4.0, 0.0)]
    ring = [(0.0, 50.0), (0.01, 50.0), (0.01, 50.01), (0.0, 50.01), (0.0, 50.0)]
    assert len(derive.simplified(ring)) == 4


def test_countries_become_land_with_lines_between_them() -> None:
    # Two squares side by side; the line between them is the arc 1.
    given = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[4, 0], [-4, 0], [0, 4], [4, 0]], [[4, 4], [0, -4]], [[4, 0], [4, 0], [0, 4], [-4, 0]]],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "Kosovo"}},
                    {"type": "Polygon", "arcs": [[2, 1]], "properties": {"name": "Serbia"}},
                ]
            },
            "land": {"type": "Polygon", "arcs": [[0, -3]]},
        },
    }
    made = derive.derived(given)
    assert [len(made[name]["arcs"]) for name in ("land", "borders", "disputed")] == [2, 0, 1]
    assert points(made["disputed"]) == [[(4.0, 4.0), (4.0, 0.0)]]
    assert all(one != other for arc in points(made["land"]) for one, other in pairwise(arc))
