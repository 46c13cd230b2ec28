"""``python -m monitor.charts.basemap.derive countries-50m.json``: makes ``outline.json`` anew.

The input is a TopoJSON file of Natural Earth's countries. Coasts and borders are simplified after Visvalingam and
Whyatt (1993), less around Ukraine than elsewhere. No country is kept: the output holds land as a whole, and lines.
"""

import heapq
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Arc = list[Point]

NEAR = (-12.0, 33.0, 62.0, 72.0)
"""West, south, east and north of where the map is drawn large, in degrees."""
DETAIL_NEAR, DETAIL_FAR = 0.012, 0.15
"""Square degrees of the smallest corner that stays."""
ISLAND_NEAR, ISLAND_FAR = 0.08, 1.2
"""Square degrees of the smallest island that stays."""
SOUTHERNMOST = -36.0
GRID = 0.02
"""Degrees."""
# Drawn by neither side's book: within Ukraine by the General Assembly's resolution 68/262.
DROPPED = frozenset({frozenset({"Russia", "Ukraine"})})
DROPPED_WITHIN = (32.0, 44.0, 36.5, 46.5)
DISPUTED = frozenset(
    map(
        frozenset,
        (
            ("Kosovo", "Serbia"),
            ("Cyprus", "N. Cyprus"),
            ("Somalia", "Somaliland"),
            ("Morocco", "W. Sahara"),
            ("Israel", "Palestine"),
            ("Israel", "Syria"),
            ("India", "Siachen Glacier"),
            ("Pakistan", "Siachen Glacier"),
            ("China", "Siachen Glacier"),
            ("India", "Pakistan"),
            ("China", "India"),
        ),
    )
)


def derived(topology: dict[str, Any]) -> dict[str, Any]:
    """``land``, ``borders`` and ``disputed``, each a topology, of one with the objects ``countries`` and ``land``."""
    arcs = _decoded(topology)
    land = [rings for rings in _polygons(topology["objects"]["land"]) if _is_kept(rings[0], arcs)]
    lines: dict[str, list[list[int]]] = {"borders": [], "disputed": []}
    for number, pair in sorted(_between(topology["objects"]["countries"]).items()):
        if (pair in DROPPED and _is_within(arcs[number], DROPPED_WITHIN)) or not _is_north(arcs[number]):
            continue
        lines["disputed" if pair in DISPUTED else "borders"].append([number])
    objects = {"land": ("MultiPolygon", land)} | {name: ("MultiLineString", found) for name, found in lines.items()}
    return {name: _topology(name, type_, refs, arcs) for name, (type_, refs) in objects.items()}


def _topology(name: str, type_: str, refs: Any, arcs: Sequence[Arc]) -> dict[str, Any]:
    """One object with the arcs that it needs: the renderer takes one out of a file, and coasts are no borders."""
    used = sorted({_number(ref) for ref in _flat(refs)})
    places = {number: place for place, number in enumerate(used)}
    return {
        "type": "Topology",
        "transform": {"scale": [GRID, GRID], "translate": [0, 0]},
        "arcs": [_encoded(simplified(arcs[number])) for number in used],
        "objects": {name: {"type": type_, "arcs": _renumbered(refs, places)}},
    }


def simplified(arc: Sequence[Point]) -> Arc:
    """The arc without its least corners; its ends stay, and a ring stays a ring."""
    before, behind = [*range(-1, len(arc) - 1)], [*range(1, len(arc) + 1)]
    areas = [math.inf] * len(arc)
    for here in range(1, len(arc) - 1):
        areas[here] = _corner(arc[here - 1], arc[here], arc[here + 1])
    heap = [(area, here) for here, area in enumerate(areas) if area < math.inf]
    heapq.heapify(heap)
    left, least = len(arc), 4 if arc[0] == arc[-1] else 2
    while heap and left > least:
        area, here = heapq.heappop(heap)
        if area != areas[here] or area > (DETAIL_NEAR if _is_near(arc[here]) else DETAIL_FAR):
            continue
        one, other, areas[here], left = before[here], behind[here], -1.0, left - 1
        behind[one], before[other] = other, one
        for beside in (one, other):
            if 0 < beside < len(arc) - 1:
                # Never less than what was taken before it, or one corner could pull a coast along.
                areas[beside] = max(area, _corner(arc[before[beside]], arc[beside], arc[behind[beside]]))
                heapq.heappush(heap, (areas[beside], beside))
    return [point for point, area in zip(arc, areas, strict=True) if area >= 0]


def _corner(one: Point, two: Point, three: Point) -> float:
    """Square degrees at the equator of the triangle."""
    doubled = (two[0] - one[0]) * (three[1] - one[1]) - (three[0] - one[0]) * (two[1] - one[1])
    return abs(doubled) / 2 * math.cos(math.radians(two[1]))


def _decoded(topology: dict[str, Any]) -> list[Arc]:
    (x_scale, y_scale), (x_move, y_move) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc: Arc = []
        for right, up in steps:
            x, y = x + right, y + up
            arc.append((x * x_scale + x_move, y * y_scale + y_move))
        arcs.append(arc)
    return arcs


def _encoded(arc: Arc) -> list[list[int]]:
    """Steps on the grid, the first from its origin."""
    steps: list[list[int]] = []
    x = y = 0
    for point in arc:
        right, up = round(point[0] / GRID) - x, round(point[1] / GRID) - y
        x, y = x + right, y + up
        if right or up or not steps:
            steps.append([right, up])
    return steps if len(steps) > 1 else [*steps, [0, 0]]


def _polygons(geometry: dict[str, Any]) -> Iterator[list[list[int]]]:
    for each in geometry.get("geometries", [geometry]):
        yield from each["arcs"] if each["type"] == "MultiPolygon" else [each["arcs"]]


def _between(countries: dict[str, Any]) -> dict[int, frozenset[str]]:
    """The lines between two countries, by the number of their arc."""
    sides: defaultdict[int, set[str]] = defaultdict(set)
    for country in countries["geometries"]:
        for ref in _flat(country.get("arcs", [])):
            sides[_number(ref)].add(country["properties"]["name"])
    return {number: frozenset(names) for number, names in sides.items() if len(names) > 1}


def _is_kept(ring: list[int], arcs: Sequence[Arc]) -> bool:
    points = [point for ref in ring for point in (arcs[ref] if ref >= 0 else arcs[~ref][::-1])]
    if not _is_north(points):
        return False
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points))) / 2 * math.cos(math.radians(points[0][1]))
    return area > (ISLAND_NEAR if _is_near(points[0]) else ISLAND_FAR)


def _is_near(point: Point) -> bool:
    west, south, east, north = NEAR
    return west <= point[0] <= east and south <= point[1] <= north


def _is_within(arc: Arc, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return all(west <= x <= east and south <= y <= north for x, y in arc)


def _is_north(arc: Arc) -> bool:
    return max(y for _, y in arc) > SOUTHERNMOST


def _flat(refs: Any) -> Iterator[int]:
    if isinstance(refs, int):
        yield refs
    else:
        for each in refs:
            yield from _flat(each)


def _number(ref: int) -> int:
    """An arc is named by its number, or by ~number where it is walked backwards."""
    return ref if ref >= 0 else ~ref


def _renumbered(refs: Any, places: dict[int, int]) -> Any:
    if isinstance(refs, int):
        return places[refs] if refs >= 0 else ~places[~refs]
    return [_renumbered(each, places) for each in refs]


def main() -> None:
    """Read the file that the command line names, write the outline beside this one."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(derived(topology), separators=(",", ":"))
    (Path(__file__).resolve().parent / "outline.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
