"""Walls: pages that stand where an article should be. Pure.

Consent and cookies, log-in, paywall, bot check, status page: none may ever be stored as an article, and an article
about cookies or captchas must not be taken for one. So words decide only where there is little text.
"""

import re
from urllib.parse import urlsplit

from monitor.extract.sight import FLASH, SHORT, STUB, Sight
from monitor.text import sentences

# Most text, in characters, that a status page or bot check shows; and a consent page with its list of vendors.
_WALL = 1_500
_CHECK = 450
_CONSENT = 8_000
# An article's open beginning before a paywall is worth keeping from here on.
_LEAD = 350
_CONSENT_SHARE = 0.4


def _pattern(*parts: str) -> re.Pattern[str]:
    """Any of ``parts``, in any case."""
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


_STATUS_TITLE = _pattern(
    r"^(?:http )?error:? [45]\d\d\b",
    r"^(?:http )?[45]\d\d(?:$| ?[-–—|:!.]| (?:error|not found|forbidden|bad|service|internal|gateway|page|unauthor))",
    r"^(?:page |article |story |content |file )?(?:not found|no longer available)\b",
    r"^(?:oops!? ?)?page (?:unavailable|error|doesn.t exist|does not exist)",
    r"^(?:we.re )?(?:sorry, ?)?(?:this|the|that) (?:page|content) (?:can.?t|could not|cannot|isn.t|is no)",
    r"^(?:service (?:temporarily )?unavailable|bad gateway|gateway time-?out|internal server error|too many requests)",
    r"^access (?:to this page )?(?:has been )?(?:denied|blocked)\s*(?:$|[-–—|.])",
    r"^(?:403 )?forbidden\s*(?:$|[-–—|.])",
    r"^(?:the |this |our )?(?:web)?site (?:is )?(?:under|down for|undergoing) (?:scheduled )?maintenance",
    r"^(?:scheduled|under) maintenance",
    r"^unavailable (?:for legal reasons|in your (?:region|country|location))",
)
_STATUS_TEXT = _pattern(
    r"the (?:page|article|story|link) (?:that )?you(?:.re|.ve| are| were| have)? (?:requested|looking|trying|follow)",
    r"(?:page|url) (?:was|could|can) ?not (?:be )?found",
    r"you don.t have permission to access",
    r"(?:not available|unavailable) (?:in|from) (?:your (?:country|region|location)|the european)",
    r"(?:european economic area|gdpr).{0,200}(?:cannot|unable to) grant (?:you )?access",
    r"currently (?:down for|undergoing) (?:scheduled )?maintenance",
)
_CHALLENGE_TITLE = _pattern(
    r"^just a moment\b",
    r"^attention required",
    r"^(?:one moment,? please|please wait\b.{0,20}$|checking your browser)",
    r"^are you (?:a |not a )?(?:robot|human)\?",
    r"^(?:robot (?:check|challenge)|human verification|bot (?:check|verification)|client challenge)",
    r"^security (?:check|verification)\b.{0,30}$",
    r"^verify(?:ing)? (?:that )?you(?: are|.re) (?:a )?human",
    r"^(?:pardon our interruption|ddos-guard|captcha|you have been blocked|request unsuccessful)",
    r"^(?:please )?enable (?:javascript|cookies)",
)
_CHALLENGE_TEXT = _pattern(
    r"(?:verify(?:ing)?|confirm|prove|sure|checking)(?: that| if)? you(?: are|.re) (?:not )?(?:a )?(?:human|robot|bot)",
    r"checking (?:if the site connection is secure|your browser)",
    r"needs to review the security of your connection",
    r"enable (?:javascript|js|cookies)(?: and (?:javascript|cookies))?(?: (?:in|on) your browser)? to "
    r"(?:continue|proceed|view|use|access|run)",
    r"enable (?:javascript|js|cookies)(?: and (?:javascript|cookies))?(?: (?:in|on) your browser)? and "
    r"(?:reload|refresh|disable any ad)",
    r"(?:javascript|js) is (?:disabled|not available|required)",
    r"requires javascript",
    r"unusual (?:traffic|activity) from your",
    r"automated (?:access|requests|queries)",
    r"complete the (?:security check|captcha)",
    r"incapsula incident|cloudflare ray id|ddos protection by",
    r"you are using automation tools",
)
_CONSENT_PLACE = _pattern(
    r"^(?:consent|guce|cmp|privacy-?consent|myprivacy)\.",
    r"/(?:collectconsent|consent|cookie-?wall|privacy-?(?:wall|gate))(?:/|$)",
)
_CONSENT_TITLE = _pattern(
    r"^before you continue",
    r"^(?:we value )?your privacy\b",
    r"^(?:cookies?|privacy|consent) (?:consent|settings|preferences|notice|choices|wall|management)",
    r"^(?:we use cookies|manage (?:your )?(?:cookies|consent))",
    r"is part of the .{0,30}family of brands",
    r"^(?:datenschutz|zustimmung|consentement)",
)
_CONSENT_WORDS = _pattern(
    r"\bcookies?\b",
    r"\bconsent",
    r"privacy (?:policy|settings|preferences|notice|choices)",
    r"your (?:privacy|personal data)",
    r"legitimate interest",
    r"\bvendors?\b",
    r"our (?:\d+ )?partners",
    r"(?:accept|reject|refuse|agree to) all",
    r"personali[sz]ed (?:ads|advertising|content)",
    r"\b(?:store|process)\b.{0,40}\b(?:device|data)\b",
    r"einwilligung|zustimmung|datenschutz|consentement",
)
_LOGIN_TITLE = _pattern(
    r"^(?:please )?(?:log|sign)[ -]?in(?:$| ?[-–—|:]| to (?:continue|read|your|view|access))",
    r"^(?:login|sign ?up|register|create (?:an |your )?account)\s*(?:$|[-–—|:])",
)
_PAYWALL = _pattern(
    r"(?:subscribe|sign up|register|log ?in|sign in|create (?:a free|an) account)(?: now| today)? (?:to|and) "
    r"(?:continue|keep|read|unlock|view|access|get (?:full|unlimited))",
    r"already (?:a subscriber|have an account|subscribed)",
    r"(?:for|available to) (?:paid |premium )?(?:subscribers|members)(?: only)?[.!]?$",
    r"subscribers?[- ]only",
    r"(?:reached|used|exceeded) your .{0,40}(?:free articles|article limit|limit)",
    r"to (?:read|unlock|access) (?:the full|the rest|this (?:article|story|content))",
    r"continue reading (?:this|your) article",
    r"start your (?:free )?trial",
    r"this (?:content|article|story) is (?:reserved )?(?:for|only|exclusive)",
    r"unlimited (?:digital )?access",
)


