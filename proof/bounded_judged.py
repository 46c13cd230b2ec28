"""Does it grow? Slopes over the articles done, by Theil and Sen, of what was sampled in a soak."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from statistics import median

from proof.bounded_watch import MEBIBYTE, Sample
from proof.promise import Figure

MOST_GROWTH = 1.0
"""MiB for each TEN_THOUSAND articles."""
TEN_THOUSAND = 10_000
ENOUGH = 20_000
"""Articles from which on there are verdicts: with fewer, the warm-up is all there is."""
MOST_DESCRIPTORS, MOST_THREADS = 1.0, 0.5
"""For each TEN_THOUSAND articles: less than one that is never given back for each hundred rounds of anything."""
MOST_WAL = 80
"""MiB: what ``journal_size_limit`` leaves, and a transaction's worth."""


def settled(samples: Sequence[Sample]) -> list[list[Sample]]:
    """The samples of each start of the programs, without its warm-up: the first fifth of its articles."""
    found = []
    for run in sorted({sample.run for sample in samples}):
        ours = [sample for sample in samples if sample.run == run]
        warm = ours[0].articles + (ours[-1].articles - ours[0].articles) / 5
        found.append([sample for sample in ours if sample.articles >= warm])
    return found


def slope(runs: Sequence[Sequence[Sample]], figure: Callable[[Sample], float | None]) -> float | None:
    """The median of the slopes between all pairs of samples of one start, for each ten thousand articles.

    Half of the samples may be anything at all before it is moved far (Sen 1968). None when there are no pairs.
    """
    slopes = []
    for run in runs:
        points = [(sample.articles, value) for sample in run if (value := figure(sample)) is not None]
        slopes += [(y - b) / (x - a) * TEN_THOUSAND for (a, b), (x, y) in combinations(points, 2) if x > a]
    return median(slopes) if slopes else None


def judged(samples: Sequence[Sample], *, kept_days: float, postgres: bool) -> Sequence[Figure]:
    """Everything; without a verdict where there are too few articles for one."""
    figures = (*_held(samples), *_stored(samples, kept_days, postgres=postgres))
    if samples[-1].articles >= ENOUGH:
        return figures
    told = (replace(figure, wanted="", holds=True) for figure in figures)
    return (*told, Figure(what="verdicts", measured=f"none below {ENOUGH:,} articles"))


def _held(samples: Sequence[Sample]) -> Iterator[Figure]:
    """Speed, memory, descriptors and threads."""
    runs = settled(samples)
    yield _speed(samples)
    roles = list(dict.fromkeys(role for sample in samples for role in sample.memory))
    yield _growth("memory of all processes", runs, lambda sample: sum(sample.memory.values()))
    for role in roles:
        yield _growth(f"memory, {role}", runs, _of("memory", role))
    for what, most in (("descriptors", MOST_DESCRIPTORS), ("threads", MOST_THREADS)):
        for role in roles:
            yield _flat(f"{what}, {role}", runs, _of(what, role), most)


def _of(group: str, role: str) -> Callable[[Sample], float | None]:
    return lambda sample: getattr(sample, group).get(role)


def _speed(samples: Sequence[Sample]) -> Figure:
    runs = [[sample for sample in samples if sample.run == run] for run in sorted({each.run for each in samples})]
    seconds = sum(run[-1].seconds - run[0].seconds for run in runs)
    articles = sum(run[-1].articles - run[0].articles for run in runs)
    last = samples[-1]
    return Figure(
        what="articles through the real path",
        measured=f"{last.articles:,} in {seconds / 60:.0f} minutes, {articles / max(seconds, 1e-9):.0f}/s; "
        f"{last.day:.0f} days of the wound clock; starts of the programs: {len(runs)}",
    )


def _growth(what: str, runs: Sequence[Sequence[Sample]], figure: Callable[[Sample], float | None]) -> Figure:
    found = slope(runs, figure) or 0.0
    values = [value for run in runs for sample in run if (value := figure(sample)) is not None]
    return Figure(
        what=what,
        measured=f"{median(values or [0]):.0f} MiB, at most {max(values, default=0):.0f}; {found:+.2f} MiB for 10,000 "
        "articles",
        wanted=f"at most {MOST_GROWTH:+g} MiB for 10,000 articles",
        holds=found <= MOST_GROWTH,
    )


def _flat(what: str, runs: Sequence[Sequence[Sample]], figure: Callable[[Sample], float | None], most: float) -> Figure:
    found = slope(runs, figure) or 0.0
    values = [value for run in runs for sample in run if (value := figure(sample)) is not None]
    return Figure(
        what=what,
        measured=f"{min(values, default=0):.0f} to {max(values, default=0):.0f}; {found:+.2f} for 10,000 articles",
        wanted=f"at most {most:+g} for 10,000 articles",
        holds=found <= most,
    )


PLANNED = {
    "polls": 195,
    "entries": 1_200,
    "tombstones": 180,
}
"""Bytes a row, indexes included, as docs/scaling.md plans them."""
PLANNED_ARTICLE = 4_700
"""Bytes of an article of 600 characters with all that was found in it, by the same page."""
UNPLANNED = 0.1
"""Share of the plan for what it does not name: feeds, hosts, editions and messages."""


MARGIN = 1.3
POLLS_KEPT = 30
"""Days."""


def planned(sample: Sample) -> float:
    """Bytes that the plan gives the rows which a sample found; what an empty database takes comes on top."""
    rows = sum(size * sample.rows.get(table, 0) for table, size in PLANNED.items())
    return (1 + UNPLANNED) * (rows + PLANNED_ARTICLE * sample.rows.get("articles", 0))


def _stored(samples: Sequence[Sample], kept_days: float, *, postgres: bool) -> Iterator[Figure]:
    """The size of the database against the plan, and whether pruning keeps up."""
    fullest = max(samples, key=planned)
    most = samples[0].database + planned(fullest)
    yield Figure(
        what="database at its fullest",
        measured=f"{fullest.database / 1e6:.0f} MB, {fullest.database / max(1, fullest.rows['articles']):,.0f} bytes "
        "an article that is kept",
        wanted=f"at most {most / 1e6:.0f} MB, which docs/scaling.md plans for its rows",
        holds=fullest.database <= most,
    )
    if not postgres:
        wal = max(sample.wal for sample in samples) / MEBIBYTE
        holds = wal <= MOST_WAL
        yield Figure(
            what="write-ahead log", measured=f"at most {wal:.0f} MiB", wanted=f"at most {MOST_WAL} MiB", holds=holds
        )
    last = samples[-1]
    made = last.articles / max(last.day, 1.0) * kept_days * MARGIN
    yield _pruned("entries without a match", samples, 2 * kept_days, _unmatched, made, f"{kept_days:.0f}")
    polls = max((sample.rows["polls"] for sample in samples if sample.day <= POLLS_KEPT), default=0) * MARGIN
    yield _pruned("polls", samples, POLLS_KEPT, lambda sample: sample.rows["polls"], polls, f"{POLLS_KEPT}")


def _pruned(
    what: str, samples: Sequence[Sample], since: float, count: Callable[[Sample], int], most: float, days: str
) -> Figure:
    """No more rows, once pruning has begun, than are made in the days that they are kept for."""
    found = max((count(sample) for sample in samples if sample.day >= since), default=0)
    return Figure(
        what=what,
        measured=f"at most {found:,}",
        wanted=f"at most {most:,.0f}: what comes in {days} days, and a third",
        holds=found <= most,
    )


def _unmatched(sample: Sample) -> int:
    return sample.rows["entries"] - sample.rows["story_members"] - sample.pending
