"""What strangers wrote, made fit for subjects, chats and mails: one line, bounded, nothing that acts. Pure."""

import re
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from monitor import urls
from monitor.text import shorten

# Lone surrogates cannot be sent at all; the others turn the direction of what follows.
_UNFIT = re.compile("[\ud800-\udfff\u2066-\u2069]")
# What an address may hold as it stands; the rest is escaped.
_IN_ADDRESSES = "%/:?[]@!$&'()*+,;=-._~"
_LONGEST_ADDRESS = 2000
# Not strftime's: names of months must not hang on the machine's locale.
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def plain(text: str, limit: int) -> str:
    """``text`` as one line of at most ``limit`` characters, without control characters: fit for a header."""
    return shorten(_UNFIT.sub("", text), limit)


def link(url: str) -> str:
    """``url`` as an absolute web address in ASCII, without user and password; empty for anything else.

    ``javascript:`` does harm, a relative one leads nowhere from a mail, and one that had to be cut leads elsewhere.
    """
    found = urls.web_link("", _UNFIT.sub("", url))
    if not urls.is_web(found):
        return ""
    parts = urlsplit(found)
    port = f":{parts.port}" if parts.port is not None else ""
    rest = (quote(part, safe=_IN_ADDRESSES) for part in (parts.path, parts.query, parts.fragment))
    address = urlunsplit((parts.scheme, urls.host(found) + port, *rest))
    return address if len(address) <= _LONGEST_ADDRESS and urls.is_web(address) else ""


def moment(at: datetime, zone: str = "") -> str:
    """A time as people write it: "20 Nov 2026, 14:05 Europe/Kyiv"."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {zone or 'UTC'}"
