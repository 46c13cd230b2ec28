"""How costs grow: the ratio from the smallest size to the largest, the exponent in log-log, the rows that say so."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks import growth_articles, growth_feeds, growth_pages
from benchmarks.figures import table

FEEDS, ARTICLES = "feeds", "articles"
BYTES = "bytes in the database, an article"
STEEP = 0.2
"""From this exponent on a cost is named: the logarithm alone gives 0.09 to 0.14 over these sizes."""
_NO_PEER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Something that costs, and who does the like."""

    name: str
    unit: str
    of: str
    peer: str = ""

    @property
    def scale(self) -> float:
        """What a figure is multiplied by to be in the unit."""
        return {"µs": 1e6, "ms": 1e3, "s": 1.0, "MB": 1.0, "kB": 1e-3}[self.unit]


_SOURCES, _MATCHES, _SEARCH = (growth_pages.DATASETTE.format(name) for name in ("sources", "matches", "search"))
STAGES = (
    Stage(name=growth_feeds.CLAIM, unit="µs", of=FEEDS, peer=growth_feeds.SELECT),
    Stage(name=growth_feeds.UNCHANGED, unit="µs", of=FEEDS, peer=growth_feeds.INSERT_POLLS),
    Stage(name=growth_feeds.ONE_NEW, unit="µs", of=FEEDS, peer=growth_feeds.INSERT_POLLS),
    Stage(name=growth_feeds.TICK, unit="ms", of=FEEDS),
    Stage(name=growth_feeds.HEALTH, unit="ms", of=FEEDS),
    Stage(name=growth_feeds.LOOK, unit="ms", of=FEEDS),
    Stage(name=growth_feeds.FIRST, unit="ms", of=FEEDS),
    Stage(name=growth_feeds.JUDGE, unit="ms", of=FEEDS),
    Stage(name=growth_pages.SOURCES, unit="ms", of=FEEDS, peer=_SOURCES),
    Stage(name=growth_feeds.MEMORY, unit="MB", of=FEEDS),
    Stage(name=growth_articles.READ, unit="µs", of=ARTICLES, peer=growth_articles.INSERT),
    Stage(name=growth_articles.FOUND, unit="µs", of=ARTICLES, peer=growth_articles.INSERT),
    Stage(name=growth_articles.WOVEN, unit="ms", of=ARTICLES),
    Stage(name=growth_articles.PLACED, unit="ms", of=ARTICLES, peer=growth_articles.COMPARED),
    Stage(name=growth_articles.RESTORED, unit="s", of=ARTICLES),
    Stage(name=growth_articles.TICK, unit="ms", of=ARTICLES),
    Stage(name=growth_pages.MATCHES, unit="ms", of=ARTICLES, peer=_MATCHES),
    Stage(name=growth_pages.SEARCH, unit="ms", of=ARTICLES, peer=_SEARCH),
    Stage(name=growth_articles.MEMORY, unit="MB", of=ARTICLES),
    Stage(name=BYTES, unit="kB", of=ARTICLES),
)

