"""How lists are shown: a table for people, tab-separated lines for other programs, or one JSON array."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from monitor.text import one_line


def as_json(records: Iterable[Any]) -> None:
    """Print records (dataclasses) as one JSON array."""
    click.echo(json.dumps([asdict(record) for record in records], ensure_ascii=False, indent=2, default=_plain))


def as_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on a terminal; elsewhere a line of column names and one line per row, parted by tabs.

    Cells may hold text of the outside world: control characters and line breaks are taken out of it.
    """
    cells = [[one_line(_shown(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for line in (columns, *cells):
            click.echo("\t".join(line))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for line in cells:
        table.add_row(*map(Text, line))
    Console().print(table)


def _shown(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value)
