"""How the digest writes: texts of others made fit for print, quotation marks, days, numbers. Pure.

Every text that comes from outside passes ``shown`` before any rendering sees it.
"""

import re
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.text import one_line, shorten
from monitor.urls import is_web

# What ``clean`` leaves in and print cannot use: control characters that terminals obey, isolates that turn the reading
# direction, halves of characters, invisible tags, and the private area, where ``personal`` has its placeholder from.
_UNPRINTABLE = re.compile("[\x80-\x9f\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff]")
_LONGEST_ADDRESS = 1000
_PAIRS = {'"': '"', "“": "”", "«": "»", "„": "“”", "”": "”"}
_DOUBLE = re.compile('["“”„«»]')
_OPENS_AFTER = frozenset(" ([{—–-/‘“'")
# Not strftime's: names must not hang on the machine's locale.
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
WEEKDAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_SMALL = "no one two three four five six seven eight nine ten".split()
_TOPICS = {"missile_aid": "missile aid"}


def shown(text: str, limit: int) -> str:
    """``text`` on one line, without what cannot be printed, cut at a word to ``limit`` characters."""
    # A text of a megabyte is not cleaned to its end for the sake of its first line.
    return shorten(_UNPRINTABLE.sub("", one_line(text[: limit * 4])), limit)


def link(url: str) -> str:
    """``url`` where it is a web address that a mail can carry, else nothing."""
    # Stricter than what other messages take: the mail's own marks are made of characters that no address may hold.
    url = url.strip()
    fits = len(url) <= _LONGEST_ADDRESS and not _UNPRINTABLE.search(url) and url.isprintable() and " " not in url
    # "https://a.example@b.example/" shows one place and leads to another.
    return url if fits and is_web(url) and "@" not in urlsplit(url).netloc else ""


def quoted(text: str) -> str:
    """``text`` in quotation marks, once: marks around it are taken off, marks within become single ones."""
    # "It is over," he said: the comma is the writer's.
    inner = _singled(_bare(text.strip())).removesuffix(",")
    return f"“{inner}”"


def _bare(text: str) -> str:
    """``text`` without marks that stand around the whole of it, or at one end alone."""
    marks = len(_DOUBLE.findall(text))
    if marks == 2 and text[-1] in _PAIRS.get(text[0], ""):
        return text[1:-1].strip()
    if marks % 2 and _DOUBLE.match(text):
        return text[1:].strip()
    if marks % 2 and _DOUBLE.match(text[-1:]):
        return text[:-1].strip()
    return _unwrapped(text)


def _unwrapped(text: str) -> str:
    """Marks around the whole with others within: only directed ones can tell."""
    if not (text.startswith("“") and text.endswith("”")):
        return text
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "“") - (character == "”")
        if depth == 0 and place < len(text) - 1:
            return text
    return text[1:-1].strip()


def _singled(text: str) -> str:
    def single(found: re.Match[str]) -> str:
        before = text[found.start() - 1] if found.start() else " "
        return "‘" if before in _OPENS_AFTER else "’"

    return _DOUBLE.sub(single, text)


def day(moment: date, year: int) -> str:
    """A day in short: "Tue 1 Dec", with the year when it is another than ``year``."""
    told = f"{WEEKDAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}"
    return told if moment.year == year else f"{told} {moment.year}"


def days(when: tuple[date, date] | None, year: int) -> str:
    """One day or several: "Tue 1 Dec", "1–3 Dec", "30 Nov – 2 Dec"."""
    if when is None:
        return "No date"
    first, last = when
    if first == last:
        return day(first, year)
    end = f"{last.day} {MONTHS[last.month - 1]}" + ("" if last.year == year else f" {last.year}")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    return (
        f"{first.day} {MONTHS[first.month - 1]}" + ("" if first.year == last.year else f" {first.year}") + f" – {end}"
    )


def moment(at: datetime, zone: str) -> str:
    """A moment on the recipient's wall: "Tue 1 Dec, 06:00"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"


def many(number: int, what: str) -> str:
    """A number and what is counted: "1 outlet", "1,204 outlets"; ``entry`` becomes ``entries``."""
    if number == 1:
        return f"1 {what}"
    return f"{number:,} {what[:-1]}ies" if what.endswith("ry") else f"{number:,} {what}s"


def in_letters(number: int) -> str:
    """Small numbers as words, as in running text."""
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def support(outlets: int, origins: int, state: int = 0) -> str:
    """Who stands behind something: "+4 outlets, 3 origins"; nothing for one outlet alone."""
    told = [f"+{many(outlets - 1, 'outlet')}", many(origins, "origin")] if outlets > 1 else []
    if state:
        told.append(f"{state:,} of state-controlled media")
    return ", ".join(told)


def topic(name: str) -> str:
    """A topic's name in words."""
    return _TOPICS.get(name, name.replace("_", " "))


def worded(name: str) -> str:
    """A status or a step as words: ``called_off`` is "called off"."""
    return name.replace("_", " ").strip()
