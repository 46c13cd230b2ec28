"""Events on their days, in a lane for each type or participant, what is planned to the right of now.

Pure but for Altair.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from monitor.charts.theme import LIGHT, Spec, dressed, themed
from monitor.records.board.timeline import EventMark
from monitor.text import shorten

WIDTH = 880
STATUSES = {
    "proposed": ("triangle-up", LIGHT.soft, False),
    "planned": ("diamond", LIGHT.up, False),
    "postponed": ("square", LIGHT.series[1], False),
    "under_way": ("triangle-right", LIGHT.series[2], True),
    "held": ("circle", LIGHT.up, True),
    "called_off": ("cross", LIGHT.down, True),
}
"""Shape, colour and whether it is filled, by status: each can be told by its shape alone."""
OTHER = ("stroke", LIGHT.soft, False)
TYPES = ("meeting", "call", "visit", "talks_round", "offer", "ceasefire", "sanction", "delivery")
LANES = 7
"""Lanes at most: participants are those of most events."""
DEPTH = 6
"""Rows of a lane at most; what finds no place in them is counted at the lane's name."""
_LEFT = 128
_ROW = 19
_GAP = 13
_SHORTEST = 14
_LETTER = 6.0
"""Pixels of a letter of a label, on average."""
_MARK = 10
"""Half of a mark, with the air beside it."""
_PLOT = WIDTH - _LEFT - 8
_Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """The days that are drawn."""

    start: datetime
    end: datetime
    now: datetime

    def place(self, at: datetime) -> float:
        """Pixels from the left edge of the days."""
        return (at - self.start) / (self.end - self.start) * _PLOT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """An event in a row of its lane; ``side`` is where its label stands: ``left``, ``right`` or nowhere."""

    mark: EventMark
    row: int
    side: str


def timeline(
    marks: Sequence[EventMark],
    *,
    now: datetime,
    since: date | None = None,
    by: str = "type",
    is_past: bool = False,
    dark: bool = False,
) -> Spec | None:
    """The events by day, in lanes by ``type`` or by ``who`` takes part; None without any.

    What was over before the others begin is left out. Days can be dragged and zoomed where the chart is live.
    With ``is_past`` it ends at ``now`` and does not call that moment so.
    """
    import altair as alt

    scale = _scale(marks, now, since)
    shown = [mark for mark in marks if _finish(mark) >= scale.start]
    if not shown:
        return None
    rows, names, rules, height = _drawn(_lanes(shown, by), scale)
    domain = [_ms(scale.start), _ms(scale.end)]
    x = alt.X("at:T", title=None, scale=alt.Scale(type="utc", domain=domain, nice=False), axis=_days(alt))
    y = alt.Y("y:Q", title=None, axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    events = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=y, tooltip=_tooltip(alt))
    chart = alt.layer(
        _rules(alt, rules, y),
        *([] if is_past else [_now(alt, now, x)]),
        events.transform_filter("datum.until > datum.at")
        .mark_rule(strokeWidth=4, strokeCap="round", opacity=0.4, clip=True)
        .encode(x2="until:T", color=alt.Color("colour:N", scale=None)),
        *_points(events, alt),
        *_labels(alt, events),
        _names(alt, names, y),
        _key(alt, rows),
    ).add_params(alt.selection_interval(bind="scales", encodings=["x"]))
    return themed(dressed(chart.properties(width=_PLOT, height=height)), dark=dark)


def _scale(marks: Sequence[EventMark], now: datetime, since: date | None) -> _Scale:
    begun = [mark.happens_on for mark in marks if since is None or mark.happens_on >= since]
    first = min((*begun, now.date()))
    last = max((*(mark.when_to or mark.happens_on for mark in marks), now.date()))
    start, end = first - timedelta(days=1), last + timedelta(days=2)
    short = max(timedelta(days=_SHORTEST) - (end - start), timedelta())
    return _Scale(start=_noon(start - short), end=_noon(end), now=now)


