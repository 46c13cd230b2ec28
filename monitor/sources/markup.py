"""What feeds put into text fields, made safe and of bounded size: plain titles, cleaned HTML. Pure."""

import html
import re
import unicodedata
from functools import lru_cache

import nh3

from monitor import text, urls
from monitor.sources.charset import without_forbidden

TITLE_LIMIT = 2_000
SUMMARY_LIMIT = 20_000
CONTENT_LIMIT = 400_000
ENTRY_LIMIT = 2_000

_BREAKING = (
    "address|article|aside|base|blockquote|body|br|button|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "frame|frameset|h[1-6]|head|header|hr|html|iframe|input|label|li|link|main|meta|nav|noscript|object|ol|option|p|"
    "param|pre|section|select|source|summary|table|tbody|td|textarea|tfoot|th|thead|tr|ul|video|audio|embed|picture"
)
_INLINE = (
    "a|abbr|acronym|b|big|bdi|bdo|center|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|nobr|q|s|samp|small|span|"
    "strike|strong|sub|sup|time|tt|u|var|wbr"
)
_DROPPED = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_BREAK_TAG = re.compile(rf"</?(?:{_BREAKING})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LOOKS_LIKE_HTML = re.compile(rf"</?(?:{_BREAKING}|{_INLINE})(?:\s[^<>]*)?/?>|{_ENTITY.pattern}", re.IGNORECASE)
_SPECIAL = re.compile("[<>&\u00a0\r\0]")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})


def plain(value: object, limit: int = TITLE_LIMIT) -> str:
    """One line of text: tags off, entities resolved, also when the feed escaped them twice; at most ``limit`` long."""
    if not isinstance(value, str):
        return ""
    value = value[: 10 * limit]
    if "<" not in value and "&" not in value:
        return one_line(value)[:limit].rstrip()
    value = without_forbidden(value)
    for _ in range(2):
        value = _ENTITY.sub(_resolved, _without_tags(value))
    return one_line(_without_tags(value))[:limit].rstrip()


def one_line(value: str) -> str:
    """``text.one_line`` without the characters that no XML document may hold; quick for the usual text."""
    if value.isprintable() and (value.isascii() or unicodedata.is_normalized("NFC", value)):
        return " ".join(value.split())
    return text.one_line(without_forbidden(value))


def language(value: str) -> str:
    """A language tag in lower case, or empty."""
    return one_line(value).lower().replace("_", "-")[:35]


def _without_tags(value: str) -> str:
    if "<" not in value:
        return value
    return _INLINE_TAG.sub("", _BREAK_TAG.sub(" ", _DROPPED.sub("", value)))


def _resolved(found: re.Match[str]) -> str:
    return without_forbidden(html.unescape(found[0]))


def is_like_html(value: str) -> bool:
    """Whether there is a tag or an entity of HTML in ``value``."""
    return _LOOKS_LIKE_HTML.search(value) is not None


def clean_html(value: object, *, kind: str, base: str, limit: int) -> str:
    """Safe HTML of at most about ``limit`` characters; links absolute by ``base``. ``kind`` is the media type.

    Text that is not marked as HTML and does not look like it is escaped, so that the result is always HTML.
    """
    if not isinstance(value, str) or not value.strip():
        return ""
    value = without_forbidden(value[:limit])
    if kind not in _HTML_TYPES and not _LOOKS_LIKE_HTML.search(value):
        return html.escape(value.strip(), quote=False)[:limit]
    cleaned = _sanitised(value, base)
    while len(cleaned) > limit:
        value = value[: len(value) * limit // (len(cleaned) + 1)]
        cleaned = _sanitised(value, base)
    return cleaned.strip()


def _sanitised(value: str, base: str) -> str:
    # Words without markup come out as they went in.
    return _cleaner(base).clean(value) if _SPECIAL.search(value) else value


@lru_cache(maxsize=64)
def _cleaner(base: str) -> nh3.Cleaner:
    """The sanitiser for links seen from ``base``; building one costs as much as cleaning a short text."""
    return nh3.Cleaner(url_relative=("rewrite_with_base", base) if urls.is_web(base) else None)
