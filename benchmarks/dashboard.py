"""How fast the dashboard is on an archive of a million articles, with many readers and a writer, and beside Datasette.

The archive is the SQLite file that ``DASHBOARD_ARCHIVE`` names, else one that is made first (five minutes, 5 GB);
``DASHBOARD_POSTGRES`` may name a database with the same rows. Times are taken by a reader on the same machine and
include HTTP; next to them stands the processor time of the server, which other programs on the machine hardly change.
"""

import os
import random
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dashboard_asked import Archive, addresses
from benchmarks.dashboard_asking import Answer, Reader, Server, crowd, free_port, python, serving
from benchmarks.figures import percentile, table
from benchmarks.material import Scale

WANTED = "Wanted: p95 50 ms a page, first byte within 100 ms (p95) for 50 readers, 300 kB a page, 250 MB."
READERS = 50
CROWDED = 15.0
"""Seconds that a crowd stays."""
KEPT = ("overview", "ladder", "sources", "classifier", "system")
"""Pages of which a view some seconds old may be shown."""
_PARTS = re.compile(rb'(?:href|src)="(/(?:static|charts)/[^"]+\.(?:css|js|svg)[^"]*)"')
_SIZED = "_size=40&_sort_desc=matched_at"
_LEAN = "_nofacet=1&_nosuggest=1&_nocount=1"


@dataclass(slots=True, kw_only=True)
class Asked:
    """One answer, and the processor time that it took the server."""

    address: str
    answer: Answer
    worked: float


def run(scale: Scale) -> list[str]:
    """Return the rows: pages, pictures, crowds, Datasette, memory."""
    archive_file = _archive()
    _warm(archive_file)
    rounds = max(2, min(scale.rounds, 3))
    lines = ["1,000,000 articles, 100,000 matches; " + WANTED[0].lower() + WANTED[1:], ""]
    stores = {"SQLite": f"sqlite:///{archive_file.resolve()}"}
    if postgres := os.environ.get("DASHBOARD_POSTGRES"):
        stores["Postgres"] = postgres
    with tempfile.TemporaryDirectory() as folder:
        for name, url in stores.items():
            kinds, others = (addresses(Archive(url, random.Random(seed))) for seed in (7, 8))
            with _dashboard(url, Path(folder)) as server:
                _busy(server, others)
                lines += _alone(name, server, kinds, rounds)
                lines += _crowds(name, server, kinds, url)
                own, children = server.megabytes()
                lines += [_in_memory(name, url), ""]
                lines += [f"Memory at the end on {name}: {own:.0f} MB, and {children:.0f} MB of what draws charts.", ""]
        lines += _beside_datasette(archive_file, Path(folder))
    return lines


def _archive() -> Path:
    named = Path(os.environ.get("DASHBOARD_ARCHIVE", "var/dashboard_benchmark.sqlite3"))
    if not named.exists():
        named.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(python("-m", "benchmarks.board_material", f"sqlite:///{named.resolve()}"), check=True)
    return named


def _in_memory(name: str, url: str) -> str:
    """What the database had at hand, in words."""
    words = f"Before that {name} was asked for other pages of every kind"
    if name == "SQLite":
        return f"{words}, and its file was read once."
    return f"{words}; its shared_buffers are {Archive(url, random.Random(0)).column('SHOW shared_buffers')[0]}."


def _busy(server: Server, others: Mapping[str, Sequence[str]]) -> None:
    """Ask other pages first: the database of a dashboard in use has in memory what is asked for, and so has this."""
    reader = Reader(server.port)
    for kind, found in others.items():
        if kind not in KEPT:
            _ask(reader, server, found)
    reader.close()


def _warm(file: Path) -> None:
    """Read it once: on a machine that serves it, the system has it in memory."""
    with file.open("rb") as archive:
        while archive.read(1 << 24):
            pass


