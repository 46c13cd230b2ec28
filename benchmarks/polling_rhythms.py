"""When to poll: how late news is found at an equal number of requests, ours against three ways that others use.

Every way's one free constant is tuned, by bisection, to spend exactly the budget on the days that count.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from benchmarks import polling_chart
from benchmarks.material import Scale
from benchmarks.polling_methods import BANDS, duplicate_band, entry_frequency, fixed, kept_live, ours
from benchmarks.polling_simulation import DAY, Days, Feeds, Figures, Method, at_budget, load, stamped
from monitor.polling import expectation, rhythm

BUDGETS = (24.0, 48.0, 96.0)
MIDDLE = 48.0
OURS, FIXED, FREQUENCY, BAND = (
    "talks-monitor",
    "fixed interval",
    "entry frequency (Miniflux)",
    "duplicate band (Media Cloud)",
)
CHART = Path(__file__).resolve().parent / "polling_rhythms.svg"
# Our scale, times the budget, to begin with.
GUESS = 21.3
MEASURES = ("mean", "p95", "feeds_mean", "feeds_p95")
HEAD = "| polls a feed and day | way | mean | p95 | mean of feeds' means | mean of feeds' p95 | missed | polls made |"

CHANGES: dict[str, tuple[ModuleType, str, float]] = {
    "no hours of the day": (expectation, "EVEN_HOUR", 1e9),
    "no weekdays": (expectation, "EVEN_DAY", 1e9),
    "hours believed twice as soon": (expectation, "EVEN_HOUR", expectation.EVEN_HOUR / 2),
    "an hour's neighbours do not count": (expectation, "NEIGHBOUR", 0.0),
    "half forgotten in one week": (rhythm, "HALF_LIFE", rhythm.HALF_LIFE / 2),
    "half forgotten in four weeks": (rhythm, "HALF_LIFE", rhythm.HALF_LIFE * 2),
}

Runs = Mapping[str, Figures]
"""The figures of each way at one budget, every width of the band by itself."""


def run(_scale: Scale) -> list[str]:
    started = time.perf_counter()
    feeds, days = load(), Days()
    runs = {budget: compared(feeds, budget, days) for budget in BUDGETS}
    lines = [
        f"{sum(map(len, feeds.values())):,} items of {len(feeds)} news feeds, 1 to 10 January 2026; minutes from",
        f"publication to the poll that finds it, items of days {days.first} to {days.last}. Each way starts knowing",
        f"nothing; the one free constant of each is tuned to spend the budget. {len(stamped(feeds))} feeds stamp their",
        "own crawl. Of the band's four widths, from the one that ships down to none, the one with the lowest mean is",
        "shown.",
        "",
        HEAD,
        "|---" * 8 + "|",
    ]
    for budget, found in runs.items():
        lines += [_row(budget, name, figures) for name, figures in chosen(found).items()]
    lines += [
        "",
        *verdict(runs),
        "",
        *robust(feeds),
        "",
        *without(feeds, days),
        "",
        *live(feeds, days),
        "",
        *_charts(runs),
    ]
    return [*lines, "", f"The whole run took {time.perf_counter() - started:.0f} s."]


def compared(feeds: Feeds, budget: float, days: Days) -> Runs:
    """Run every way at a budget."""
    ways: dict[str, tuple[Method, float]] = {
        OURS: (ours, GUESS / budget),
        FIXED: (fixed, DAY / budget),
        FREQUENCY: (entry_frequency, 30 / budget),
    }
    ways |= {f"{BAND} {width:g}": (duplicate_band(width), guess / budget) for width, guess in BANDS.items()}
    return {name: at_budget(feeds, way, budget, days, guess=guess) for name, (way, guess) in ways.items()}


def chosen(runs: Runs) -> Runs:
    """Leave of the bands only the best, so that four ways are shown."""
    best = min((name for name in runs if name.startswith(BAND)), key=lambda name: runs[name].mean)
    return {name: runs[name] for name in (OURS, FIXED, FREQUENCY)} | {BAND: runs[best]}


def verdict(runs: Mapping[float, Runs]) -> list[str]:
    """Say on which measures ours is better than each of the others, every width of the band among them."""
    lost = []
    for budget, found in runs.items():
        for measure in MEASURES:
            mine = getattr(found[OURS], measure)
            lost += [
                f"{measure} at {budget:g}: {name} {getattr(figures, measure):.2f}, ours {mine:.2f}"
                for name, figures in found.items()
                if name != OURS and getattr(figures, measure) <= mine
            ]
    if not lost:
        return ["Ours is the lowest of all, any width of the band included, by all four measures at every budget."]
    return ["Ours is the lowest by all four measures at every budget, except:", *(f"- {line}" for line in lost)]


def robust(feeds: Feeds) -> list[str]:
    """Show that neither the days nor the feeds make the difference: ours over the best of the others, per cent."""
    names = list(feeds)
    crawled = stamped(feeds)
    cases: dict[str, tuple[Feeds, Days]] = {
        "feeds 1, 3, 5 … (first trials were on these)": ({name: feeds[name] for name in names[::2]}, Days()),
        "feeds 2, 4, 6 …": ({name: feeds[name] for name in names[1::2]}, Days()),
        "without feeds that stamp their crawl": (
            {name: feeds[name] for name in names if name not in crawled},
            Days(),
        ),
        "days 2 to 10": (feeds, Days(first=2)),
        "days 7 to 10": (feeds, Days(first=7)),
    }
    lines = [
        f"Ours over the lowest of the others, whichever that is, at {MIDDLE:g} polls a feed and day (under 1: sooner):",
        "",
        "| | mean | p95 | mean of feeds' means | mean of feeds' p95 |",
        "|---|---|---|---|---|",
    ]
    for title, (part, days) in cases.items():
        found = compared(part, MIDDLE, days)
        ratios = [
            getattr(found[OURS], measure)
            / min(getattr(figures, measure) for name, figures in found.items() if name != OURS)
            for measure in MEASURES
        ]
        lines.append(f"| {title} | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |")
    return lines


def without(feeds: Feeds, days: Days) -> list[str]:
    """Show what each part of ours gives, and that no constant stands on a peak."""
    usual = at_budget(feeds, ours, MIDDLE, days, guess=GUESS / MIDDLE)
    lines = [
        f"Ours at {MIDDLE:g} polls a feed and day with one constant changed, over ours as it is:",
        "",
        "| | mean | p95 | mean of feeds' means | mean of feeds' p95 |",
        "|---|---|---|---|---|",
    ]
    for title, (module, name, value) in CHANGES.items():
        with changed(module, name, value):
            figures = at_budget(feeds, ours, MIDDLE, days, guess=GUESS / MIDDLE)
        ratios = [getattr(figures, measure) / getattr(usual, measure) for measure in MEASURES]
        lines.append(f"| {title} | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |")
    return lines


@contextmanager
def changed(module: ModuleType, name: str, value: float) -> Iterator[None]:
    """Give a constant another value for a while."""
    usual = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, usual)


def live(feeds: Feeds, days: Days) -> list[str]:
    """Show how near the formula alone comes to a budget: no tuning, the scale computed from what was learnt."""
    made = ", ".join(f"{budget:g}: {kept_live(feeds, budget, days):.1f}" for budget in BUDGETS)
    return [f"Polls a feed and day when the scale comes from the learnt rhythms every hour, by budget: {made}."]


def _row(budget: float, name: str, figures: Figures) -> str:
    minutes = " | ".join(f"{getattr(figures, measure):.1f}" for measure in MEASURES)
    shown = f"**{name}**" if name == OURS else name
    return f"| {budget:g} | {shown} | {minutes} | {figures.missed} | {figures.polls:.1f} |"


def _charts(runs: Mapping[float, Runs]) -> list[str]:
    """Draw the SVG file and return the same as text."""
    panels = {
        "mean delay, minutes": _curves(runs, "mean"),
        "95 % of items are found within, minutes": _curves(runs, "p95"),
    }
    title = "How late news is found, by what it costs in requests"
    CHART.write_text(polling_chart.drawn(panels, BUDGETS, title), encoding="utf-8")
    lines: list[str] = []
    for name, curves in panels.items():
        lines += polling_chart.bars(name, curves, BUDGETS)
    return ["```text", *lines, "```", "", f"![{title}]({CHART.name})"]


def _curves(runs: Mapping[float, Runs], measure: str) -> dict[str, Sequence[float]]:
    names = list(chosen(next(iter(runs.values()))))
    return {name: [getattr(chosen(found)[name], measure) for found in runs.values()] for name in names}
