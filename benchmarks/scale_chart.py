"""Lines over the hours of a day, drawn for a page (SVG)."""

import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, GAP, TOP, FOOT, LABELS = 380, 220, 56, 190, 56, 52, 170
# Okabe and Ito: told apart by people who see colours differently.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
APART = 15.0
DAY_HOURS = 24.0

Curves = Mapping[str, Sequence[float]]
"""By name, one figure for each equal part of the day."""


def drawn(panels: Mapping[str, Curves], title: str) -> str:
    """Return an SVG with one panel beside the other, each from zero to its own highest figure."""
    width = LEFT + len(panels) * WIDTH + (len(panels) - 1) * GAP + LABELS
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + FOOT}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>{title}</title>',
        f'<rect width="{width}" height="{TOP + HEIGHT + FOOT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-weight="bold" fill="#222">{title}</text>',
    ]
    for number, (name, curves) in enumerate(panels.items()):
        left = LEFT + number * (WIDTH + GAP)
        most = max(max(figures) for figures in curves.values()) * 1.1 or 1.0
        parts += _frame(left, name, most)
        parts += _lines(left, curves, most)
    return "\n".join([*parts, "</svg>\n"])


def _frame(left: int, name: str, most: float) -> list[str]:
    bottom = TOP + HEIGHT
    parts = [
        f'<text x="{left}" y="{TOP - 12}" fill="#222">{name}</text>',
        f'<rect x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="#fafafa" stroke="#bbb"/>',
        f'<text x="{left + WIDTH / 2}" y="{bottom + 38}" text-anchor="middle" fill="#444">hour of the day (UTC)</text>',
    ]
    for hour in range(0, 25, 6):
        x = left + hour / DAY_HOURS * WIDTH
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#444">{hour}</text>')
    step = _step(most)
    for mark in range(int(most / step) + 1):
        y = bottom - mark * step / most * HEIGHT
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="#e2e2e2"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{mark * step:g}</text>')
    return parts


def _step(most: float) -> float:
    """A round step that gives three to seven marks."""
    tens = 10.0 ** math.floor(math.log10(most / 3))
    return tens * max(factor for factor in (1, 2, 5) if most / (tens * factor) >= 3)


def _lines(left: int, curves: Curves, most: float) -> list[str]:
    parts = []
    last = -math.inf
    heights = {name: TOP + HEIGHT * (1 - figures[-1] / most) for name, figures in curves.items()}
    for number, (name, y) in enumerate(sorted(heights.items(), key=lambda pair: pair[1])):
        colour = COLOURS[number % len(COLOURS)]
        figures = curves[name]
        places = [
            (left + (at + 0.5) / len(figures) * WIDTH, TOP + HEIGHT * (1 - figure / most))
            for at, figure in enumerate(figures)
        ]
        line = " ".join(f"{x:.1f},{place:.1f}" for x, place in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        last = max(y, last + APART)
        parts.append(f'<text x="{left + WIDTH + 8}" y="{last + 4:.1f}" fill="{colour}">{name}</text>')
    return parts
