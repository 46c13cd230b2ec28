"""Telling at full size: digests for ten thousand recipients, and how soon a stored match is a webhook.

In each round ours composes and the peer reports, on copies of one store and each in a process of its own. The peer
makes a report per recipient: it reads, fills a Jinja template as Taranis AI's presenters do for each product, and
writes the style into the elements as mail wants it; it is measured on a sample and scaled up. For alerts the peer is an
integration like Miniflux's webhook: whoever has written what is new posts it.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from benchmarks.figures import cells, percentile, ratios, row, table
from benchmarks.material import Scale
from benchmarks.telling_alerting import GAP, MATCHES, alerted, posted
from benchmarks.telling_composing import SAMPLE, Composed, composed, handed_over, one_by_one
from benchmarks.telling_material import RECIPIENTS, STREAMS, Made, make, subscribe
from monitor.daemon import logs

MOST_ROUNDS = 3
LESS = 10
"""Of so many recipients and streams one, to see what memory depends on."""
WANTED_SECONDS, WANTED_LATENCY = 60, 2.0
NOT_DONE = (
    "Posting straight on knows of no story and tells every copy, groups and mutes nothing, reads no saved search, and "
    "what the far end does not take is lost. Ours weaves the match first, judges the rules, and sends from a ledger "
    "that is written before and after and tries again."
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Figures of each round."""

    with_less: Composed
    composed: list[Composed] = field(default_factory=list)
    one_by_one: list[float] = field(default_factory=list)
    """Seconds for all recipients, scaled up."""
    handed_over: list[float] = field(default_factory=list)


def run(scale: Scale) -> list[str]:
    """The section for RESULTS.md."""
    with tempfile.TemporaryDirectory(prefix="telling-") as name:
        folder = Path(name)
        whole = folder / "whole.sqlite3"
        made = _alone(make, _url(whole))
        few = _copy(whole)
        _alone(subscribe, few, made.due, RECIPIENTS // LESS, STREAMS // LESS)
        found = Found(with_less=_alone(composed, few, made.due))
        _alone(subscribe, _url(whole), made.due)
        for turn in range(min(scale.rounds, MOST_ROUNDS)):
            _round(whole, made, found, ours_first=turn % 2 == 0)
        quiet = _alone(alerted, _copy(whole), made.due)
        busy = _alone(alerted, _copy(whole), made.due, True)
        direct = _alone(posted, _copy(whole), made.due)
    return [*_composing(made, found), "", *_alerting(quiet, busy, direct)]


def _round(whole: Path, made: Made, found: Found, *, ours_first: bool) -> None:
    def ours() -> None:
        url = _copy(whole)
        found.composed.append(_alone(composed, url, made.due))
        found.handed_over.append(_alone(handed_over, url, made.due))

    def peer() -> None:
        found.one_by_one.append(RECIPIENTS * _alone(one_by_one, _copy(whole), made.due))

    for each in (ours, peer) if ours_first else (peer, ours):
        each()


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def _copy(whole: Path) -> str:
    """The store once more, as it was; the copy before it goes."""
    path = whole.with_name("copy.sqlite3")
    for old in path.parent.glob("copy.sqlite3*"):
        old.unlink()
    shutil.copy(whole, path)
    return _url(path)


def _alone(work: Callable[..., T], *given: object) -> T:
    """In a process of its own, so that no other's memory is counted."""
    with ProcessPoolExecutor(
        1, get_context("spawn"), initializer=logs.configure, initargs=("error", "json")
    ) as process:
        return process.submit(work, *given).result()


def _composing(made: Made, found: Found) -> list[str]:
    ours, first = found.composed, found.composed[0]
    if (first.editions, first.entered) != (STREAMS, RECIPIENTS):
        raise RuntimeError(f"{first.editions} editions and {first.entered} deliveries came of {STREAMS}, {RECIPIENTS}.")
    times = ratios(found.one_by_one, [each.wall for each in ours])
    return [
        f"{RECIPIENTS:,} daily recipients in {STREAMS} streams over {made.matches} matches in {made.stories} stories, "
        f"all of one day; {first.told} of the {first.editions} editions have news, {first.kilobytes:.0f} kB on the "
        f"average with charts. Rounds: {len(ours)}. Wanted: {WANTED_SECONDS} s on two cores, bounded memory. The peer "
        f"is measured on {SAMPLE} recipients, one of each stream, and scaled up; it draws no charts and takes no more "
        "than 60 matches.",
        "",
        *table(
            "composing",
            [
                row("talks-monitor: seconds until all is in the ledger", [each.wall for each in ours]),
                row("processor time of it, s, drawing included", [each.cpu for each in ours]),
                row("peak memory, MB, drawing included", [each.megabytes for each in ours], 0),
                cells(f"the same with one in {LESS} recipients and streams", [found.with_less.megabytes] * 3, 0),
                row(f"a report per recipient: seconds ({SAMPLE} of them, scaled)", found.one_by_one),
                row("ratio, a report per recipient to talks-monitor", times),
                row(f"handing over: mails a second, SMTP on loopback ({SAMPLE} mails)", found.handed_over),
            ],
        ),
    ]


def _alerting(quiet: Sequence[float], busy: Sequence[float], direct: Sequence[float]) -> list[str]:
    every = (
        (quiet, "ours"),
        (busy, "ours, while the digests above are composed"),
        (direct, "posted straight on, as Miniflux"),
    )
    shares = (0.5, 0.95, 1.0)
    compared = [percentile(direct, share) / percentile(quiet, share) for share in shares]
    return [
        f"{MATCHES} matches over the same store, one after the other, {GAP:g} s apart: milliseconds from the commit of "
        f"a match to the receipt of its webhook on loopback. Wanted: p95 of {WANTED_LATENCY:g} s.",
        "",
        *table(
            "alert latency, ms",
            [
                *(cells(name, [1000 * percentile(taken, share) for share in shares]) for taken, name in every),
                cells("ratio, posted straight on to ours", compared, 3),
            ],
            ("p50", "p95", "max"),
        ),
        "",
        NOT_DONE,
    ]
