"""Polling beside reader and a loop over feedparser: feeds a second, processor time a feed, memory.

``python -m benchmarks.polls --feeds 1000 --rounds 2`` is one run; ``--only`` takes some of the clients. In each round
each client polls the same made-up feeds in a process of its own: all new, then with one new entry each, then
unchanged, then unchanged from a server without validators; then new, with one entry, and unchanged over HTTPS, where
every feed is a connection of its own. Processor time counts the client and its workers, not the server.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from benchmarks.figures import ratios, table
from benchmarks.material import Scale
from benchmarks.polls_clients import CLIENTS
from benchmarks.polls_content import ENTRIES
from benchmarks.polls_server import SECURE, address, make_certificate

NAMES = {"ours": "talks-monitor", "reader": "reader", "loop": "feedparser loop"}
TURNS = {
    "first poll": "show 0 yes",
    "one new entry in each": "show 1 yes",
    "unchanged (304)": "show 1 yes",
    "unchanged, no validators": "show 1 no",
}
"""What the server is told before each poll of a client."""
BROUGHT = {"first poll": ENTRIES, "one new entry in each": 1}
SECURE_TURNS = ("first poll", "one new entry in each", "unchanged (304)")
TARGETS = {
    ("feeds/s", "first poll"): 10.0,
    ("feeds/s", "unchanged (304)"): 1.5,
    ("CPU", "one new entry in each"): 12.0,
    ("CPU", "HTTPS, one new entry in each"): 12.0,
    ("CPU", "HTTPS, unchanged (304)"): 12.0,
}
"""Against reader, the named peer."""
MOST_MEGABYTES = 130
NO_READER = "reader was skipped: it is not installed (pip install '.[bench]')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much is polled. The peers may get fewer feeds: what one costs them does not depend on how many there are."""

    feeds: int = 1000
    peer_feeds: int = 200
    secure: int = 200
    rounds: int = 2
    clients: Sequence[str] = CLIENTS

    def number(self, client: str, *, secure: bool) -> int:
        """How many feeds a client polls."""
        usual = self.feeds if client == "ours" else min(self.feeds, self.peer_feeds)
        return min(usual, self.secure, SECURE - 1) if secure else usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Figures of each round by turn and client."""

    rates: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    """Feeds a second."""
    cpu: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    """Milliseconds of processor time a feed."""
    megabytes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def run(scale: Scale) -> list[str]:
    """The section for RESULTS.md; without reader only the others."""
    clients = tuple(client for client in CLIENTS if client != "reader" or find_spec("reader"))
    missing = [] if "reader" in clients else ["", NO_READER]
    return [*measured(Wanted(rounds=min(scale.rounds, Wanted().rounds), clients=clients)), *missing]


def measured(wanted: Wanted) -> list[str]:
    """Run all rounds; the lines of the tables."""
    started = time.perf_counter()
    found = Found()
    with tempfile.TemporaryDirectory() as name, _server(wanted, Path(name)) as server:
        for turn in range(wanted.rounds):
            # Nobody always comes first.
            for client in wanted.clients if turn % 2 == 0 else tuple(reversed(wanted.clients)):
                for secure in (False, True):
                    _polled(client, wanted, server, found, secure=secure)
    rest = f"The whole run took {time.perf_counter() - started:.0f} s."
    return [*_described(wanted), "", *_tables(wanted, found), "", *_memory(found), "", rest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server's process, its two ports, and where its certificate lies."""

    process: "subprocess.Popen[str]"
    ports: tuple[int, int]
    folder: Path

    def url(self, number: int, *, secure: bool) -> str:
        """The address of a feed."""
        scheme, port = ("https", self.ports[1]) if secure else ("http", self.ports[0])
        return f"{scheme}://{address(number)}:{port}/feed/{number}"

    def tell(self, command: str) -> None:
        """Have it show something else, and wait until it does."""
        stdin, stdout = _ends(self.process)
        print(command, file=stdin, flush=True)
        assert stdout.readline() == "shown\n"


@contextmanager
def _server(wanted: Wanted, folder: Path) -> Iterator[Server]:
    make_certificate(folder)
    process = _started("benchmarks.polls_server", str(wanted.feeds + 1), str(folder))
    with process:
        try:
            plain, secure = map(int, _ends(process)[1].readline().split())
            yield Server(process=process, ports=(plain, secure), folder=folder)
        finally:
            process.kill()


