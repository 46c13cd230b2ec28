"""The charts of a digest, with words that say what they show for who does not see them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from monitor.charts import Painter, Spec, ladder, volume
from monitor.charts.theme import ON_DARK
from monitor.digest import house_style as style
from monitor.records.telling.digests import DayCount, Digest, LadderLine, Picture

_MOST_WORDS = 900
_KEPT = 64
"""Pictures of some 20 kB that are remembered."""


class Draws(Protocol):
    """``charts.png``, ``charts.svg``, or the methods of a ``charts.Painter``."""

    def __call__(self, specs: Mapping[str, Spec], *, dark: bool) -> Mapping[str, bytes]:
        """A picture of each, and one for dark paper."""
        ...


class Pictures:
    """Makes a digest's pictures: ladder and volume, each for light and dark, as far as there is anything to draw.

    Streams often share them (one selection, many hours), so the last ones are remembered.
    """

    def __init__(self, draw: Draws) -> None:
        self._draw = draw
        self._kept: OrderedDict[Hashable, Mapping[str, bytes]] = OrderedDict()

    def __call__(self, digest: Digest) -> tuple[Picture, ...]:
        """The pictures, the light ones first. Raises ChartError."""
        words = {"ladder": _ladder_words(digest.ladder), "volume": _volume_words(digest.volume)}
        drawn = [self._drawn(name, shown, make) for name, shown, make in _specs(digest)]
        return tuple(
            Picture(name=name, alt=words[name.removesuffix(ON_DARK)], png=picture)
            for pair in drawn
            for name, picture in pair.items()
        )

    def _drawn(self, name: str, shown: Hashable, make: Callable[[], Spec]) -> Mapping[str, bytes]:
        # By what is drawn and not by the specification: making that takes half as long as drawing it.
        key = (name, shown)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._draw({name: make()}, dark=True)
            if len(self._kept) > _KEPT // 2:
                self._kept.popitem(last=False)
        return found


# Their process starts with the first picture and ends when none was asked for lately.
_PAINTER = Painter()
pictures = Pictures(_PAINTER.png)
"""The pictures of a mail."""


def _specs(digest: Digest) -> Iterator[tuple[str, Hashable, Callable[[], Spec]]]:
    """Name, what is shown, and how its specification is made."""
    if any(len(line.trail) > 1 for line in digest.ladder):
        until = _midnight(digest.period.end)
        yield "ladder", (digest.ladder, until), lambda: ladder(digest.ladder, until=until)
    if any(count.count > 0 for count in digest.volume):
        yield "volume", digest.volume, lambda: volume(digest.volume)


def _midnight(moment: datetime) -> datetime:
    """The end of the day, so that a day's digests share one ladder."""
    return (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _ladder_words(lines: Sequence[LadderLine]) -> str:
    return style.shown(". ".join(map(_climb, lines)), _MOST_WORDS)


def _climb(line: LadderLine) -> str:
    steps = [f"{at.day} {style.MONTHS[at.month - 1]} {style.worded(step)}" for at, step in line.trail]
    return f"{style.shown(line.item, 60)}: {', '.join(steps) or style.worded(line.step)}"


def _volume_words(counts: Sequence[DayCount]) -> str:
    days = sorted({count.day for count in counts})
    if not days:
        return ""
    told = [f"{style.topic(topic)} {_row(counts, topic, days)}" for topic in sorted({count.topic for count in counts})]
    span = style.days((days[0], days[-1]), days[-1].year)
    return style.shown(f"Matched articles by day, {span}: {'; '.join(told)}", _MOST_WORDS)


def _row(counts: Sequence[DayCount], topic: str, days: Sequence[date]) -> str:
    of_day = {count.day: count.count for count in counts if count.topic == topic}
    return ", ".join(str(of_day.get(day, 0)) for day in days)
