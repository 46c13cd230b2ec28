"""What strangers wrote, made fit for feeds, calendars and tables. Pure."""

import re
from datetime import UTC, datetime

from monitor import urls
from monitor.text import shorten

# What XML 1.0 cannot hold, lone surrogates among it, and marks that turn the direction of what follows.
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2066-\u2069]")
# Most texts are fine as they are, and to see that is far cheaper than to clean them.
_FINE = re.compile("[!-~]+(?: [!-~]+)*")
_LONGEST_ADDRESS = 4000

TITLE = 300
TEXT = 2000
NAME = 200
"""Characters of names: outlets, authors, topics."""


def plain(text: str, limit: int = TEXT) -> str:
    """``text`` as one line of at most ``limit`` characters, without control characters."""
    if len(text) <= limit and _FINE.fullmatch(text):
        return text
    return shorten(_UNFIT.sub("", text), limit)


def link(url: str) -> str:
    """``url`` as an absolute web address in ASCII, without user and password; empty for anything else."""
    return urls.outgoing(url, _LONGEST_ADDRESS)


def stamp(at: datetime) -> str:
    """A time after RFC 3339, in UTC and to the second."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
