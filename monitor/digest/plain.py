"""A digest as plain text: the other part of the mail, and what a terminal shows. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from textwrap import TextWrapper

from monitor.digest.personal import UNSUBSCRIBE
from monitor.digest.view import CalendarEntry, Cite, LadderEntry, StoryEntry, View, Voice

WIDTH = 76
_STEP = "  "


def plain(digest: View, *, dashboard_url: str = "", unsubscribe: bool = False) -> str:
    """Every line of the digest, wrapped; an address has a line of its own, however long it is."""
    blocks = [
        _masthead(digest),
        _lead(digest),
        _section("CALENDAR", map(_calendar, digest.calendar), digest.more.get("calendar", 0)),
        _section("WHO SAID WHAT", map(_voice, digest.said), digest.more.get("said", 0)),
        _section("THE AID LADDER", map(_ladder, digest.ladder), digest.more.get("ladder", 0)),
        _section("TOP STORIES", map(_story, digest.stories), digest.more.get("stories", 0)),
        _coverage(digest),
        _footer(digest, dashboard_url, unsubscribe=unsubscribe),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def wrapped(text: str, indent: str = "", *, hanging: str = "") -> str:
    """``text`` in lines of at most ``WIDTH``, those after the first further in by ``hanging``.

    Words longer than a line stay whole.
    """
    wrapper = TextWrapper(
        width=WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.fill(text)


def _masthead(digest: View) -> str:
    lines = [wrapped(f"TALKS MONITOR · {digest.name}"), wrapped(digest.period), "", wrapped(digest.headline)]
    lines.append("=" * min(WIDTH, max(map(len, lines[-1].splitlines()))))
    if digest.gap:
        lines += ["", wrapped(f"! {digest.gap}")]
    return "\n".join(lines)


def _lead(digest: View) -> str:
    told = [_cited(line, "") for line in digest.lead]
    if digest.is_empty:
        told.append(wrapped(f"Nothing new in this period. {digest.coverage}."))
    return "\n\n".join(told)


def _section(title: str, entries: Iterable[str], left: int) -> str:
    told = [*entries, *([_STEP + f"{left:,} more"] if left else [])]
    return "\n\n".join([f"{title}\n{'-' * len(title)}", *told]) if told else ""


def _cited(line: Cite, indent: str, rest: str = "") -> str:
    """The sentence, who has it, and where."""
    by = " · ".join(part for part in (line.outlet, rest) if part)
    lines = [
        *([wrapped(line.text, indent)] if line.text else []),
        *([wrapped(f"– {by}", indent)] if by else []),
        *([indent + line.url] if line.url else []),
    ]
    return "\n".join(lines)


def _calendar(line: CalendarEntry) -> str:
    about = "about " if line.about else ""
    turn = f" · {line.turn}" if line.turn else ""
    return "\n".join(
        (
            wrapped(f"{line.mark} {about}{line.day} · {line.what}", hanging=_STEP),
            wrapped(f"{line.status.upper()}{turn}", _STEP),
            _cited(line.cite, _STEP, line.support),
        )
    )


def _voice(voice: Voice) -> str:
    return "\n\n".join([wrapped(voice.speaker), *_utterances(voice)])


def _utterances(voice: Voice) -> Iterator[str]:
    for line in voice.lines:
        rest = (
            line.support,
            line.day,
            f"via {line.channel}" if line.channel else "",
            f"on {line.about}" if line.about else "",
        )
        told = line.cite if line.is_direct else replace(line.cite, text=f"as reported: {line.cite.text}")
        yield _cited(told, _STEP, " · ".join(part for part in rest if part))


def _ladder(line: LadderEntry) -> str:
    by = f" · {line.by}" if line.by else ""
    return "\n".join(
        (
            wrapped(f"{line.mark or '·'} {line.item} · {line.parties}", hanging=_STEP),
            wrapped(f"{line.rungs if line.height else '✕'} {line.step.upper()} · {line.move}{by}", _STEP),
            _cited(line.cite, _STEP, " · ".join(part for part in (line.firmness, line.support) if part)),
        )
    )


def _story(line: StoryEntry) -> str:
    about = (line.outlet, line.support, line.topics, "" if line.is_new else "continues")
    lines = [
        wrapped(f"* {line.title}", hanging=_STEP),
        wrapped(" · ".join(part for part in about if part), _STEP),
        *([_STEP + line.url] if line.url else []),
    ]
    if line.cite.url == line.url:
        return "\n".join([*lines[:1], *([wrapped(line.cite.text, _STEP)] if line.cite.text else []), *lines[1:]])
    return "\n".join([*lines, _cited(line.cite, _STEP)])


def _coverage(digest: View) -> str:
    told = [wrapped(f"{digest.period}: {digest.coverage}."), *([wrapped(digest.unread)] if digest.unread else [])]
    feeds = [_dark(f.title, f.state, f.since, f.detail) for f in digest.dark]
    left = digest.more.get("dark", 0)
    if feeds:
        told += ["", "Sources that bring nothing:", *feeds, *([_STEP + f"{left:,} more"] if left else [])]
    return "COVERAGE\n--------\n\n" + "\n".join(told)


def _dark(title: str, state: str, since: str, detail: str) -> str:
    told = f"{title}: {state}" + (f" since {since}" if since else "") + (f" ({detail})" if detail else "")
    return wrapped(told, _STEP)


def _footer(digest: View, dashboard_url: str, *, unsubscribe: bool) -> str:
    told = ["-" * WIDTH]
    if dashboard_url:
        told.append(f"More: {dashboard_url}")
    if unsubscribe:
        told.append(wrapped(f"You get this because you subscribed to the {digest.name.lower()} ({digest.selection})."))
        told.append(f"Unsubscribe: {UNSUBSCRIBE}")
    return "\n".join(told) if len(told) > 1 else ""