@contextmanager
def _dashboard(url: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    command = python("-m", "monitor", "--db", url, "dashboard", "--port", str(port))
    with serving(command, port, folder / "dashboard.log") as server:
        yield server


def _alone(name: str, server: Server, kinds: Mapping[str, Sequence[str]], rounds: int) -> list[str]:
    """One reader: how long each page takes, and what it weighs."""
    reader, rows, every = Reader(server.port), [], list[float]()
    _ask(reader, server, [found[0] for found in kinds.values()])
    for kind, found in kinds.items():
        asked = [_ask(reader, server, found) for _ in range(rounds)]
        if kind in KEPT:
            rows.append(_row(f"{kind}, made anew", _first(found, asked[0]), ""))
        shown = [each for turn in asked[kind in KEPT :] for each in turn]
        every += [each.answer.milliseconds for each in shown]
        rows.append(_row(kind, shown, f"{_weight(reader, shown):.0f}"))
    pictures = _pictures(reader, kinds)
    rows.append(_row("chart, first drawn", _ask(reader, server, pictures), ""))
    rows.append(_row("chart, again", _ask(reader, server, pictures), ""))
    middle, far = percentile(every, 0.5), percentile(every, 0.95)
    rows.append(f"| every page | {len(every)} | {middle:.0f} | {far:.0f} | {max(every):.0f} |  |  |  |")
    reader.close()
    columns = ("asked", "median, ms", "p95, ms", "most, ms", "processor, median ms", "processor, p95 ms", "kB")
    return [*table(f"one reader, {name}", rows, columns), ""]


def _ask(reader: Reader, server: Server, found: Sequence[str]) -> list[Asked]:
    asked = []
    for address in found:
        before = server.worked()
        answer = reader.ask(address)
        if answer.status != 200:
            raise RuntimeError(f"{address} was answered with {answer.status}: {answer.body[:300]!r}")
        asked.append(Asked(address=address, answer=answer, worked=server.worked() - before))
    return asked


def _first(found: Sequence[str], asked: Sequence[Asked]) -> list[Asked]:
    """Those that no view was there for: the kind's first address was asked before."""
    return [each for place, each in enumerate(asked) if each.address not in {found[0], *found[:place]}] or list(asked)


def _row(name: str, asked: Sequence[Asked], weight: str) -> str:
    took = [each.answer.milliseconds for each in asked]
    worked = [each.worked for each in asked]
    figures = [percentile(took, 0.5), percentile(took, 0.95), max(took), percentile(worked, 0.5)]
    shown = " | ".join(f"{figure:.0f}" for figure in (*figures, percentile(worked, 0.95)))
    return f"| {name} | {len(asked)} | {shown} | {weight} |"


def _weight(reader: Reader, asked: Sequence[Asked]) -> float:
    """kB of the heaviest page as it travels, with its style, script and pictures, but not the charts' script."""
    heaviest = max((each.answer for each in asked), key=lambda answer: answer.travelled)
    parts = {part.decode().replace("&amp;", "&") for part in _PARTS.findall(heaviest.body) if b"/vega-" not in part}
    return (heaviest.travelled + sum(reader.ask(part).travelled for part in parts)) / 1000


def _pictures(reader: Reader, kinds: Mapping[str, Sequence[str]]) -> list[str]:
    found = {
        part.decode().replace("&amp;", "&")
        for addresses_ in kinds.values()
        for address in addresses_[:4]
        for part in _PARTS.findall(reader.ask(address).body)
        if part.startswith(b"/charts/")
    }
    return sorted(found)


def _crowds(name: str, server: Server, kinds: Mapping[str, Sequence[str]], url: str) -> list[str]:
    """Fifty readers while a program writes: some who read what they open, and some who never pause."""
    mixed = [address for found in kinds.values() for address in found[:12]]
    rows = []
    with tempfile.TemporaryFile() as heard:
        command = python("-m", "benchmarks.dashboard_writer", url)
        writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=heard)
        try:
            for what, pause in (("a page every 10 s", 10.0), ("a page every 3 s", 3.0), ("without a pause", 0.0)):
                seen = crowd(server.port, mixed, readers=READERS, pause=pause, seconds=CROWDED, seed=3)
                took = seen.first_bytes
                figures = [percentile(took, share) for share in (0.5, 0.95, 0.99)]
                shown = " | ".join(f"{figure:.0f}" for figure in figures)
                rows.append(f"| {what} | {len(took) / seen.seconds:.0f} | {shown} | {seen.refused} |")
        finally:
            writer.communicate()
        heard.seek(0)
        written = heard.read().decode().strip()
    columns = ("pages a second", "first byte, median ms", "p95, ms", "p99, ms", "not answered")
    lines = table(f"{READERS} readers and a writer, {name}", rows, columns)
    return [*lines, "", f"The writer stored {written} meanwhile.", ""]


def _beside_datasette(file: Path, folder: Path) -> list[str]:
    """The same file, the same words, turn by turn."""
    port, base = free_port(), f"/{file.stem}"
    command = python("-m", "datasette", "serve", str(file.resolve()), "--port", str(port))
    store, log = f"sqlite:///{file.resolve()}", folder / "datasette.log"
    words = Archive(store, random.Random(7)).words()[::2]
    search = [f"?_fts_table=articles_search&_fts_pk=id&_search={word}" for word in words]
    pairs = {
        "table page": (["/matches"] * 20, {"": [f"{base}/matches?{_SIZED}"] * 20}),
        "full-text search": (
            [f"/matches?search={word}" for word in words],
            {"": [f"{base}/articles{each}&_size=40" for each in search]},
        ),
    }
    rows = []
    with (
        _dashboard(f"sqlite:///{file.resolve()}", folder) as ours,
        serving(command, port, log) as theirs,
    ):
        mine, other = Reader(ours.port), Reader(port)
        for name, (asked, plain) in pairs.items():
            lean = [f"{each}&{_LEAN}" for each in plain[""]]
            took: dict[str, list[float]] = {"": [], "lean": [], "ours": []}
            for own, usual, fast in zip(asked, plain[""], lean, strict=True):
                took["ours"].append(mine.ask(own).milliseconds)
                took[""].append(_answered(other, usual))
                took["lean"].append(_answered(other, fast))
            rows += [_compared(name, "as it comes", took["ours"], took[""])]
            rows += [_compared(name, "without counts and facets", took["ours"], took["lean"])]
        held = theirs.megabytes()[0]
    columns = ("talks-monitor median, ms", "p95", "Datasette median, ms", "p95", "ratio of medians", "of p95")
    lines = table("beside Datasette 0.65.5, one reader, SQLite", rows, columns)
    return [*lines, "", f"Datasette held {held:.0f} MB."]


def _answered(reader: Reader, address: str) -> float:
    answer = reader.ask(address)
    if answer.status not in {200, 400}:
        raise RuntimeError(f"Datasette answered {address} with {answer.status}")
    # 400 is how it says that its time limit of one second was reached.
    return answer.milliseconds


def _compared(name: str, how: str, ours: Sequence[float], theirs: Sequence[float]) -> str:
    middle, far = (
        [percentile(ours, share) for share in (0.5, 0.95)],
        [percentile(theirs, share) for share in (0.5, 0.95)],
    )
    ratios = " | ".join(f"{other / own:.1f}" for own, other in zip(middle, far, strict=True))
    return f"| {name}; Datasette {how} | {middle[0]:.0f} | {middle[1]:.0f} | {far[0]:.0f} | {far[1]:.0f} | {ratios} |"
