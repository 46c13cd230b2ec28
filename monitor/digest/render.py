"""A digest as mail: subject, HTML, text and pictures, the same for everybody in its stream."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from monitor.digest.personal import UNSUBSCRIBE
from monitor.digest.plain import plain
from monitor.digest.templating import filled, inlined
from monitor.digest.view import View, Voice
from monitor.digest.viewing import viewed
from monitor.errors import ChartError, ConfigError
from monitor.records.telling.digests import Digest, Picture, Rendered
from monitor.text import shorten

log = structlog.get_logger()
BUDGET = 90_000
"""Bytes of HTML. Gmail cuts a message at 102 kB, and what is in transit grows."""
SUBJECT = 120
_PREHEADER = 140
_TRIES = 6
_MOST_LINES = 150
"""More never fit, so that rendering them is not even tried."""
# What is left out is what the eye misses least: the lead stays longest.
_LISTS = ("calendar", "said", "ladder", "stories", "dark", "lead")


def rendered(
    digest: Digest,
    *,
    dashboard_url: str = "",
    templates: Path | None = None,
    pictures: Callable[[Digest], tuple[Picture, ...]],
) -> Rendered:
    """The mail. Without pictures where they cannot be drawn, with shorter lists where they would not fit.

    Raises ConfigError when a template in ``templates`` is wrong.
    """
    seen = viewed(digest)
    shown = drawn(digest, pictures)
    return Rendered(
        subject=shorten(seen.headline, SUBJECT),
        html=_fitting(seen, values(seen, dashboard_url, sources(shown), UNSUBSCRIBE), templates),
        text=plain(seen, dashboard_url=dashboard_url, unsubscribe=True),
        pictures=shown,
    )


def values(
    seen: View, dashboard_url: str, pictures: Mapping[str, Mapping[str, str]], unsubscribe: str
) -> dict[str, object]:
    """What a template can use."""
    lead = [line.text for line in seen.lead if line.text != seen.headline]
    return {
        "digest": seen,
        "dashboard_url": dashboard_url.rstrip("/"),
        "pictures": pictures,
        "unsubscribe": unsubscribe,
        "preheader": shorten(lead[0] if lead else f"{seen.coverage}.", _PREHEADER),
    }


def sources(pictures: Sequence[Picture]) -> dict[str, dict[str, str]]:
    """Where a mail shows its pictures from: the parts that go with it."""
    return {picture.name: {"src": f"cid:{picture.name}", "alt": picture.alt} for picture in pictures}


def drawn(digest: Digest, pictures: Callable[[Digest], tuple[Picture, ...]]) -> tuple[Picture, ...]:
    """The pictures; none where they cannot be drawn, which is noted."""
    try:
        return pictures(digest)
    except ChartError as error:
        log.warning("pictures_left_out", stream=digest.stream, end=digest.period.end, reason=str(error))
        return ()


def _fitting(seen: View, given: Mapping[str, object], templates: Path | None) -> str:
    """The HTML with as much of every list as fits."""
    lines = sum(len(getattr(seen, name)) for name in _LISTS) + sum(len(voice.lines) for voice in seen.said)
    share, size = min(1.0, _MOST_LINES / max(lines, 1)), 0
    for _ in range(_TRIES):
        html = inlined(filled("mail.html", {**given, "digest": shortened(seen, share)}, folder=templates))
        size = len(html.encode())
        if size <= BUDGET:
            return html
        share *= min(BUDGET / size, 0.9) * 0.95
    html = inlined(filled("mail.html", {**given, "digest": shortened(seen, 0.0)}, folder=templates))
    size = len(html.encode())
    if size > BUDGET:
        raise ConfigError(
            f"{templates or 'mail.html'}: the mail has {size:,} bytes even with one line in every list, and Gmail cuts "
            f"off what is over {BUDGET:,}. Make the template shorter."
        )
    return html


def shortened(seen: View, share: float) -> View:
    """The first lines of every list, this share of them and at least one; what is left out is counted in ``more``."""
    if share >= 1.0:
        return seen
    more = dict(seen.more)
    kept: dict[str, object] = {}
    for name in _LISTS:
        lines: Sequence[object] = getattr(seen, name)
        if name == "said":
            kept[name], left = _quieter(seen.said, share)
        else:
            number = _number(len(lines), share)
            kept[name], left = lines[:number], len(lines) - number
        if left:
            more[name] = more.get(name, 0) + left
    return replace(seen, more=more, **kept)  # type: ignore[arg-type]


def _quieter(voices: Sequence[Voice], share: float) -> tuple[tuple[Voice, ...], int]:
    total = sum(len(voice.lines) for voice in voices)
    number = room = _number(total, share)
    kept = []
    for voice in voices:
        lines = voice.lines[:room]
        room -= len(lines)
        if lines:
            kept.append(replace(voice, lines=lines))
    return tuple(kept), total - number


def _number(lines: int, share: float) -> int:
    return min(lines, max(1, int(lines * share)))
