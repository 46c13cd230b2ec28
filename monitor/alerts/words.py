"""What strangers wrote, made fit for subjects, chats and mails: one line, bounded, nothing that acts. Pure."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor import urls
from monitor.text import shorten

# Lone surrogates cannot be sent at all; the others turn the direction of what follows.
_UNFIT = re.compile("[\ud800-\udfff\u2066-\u2069]")
_LONGEST_ADDRESS = 2000
# Not strftime's: names of months must not hang on the machine's locale.
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def plain(text: str, limit: int) -> str:
    """``text`` as one line of at most ``limit`` characters, without control characters: fit for a header."""
    return shorten(_UNFIT.sub("", text), limit)


def link(url: str) -> str:
    """``url`` as an absolute web address in ASCII, without user and password; empty for anything else."""
    return urls.outgoing(url, _LONGEST_ADDRESS)


def moment(at: datetime, zone: str = "") -> str:
    """A time as people write it: "20 Nov 2026, 14:05 Europe/Kyiv"."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {zone or 'UTC'}"
