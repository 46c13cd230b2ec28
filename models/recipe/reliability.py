"""The reliability plot: how many of the articles with a given probability are about the topic.

``python -m models.recipe.reliability GRADED.jsonl``: rows as in articles/dev.jsonl. Writes an SVG beside the weights.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.recipe.data import graded
from monitor.records.findings import TOPICS
from monitor.understand.folder import shipped_folder
from monitor.understand.model import OnnxClassifier

BINS = 10
LEAST = 10
SIDE, EDGE, GAP = 300, 46, 70
# Okabe and Ito's blue and orange: told apart by people who see colours differently.
COLOURS = ("#0072b2", "#d55e00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Articles of neighbouring probabilities: how many, their mean, and the share about the topic."""

    count: int
    probability: float
    share: float


def main() -> None:
    """Read, bin and draw."""
    parser = argparse.ArgumentParser(prog="python -m models.recipe.reliability", description=__doc__)
    parser.add_argument("graded", type=Path)
    parser.add_argument("--model", type=Path, default=None, help="model folder; the shipped one when not given")
    options = parser.parse_args()
    folder = options.model or shipped_folder()
    items = list(graded(options.graded))
    classifier = OnnxClassifier(folder, sessions=2)
    readings = classifier.read([item.article for item in items])
    classifier.close()
    charts = []
    for at, topic in enumerate(TOPICS):
        pairs = [
            (reading.scores[topic], item.grades[at] == 2)
            for reading, item in zip(readings, items, strict=True)
            if item.grades[at] != 1
        ]
        charts.append(binned([score for score, _ in pairs], [truth for _, truth in pairs]))
    path = folder / "reliability.svg"
    path.write_text(drawn(charts, TOPICS, classifier.name), encoding="utf-8")
    print(path)


def binned(probabilities: Sequence[float], truth: Sequence[bool]) -> list[Bin]:
    """Sort N probabilities into tenths, and put neighbours together until each has LEAST articles."""
    scores, right = np.asarray(probabilities), np.asarray(truth, dtype=float)
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    groups: list[list[int]] = [[]]
    for place in range(BINS):
        if len(groups[-1]) >= LEAST:
            groups.append([])
        groups[-1] += np.flatnonzero(places == place).tolist()
    if len(groups) > 1 and len(groups[-1]) < LEAST:
        few = groups.pop()
        groups[-1] += few
    return [
        Bin(count=len(group), probability=float(scores[group].mean()), share=float(right[group].mean()))
        for group in groups
        if group
    ]


def drawn(charts: Sequence[Sequence[Bin]], names: Sequence[str], title: str) -> str:
    """Return an SVG with one square per chart; a dot's area grows with its number of articles."""
    width = EDGE + len(charts) * (SIDE + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {SIDE + 110}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>Reliability of {title}</title>',
        f'<rect width="{width}" height="{SIDE + 110}" fill="#ffffff"/>',
    ]
    for number, (bins, name) in enumerate(zip(charts, names, strict=True)):
        left, top = EDGE + number * (SIDE + GAP), 40
        parts += _square(left, top, f"{name}: {title}" if not number else name)
        colour = COLOURS[number % len(COLOURS)]
        points = [(left + one.probability * SIDE, top + SIDE - one.share * SIDE, one.count) for one in bins]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for x, y, count in points:
            radius = 2.5 + 0.55 * count**0.5
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.65">'
                f"<title>{count} articles</title></circle>"
            )
            parts.append(
                f'<text x="{x + (-6 if x > left + SIDE / 2 else 6) - radius * (1 if x > left + SIDE / 2 else -1):.1f}" '
                f'y="{y + 4:.1f}" text-anchor="{"end" if x > left + SIDE / 2 else "start"}" fill="#444">{count}</text>'
            )
    return "\n".join([*parts, "</svg>\n"])


def _square(left: int, top: int, name: str) -> list[str]:
    bottom = top + SIDE
    parts = [
        f'<text x="{left}" y="{top - 14}" font-weight="bold" fill="#222">{name}</text>',
        f'<rect x="{left}" y="{top}" width="{SIDE}" height="{SIDE}" fill="#fafafa" stroke="#bbb"/>',
        f'<line x1="{left}" y1="{bottom}" x2="{left + SIDE}" y2="{top}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<text x="{left + SIDE / 2}" y="{bottom + 38}" text-anchor="middle" fill="#444">probability given</text>',
        f'<text transform="translate({left - 32} {top + SIDE / 2}) rotate(-90)" text-anchor="middle" '
        'fill="#444">share about the topic</text>',
    ]
    for tenth in (0, 25, 50, 75, 100):
        share = tenth / 100
        parts.append(
            f'<text x="{left + share * SIDE}" y="{bottom + 18}" text-anchor="middle" fill="#444">{share:g}</text>'
        )
        parts.append(
            f'<text x="{left - 8}" y="{bottom - share * SIDE + 4}" text-anchor="end" fill="#444">{share:g}</text>'
        )
    return parts


if __name__ == "__main__":
    main()
