"""What so many feeds cost, on paper: machines, database, bandwidth and money from the unit costs that were measured.

``python -m benchmarks.cost_model`` prints the table of docs/scaling.md, ``--formulas`` how each figure is made. Polls
are those of RESULTS.md, pages those of ``python -m benchmarks endtoend``, sizes those of invented articles in Postgres
(``python -m benchmarks.board_material``). Prices are assumptions, to be replaced by yours.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

DAY = 86_400.0
MONTH = 30.0
BUSY = 2.0
"""The busiest hour against the average one (ten days of some fifty real feeds)."""
FILLED = 0.7
"""How much of a machine is planned to be busy in that hour."""
POLLS_KEPT, ENTRIES_KEPT, TOMBSTONES_KEPT = 30.0, 180.0, 400.0
"""Days; the second is the setting keep_days."""
LEAST_POSTGRES = 0.25
COLUMNS = (
    "a day of", "polls/s", "pages read/s", "worker cores", "Postgres cores", "GB a month", "GB kept",
    "Mbit/s, busiest hour", "a month",
)  # fmt: skip
FORMULAS = """\
polls a day = feeds x 96; entries = feeds x 15; pages read = entries x 12 %
core seconds = unchanged polls x 3.5 ms + changed polls x 8.1 ms + entries x 2.3 ms + pages x 40 ms
worker cores = core seconds / 86,400 x 2 (busiest hour) / 0.7 (how full a machine is planned)
Postgres cores = worker cores x 0.18, at least a quarter
bytes received = changed polls x 12 kB + unchanged polls x 500 B + pages x 25 kB
GB a month = (polls x 195 B + entries x 1.2 kB + pages x 12 kB) x 30
GB kept = polls x 195 B x 30 days + (entries x 1.2 kB + pages x 12 kB) x 180 days + entries x 2 x 180 B x 220 days
a month = cores x price of a core + GB kept x price of a GB + GB received x price of transfer"""


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
    database: float = 0.18
    """Of Postgres, for each second of ours."""
    feed_bytes: float = 12_000.0
    """A feed as sent, compressed."""
    unchanged_bytes: float = 500.0
    """An answer 304."""
    page_bytes: float = 25_000.0
    """A page of 100 kB, compressed."""
    poll_stored: float = 195.0
    entry_stored: float = 1_200.0
    article_stored: float = 12_000.0
    """One of 400 words, with all that was found in it, and indexes."""
    tombstone: float = 180.0
    """What keeps a pruned entry from coming back; two an entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """For a month, in a currency of yours."""

    core: float
    gigabyte: float
    transfer: float
    """A GB received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much there is to do in a day."""

    name: str
    polls: float
    entries: float
    articles: float
    """Pages that pass the gate and are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a load needs."""

    cores: float
    postgres_cores: float
    added: float
    """GB a month that Postgres grows by at first."""
    kept: float
    """GB where pruning and growing are even; what matched stays for ever and comes on top."""
    megabits: float
    """In the busiest hour."""
    a_month: float


def of_feeds(feeds: float, *, polls: float = 96.0, entries: float = 15.0, passed: float = 0.12) -> Load:
    """A day of so many feeds: the usual budget of polls, the entries of an average feed, the share that is read."""
    return Load(
        name=f"{feeds:,.0f} feeds", polls=feeds * polls, entries=feeds * entries, articles=feeds * entries * passed
    )


def of_articles(articles: float) -> Load:
    """A day of so many articles that are all read, from as many feeds as bring them."""
    load = of_feeds(articles / 15.0, passed=1.0)
    return Load(name=f"{articles:,.0f} articles", polls=load.polls, entries=load.entries, articles=load.articles)


def cost(load: Load, unit: Unit, prices: Prices) -> Cost:
    """Cores of workers and of Postgres, storage, bandwidth, money."""
    changed = min(load.polls, load.entries)
    unchanged = load.polls - changed
    worked = (
        unchanged * unit.unchanged
        + changed * unit.changed
        + load.entries * unit.gate
        + load.articles * unit.article
    )  # fmt: skip
    cores = worked * BUSY / DAY / FILLED
    postgres = max(LEAST_POSTGRES, cores * unit.database)
    received = changed * unit.feed_bytes + unchanged * unit.unchanged_bytes + load.articles * unit.page_bytes
    polls, found = load.polls * unit.poll_stored, load.entries * unit.entry_stored + load.articles * unit.article_stored
    stones = 2 * load.entries * unit.tombstone * (TOMBSTONES_KEPT - ENTRIES_KEPT)
    kept = (polls * POLLS_KEPT + found * ENTRIES_KEPT + stones) / 1e9
    paid = (cores + postgres) * prices.core + kept * prices.gigabyte + received * MONTH / 1e9 * prices.transfer
    return Cost(
        cores=cores,
        postgres_cores=postgres,
        added=(polls + found) * MONTH / 1e9,
        kept=kept,
        megabits=received * 8 * BUSY / DAY / 1e6,
        a_month=paid,
    )


def lines(unit: Unit, prices: Prices) -> Iterator[str]:
    """The table."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * len(COLUMNS)}"
    for load in (of_feeds(1_000), of_feeds(10_000), of_feeds(180_000), of_articles(10_000_000)):
        found = cost(load, unit, prices)
        yield (
            f"| {load.name} | {load.polls / DAY:,.1f} | {load.articles / DAY:,.2f} | {found.cores:,.2f} "
            f"| {found.postgres_cores:,.2f} | {found.added:,.0f} | {found.kept:,.0f} | {found.megabits:,.1f} "
            f"| {found.a_month:,.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost_model", description=__doc__)
    parser.add_argument("--core", type=float, default=20.0, help="a core with 4 GB for a month")
    parser.add_argument("--gigabyte", type=float, default=0.15, help="a GB of database storage for a month")
    parser.add_argument("--transfer", type=float, default=0.0, help="a GB received")
    parser.add_argument("--formulas", action="store_true", help="say how each figure is made")
    options = parser.parse_args()
    prices = Prices(core=options.core, gigabyte=options.gigabyte, transfer=options.transfer)
    print("\n".join(lines(Unit(), prices)))
    if options.formulas:
        print(f"\n{FORMULAS}")


if __name__ == "__main__":
    main()
