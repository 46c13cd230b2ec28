"""What was measured of one size: figures by name, one a round."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Taken:
    """Figures by name in the order measured."""

    figures: dict[str, list[float]] = field(default_factory=dict)

    def put(self, name: str, figure: float) -> None:
        self.figures.setdefault(name, []).append(figure)

    @contextmanager
    def timed(self, name: str, number: int = 1) -> Iterator[None]:
        """Seconds by the clock for one of so many."""
        started = time.perf_counter()
        yield
        self.put(name, (time.perf_counter() - started) / number)
