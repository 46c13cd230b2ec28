"""Delay against budget, drawn for a page (SVG) and for a terminal."""

import math
from collections.abc import Mapping, Sequence

SIDE, LEFT, GAP, TOP, FOOT, LABELS = 300, 60, 76, 56, 64, 200
# Okabe and Ito: told apart by people who see colours differently.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
BAR = 44
APART = 15

Curves = Mapping[str, Sequence[float]]
"""Minutes by budget, of each method."""


def drawn(panels: Mapping[str, Curves], budgets: Sequence[float], title: str) -> str:
    """Return an SVG with one square a panel, both axes logarithmic: halving the delay is the same step everywhere."""
    width = LEFT + len(panels) * SIDE + (len(panels) - 1) * GAP + LABELS
    height = TOP + SIDE + FOOT
    low, high = _bounds(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>{title}</title>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-weight="bold" fill="#222">{title}</text>',
    ]
    for number, (name, curves) in enumerate(panels.items()):
        left = LEFT + number * (SIDE + GAP)
        parts += _frame(left, name, budgets, low, high)
        last = number == len(panels) - 1
        parts += _lines(left, curves, budgets, low, high, named=last)
    return "\n".join([*parts, "</svg>\n"])


def bars(title: str, curves: Curves, budgets: Sequence[float]) -> list[str]:
    """Return the same for a terminal: one bar a method and budget, the longest of a budget as wide as there is room."""
    width = max(len(name) for name in curves)
    lines = [title]
    for at, budget in enumerate(budgets):
        longest = max(minutes[at] for minutes in curves.values())
        lines.append(f"  {budget:g} polls a feed and day")
        for name, minutes in curves.items():
            bar = "█" * max(1, round(minutes[at] / longest * BAR))
            lines.append(f"    {name:<{width}} {bar} {minutes[at]:.1f} min")
    return lines


def _bounds(panels: Mapping[str, Curves]) -> tuple[float, float]:
    minutes = [minute for curves in panels.values() for row in curves.values() for minute in row]
    return min(minutes) / 1.2, max(minutes) * 1.2


def _height(minutes: float, low: float, high: float) -> float:
    return TOP + SIDE * (1 - math.log(minutes / low) / math.log(high / low))


def _places(left: int, budgets: Sequence[float]) -> list[float]:
    first, last = math.log(budgets[0]), math.log(budgets[-1])
    return [left + 20 + (SIDE - 40) * (math.log(budget) - first) / (last - first) for budget in budgets]


def _frame(left: int, name: str, budgets: Sequence[float], low: float, high: float) -> list[str]:
    bottom = TOP + SIDE
    parts = [
        f'<text x="{left}" y="{TOP - 12}" fill="#222">{name}</text>',
        f'<rect x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="#fafafa" stroke="#bbb"/>',
        f'<text x="{left + SIDE / 2}" y="{bottom + 40}" text-anchor="middle" fill="#444">polls a feed and day</text>',
    ]
    for budget, x in zip(budgets, _places(left, budgets), strict=True):
        parts.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle" fill="#444">{budget:g}</text>')
    for minutes in (2, 5, 10, 20, 50, 100, 200, 500):
        if low < minutes < high:
            y = _height(minutes, low, high)
            parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + SIDE}" y2="{y:.1f}" stroke="#e2e2e2"/>')
            parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{minutes}</text>')
    return parts


def _lines(left: int, curves: Curves, budgets: Sequence[float], low: float, high: float, *, named: bool) -> list[str]:
    parts = []
    places = _places(left, budgets)
    labels = _labels({name: _height(minutes[-1], low, high) for name, minutes in curves.items()})
    for number, (name, minutes) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        dots = [(x, _height(minute, low, high)) for x, minute in zip(places, minutes, strict=True)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        bold = 3 if number == 0 else 1.5
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{bold}"/>')
        for (x, y), minute in zip(dots, minutes, strict=True):
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{bold + 1.5}" fill="{colour}">'
                f"<title>{name}: {minute:.1f} min</title></circle>"
            )
        if named:
            weight = ' font-weight="bold"' if number == 0 else ""
            parts.append(
                f'<text x="{left + SIDE + 8}" y="{labels[name] + 4:.1f}" fill="{colour}"{weight}>{name}</text>'
            )
    return parts


def _labels(heights: Mapping[str, float]) -> dict[str, float]:
    """Push labels apart that would lie on each other."""
    placed: dict[str, float] = {}
    last = -math.inf
    for name, height in sorted(heights.items(), key=lambda pair: pair[1]):
        last = max(height, last + APART)
        placed[name] = last
    return placed
