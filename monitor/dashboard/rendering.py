"""Templates to HTML: the one Jinja environment of the pages, with what every template may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jinja2

from monitor.dashboard import words
from monitor.dashboard.look import Look
from monitor.digest.house_style import quoted
from monitor.store.details import name_key
from monitor.text import digest

FOLDER = Path(__file__).parent
VEGA = f"/static/vega-{version('vl-convert-python')}.js"
"""The script that makes charts live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where the reader is: the path, and what the address asks for."""

    path: str
    query: str

    def __call__(self, path: str | None = None, **changes: object) -> str:
        """The same address with other parameters (None takes one out, a tuple gives several), or another path."""
        if path is None and not changes:
            return _same(self.path, self.query)
        kept = [] if path is not None else [pair for pair in _pairs(self.query) if pair[0] not in changes]
        new = [
            (name, str(each))
            for name, value in changes.items()
            for each in (value if isinstance(value, tuple | list) else (value,))
            if each not in (None, "")
        ]
        asked = urlencode(kept + new)
        return (self.path if path is None else path) + (f"?{asked}" if asked else "")

    def value(self, name: str) -> str:
        """What the address says for this name; empty where it says nothing."""
        return next((value for key, value in _pairs(self.query) if key == name), "")

    def has(self, name: str, value: object) -> bool:
        """Whether the address asks for this value."""
        return (name, str(value)) in _pairs(self.query)


@lru_cache(maxsize=64)
def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(query))


@lru_cache(maxsize=64)
def _same(path: str, query: str) -> str:
    """What the judging forms of every row lead back to."""
    pairs = _pairs(query)
    return path + (f"?{urlencode(pairs)}" if pairs else "")


def render(template: str, values: Mapping[str, object], *, look: Look, now: datetime, here: Here) -> str:
    """The template, filled; times are written in the reader's zone."""
    return (
        _environment()
        .get_template(template)
        .render(
            {
                "look": look,
                "now": now,
                "here": here,
                "static": static,
                "vega": VEGA,
                "when": partial(words.moment, zone=look.zone, now=now),
                "ago": partial(words.ago, now=now),
            }
            | dict(values)
        )
    )


def compile_all() -> None:
    """Compile every template: all of them take half a second, which the first readers would wait for."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


def static(name: str) -> str:
    """The address of a file that we serve: it names the content, so that browsers may keep it for ever."""
    return f"/static/{_version(name)}/{name}"


@lru_cache(maxsize=32)
def _version(name: str) -> str:
    return digest((FOLDER / "static" / name).read_bytes())[:12]


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Any] = {
        name: getattr(words, name)
        for name in (
            "day",
            "days",
            "share",
            "number",
            "many",
            "outside",
            "topic",
            "lasting",
            "paragraphs",
            "rung",
            "titled",
            "reason",
        )
    }
    filters |= {"quoted": quoted, "item_key": name_key}
    environment.filters.update(filters)
    environment.globals.update(filters)
    return environment
