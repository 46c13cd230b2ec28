"""How each stage's cost grows with the feeds and with the articles, on both databases, beside peers that do the like.

Archives of every size have the same 400 days, outlets, words and names: with a hundred times the articles there are a
hundred times as many a day, and as many more within every story's time. Each size is filled, measured, thrown away.
"""

import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import growth_chart, growth_pages
from benchmarks.dashboard_asked import Archive
from benchmarks.growth_alone import FILLED, SECONDS, Apart, Task, side_by_side
from benchmarks.growth_figures import ARTICLES, BYTES, FEEDS, Grown, told
from benchmarks.growth_fill import Place
from benchmarks.growth_homes import Databases, Files, Home
from benchmarks.growth_taken import Taken
from benchmarks.material import Scale
from benchmarks.postgres import Server

CHART = Path(__file__).resolve().parent / "growth.svg"
TITLE = "Cost over size, both logarithmic"
_OF_FEEDS = 0.4
"""Of the time so much is the feeds'; the rest is for articles."""
_SLOWER = 1.5
"""Measuring takes about as long at every size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is filled and asked. Sizes go up; those of articles are the first one times something up to 256."""

    feeds: Sequence[int] = (1_000, 3_000, 10_000, 30_000, 100_000)
    articles: Sequence[int] = (10_000, 30_000, 100_000, 300_000, 1_000_000)
    rounds: int = 5
    claims: int = 100
    """Feeds claimed and polled in a round."""
    page_rounds: int = 3
    words: int = 4
    """Every so many of forty words are searched for."""
    seconds: float = 3_600.0
    """No size is begun that looks as if it would end later."""
    bytes: float = 14e9
    """As many are on disk at once, all databases of a size together."""

    def upto(self, articles: int) -> "Size":
        """No more articles than these, nor more feeds than a tenth: for a trial. 0 for all."""
        if not articles:
            return self
        few = tuple(number for number in self.articles if number <= articles)
        return replace(self, articles=few, feeds=tuple(number for number in self.feeds if number <= articles // 10))


def run(scale: Scale) -> list[str]:
    started = time.perf_counter()
    size = Size(rounds=scale.rounds).upto(scale.articles)
    with tempfile.TemporaryDirectory(prefix="monitor-growth-") as folder, Server() as server:
        grown = measured(size, (Files(Path(folder)), Databases(server)), Path(folder))
    if not scale.articles:
        CHART.write_text(growth_chart.drawn(grown), encoding="utf-8")
    took = f"The whole run took {time.perf_counter() - started:.0f} s."
    return [*told(grown), "", f"![{TITLE}]({CHART.name})", "", took]


def measured(size: Size, homes: Sequence[Home], folder: Path, apart: Apart = side_by_side) -> Grown:
    """Fill and measure every size that there is time and room for; the first home's words are looked for in all."""
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    growth = _Growth(size=size, homes=homes, apart=apart, folder=folder, until=until)
    growth.of_feeds()
    growth.of_articles()
    return growth.grown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What the size before took."""

    number: int
    bytes: float
    filling: float
    measuring: float


@dataclass(slots=True, kw_only=True)
class _Growth:
    """One run."""

    size: Size
    homes: Sequence[Home]
    apart: Apart
    folder: Path
    until: datetime
    grown: Grown = field(default_factory=Grown)
    started: float = field(default_factory=time.perf_counter)
    past: dict[tuple[str, str], _Past] = field(default_factory=dict)

    def of_feeds(self) -> None:
        for number in self.size.feeds:
            places = {home: home.new() for home in self._fitting(FEEDS, number)}
            self._all(FEEDS, number, places, copies=1)

    def of_articles(self) -> None:
        first = self.size.articles[0]
        bases = {home: home.new() for home in self.homes}
        self.apart([self._task("make the archive", place, first) for place in bases.values()])
        asked = Archive(bases[self.homes[0]].url, random.Random(7))
        words = asked.words()[:: self.size.words]
        # The server copies no database that somebody is connected to.
        asked._database.close()
        for number in self.size.articles:
            places = {home: home.new(bases[home]) for home in self._fitting(ARTICLES, number)}
            self._all(ARTICLES, number, places, copies=number // first, words=words)

    def _all(self, of: str, number: int, places: dict[Home, Place], *, copies: int, words: Sequence[str] = ()) -> None:
        """Fill the databases of one size side by side, then measure one after the other."""
        filled = self.apart([self._task(f"fill {of}", place, number, copies) for place in places.values()])
        for (home, place), figures in zip(places.items(), filled, strict=True):
            started = time.perf_counter()
            taken = Taken(self.apart([self._task(of, place, number, copies)])[0])
            self._pages(of, home, place, words, taken)
            (bytes_,) = figures[FILLED]
            if of == ARTICLES:
                taken.put(BYTES, bytes_ / number)
            self.grown.put(of, home.name, number, taken.figures)
            self.past[of, home.name] = _Past(
                number=number, bytes=bytes_, filling=figures[SECONDS][0], measuring=time.perf_counter() - started
            )
            home.drop(place)

    def _pages(self, of: str, home: Home, place: Place, words: Sequence[str], taken: Taken) -> None:
        """The dashboard's, and Datasette's where there is a file for it."""
        rounds, file = self.size.page_rounds, home.file(place)
        asked = growth_pages.sources(rounds) if of == FEEDS else growth_pages.matches(words)
        growth_pages.ours(place.url, asked, taken, self.folder, rounds=rounds)
        if file is not None:
            beside = (
                growth_pages.sources_beside(rounds, file.stem)
                if of == FEEDS
                else growth_pages.matches_beside(words, file.stem)
            )
            growth_pages.datasette(file, beside, taken, self.folder, rounds=rounds)

    def _task(self, work: str, place: Place, number: int, copies: int = 1) -> Task:
        return Task(
            work=work,
            url=place.url,
            plain=place.plain,
            until=self.until.isoformat(),
            number=number,
            copies=copies,
            rounds=self.size.rounds,
            claims=self.size.claims,
        )

    def _fitting(self, of: str, number: int) -> list[Home]:
        """Where there is room and time for so many, by what the size before took; those left out are named."""
        fitting, bytes_ = [], 0.0
        ends = self.started + self.size.seconds * (_OF_FEEDS if of == FEEDS else 1.0)
        left = ends - time.perf_counter()
        for home in self.homes:
            past = self.past.get((of, home.name))
            times = number / past.number if past else 1.0
            seconds = past.filling * times + past.measuring * _SLOWER if past else 0.0
            space = past.bytes * times if past else 0.0
            if seconds > left:
                why = f"it would take about {seconds:.0f} s, and {max(0.0, left):.0f} s were left"
            elif bytes_ + space > self.size.bytes:
                why = f"{(bytes_ + space) / 1e9:.1f} GB would be on disk, of {self.size.bytes / 1e9:.0f}"
            else:
                fitting.append(home)
                bytes_, left = bytes_ + space, left - seconds
                continue
            self.grown.left_out.append(f"{number:,} {of} on {home.name} ({why})")
        return fitting
