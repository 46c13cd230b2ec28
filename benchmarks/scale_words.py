"""The simulation's figures in tables and sentences."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from benchmarks.cost_model import Unit
from benchmarks.figures import table
from benchmarks.polling_simulation import DAY, HOUR
from benchmarks.scale_costs import FIRST_CLAIMS, Costs
from benchmarks.scale_day import Day
from benchmarks.scale_feeds import BUDGET, Population
from benchmarks.scale_need import WAIT, Need, detection, model_cores, planned
from benchmarks.scale_queue import DEADLINE, HANGING, MEDIAN, PLAIN, SPREAD, Served
from benchmarks.scale_slice import Slice
from benchmarks.scale_tables import busiest

CLAIMED = 2000.0
"""Wanted: feeds claimed in a second."""


def told(
    feeds: Population, day: Day, needs: Sequence[Need], costs: Costs, played: Slice, predicted: Served
) -> list[str]:
    """Everything, in the order in which a reader asks."""
    return [
        f"{feeds.feeds:,} feeds, each on a host of its own, from {feeds.source}:",
        f"{len(feeds.times):,} variants that differ by up to an hour, each for {feeds.copies} feeds. The eighth day is",
        f"simulated; what the seven before it teach is known. {BUDGET:g} polls a feed and day. Assumed: answers take",
        f"{MEDIAN:g} s (median; log-normal, 95 % within {MEDIAN * float(np.exp(1.645 * SPREAD)):.1f} s), one server in",
        f"{1 / HANGING:.0f} hangs for {DEADLINE:g} s. Measured, in the sections polls, analysis and endtoend: a poll",
        "over HTTPS costs a worker's core 3.5 ms unchanged and 8.1 ms with news, an entry at the gate 2.3 ms, a page",
        "40 ms.",
        "",
        *_day(feeds, day, needs),
        "",
        *_workers(feeds, day, needs),
        "",
        *_costs(costs),
        "",
        *_slice(day, costs, played, predicted),
        "",
        *_database(feeds, day, played),
    ]


def _day(feeds: Population, day: Day, needs: Sequence[Need]) -> Iterator[str]:
    copies = feeds.copies
    hours = np.bincount((day.due // HOUR).astype(int).clip(0, 23), minlength=24) * copies / HOUR
    unit = Unit()
    polls, news, items = len(day.due) * copies, int((day.brought > 0).sum()) * copies, len(day.found) * copies
    received = news * unit.feed_bytes
    received += (polls - news) * unit.unchanged_bytes
    whole = polls * unit.feed_bytes
    busy = float(hours.max() / hours.mean())
    late = detection(day, needs[-1]) / 60
    rows = [
        f"| polls | {polls:,} | {hours.mean():,.0f} | {hours.max():,.0f} |",
        f"| polls with news | {news:,} | {news / DAY:,.0f} | |",
        f"| new entries | {items:,} | {items / DAY:,.0f} | |",
        f"| received, Mbit | {received * 8 / 1e6:,.0f} | {received * 8 / DAY / 1e6:,.1f} | "
        f"{received * 8 / DAY / 1e6 * busy:,.1f} |",
        f"| received if no server knew validators, Mbit | {whole * 8 / 1e6:,.0f} | {whole * 8 / DAY / 1e6:,.1f} | "
        f"{whole * 8 / DAY / 1e6 * busy:,.1f} |",
    ]
    yield from table("the day", rows, ("in all", "a second", "a second, busiest hour"))
    yield ""
    yield f"From publication until it is written: {np.quantile(late, 0.5):.1f} minutes for half of all items,"
    yield f"{np.quantile(late, 0.95):.1f} for 95 %. Of that the polls' own wait, from due to written, is"
    yield f"{needs[-1].wait(0.5):.1f} s (p50) and {needs[-1].wait(0.95):.1f} s (p95). {day.missed * copies:,} items"
    yield f"fell out of their feed unseen. A decision costs {day.decided * 1e6:.0f} µs."


def _workers(feeds: Population, day: Day, needs: Sequence[Need]) -> Iterator[str]:
    rows = []
    for need in needs:
        most = need.shape.most(float((day.brought > 0).mean()))
        rows.append(
            f"| {need.shape.named} | {most:.0f} | {need.workers} | {planned(need.workers)} | "
            f"{need.wait(0.5):.1f} | {need.wait(0.95):.1f} | {need.round_of:.0f} |"
        )
    hours = np.bincount((day.found // HOUR).astype(int).clip(0, 23), minlength=24) * feeds.copies / HOUR
    cores = model_cores(hours, Unit())
    columns = ("polls/s of one", "least, busiest hour", "70 % full", "wait p50, s", "wait p95, s", "polls a round")
    yield from table("workers of poll, each with", rows, columns)
    yield ""
    yield f"Least: 95 % of the polls are written within {WAIT:g} s of being due. read and analyse (gate, pages, model):"
    yield f"{cores.mean():.1f} cores on average, {cores.max():.1f} in the busiest hour, 70 % full, where 12 % of the"
    yield "entries are read. tell and the chronicle are not simulated."


def _costs(costs: Costs) -> Iterator[str]:
    rows = [
        f"| {name} | {cost.number:,} | {cost.rate:,.1f} | {cost.ours / cost.number * 1e6:,.0f} | "
        f"{cost.server / cost.number * 1e6:,.0f} |"
        for name, cost in costs.found.items()
    ]
    columns = ("number", "a second", "ours, µs each", "Postgres, µs each")
    yield from table("on the full tables, one process", rows, columns)
    claims = {name: cost.rate for name, cost in costs.found.items() if name.startswith("claim_due")}
    said = ", ".join(f"{name.partition(', ')[2]}: {rate:,.0f}" for name, rate in claims.items())
    yield ""
    yield f"Wanted: {CLAIMED:,.0f} claims a second of 100,000 feeds that are due, none of them written meanwhile. Got:"
    yield f"{said}."


def _slice(day: Day, costs: Costs, played: Slice, predicted: Served) -> Iterator[str]:
    polls = max(1, played.polls)
    share = played.news / polls
    parts = day.decided + sum(map(costs.ours, ("a request to a pretended server", *_ALWAYS)))
    parts += _mixed(costs.ours, share)
    ours = (1 - share) * PLAIN[0] + share * PLAIN[1]
    server = sum(map(costs.server, _ALWAYS)) + _mixed(costs.server, share)
    then = (day.due // HOUR).astype(int) == int(busiest(day.due) // HOUR)
    rows = [
        f"| polls | {len(predicted.waited):,} | {played.polls:,} |",
        f"| of them with news, % | {100 * float((day.brought[then] > 0).mean()):.0f} | {100 * share:.0f} |",
        f"| due to written, p50, s | {predicted.wait(0.5):.1f} | {played.lateness(0.5):.1f} |",
        f"| due to written, p95, s | {predicted.wait(0.95):.1f} | {played.lateness(0.95):.1f} |",
        f"| rounds | {predicted.rounds:,} | {played.rounds:,} |",
        f"| fetcher, decisions and store alone, ms of processor time a poll | {parts * 1e3:.2f} | |",
        f"| workers' processor time a poll, ms | {ours * 1e3:.2f} | {played.computed / polls * 1e3:.2f} |",
        f"| Postgres' processor time a poll, ms | {server * 1e3:.2f} | {played.server / polls * 1e3:.2f} |",
    ]
    yield f"For real: {played.seconds:g} s from the beginning of the busiest hour, {played.workers} worker processes of"
    yield f"{played.shape}, with the real queue, job, fetcher, turns and writes; only servers (as slow as drawn)"
    yield f"and the parser are pretended, without TLS. {played.entries:,} entries came. The load before it was"
    yield f"{played.load:.1f}: others worked there too. Predicted: by the simulated queue and the costs"
    yield "above; a worker's by the section polls, without TLS and with a real parser."
    yield ""
    yield from table("the slice", rows, ("predicted", "measured"))


def _database(feeds: Population, day: Day, played: Slice) -> Iterator[str]:
    polls = max(1, played.polls)
    each, server = played.transactions / polls, played.server / polls
    hours = np.bincount((day.due // HOUR).astype(int).clip(0, 23), minlength=24) * feeds.copies / HOUR
    yield f"The slice took {each:.2f} transactions and {server * 1e3:.2f} ms of Postgres a poll, {played.empty:,} of"
    yield f"{played.rounds:,} rounds found nothing. A day at that price: {hours.mean() * each:,.0f} transactions"
    yield f"a second and {hours.mean() * server:.2f} cores of Postgres on average, {hours.max() * each:,.0f} and"
    yield f"{hours.max() * server:.2f} in the busiest hour."


_ALWAYS = (FIRST_CLAIMS, "a host's turn taken and given back")


def _mixed(cost: Callable[[str], float], share: float) -> float:
    """What writing a poll costs when such a share brings news."""
    return (1 - share) * cost("record_polls, unchanged, 1 thread") + share * (
        cost("record_polls, one new item, 1 thread") + cost("hashes_of")
    )
