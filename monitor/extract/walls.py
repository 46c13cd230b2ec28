"""Walls: pages that stand where an article should be. Pure.

Consent and cookies, log-in, paywall, bot check, status page: none may ever be stored as an article, and an article
about cookies or captchas must not be taken for one. So words decide only where there is little text.
"""

import re
from urllib.parse import urlsplit

from monitor.extract import wallwords
from monitor.extract.sight import FLASH, SHORT, STUB, Sight
from monitor.text import sentences

# Most text, in characters, that a status page or bot check shows; and a consent page with its list of vendors.
_WALL = 1_500
_CHECK = 450
_CONSENT = 8_000
# An article's open beginning before a paywall is worth keeping from here on.
_LEAD = 350
_CONSENT_SHARE = 0.4


def wall(sight: Sight) -> str:
    """What wall the page is, and by what it was known; empty when it is none."""
    return _status_page(sight) or _challenge(sight) or _consent(sight) or _login(sight) or _paywall(sight)


def open_text(text: str) -> str:
    """``text`` without the lines that ask to subscribe."""
    return "\n".join(line for line in text.splitlines() if not wallwords.PAYWALL.search(line))


def _few_words(sight: Sight, limit: int) -> bool:
    """Little enough text for words to decide; less where the page states that it is an article."""
    return len(sight.text) < (min(limit, STUB) if sight.markup.is_article else limit)


def _said(sight: Sight) -> str:
    """Where wall words count: the text, and all that the page shows unless the text may be a news flash."""
    flash = sight.markup.is_article and len(sight.text) >= FLASH
    return sight.text if flash else f"{sight.text}\n{sight.shown}"


def _titled(sight: Sight, pattern: wallwords.Words, wall_name: str) -> str:
    """The wall's name and the title that gave it away; the title of a stated article with a text counts for nothing."""
    if sight.markup.is_article and len(sight.text) >= SHORT:
        return ""
    for title in (sight.markup.page_title, sight.markup.title):
        if pattern.search(title):
            return f"{wall_name}: its title is {title[:80]!r}"
    return ""


def _quoted(found: re.Match[str]) -> str:
    return repr(" ".join(found.group().split())[:80])


def _status_page(sight: Sight) -> str:
    if sight.status >= 400:
        return f"status page: the server answered HTTP {sight.status}"
    if not _few_words(sight, _WALL):
        return ""
    if why := _titled(sight, wallwords.STATUS_TITLE, "status page"):
        return why
    found = wallwords.STATUS_TEXT.search(_said(sight)) if len(sight.text) < STUB else None
    return f"status page: it says {_quoted(found)}" if found else ""


def _challenge(sight: Sight) -> str:
    if not _few_words(sight, _WALL):
        return ""
    if why := _titled(sight, wallwords.CHALLENGE_TITLE, "bot check"):
        return why
    if sight.guard and not sight.markup.is_article:
        return f"bot check: next to no text, and the works of one ({sight.guard})"
    found = wallwords.CHALLENGE_TEXT.search(_said(sight)) if len(sight.text) < _CHECK else None
    return f"bot check: it says {_quoted(found)}" if found else ""


def _consent(sight: Sight) -> str:
    parts = urlsplit(sight.url)
    if wallwords.CONSENT_PLACE.search(parts.hostname or "") or wallwords.CONSENT_PLACE.search(parts.path):
        return "consent page: its address says so"
    if not _few_words(sight, _CONSENT):
        return ""
    said = sight.text or sight.shown
    if wallwords.CONSENT_WORDS.search(said, 0, _CONSENT) is None:
        return ""
    spans = list(sentences(said[:_CONSENT]))
    about = sum(wallwords.CONSENT_WORDS.search(said, start, end) is not None for start, end in spans)
    if about and (why := _titled(sight, wallwords.CONSENT_TITLE, "consent page")):
        return why
    # A stated article with a banner beside it begins with its own words.
    begins = (
        not sight.markup.is_article or wallwords.CONSENT_WORDS.search(said, *spans[0]) is not None if spans else False
    )
    if begins and about >= 2 and about >= _CONSENT_SHARE * len(spans):
        return "consent page: most of its text is about cookies and consent"
    return ""


def _login(sight: Sight) -> str:
    if len(sight.text) < STUB and (why := _titled(sight, wallwords.LOGIN_TITLE, "log-in page")):
        return why
    if len(sight.text) < SHORT and sight.asks_password and not sight.markup.is_article:
        return "log-in page: it asks for a password and has next to no text"
    return ""


def _paywall(sight: Sight) -> str:
    if len(sight.text) >= STUB:
        return ""
    markup = sight.markup
    if markup.is_article and len(open_text(sight.text)) >= _LEAD:
        return ""
    found = wallwords.PAYWALL.search(sight.text) or (None if markup.free else wallwords.PAYWALL.search(sight.shown))
    if found:
        return f"paywall: it says {_quoted(found)}"
    if not markup.free and len(sight.text) < SHORT:
        return "paywall: the page says it is not free to read, and shows next to nothing"
    return ""
