"""What so many feeds cost, on paper: machines, database, bandwidth and money from the unit costs that were measured.

``python -m benchmarks.cost_model`` prints the table of docs/scaling.md. Unit costs are those of RESULTS.md (sections
polls and endtoend); prices are assumptions, to be replaced by yours.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

DAY = 86_400.0
BUSY = 2.0
"""The busiest hour against the average one (ten days of some fifty real feeds)."""
COLUMNS = (
    "a day of", "polls/s", "articles/s read", "worker cores", "Postgres cores", "GB a month", "Mbit/s, busiest hour",
    "a month",
)  # fmt: skip
FILLED = 0.7
"""How much of a machine is planned to be busy in that hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What one of each costs. Seconds of one core of the machine in RESULTS.md; bytes on the wire and in Postgres."""

    unchanged: float = 0.0035
    """A poll over HTTPS that finds nothing new."""
    changed: float = 0.0081
    """A poll over HTTPS with one new entry."""
    gate: float = 0.0023
    """Title and summary of an entry through the model."""
    article: float = 0.040
    """A page fetched, read, classified and stored."""
    database: float = 0.15
    """Of Postgres, for each second of ours."""
    feed_bytes: float = 12_000.0
    """A feed as sent, compressed; unchanged ones with a 304 next to nothing."""
    page_bytes: float = 25_000.0
    """A page of 100 kB, compressed."""
    entry_stored: float = 1_500.0
    article_stored: float = 4_700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much there is to do in a day."""

    name: str
    feeds: float
    polls: float
    entries: float
    articles: float
    """Pages that pass the gate and are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a load needs."""

    cores: float
    postgres_cores: float
    gigabytes_a_month: float
    """Added to Postgres, before pruning."""
    megabits: float
    """In the busiest hour."""
    a_month: float


def of_feeds(feeds: float, *, polls: float = 96.0, entries: float = 15.0, passed: float = 0.12) -> Load:
    """A day of so many feeds: the usual budget of polls, the entries of an average feed, the share that is read."""
    return Load(
        name=f"{feeds:,.0f} feeds", feeds=feeds, polls=feeds * polls, entries=feeds * entries,
        articles=feeds * entries * passed,
    )  # fmt: skip


def of_articles(articles: float) -> Load:
    """A day of so many articles that are all read, from as many feeds as bring them."""
    feeds = articles / 15.0
    return Load(name=f"{articles:,.0f} articles", feeds=feeds, polls=feeds * 96.0, entries=articles, articles=articles)


def cost(load: Load, unit: Unit, *, core: float, gigabyte: float, transfer: float) -> Cost:
    """Cores of workers and of Postgres, storage, bandwidth, money. Prices are for a month; ``transfer`` for a GB."""
    changed = min(load.polls, load.entries)
    worked = (
        (load.polls - changed) * unit.unchanged
        + changed * unit.changed
        + load.entries * unit.gate
        + load.articles * unit.article
    )
    cores = worked * BUSY / DAY / FILLED
    sent = changed * unit.feed_bytes + (load.polls - changed) * 500.0 + load.articles * unit.page_bytes
    stored = (load.entries * unit.entry_stored + load.articles * unit.article_stored) * 30 / 1e9
    postgres = max(0.25, cores * unit.database)
    paid = (cores + postgres) * core + stored * gigabyte + sent * 30 / 1e9 * transfer
    return Cost(
        cores=cores,
        postgres_cores=postgres,
        gigabytes_a_month=stored,
        megabits=sent * 8 * BUSY / DAY / 1e6,
        a_month=paid,
    )


def lines(unit: Unit, *, core: float, gigabyte: float, transfer: float) -> Iterator[str]:
    """The table."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---|---|---|---|---|---|---|---|"
    for load in (of_feeds(1_000), of_feeds(10_000), of_feeds(180_000), of_articles(10_000_000)):
        found = cost(load, unit, core=core, gigabyte=gigabyte, transfer=transfer)
        yield (
            f"| {load.name} | {load.polls / DAY:,.1f} | {load.articles / DAY:,.2f} | {found.cores:,.1f} "
            f"| {found.postgres_cores:,.1f} | {found.gigabytes_a_month:,.1f} | {found.megabits:,.1f} "
            f"| {found.a_month:,.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost_model", description=__doc__)
    parser.add_argument("--core", type=float, default=20.0, help="a core with 4 GB for a month")
    parser.add_argument("--gigabyte", type=float, default=0.15, help="a GB of database storage for a month")
    parser.add_argument("--transfer", type=float, default=0.0, help="a GB received")
    options = parser.parse_args()
    print("\n".join(lines(Unit(), core=options.core, gigabyte=options.gigabyte, transfer=options.transfer)))


if __name__ == "__main__":
    main()
