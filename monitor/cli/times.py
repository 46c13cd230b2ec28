"""Times and lengths of time on the command line."""

import re
from datetime import UTC, datetime, timedelta

import click

_SPAN = re.compile(r"(\d{1,5})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Since(click.ParamType[datetime]):
    """A date, a time, or how long ago."""

    name = "when"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware time from ``2026-11-20``, ``2026-11-20T12:00``, ``36h`` or ``7d``."""
        if isinstance(value, datetime):
            return value
        if (length := _length(str(value))) is not None:
            return datetime.now(UTC) - length
        return _moment(self, str(value), param, ctx)


class Until(click.ParamType[datetime]):
    """A time that is ahead, or how long from now."""

    name = "when"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware time from ``2026-11-20T12:00``, ``2h`` or ``3d``; never one that has passed."""
        now = datetime.now(UTC)
        length = None if isinstance(value, datetime) else _length(str(value))
        at = value if isinstance(value, datetime) else now + length if length else _moment(self, str(value), param, ctx)
        if at <= now:
            self.fail(
                f"{at:%Y-%m-%d %H:%M} UTC has passed. Write a time that is ahead, or 2h, 3d from now.", param, ctx
            )
        return at


class Length(click.ParamType[float]):
    """A length of time: seconds, or 90s, 5m, 2h."""

    name = "length"

    def __init__(self, most: float) -> None:
        self._most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds."""
        length = _length(str(value))
        try:
            seconds = length.total_seconds() if length is not None else float(str(value))
        except ValueError:
            self.fail(f"{value!r} is no length of time. Write seconds, or 90s, 5m, 2h.", param, ctx)
        if not 0 <= seconds <= self._most:
            self.fail(f"{value!r} is not between 0 and {self._most:g} seconds.", param, ctx)
        return seconds


def _length(text: str) -> timedelta | None:
    span = _SPAN.fullmatch(text)
    return None if span is None else timedelta(**{_UNITS[span[2]]: int(span[1])})


def _moment(
    kind: click.ParamType[datetime], text: str, param: click.Parameter | None, ctx: click.Context | None
) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        kind.fail(f"{text!r} is no time. Write 2026-11-20, 2026-11-20T12:00 (UTC), 36h or 7d.", param, ctx)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