def _polled(client: str, wanted: Wanted, server: Server, found: Found, *, secure: bool) -> None:
    """One client's turns, in a process and a database of its own."""
    number = wanted.number(client, secure=secure)
    urls = [server.url(each, secure=secure) for each in range(number)]
    # One feed beforehand, so that what is loaded at the first use is loaded.
    first = server.url(number, secure=secure)
    with tempfile.TemporaryDirectory() as folder:
        process = _started("benchmarks.polls_clients", client, folder, str(server.folder / "bundle.pem"))
        with process:
            server.tell("show 0 yes")
            _asked(process, [first])
            stored = _asked(process, "poll")["entries"]
            _asked(process, urls)
            for name in SECURE_TURNS if secure else TURNS:
                server.tell(TURNS[name])
                took = _asked(process, "poll")
                _check(client, name, number, stored, took["entries"])
                stored = took["entries"]
                _note(found, (f"HTTPS, {name}" if secure else name, client), number, took)
            if not secure:
                found.megabytes[client].append(took["megabytes"])
            _ends(process)[0].close()


def _asked(process: "subprocess.Popen[str]", what: Sequence[str] | str) -> dict[str, float]:
    """Tell a client what to do; what it took when it was to poll."""
    stdin, stdout = _ends(process)
    print(json.dumps(what), file=stdin, flush=True)
    answer: dict[str, float] = json.loads(stdout.readline()) if what == "poll" else {}
    return answer


def _check(client: str, turn: str, number: int, before: float, after: float) -> None:
    """A figure counts only when the work was done. The feed polled beforehand may bring its entry too."""
    each = BROUGHT.get(turn, 0)
    if client != "loop" and not each * number <= after - before <= each * number + min(each, 1):
        raise RuntimeError(f"{client}, {turn}: {after - before:.0f} entries came of {number} feeds with {each} each.")


def _note(found: Found, key: tuple[str, str], number: int, took: dict[str, float]) -> None:
    found.rates[key].append(number / took["seconds"])
    found.cpu[key].append(1000 * took["cpu"] / number)


def _started(module: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _ends(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _described(wanted: Wanted) -> list[str]:
    many, few = (wanted.number(client, secure=False) for client in ("ours", "reader"))
    secure = ", ".join(str(wanted.number(client, secure=True)) for client in ("ours", "reader"))
    return [
        f"{many} feeds of {ENTRIES} entries, about 43 KB ({few} for the peers; {secure} over HTTPS), each on an",
        f"address of its own; all take turns, rounds: {wanted.rounds}. Ours and reader store in SQLite, the loop",
        "nothing. Ratios are to the peer of that round: median (least to most).",
    ]


def _tables(wanted: Wanted, found: Found) -> list[str]:
    turns = [*TURNS, *(f"HTTPS, {name}" for name in SECURE_TURNS)]
    columns = [NAMES[client] for client in wanted.clients]
    columns += [f"ratio to {NAMES[client]}" for client in _peers(wanted)]
    lines: list[str] = []
    for title, figures in (("feeds/s", found.rates), ("CPU", found.cpu)):
        rows = [_row(wanted, title, turn, figures) for turn in turns]
        lines += ["", *table("CPU, ms a feed" if title == "CPU" else title, rows, [*columns, "wanted"])]
    return lines[1:]


def _peers(wanted: Wanted) -> list[str]:
    return [client for client in wanted.clients if client != "ours" and "ours" in wanted.clients]


def _row(wanted: Wanted, title: str, turn: str, figures: dict[tuple[str, str], list[float]]) -> str:
    digits = 2 if title == "CPU" else 0
    cells = [f"{statistics.median(figures[turn, client]):.{digits}f}" for client in wanted.clients]
    for peer in _peers(wanted):
        ours, theirs = figures[turn, "ours"], figures[turn, peer]
        times = ratios(theirs, ours) if title == "CPU" else ratios(ours, theirs)
        cells.append(f"{statistics.median(times):.1f} ({min(times):.1f} to {max(times):.1f})")
    target = TARGETS.get((title, turn))
    return f"| {turn} | {' | '.join(cells)} | {f'{target:g} x reader' if target else ''} |"


def _memory(found: Found) -> list[str]:
    rows = [
        f"| {NAMES[client]} | {max(figures):.0f} | {f'at most {MOST_MEGABYTES}' if client == 'ours' else ''} |"
        for client, figures in found.megabytes.items()
    ]
    return table("peak memory, MB, workers included, no model", rows, ("most", "wanted"))


def main() -> None:
    usual = Wanted()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polls", description=__doc__)
    parser.add_argument("--feeds", type=int, default=usual.feeds)
    parser.add_argument("--peer-feeds", type=int, default=usual.peer_feeds, help="feeds for the peers at most")
    parser.add_argument("--secure", type=int, default=usual.secure, help=f"feeds over HTTPS, fewer than {SECURE}")
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument("--only", nargs="+", choices=CLIENTS, default=CLIENTS, help="who polls")
    chosen = parser.parse_args()
    wanted = Wanted(
        feeds=chosen.feeds,
        peer_feeds=chosen.peer_feeds,
        secure=chosen.secure,
        rounds=chosen.rounds,
        clients=tuple(chosen.only),
    )
    print("\n".join(measured(wanted)), flush=True)


if __name__ == "__main__":
    main()
