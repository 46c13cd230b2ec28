"""Bytes that are no HTML page: what they are, and what to do about it."""

import json
import re

_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"OggS", "a media file"),
    (b"ID3", "a media file"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
)
_HEAD = 4_096
_SEARCHED = 1_000_000
_TAG = re.compile(
    rb"<(?:!doctype\s+html|/?(?:html|head|body|title|meta|div|p|article|section|main|table|h[1-6]|span|a|br|script|ul|ol|"
    rb"pre|center|font|b|i|em|strong|header|frameset)\b)",
    re.IGNORECASE,
)
_FEED = re.compile(
    r"\s*+(?:<!--(?:[^-]|-(?!->))*+-->\s*+|<\?[^>]*+>\s*+)*+<(?:rss|feed|rdf:RDF|urlset|sitemapindex|opml)\b"
)
_BLANK = "\ufeff \t\r\n\0"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def what_else(body: bytes, text: bytes, content_type: str) -> str:
    """What ``body`` is when it is no HTML page, with what to do; empty when it is one. ``text`` is it in UTF-8."""
    head = text[:_HEAD].decode("utf-8", "ignore")
    if not head.strip(_BLANK) and not text.decode("utf-8", "ignore").strip(_BLANK):
        return "the body is empty. Try again later, or open it in a browser."
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return f"it is {name}, not an HTML page. Remove it, or give the address of the page that links to it."
    if len(_CONTROL.findall(head)) > len(head) / 100 or head.count("\ufffd") > len(head) / 5:
        return "it is binary data, not an HTML page. Check the address."
    if _FEED.match(head):
        return "it is a feed or sitemap, not a page. Use `monitor feeds parse` for feeds."
    if not _TAG.search(text[:_SEARCHED]):
        name = "JSON" if "json" in content_type.lower() or _is_json(text) else "plain text"
        return f"it is {name}, not an HTML page. Give the address of the page that people read."
    return ""


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
