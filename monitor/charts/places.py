"""A map of where events take place and what places are named: land, circles by articles, a mark for each status.

Pure but for Altair. The renderer projects the land; places are projected here, so that marks and names find room.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.charts.basemap import outline
from monitor.charts.frames import NEAR, NEAR_SMALL, WIDE, WIDE_SMALL, Frame
from monitor.charts.theme import LIGHT, Spec, dressed, themed
from monitor.charts.timeline import OTHER, STATUSES
from monitor.records.board.map import Spot
from monitor.text import shorten

COLOUR = LIGHT.series[1]
MOST = 150
"""Places drawn at most."""
_TOGETHER = 9.0
"""Pixels within which places become one."""
_SMALLEST = 2.5
"""Pixels of a radius."""
_MARK = 15
_IN_A_ROW = 3
_LETTER = 6.3
_LINE = 13
_ABOVE = 17
_ROW = 19
_FRAMES = {(True, False): NEAR, (False, False): WIDE, (True, True): NEAR_SMALL, (False, True): WIDE_SMALL}
_Rows = list[dict[str, Any]]
_Box = tuple[float, float, float, float]


@dataclass(slots=True, kw_only=True)
class _Drawn:
    """Places that lie together, named after the first."""

    x: float
    y: float
    first: Spot
    articles: int
    also: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    sure: bool = False
    """Some event has its place here, and not only somewhere in the country."""
    radius: float = 0.0


def places(spots: Sequence[Spot], *, near: bool = False, small: bool = False, dark: bool = False) -> Spec | None:
    """The north of the globe or, ``near``, Europe with the Gulf; None where nothing of ``spots`` is to be drawn.

    ``small`` is for a telephone: fewer places have their names. A circle's area stands for articles. A country is no
    point: only its events are drawn, faintly at its capital.
    """
    import altair as alt

    frame = _FRAMES[near, small]
    told = [spot for spot in spots if spot.events or not spot.is_country]
    inside = [spot for spot in told if frame.shows(spot.latitude, spot.longitude)]
    drawn = _together(inside, frame)[:MOST]
    if not drawn:
        return None
    most = _sized(drawn, frame.largest)
    marks = [mark for each in drawn for mark in _marks(each)]
    x, y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
    circles = alt.Chart(alt.InlineData(values=[_circle(each) for each in drawn if each.radius])).encode(x=x, y=y)
    chart = alt.layer(
        *_ground(alt, frame),
        circles.mark_circle(color=COLOUR, fillOpacity=0.45, stroke=COLOUR, strokeWidth=1.2, clip=True).encode(
            size=alt.Size("size:Q", scale=None), tooltip=["name:N", "also:N", "articles:Q", "events:Q"]
        ),
        *_points(alt, marks, x, y),
        _words(alt, list(_labels(drawn, frame)), x, y),
        *_key(alt, marks, most, frame, len(told) - len(inside)),
    )
    return themed(dressed(chart.properties(width=frame.width, height=frame.height)), dark=dark)


def _together(spots: Iterable[Spot], frame: Frame) -> list[_Drawn]:
    """The most important first; what lies closer than a mark is wide joins the more important."""
    drawn: list[_Drawn] = []
    for spot in sorted(spots, key=_weight, reverse=True):
        x, y = frame.place(spot.latitude, spot.longitude)
        here = next((each for each in drawn if math.hypot(each.x - x, each.y - y) < _TOGETHER), None)
        articles = 0 if spot.is_country else spot.articles
        if here is None:
            here = _Drawn(x=round(x, 1), y=round(y, 1), first=spot, articles=articles)
            drawn.append(here)
        else:
            here.also.append(spot.name)
            # Not the sum: one article names both.
            here.articles = max(here.articles, articles)
        here.statuses.update(event.status for event in spot.events)
        here.sure = here.sure or (bool(spot.events) and not spot.is_country)
    return drawn


def _weight(spot: Spot) -> tuple[bool, int, int, str]:
    """A town before its country: the name says more."""
    return not spot.is_country, len(spot.events), spot.articles, spot.name


def _sized(drawn: Sequence[_Drawn], largest: float) -> int:
    """Give each its radius, so that areas stand for articles; returns what the largest stands for."""
    most = max(each.articles for each in drawn)
    for each in drawn:
        if each.articles:
            each.radius = max(largest * math.sqrt(each.articles / most), _SMALLEST)
    return most


def _circle(each: _Drawn) -> dict[str, Any]:
    return {
        "x": each.x,
        "y": each.y,
        "size": round(math.pi * each.radius**2, 1),
        "name": shorten(each.first.name, 60),
        "also": shorten(", ".join(each.also), 120),
        "articles": each.articles,
        "events": each.statuses.total(),
    }


def _marks(each: _Drawn) -> Iterator[dict[str, Any]]:
    """A mark for each status, in rows around the place."""
    order = [*STATUSES, *sorted(each.statuses.keys() - STATUSES.keys())]
    here = [status for status in order if status in each.statuses]
    rows = math.ceil(len(here) / _IN_A_ROW)
    for number, status in enumerate(here):
        row, column = divmod(number, _IN_A_ROW)
        wide = min(_IN_A_ROW, len(here) - row * _IN_A_ROW)
        shape, colour, filled = STATUSES.get(status, OTHER)
        yield {
            "x": each.x + (column - (wide - 1) / 2) * _MARK,
            "y": each.y + (row - (rows - 1) / 2) * _MARK,
            "shape": shape,
            "colour": colour,
            "filled": filled,
            "sure": each.sure,
            "status": shorten(status.replace("_", " "), 30),
            "events": each.statuses[status],
            "place": shorten(each.first.name, 60),
        }


def _reach(each: _Drawn, most: float) -> tuple[float, float]:
    """Pixels that marks, and ``most`` of the circle, take to each side, and up or down."""
    count, inner = len(each.statuses), min(each.radius, most)
    wide, tall = min(count, _IN_A_ROW) * _MARK / 2, math.ceil(count / _IN_A_ROW) * _MARK / 2
    return max(wide, inner), max(tall, inner)


def _labels(drawn: Sequence[_Drawn], frame: Frame) -> Iterator[dict[str, Any]]:
    """Names where there is room: beside the place, else above or below it, else none. Where most happens is first."""
    ranked = sorted(drawn, key=lambda each: (-each.statuses.total(), -each.articles, each.first.name))
    boxes = [_around(each, *_reach(each, 9.0)) for each in ranked]
    names: list[_Box] = []
    for rank, each in enumerate(ranked):
        name = shorten(each.first.name, 24)
        free = [side for side in _sides(each, _LETTER * len(name)) if _fits(side[-1], frame)]
        clear = [side for side in free if not _hits(side[-1], (*names, *boxes[:rank], *boxes[rank + 1 :]))]
        # Where every side is taken, the name of a place with events may lie over circles that matter less.
        kept = [box for number, box in enumerate(boxes) if number < rank or (number > rank and ranked[number].statuses)]
        over = [side for side in free if each.statuses and not _hits(side[-1], (*names, *kept))]
        for align, x, y, box in [*clear, *over][:1]:
            names.append(box)
            yield {"x": x, "y": y, "name": name, "align": align, "strong": bool(each.statuses)}


def _sides(each: _Drawn, wide: float) -> Iterator[tuple[str, float, float, _Box]]:
    """Where a name may stand, the best first."""
    right, down = _reach(each, math.inf)
    for align, x, y, start in (
        ("left", each.x + right + 4, each.y, 0.0),
        ("right", each.x - right - 4, each.y, wide),
        ("center", each.x, each.y - down - 8, wide / 2),
        ("center", each.x, each.y + down + 8, wide / 2),
    ):
        yield align, x, y, (x - start, y - _LINE / 2, x - start + wide, y + _LINE / 2)


def _around(each: _Drawn, right: float, down: float) -> _Box:
    return each.x - right, each.y - down, each.x + right, each.y + down


def _fits(box: _Box, frame: Frame) -> bool:
    return box[0] >= 2 and box[1] >= 2 and box[2] <= frame.width - 2 and box[3] <= frame.height - 2


def _hits(box: _Box, others: Iterable[_Box]) -> bool:
    return any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in others)


def _ground(alt: Any, frame: Frame) -> list[Any]:
    """Land in one colour, lines between countries, and broken lines where they are not agreed on."""
    marks: dict[str, dict[str, Any]] = {
        "land": {"fill": LIGHT.rule, "stroke": None},
        "borders": {"filled": False, "stroke": LIGHT.back, "strokeWidth": 0.9},
        "disputed": {"filled": False, "stroke": LIGHT.back, "strokeWidth": 0.9, "strokeDash": [2, 2]},
    }
    return [
        alt.Chart(alt.InlineData(values=outline()[name], format=alt.TopoDataFormat(type="topojson", feature=name)))
        .mark_geoshape(**mark)
        .project(**frame.projection)
        for name, mark in marks.items()
    ]


def _points(alt: Any, marks: _Rows, x: Any, y: Any) -> list[Any]:
    """Hollow and filled ones, with a rim that keeps them apart from what lies below."""
    base = alt.Chart(alt.InlineData(values=marks)).encode(
        x=x,
        y=y,
        shape=alt.Shape("shape:N", scale=None),
        opacity=alt.condition("datum.sure", alt.value(1), alt.value(0.55)),
        tooltip=["place:N", "status:N", "events:Q"],
    )
    hollow = base.transform_filter("!datum.filled").mark_point(size=85, fill=LIGHT.back, strokeWidth=2)
    filled = base.transform_filter("datum.filled").mark_point(size=95, stroke=LIGHT.back, strokeWidth=1)
    colour = {"field": "colour", "type": "nominal", "scale": None}
    return [hollow.encode(stroke=alt.Stroke(**colour)), filled.encode(fill=alt.Fill(**colour))]


def _words(alt: Any, labels: _Rows, x: Any, y: Any) -> Any:
    base = alt.Chart(alt.InlineData(values=labels)).encode(x=x, y=y, text="name:N")
    return alt.layer(
        *(
            base.transform_filter(f"datum.align == '{align}' && {strong}datum.strong").mark_text(
                align=align, baseline="middle", fontSize=11, color=LIGHT.ink, fontWeight="normal" if strong else "bold"
            )
            for align in ("left", "right", "center")
            for strong in ("", "!")
        )
    )


def _key(alt: Any, marks: _Rows, most: int, frame: Frame, outside: int) -> list[Any]:
    """What the signs mean, above the map; and how many places it does not show."""
    signs = _signs({mark["status"] for mark in marks}, most, frame)
    x, y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
    left_out = f"{outside} more outside the map" if outside else ""
    return [
        *_points(alt, [sign | {"place": "", "status": sign["name"], "events": 0} for sign in signs], x, y),
        alt.Chart(alt.InlineData(values=signs))
        .mark_text(align="left", dx=10, fontSize=12, color=LIGHT.ink)
        .encode(x=x, y=y, text="name:N"),
        alt.Chart(alt.InlineData(values=[{"name": left_out}]))
        .mark_text(align="right", baseline="bottom", fontSize=11, color=LIGHT.soft)
        .encode(x=alt.value(frame.width - 4), y=alt.value(frame.height - 4), text="name:N"),
    ]


def _signs(statuses: set[str], most: int, frame: Frame) -> _Rows:
    """The signs of these statuses and the circle, in as many rows as the width asks for."""
    known = [(status.replace("_", " "), *look, True) for status, look in STATUSES.items()]
    shown = [sign for sign in known if sign[0] in statuses]
    if most:
        shown.append((f"articles that name the place, {most:,} at most", "circle", COLOUR, True, False))
    signs: _Rows = []
    left, row = 8.0, 0
    for name, shape, colour, filled, sure in shown:
        wide = 32 + _LETTER * len(name)
        if signs and left + wide - 20 > frame.width:
            left, row = 8.0, row + 1
        signs.append(
            {"x": left, "y": row, "shape": shape, "colour": colour, "filled": filled, "sure": sure, "name": name}
        )
        left += wide
    for sign in signs:
        sign["y"] = (sign["y"] - row) * _ROW - _ABOVE
    return signs