def _lanes(marks: Sequence[EventMark], by: str) -> dict[str, list[EventMark]]:
    if by == "who":
        counts = Counter(name for mark in marks for name in set(mark.participants))
        most = sorted(counts, key=lambda name: (-counts[name], name))[:LANES]
        return {name: [mark for mark in marks if name in mark.participants] for name in most}
    kinds = {mark.type for mark in marks}
    order = [kind for kind in (*TYPES, *sorted(kinds - set(TYPES))) if kind in kinds]
    shown = order if len(order) <= LANES else order[: LANES - 1]
    lanes = {_worded(kind): [mark for mark in marks if mark.type == kind] for kind in shown}
    rest = [mark for mark in marks if mark.type not in shown]
    return lanes | ({"other": rest} if rest else {})


def _drawn(lanes: dict[str, list[EventMark]], scale: _Scale) -> tuple[_Rows, _Rows, _Rows, int]:
    """Marks, lane names, rules between lanes, and how tall all is."""
    top = 0
    rows: _Rows = []
    names: _Rows = []
    rules: _Rows = []
    for lane, marks in lanes.items():
        placed = list(_packed(marks, scale))
        depth = max(1 + max((each.row for each in placed), default=0), 1)
        rows += [_row(each, scale, top + _GAP // 2 + _ROW * each.row + _ROW // 2) for each in placed]
        left_out = len(marks) - len(placed)
        more = f"+{left_out} more" if left_out else ""
        names.append({"y": top + _GAP // 2 + _ROW // 2, "name": shorten(lane, 20), "more": more})
        top += depth * _ROW + _GAP
        rules.append({"y": top})
    return rows, names, rules, top


def _packed(marks: Sequence[EventMark], scale: _Scale) -> Iterator[_Placed]:
    """Each event in the first row in which it finds room with its label, else without it, else not at all.

    What most origins tell of is placed first.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(DEPTH)]
    for mark in sorted(marks, key=lambda mark: (-mark.origins, mark.happens_on, mark.id)):
        for side, extent in _extents(mark, scale):
            row = next((row for row, others in enumerate(taken) if not _meets(extent, others)), None)
            if row is not None:
                taken[row].append(extent)
                yield _Placed(mark=mark, row=row, side=side)
                break


def _extents(mark: EventMark, scale: _Scale) -> Iterator[tuple[str, tuple[float, float]]]:
    """Where the event with its label may stand, the best first: a label never lies across the line of now."""
    at, until = scale.place(max(_begin(mark), scale.start)) - _MARK, scale.place(_finish(mark)) + _MARK
    wide, now = _LETTER * len(_label(mark)), scale.place(scale.now)
    if until + wide <= _PLOT and (until > now or until + wide < now):
        yield "right", (at, until + wide)
    if at - wide >= 0 and (at < now or at - wide > now):
        yield "left", (at - wide, until)
    yield "", (at + _MARK / 3, until - _MARK / 3)


def _meets(extent: tuple[float, float], others: Iterable[tuple[float, float]]) -> bool:
    return any(extent[0] < end and start < extent[1] for start, end in others)


def _row(placed: _Placed, scale: _Scale, y: float) -> dict[str, Any]:
    mark = placed.mark
    shape, colour, filled = STATUSES.get(mark.status, OTHER)
    return {
        "y": y,
        "at": _ms(max(_begin(mark), scale.start)),
        "until": _ms(_finish(mark)),
        "shape": shape,
        "colour": colour,
        "filled": filled,
        "sure": mark.when_from is not None,
        "status": _worded(mark.status),
        "type": _worded(mark.type),
        "who": shorten(", ".join(mark.participants) or "not named", 120),
        "where": shorten(mark.where or "", 60),
        "when": _when(mark),
        "origins": mark.origins,
        "label": _label(mark),
        "side": placed.side,
    }


def _label(mark: EventMark) -> str:
    names = [shorten(name, 20) for name in mark.participants[:2]]
    more = f" +{len(mark.participants) - 2}" if len(mark.participants) > 2 else ""
    place = f" · {shorten(mark.where, 16)}" if mark.where else ""
    return ", ".join(names) + more + place


def _when(mark: EventMark) -> str:
    if mark.when_from is None or mark.when_to is None:
        return f"no day named; told {mark.happens_on.isoformat()}"
    about = "about " if mark.certainty == "approximate" else ""
    until = f" to {mark.when_to.isoformat()}" if mark.when_to != mark.when_from else ""
    return f"{about}{mark.when_from.isoformat()}{until}"


def _worded(name: str) -> str:
    return shorten(name.replace("_", " "), 30)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _begin(mark: EventMark) -> datetime:
    return _noon(mark.happens_on)


def _finish(mark: EventMark) -> datetime:
    return _noon(max(mark.when_to or mark.happens_on, mark.happens_on))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _days(alt: Any) -> Any:
    return alt.Axis(
        format="%-d %b", tickCount=8, grid=True, gridOpacity=0.6, ticks=False, labelOverlap=True, labelPadding=6
    )


def _tooltip(alt: Any) -> list[Any]:
    shown = ("type", "status", "who", "where", "when", "origins")
    return [alt.Tooltip(f"{name}:{'Q' if name == 'origins' else 'N'}", title=name) for name in shown]


def _points(events: Any, alt: Any, *, clip: bool = True) -> list[Any]:
    """A layer each for filled and hollow shapes; those of events without a day are faint."""
    colour, shape = alt.Color("colour:N", scale=None), alt.Shape("shape:N", scale=None)
    marks = []
    for filled in (False, True):
        for sure in (False, True):
            fill = {"filled": True} if filled else {"fill": LIGHT.back, "strokeWidth": 2}
            here = events.transform_filter(
                f"datum.filled == {str(filled).lower()} && datum.sure == {str(sure).lower()}"
            )
            mark = here.mark_point(size=90, opacity=1 if sure else 0.4, clip=clip, **fill)
            marks.append(mark.encode(color=colour, shape=shape))
    return marks


def _labels(alt: Any, events: Any) -> list[Any]:
    left = events.transform_filter("datum.side == 'left'").mark_text(
        clip=False, align="right", dx=-10, fontSize=11, color=LIGHT.ink
    )
    right = events.transform_filter("datum.side == 'right'").mark_text(
        clip=False, align="left", dx=10, fontSize=11, color=LIGHT.ink
    )
    return [left.encode(text="label:N"), right.encode(x=alt.X("until:T"), text="label:N")]


def _rules(alt: Any, rules: _Rows, y: Any) -> Any:
    return alt.Chart(alt.InlineData(values=rules)).mark_rule(color=LIGHT.rule).encode(y=y)


def _now(alt: Any, now: datetime, x: Any) -> Any:
    at = alt.Chart(alt.InlineData(values=[{"at": _ms(now)}])).encode(x=x)
    rule = at.mark_rule(color=LIGHT.down, strokeWidth=1.5, strokeDash=[4, 3], clip=True)
    word = at.mark_text(
        clip=False, text="now", baseline="bottom", dy=-3, fontSize=11, fontWeight="bold", color=LIGHT.down
    )
    return alt.layer(rule, word.encode(y=alt.value(0)))


def _names(alt: Any, names: _Rows, y: Any) -> Any:
    base = alt.Chart(alt.InlineData(values=names)).encode(y=y, x=alt.value(-_LEFT))
    name = base.mark_text(clip=False, align="left", fontSize=12, fontWeight="bold", color=LIGHT.ink)
    more = base.mark_text(clip=False, align="left", fontSize=11, dy=14, color=LIGHT.soft)
    return alt.layer(name.encode(text="name:N"), more.encode(text="more:N"))


def _key(alt: Any, rows: _Rows) -> Any:
    """What the shapes mean, above the chart: of statuses that are there."""
    here = {row["status"] for row in rows}
    shown = [(_worded(status), *sign, True) for status, sign in STATUSES.items() if _worded(status) in here]
    if not all(row["sure"] for row in rows):
        shown.append(("no day named (drawn where first told)", "circle", LIGHT.soft, True, False))
    values: _Rows = []
    left = -_LEFT + 6.0
    for name, shape, colour, filled, sure in shown:
        values.append({"left": left, "name": name, "shape": shape, "colour": colour, "filled": filled, "sure": sure})
        left += 32 + _LETTER * 1.05 * len(name)
    base = alt.Chart(alt.InlineData(values=values)).encode(x=alt.X("left:Q", scale=None, axis=None), y=alt.value(-30))
    names = base.mark_text(clip=False, align="left", dx=10, fontSize=12, color=LIGHT.ink)
    return alt.layer(*_points(base, alt, clip=False), names.encode(text="name:N"))