def wall(sight: Sight) -> str:
    """What wall the page is, and by what it was known; empty when it is none."""
    return _status_page(sight) or _challenge(sight) or _consent(sight) or _login(sight) or _paywall(sight)


def open_text(text: str) -> str:
    """``text`` without the lines that ask to subscribe."""
    return "\n".join(line for line in text.splitlines() if not _PAYWALL.search(line))


def _few_words(sight: Sight, limit: int) -> bool:
    """Little enough text for words to decide; less where the page states that it is an article."""
    return len(sight.text) < (min(limit, STUB) if sight.markup.is_article else limit)


def _said(sight: Sight) -> str:
    """Where wall words count: the text, and all that the page shows unless the text may be a news flash."""
    flash = sight.markup.is_article and len(sight.text) >= FLASH
    return sight.text if flash else f"{sight.text}\n{sight.shown}"


def _titled(sight: Sight, pattern: re.Pattern[str], wall_name: str) -> str:
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
    if why := _titled(sight, _STATUS_TITLE, "status page"):
        return why
    found = _STATUS_TEXT.search(_said(sight)) if len(sight.text) < STUB else None
    return f"status page: it says {_quoted(found)}" if found else ""


def _challenge(sight: Sight) -> str:
    if not _few_words(sight, _WALL):
        return ""
    if why := _titled(sight, _CHALLENGE_TITLE, "bot check"):
        return why
    found = _CHALLENGE_TEXT.search(_said(sight)) if len(sight.text) < _CHECK else None
    return f"bot check: it says {_quoted(found)}" if found else ""


def _consent(sight: Sight) -> str:
    parts = urlsplit(sight.url)
    if _CONSENT_PLACE.search(parts.hostname or "") or _CONSENT_PLACE.search(parts.path):
        return "consent page: its address says so"
    if not _few_words(sight, _CONSENT):
        return ""
    said = sight.text or sight.shown
    spans = list(sentences(said[:_CONSENT]))
    about = sum(_CONSENT_WORDS.search(said, start, end) is not None for start, end in spans)
    if about and (why := _titled(sight, _CONSENT_TITLE, "consent page")):
        return why
    # A stated article with a banner beside it begins with its own words.
    begins = not sight.markup.is_article or _CONSENT_WORDS.search(said, *spans[0]) is not None if spans else False
    if begins and about >= 2 and about >= _CONSENT_SHARE * len(spans):
        return "consent page: most of its text is about cookies and consent"
    return ""


def _login(sight: Sight) -> str:
    if len(sight.text) < STUB and (why := _titled(sight, _LOGIN_TITLE, "log-in page")):
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
    found = _PAYWALL.search(sight.text) or (None if markup.free else _PAYWALL.search(sight.shown))
    if found:
        return f"paywall: it says {_quoted(found)}"
    if not markup.free and len(sight.text) < SHORT:
        return "paywall: the page says it is not free to read, and shows next to nothing"
    return ""
