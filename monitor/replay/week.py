"""The written week: outlets and entries as they lie in the folder ``week``, checked while they are read."""

import html
import json
import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import ConfigError

FORMATS = frozenset({"rss", "atom", "jsonfeed"})
KINDS = frozenset("article opinion explainer qa interview liveblog gallery video post".split())
# What the outlets do to a client; most live in monitor.replay.desk, those of the documents in monitor.replay.feeds.
QUIRKS = frozenset(
    "etag last_modified no_validators gzip windows-1251 full_content moved rate_limited undated repeat_guid "
    "broken_xml consent_wall timeout no_titles html_title".split()
)
FLAGS = frozenset({"undated", "repeat_guid", "consent_wall", "timeout", "html_title"})
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An invented publisher. ``number`` is its place in the list, from 1."""

    id: str
    number: int
    name: str
    family: str
    country: str
    state_controlled: bool
    language: str
    kind: str
    format: str
    timezone: str
    description: str
    quirks: frozenset[str]

    @property
    def encoding(self) -> str:
        """The character set of its feed and pages."""
        return "windows-1251" if "windows-1251" in self.quirks else "utf-8"

    @property
    def zone(self) -> tzinfo:
        """Where its desk is; UTC on a machine without a time zone database."""
        try:
            return ZoneInfo(self.timezone)
        except ZoneInfoNotFoundError:
            return UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry's words from ``at`` on. ``note`` says why they changed; it is empty for the first version."""

    at: datetime
    title: str
    """As the feed carries it: with the flag ``html_title`` it holds markup."""
    summary: str
    body: tuple[str, ...]
    note: str = ""

    @property
    def plain_title(self) -> str:
        """The title as a reader sees it."""
        title = _TAG.sub("", self.title)
        while (opened := html.unescape(title)) != title:
            title = opened
        return title

    @property
    def headline(self) -> str:
        """What a page is called: the title, else how the text begins."""
        if self.title:
            return self.plain_title
        return " ".join(self.body[0].split()[:12]) if self.body else self.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One written piece with its later edits and what it truly is (``talks`` and ``missile_aid`` are grades 0 to 2)."""

    id: str
    outlet: str
    author: str
    kind: str
    story: str
    copy_of: str | None
    talks: int
    missile_aid: int
    flags: frozenset[str]
    versions: tuple[Version, ...]
    """Oldest first, at least one."""

    @property
    def at(self) -> datetime:
        """When it comes out."""
        return self.versions[0].at

    @property
    def number(self) -> int:
        """A stable number that tells nothing about the entry."""
        return zlib.crc32(self.id.encode())

    @property
    def slug(self) -> str:
        """Its name in addresses; edits do not change it."""
        words = _NO_WORD.sub("-", self.versions[0].headline.lower()).strip("-").split("-")
        return "-".join([*words[:9], str(self.number)])

    def version(self, now: datetime) -> Version:
        """The words that stand at ``now``."""
        return [version for version in self.versions if version.at <= max(now, self.at)][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """All outlets in their order and all entries by time."""

    start: datetime
    end: datetime
    outlets: tuple[Outlet, ...]
    entries: tuple[Entry, ...]

    def published(self, outlet: str, now: datetime) -> tuple[Entry, ...]:
        """What an outlet has brought out by ``now``, newest first."""
        return tuple(entry for entry in reversed(self.entries) if entry.outlet == outlet and entry.at <= now)


def load(folder: Path | None = None) -> Week:
    """Read the bundled week, or that in ``folder``. Raises ConfigError for the first thing that is wrong in it."""
    source: Traversable = folder or files("monitor.replay") / "week"
    try:
        span = tomllib.loads((source / "script.toml").read_text(encoding="utf-8"))["week"]
        outlets = tuple(_outlets(tomllib.loads((source / "outlets.toml").read_text(encoding="utf-8"))["outlet"]))
        entries = sorted(_entries(source), key=lambda entry: (entry.at, entry.id))
        week = Week(start=_time(span["start"]), end=_time(span["end"]), outlets=outlets, entries=tuple(entries))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"the newsroom's week in {source} cannot be read: {error!r}. Reinstall or mend it."
        ) from error
    if faults := tuple(_faults(week)):
        raise ConfigError(f"the newsroom's week in {source} is wrong: {'; '.join(faults)}. Reinstall or mend it.")
    return week


def _outlets(rows: Iterable[Mapping[str, Any]]) -> Iterator[Outlet]:
    for number, row in enumerate(rows, 1):
        yield Outlet(**{**row, "number": number, "quirks": frozenset(row["quirks"])})


def _entries(source: Traversable) -> Iterator[Entry]:
    for file in sorted(source.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".jsonl"):
            # Not splitlines(): a JSON string may hold a character that it takes for the end of a line.
            for number, line in enumerate(file.read_text(encoding="utf-8").rstrip("\n").split("\n"), 1):
                try:
                    yield _entry(json.loads(line))
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{file.name}, line {number}: {error!r}") from error


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        outlet=row["outlet"],
        author=row["author"] or "",
        kind=row["kind"],
        story=row["story"],
        copy_of=row["copy_of"],
        talks=row["talks"],
        missile_aid=row["missile_aid"],
        flags=frozenset(row["flags"]),
        versions=tuple(_versions(row)),
    )


def _versions(row: Mapping[str, Any]) -> Iterator[Version]:
    last = Version(at=_time(row["at"]), title=row["title"], summary=row["summary"], body=tuple(row["body"]))
    yield last
    for edit in row["edits"]:
        body = tuple(edit.get("body") or last.body)
        # What is withdrawn must not live on as a summary: there the new text stands for it.
        summary = body[0] if edit["note"].startswith("retraction") else last.summary
        at, title = _time(edit["at"]), edit.get("title") or last.title
        if at <= last.at:
            raise ValueError(f"{row['id']}: the edit at {edit['at']} is not after what it edits")
        last = Version(at=at, title=title, summary=summary, body=body, note=edit["note"])
        yield last


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.utcoffset() != timedelta(0):
        raise ValueError(f"{text} is not in UTC")
    return at.astimezone(UTC)


def _faults(week: Week) -> Iterator[str]:
    """What is wrong in well-formed files: names that lead nowhere, doubles, unknown words."""
    outlets, ids = {outlet.id for outlet in week.outlets}, {entry.id for entry in week.entries}
    doubles = Counter([outlet.id for outlet in week.outlets] + [entry.id for entry in week.entries])
    yield from (f"{name} is there {count} times" for name, count in doubles.items() if count > 1)
    for outlet in week.outlets:
        if unknown := ({outlet.format} - FORMATS) | (outlet.quirks - QUIRKS):
            yield f"{outlet.id} has the unknown format or quirk {', '.join(sorted(unknown))}"
    for entry in week.entries:
        if entry.outlet not in outlets:
            yield f"{entry.id} names the unknown outlet {entry.outlet}"
        if entry.copy_of is not None and entry.copy_of not in ids:
            yield f"{entry.id} copies the unknown entry {entry.copy_of}"
        if unknown := ({entry.kind} - KINDS) | (entry.flags - FLAGS):
            yield f"{entry.id} has the unknown kind or flag {', '.join(sorted(unknown))}"
        if not {entry.talks, entry.missile_aid} <= {0, 1, 2}:
            yield f"{entry.id} has a grade that is not 0, 1 or 2"
