"""Where an export goes: a file that is whole or not there, or standard output; and how far it is."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

from monitor.errors import ConfigError

T = TypeVar("T")


@contextmanager
def written(path: Path | None) -> Iterator[BinaryIO]:
    """What is to be written to. ``path`` is replaced when all of it is there, and left alone when anything fails."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        if path.exists() and not path.is_file():
            # A device or a pipe: replacing it would put a file in its place.
            with path.open("wb") as stream:
                yield stream
            return
        # Where it is a link, what it leads to is replaced.
        with _replaced(path.resolve()) as stream:
            yield stream
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {os.strerror(error.errno or 0)}. Check the folder, its rights and the space left."
        ) from error


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Progress:
    """A bar on the terminal while a file is written; elsewhere nothing but the count."""

    def __init__(self, total: int, *, shown: bool) -> None:
        self.done = 0
        self._total = total
        self._shown = shown and sys.stderr.isatty()
        self._bar: Any = None

    def counted(self, found: Iterable[T]) -> Iterator[T]:
        """The same, one after the other, and the bar moves."""
        for each in found:
            yield each
            self.done += 1
            if self._bar is not None:
                self._bar.update(self._task, completed=self.done)

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeRemainingColumn

            self._bar = Progress(
                SpinnerColumn(),
                *Progress.get_default_columns()[1:2],
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("export", total=self._total)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
