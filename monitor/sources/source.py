"""A document opened for parsing: its text, where it is from, and what it seems to be. Pure."""

import re
from dataclasses import dataclass

from monitor import urls
from monitor.errors import ParseError
from monitor.records.feeds import Document
from monitor.sources import charset, markup

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"ID3", "a sound file"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
_CONTROL = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r\x1b")
_BINARY_SHARE = 0.1
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
# A feed that follows something else: a warning that the server's program printed, or blank lines and comments.
_FEED_START = re.compile(r"<\?xml\s|<(?:\w+:)?(?:rss|feed|rdf|urlset)[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)[A-Za-z_][^<>]*?(/?)>")
_HEAD = 4096
# XML parsers take a time that grows with the square of those that one element declares.
_MOST_NAMESPACES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Text to parse. ``root`` is the local name of the root element in lower case, ``{`` for JSON, or empty."""

    url: str
    base: str
    text: str
    encoding: str
    root: str
    language: str = ""
    notes: tuple[str, ...] = ()


def open_source(document: Document) -> Source:
    """Decode ``document`` and see what it is. Raises ParseError for what is empty, binary or a web page."""
    url = document.final_url or document.url
    if not document.body.strip():
        raise ParseError(f"{url}: the answer is empty, not a feed. Check the address if it stays so.")
    _refuse_binary(url, document.body)
    decoded = charset.decode(document.body, document.content_type)
    text, notes = _trimmed(decoded.text)
    if text.count("xmlns") > _MOST_NAMESPACES:
        raise ParseError(f"{url}: more than {_MOST_NAMESPACES} namespaces, not a feed. Check the address.")
    root = _root(text)
    if root in {"html", "head", "body"} or (root not in _PARSED_ROOTS and _PAGE.search(text[:_HEAD])):
        title = _TITLE.search(text)
        named = f' titled "{markup.plain(title[1], 80)}"' if title else ""
        raise ParseError(
            f"{url}: a web page{named}, not a feed. `monitor feeds discover {url}` shows the feeds it offers."
        )
    return Source(
        url=url,
        base=_base(document),
        text=text,
        encoding=decoded.encoding,
        root=root,
        language=document.content_language.split(",")[0].strip().lower(),
        notes=(*decoded.notes, *notes),
    )


_PARSED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "urlset", "sitemapindex", "{"})


def without(text: str, opening: str, closing: str) -> str:
    """``text`` without what stands between ``opening`` and ``closing``; in linear time, whatever it holds."""
    head, *parts = text.split(opening)
    return head + "".join(part.partition(closing)[2] for part in parts)


def depth(text: str) -> int:
    """How deep the elements of a document are nested, counting those that never close."""
    deepest = now = 0
    for found in _TAG.finditer(without(without(text, "<!--", "-->"), "<![CDATA[", "]]>")):
        if found[1]:
            now -= 1
        elif not found[2]:
            now += 1
            deepest = max(deepest, now)
    return deepest


def label(root: str) -> str:
    """What kind of document has this root element, in words."""
    return {"opml": "a list of feeds (OPML)", "svg": "an SVG image", "error": "an error report"}.get(root, "XML")


def _refuse_binary(url: str, body: bytes) -> None:
    for magic, name in _MAGIC:
        if body.startswith(magic):
            raise ParseError(f"{url}: {name}, not a feed. Check the address.")
    head = body[:_HEAD]
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00", b"\x00<", b"<\x00", b"\x4c\x6f\xa7\x94"))
    if not wide and len(head) - len(head.translate(None, _CONTROL)) > _BINARY_SHARE * len(head):
        raise ParseError(f"{url}: binary data, not a feed. Check the address.")


def _trimmed(text: str) -> tuple[str, tuple[str, ...]]:
    """The text from where the feed starts, and a note when something stood before it."""
    text = text.lstrip("\ufeff \t\r\n\u00a0\u200b")
    if text.startswith(("{", "[")):
        return text, ()
    start = _FEED_START.search(text[: 16 * _HEAD])
    if start is None or start.start() == 0:
        return text, ()
    before = text[: start.start()]
    if _PAGE.search(before) or before.lstrip().startswith(("<?", "<!")) or _is_element_first(before):
        return text, ()
    return text[start.start() :], (f"{start.start()} characters before the feed were skipped",)


def _is_element_first(before: str) -> bool:
    """True for a document with another root element: only markup that programs print as warnings is skipped."""
    first = _ROOT.match(before.lstrip())
    return first is not None and first[1].lower() not in {"br", "b", "p", "pre", "div", "font"}


def _root(text: str) -> str:
    if text.startswith(("{", "[")):
        return "{"
    position = 0
    while (position := text.find("<", position)) >= 0:
        end = _end_of_prolog(text, position)
        if end is None:
            found = _ROOT.match(text, position)
            return found[1].rpartition(":")[2].lower() if found else ""
        position = end
    return ""


def _end_of_prolog(text: str, position: int) -> int | None:
    """Where the comment, instruction or DOCTYPE at ``position`` ends; None when it is an element or never ends."""
    for opening, closing in (("<!--", "-->"), ("<?", "?>")):
        if text.startswith(opening, position):
            end = text.find(closing, position)
            return end + len(closing) if end >= 0 else None
    if not text.startswith("<!", position):
        return None
    end = text.find(">", position)
    subset = text.find("[", position)
    if 0 <= subset < end:
        end = text.find(">", max(text.find("]", subset), subset))
    return end + 1 if end >= 0 else None


def _base(document: Document) -> str:
    """What relative links are relative to: Content-Location when it stays on the same host, else the address."""
    final = document.final_url or document.url
    said = urls.absolute(final, document.content_location) if document.content_location else final
    return said if urls.host(said) == urls.host(final) else final
