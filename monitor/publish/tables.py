"""Tables as CSV, JSON lines and Parquet, row by row: a table of any size takes little memory. Pure but for the file.

What is written is text of strangers. In CSV a cell that a spreadsheet would take for a formula gets an apostrophe
before it (OWASP, "CSV Injection"); JSON lines and Parquet have types, and keep such texts as they are.
"""

import csv as library
import importlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from monitor.errors import ConfigError
from monitor.publish import clean
from monitor.publish.columns import Column

_ROWS = 500
"""Rows of one piece."""
_GROUP = 10_000
"""Rows of a row group, which is built in memory."""
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_CELL = 32_000
"""Characters of a cell; spreadsheets take 32,767."""

Rows = Iterable[Sequence[object]]


def csv(columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """The table with a line of names first (RFC 4180, UTF-8), piece by piece."""
    yield _lines([[column.name for column in columns]])
    for batch in _batches(rows, _ROWS):
        yield _lines([[_cell(value) for value in row] for row in batch])


def jsonl(columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """The table as one JSON object a line, piece by piece."""
    names = [column.name for column in columns]
    for batch in _batches(rows, _ROWS):
        objects = (dict(zip(names, map(_plain, row), strict=True)) for row in batch)
        yield "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects).encode()


def parquet(columns: Sequence[Column], rows: Rows, target: BinaryIO) -> None:
    """Write the table to ``target``. Raises ConfigError when pyarrow is not installed."""
    arrow, files = _arrow()
    types = {
        "text": arrow.string(),
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "flag": arrow.bool_(),
        "day": arrow.date32(),
        "time": arrow.timestamp("us", tz="UTC"),
        "list": arrow.list_(arrow.string()),
    }
    schema = arrow.schema([arrow.field(column.name, types[column.type]) for column in columns])
    with files.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in _batches(rows, _GROUP):
            by_column = zip(*([_tidy(value) for value in row] for row in batch), strict=True)
            arrays = [arrow.array(values, field.type) for values, field in zip(by_column, schema, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))


def _arrow() -> tuple[Any, Any]:
    """Imported on use: it is large, and few need it."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ConfigError(
            "Parquet needs the library pyarrow, which is not installed. In a checkout: "
            "pip install -e '.[export]'. Or export as csv or jsonl."
        ) from error


def _batches(rows: Rows, size: int) -> Iterator[list[Sequence[object]]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    library.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _cell(value: object) -> str:
    """A value as text that no spreadsheet runs."""
    if isinstance(value, str | tuple | list):
        text = clean.plain(value if isinstance(value, str) else "; ".join(map(str, value)), _CELL)
        return f"'{text}" if text.startswith(_FORMULA) else text
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(_plain(value))


def _plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return clean.stamp(value)
    return value.isoformat() if isinstance(value, date) else _tidy(value)


def _tidy(value: object) -> object:
    """A value with its texts fit for any file."""
    if isinstance(value, str):
        return clean.plain(value, _CELL)
    if isinstance(value, tuple | list):
        return [clean.plain(str(part), _CELL) for part in value]
    return round(value, 6) if isinstance(value, float) else value
