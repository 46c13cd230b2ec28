"""The live view: what the daemon does, drawn a few times a second on a terminal."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from monitor.cli.run import silence
from monitor.records.articles import EntryState

if TYPE_CHECKING:
    from monitor.daemon.service import Daemon, Snapshot

PENDING = (EntryState.NEW, EntryState.TO_READ, EntryState.TO_ANALYSE)
ENDED = (EntryState.MATCHED, EntryState.UNMATCHED, EntryState.RULED_OUT, EntryState.SKIPPED, EntryState.FAILED)
TOPIC_NAMES = {"talks": ("talks", "cyan"), "missile_aid": ("aid", "magenta")}
# Lines of the view that are not matches, with a banner of two lines.
OTHER_LINES = 15
COLUMNS = (
    ("published", "dim", None),
    ("topic", "bold", None),
    ("score", "", None),
    ("title", "", 1),
    ("outlet", "dim", None),
)
HEALTH_COLOURS = {"ok": "green", "degraded": "yellow", "broken": "red"}


def watch(daemon: "Daemon", database: str, *, ends: float | None, banner: str = "") -> None:
    """Draw until the daemon is told to stop or ``ends`` (monotonic seconds) is reached."""
    console = Console()
    started = time.monotonic()
    with Live(console=console, refresh_per_second=4, transient=False) as live:
        while not daemon.stopping.wait(0.5) and (ends is None or time.monotonic() < ends):
            live.update(_screen(daemon, database, time.monotonic() - started, banner, _room(console)))
        live.update(_screen(daemon, database, time.monotonic() - started, banner, _room(console)))
    console.print("Stopped; nothing is lost. See `monitor matches` and `monitor status`, or start again.")


def _room(console: Console) -> int:
    """Lines left for matches on this terminal."""
    return max(2, min(8, console.height - OTHER_LINES))


def _screen(daemon: "Daemon", database: str, running: float, banner: str, rows: int = 8) -> Group:
    seen = daemon.snapshot()
    parts: list[Panel | Table | Text] = []
    if banner:
        parts.append(Text(banner, style="yellow"))
    if seen is None:
        return Group(*parts, Text("Starting …"))
    parts += [_numbers(daemon, seen, running), _matches(seen, rows)]
    if problem := silence(daemon, running):
        parts.append(Text(problem, style="bold red"))
    address = daemon.health_server.address if daemon.health_server else ""
    hint = f"{address}/health · database {database.rpartition('@')[2]} · Ctrl-C stops and loses nothing"
    return Group(*parts, Text(hint, style="dim"))


def _numbers(daemon: "Daemon", seen: "Snapshot", running: float) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold", no_wrap=True)
    table.add_column()
    status = daemon.health().status
    table.add_row("health", Text(f"{status}, running {_length(running)}", style=HEALTH_COLOURS[status]))
    table.add_row("feeds", ", ".join(f"{number} {health}" for health, number in sorted(seen.feeds.items())) or "none")
    pending = sum(seen.entries.get(state.value, 0) for state in PENDING)
    ended = sum(seen.entries.get(state.value, 0) for state in ENDED)
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=max(pending + ended, 1), completed=ended, width=30), f"{ended} of {pending + ended}")
    table.add_row("entries", bar)
    listed = [state for state in (*PENDING, *ENDED) if seen.entries.get(state.value)]
    table.add_row("", ", ".join(f"{seen.entries[state.value]} {state.value.replace('_', ' ')}" for state in listed))
    table.add_row("this run", _work(seen.totals))
    return Panel(table, title="Talks monitor", title_align="left", border_style="dim")


def _matches(seen: "Snapshot", rows: int) -> Panel:
    table = Table(box=None, expand=True, pad_edge=False, header_style="dim")
    for name, style, ratio in COLUMNS:
        table.add_column(name, style=style, no_wrap=True, overflow="ellipsis", ratio=ratio)
    for match in seen.matches[:rows]:
        name, colour = TOPIC_NAMES.get(match.topic, (match.topic, "white"))
        table.add_row(
            _clock(match.published) if match.published else "undated",
            Text(name, style=colour),
            f"{match.score:.2f}",
            Text(match.title or match.evidence, overflow="ellipsis"),
            Text(match.outlet),
        )
    if not seen.matches:
        nothing = "No match yet." if seen.feeds.get("ok") else "No match yet: no feed has answered."
        table.add_row("", "", "", Text(nothing, style="dim"), "")
    return Panel(table, title="Last matches, newest find first", title_align="left", border_style="dim")


def _work(totals: Mapping[str, int]) -> str:
    """What was done since this process started, in words."""
    polls = sum(number for kind, number in totals.items() if kind.startswith("polls_"))
    pages, failed = totals.get("read_page", 0), totals.get("polls_failed", 0)
    troubled = f" ({failed} failed)" if failed else ""
    megabytes = totals.get("bytes", 0) / 1e6
    analysed = totals.get("analysed", 0)
    return f"{polls} polls{troubled}, {megabytes:.1f} MB of feeds, {pages} pages read, {analysed} articles analysed"


def _clock(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M}"


def _length(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"
