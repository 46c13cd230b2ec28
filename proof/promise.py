"""Promises, their parts, and where a part finds its work and keeps what it has done."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that was measured, beside what was wanted: ``holds`` says whether it is so."""

    what: str
    measured: str
    wanted: str = ""
    holds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a part works.

    ``folder`` is its own and still there when an interrupted run goes on; ``share`` is how much of the whole is wanted,
    1.0 for all of it.
    """

    folder: Path
    share: float = 1.0

    def of(self, number: int) -> int:
        """The share of ``number`` that is wanted, one at least."""
        return max(1, round(number * self.share))

    def remembered(self, name: str) -> Any:
        """What was kept under ``name`` before the run was interrupted; None when nothing was."""
        path = self.folder / f"{name}.kept.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def remember(self, name: str, value: Any) -> None:
        """Keep a JSON value, whole or not at all, so that an interrupted run goes on from it."""
        path = self.folder / f"{name}.kept.json"
        path.with_suffix(".new").write_text(json.dumps(value), encoding="utf-8")
        path.with_suffix(".new").replace(path)

    def progress(self, done: int, of: int, what: str = "") -> None:
        """Tell a person at a terminal how far it is."""
        if sys.stderr.isatty():
            end = "\n" if done >= of else ""
            print(f"\r\x1b[K  {done:,} of {of:,} {what}", end=end, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A trial that can be run by itself; whatever it raises is a broken promise."""

    name: str
    run: Callable[[Scene], Sequence[Figure]]
    minutes: float
    """About how long the whole of it takes on two cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What users may rely on, and the trials."""

    key: str
    says: str
    parts: tuple[Part, ...]
    quick: Mapping[str, str]
    """The tests of every ``make test`` that could break it too: path and what it shows."""
