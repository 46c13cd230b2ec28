"""Structured logs: JSON lines for machines, coloured lines for a terminal. A line is an event's name and its ids."""

import logging
import sys
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

import structlog

CHATTY = ("apscheduler", "httpx", "httpcore", "trafilatura", "alembic", "urllib3", "htmldate", "charset_normalizer")
FILE_BYTES = 16_000_000
OLD_FILES = 2
"""Full log files that are kept beside the one that is written."""


def _handler(to: TextIO | Path) -> logging.Handler:
    if isinstance(to, Path):
        return RotatingFileHandler(to, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8")
    return logging.StreamHandler(to)


def _plain(value: object) -> str:
    """What JSON has no form for: times as the rest of the log writes them."""
    return value.isoformat() if isinstance(value, datetime) else repr(value)


def configure(level: str, style: str, to: TextIO | Path | None = None) -> None:
    """Send every log line, ours and the libraries', to ``to`` (stderr) as ``json``, ``human`` or ``auto``.

    A file gets three times ``FILE_BYTES`` at most: what is older goes. Raises OSError when it cannot be written.
    """
    to = to or sys.stderr
    on_terminal = not isinstance(to, Path) and to.isatty()
    json_lines = style == "json" or (style == "auto" and not on_terminal)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(default=_plain)
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=on_terminal, sort_keys=False)
    )
    last = [structlog.processors.format_exc_info, renderer] if json_lines else [renderer]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler = _handler(to)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=False,
    )
