"""Figures as rows of a Markdown table."""

import statistics
from collections.abc import Sequence

HEAD = ("min", "median", "max")


def table(title: str, rows: Sequence[str], columns: Sequence[str] = HEAD) -> list[str]:
    """Return a table's lines with ``title`` over the names of its rows."""
    return [f"| {title} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|", *rows]


def row(name: str, figures: Sequence[float], digits: int = 1) -> str:
    """Return the smallest, middle and largest figure of the rounds."""
    return cells(name, (min(figures), statistics.median(figures), max(figures)), digits)


def cells(name: str, figures: Sequence[float], digits: int = 1) -> str:
    """Return a row of the figures as they are."""
    return f"| {name} | {' | '.join(f'{figure:.{digits}f}' for figure in figures)} |"


def ratios(upper: Sequence[float], lower: Sequence[float]) -> list[float]:
    """Divide round by round: what else the machine did then slowed both."""
    return [above / below for above, below in zip(upper, lower, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below or at which so large a share of the values is."""
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]
