"""A digest as Markdown (CommonMark), for chats, notes and repositories. Pure."""

import re
from collections.abc import Iterable

from monitor.digest.view import CalendarEntry, Cite, LadderEntry, StoryEntry, Utterance, View
from monitor.digest.viewing import viewed
from monitor.records.telling.digests import Digest

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_STARTS = re.compile(r"^(\d+)([.)])|^([-+=])")


def markdown(digest: Digest, *, dashboard_url: str = "") -> str:
    """Every line of the digest. Texts of others are escaped: none of them makes markup."""
    return _written(viewed(digest), dashboard_url)


def _written(digest: View, dashboard_url: str) -> str:
    blocks = [
        f"# {_text(digest.headline)}\n\n{_text(digest.name)}, {_text(digest.period)}",
        f"> {_text(digest.gap)}" if digest.gap else "",
        "\n\n".join(_cited(line) for line in digest.lead),
        f"Nothing new in this period. {_text(digest.coverage)}." if digest.is_empty else "",
        _section(digest, "calendar", "Calendar", map(_calendar, digest.calendar)),
        _section(
            digest,
            "said",
            "Who said what",
            (_said(voice.speaker, line) for voice in digest.said for line in voice.lines),
        ),
        _section(digest, "ladder", "The aid ladder", map(_ladder, digest.ladder)),
        _section(digest, "stories", "Top stories", map(_story, digest.stories)),
        _coverage(digest),
        f"[More]({_address(dashboard_url)})" if dashboard_url else "",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _text(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;"))
    return _STARTS.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", escaped)


def _address(url: str) -> str:
    return f"<{url.replace('<', '%3C').replace('>', '%3E').replace(chr(92), '%5C')}>"


def _link(text: str, url: str) -> str:
    return f"[{_text(text)}]({_address(url)})" if url else _text(text)


def _cited(line: Cite, *rest: str) -> str:
    about = " · ".join(
        [*([_link(line.outlet, line.url)] if line.outlet else []), *(_text(part) for part in rest if part)]
    )
    return f"{_text(line.text)} ({about})" if about else _text(line.text)


def _section(digest: View, name: str, title: str, entries: Iterable[str]) -> str:
    lines = [f"- {entry}" for entry in entries]
    if left := digest.more.get(name, 0):
        lines.append(f"- {left:,} more")
    return "\n".join([f"## {title}\n", *lines]) if lines else ""


def _calendar(line: CalendarEntry) -> str:
    turn = f", {_text(line.turn)}" if line.turn else ""
    about = "about " if line.about else ""
    told = f"**{about}{_text(line.day)}: {_text(line.what)}** {line.mark} {_text(line.status)}{turn}"
    return f"{told}. {_cited(line.cite, line.support)}"


def _said(speaker: str, line: Utterance) -> str:
    via = f"via {line.channel}" if line.channel else ""
    about = f"on {line.about}" if line.about else ""
    reported = "" if line.is_direct else "as reported, "
    return f"**{_text(speaker)}**: {reported}{_cited(line.cite, line.support, line.day, via, about)}"


def _ladder(line: LadderEntry) -> str:
    told = f"**{_text(line.item)}**, {_text(line.parties)}: {line.mark} {_text(line.step)}, {_text(line.move)}"
    return f"{told}. {_cited(line.cite, line.by, line.firmness, line.support)}"


def _story(line: StoryEntry) -> str:
    about = " · ".join(_text(part) for part in (line.outlet, line.support, line.topics) if part)
    cite = _text(line.cite.text) if line.cite.url == line.url else _cited(line.cite)
    return f"{_link(line.title, line.url)}. {cite} {about}"


def _coverage(digest: View) -> str:
    told = f"{_text(digest.period)}: {_text(digest.coverage)}."
    lines = [f"## Coverage\n\n{told}{f' {_text(digest.unread)}' if digest.unread else ''}"]
    feeds = [
        f"- **{_text(feed.title)}** {_text(feed.state)}"
        + (f" since {_text(feed.since)}" if feed.since else "")
        + (f": {_text(feed.detail)}" if feed.detail else "")
        for feed in digest.dark
    ]
    return "\n\n".join([*lines, *(["\n".join(feeds)] if feeds else [])])