Sized = Mapping[int, Sequence[float]]
"""By size, a figure of each round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """Everything measured: by what grows and store, then by name, then by size."""

    found: dict[tuple[str, str], dict[str, dict[int, list[float]]]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def put(self, of: str, store: str, size: int, figures: Mapping[str, Sequence[float]]) -> None:
        """Take in what was measured at a size."""
        for name, rounds in figures.items():
            self.found.setdefault((of, store), {}).setdefault(name, {})[size] = list(rounds)

    def sized(self, of: str, store: str, name: str) -> Sized:
        """What was measured of one thing; empty where nothing was."""
        return self.found.get((of, store), {}).get(name, {})


def growths(sized: Sized) -> list[float]:
    """By round, the cost at the largest size over the one at the smallest."""
    smallest, largest = min(sized), max(sized)
    return [above / below for below, above in zip(sized[smallest], sized[largest], strict=False)]


def exponents(sized: Sized) -> list[float]:
    """By round, the slope of the line through the logarithms (least squares): 0 is constant, 1 is linear."""
    sizes = sorted(sized)
    return [
        statistics.linear_regression([math.log(size) for size in sizes], [math.log(cost) for cost in costs]).slope
        for costs in zip(*(sized[size] for size in sizes), strict=False)
    ]


def told(grown: Grown) -> list[str]:
    """The tables, one of costs and one of growth for each axis and store, and what grows too fast."""
    lines = []
    for of, store in grown.found:
        stages = [stage for stage in STAGES if stage.of == of and grown.sized(of, store, stage.name)]
        lines += _costs(grown, store, of, stages)
        lines += _growths(grown, store, of, stages)
    steep = list(_steep(grown))
    lines += [f"Steeper than a logarithm (exponent {STEEP} or more): {'; '.join(steep) or 'nothing'}.", ""]
    return [*lines, *(f"Not measured: {each}." for each in grown.left_out or ["nothing was left out"])]


def _costs(grown: Grown, store: str, of: str, stages: Sequence[Stage]) -> list[str]:
    sizes = sorted({size for stage in stages for size in grown.sized(of, store, stage.name)})
    rows, peers = [], set[str]()
    for stage in stages:
        rows.append(_cost(f"{stage.name}, {stage.unit}", stage, grown.sized(of, store, stage.name), sizes))
        peer = grown.sized(of, store, stage.peer)
        if peer and stage.peer not in peers:
            peers.add(stage.peer)
            rows.append(_cost(f"(peer) {stage.peer}, {stage.unit}", stage, peer, sizes))
    return [*table(f"{of}, {store}: medians", rows, [f"{size:,}" for size in sizes]), ""]


def _cost(name: str, stage: Stage, sized: Sized, sizes: Sequence[int]) -> str:
    medians = (
        _shown(statistics.median(sized[size]) * stage.scale) if size in sized else "not measured" for size in sizes
    )
    return f"| {name} | {' | '.join(medians)} |"


def _shown(figure: float) -> str:
    """Three digits that count."""
    return f"{figure:.{max(0, 2 - math.floor(math.log10(figure)))}f}" if figure > 0 else "0"


def _growths(grown: Grown, store: str, of: str, stages: Sequence[Stage]) -> list[str]:
    rows = [_growth(stage, grown, store) for stage in stages if len(grown.sized(of, store, stage.name)) > 1]
    columns = (
        "sizes",
        "cost × (min)",
        "median",
        "max",
        "exponent (min)",
        "median",
        "max",
        "peer",
        "cost ×",
        "exponent",
    )
    return [*table(f"{of}, {store}: growth", rows, columns), ""] if rows else []


def _growth(stage: Stage, grown: Grown, store: str) -> str:
    sized, peer = grown.sized(stage.of, store, stage.name), grown.sized(stage.of, store, stage.peer)
    cells = [f"× {max(sized) / min(sized):g}", *_three(growths(sized)), *_three(exponents(sized))]
    if len(peer) > 1:
        medians = (statistics.median(growths(peer)), statistics.median(exponents(peer)))
        cells += [stage.peer, *(f"{figure:.2f}" for figure in medians)]
    else:
        cells += [_NO_PEER, "", ""]
    return f"| {stage.name} | {' | '.join(cells)} |"


def _three(figures: Sequence[float]) -> list[str]:
    return [f"{figure:.2f}" for figure in (min(figures), statistics.median(figures), max(figures))]


def _steep(grown: Grown) -> Iterator[str]:
    for of, store in grown.found:
        for stage in STAGES:
            sized = grown.sized(of, store, stage.name) if stage.of == of else {}
            if len(sized) > 1 and (slope := statistics.median(exponents(sized))) >= STEEP:
                yield f"{stage.name} on {store} ({slope:.2f})"
