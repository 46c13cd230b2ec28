"""Bytes to characters: what a page says about itself, checked against what is in it."""

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKS = tuple(mark for mark, _ in _BOMS)
_HEAD = 4_096
_SAMPLE = 24_000
_SEARCHED = 500_000
_IN_HEADER = re.compile(r"charset\s*+=\s*+[\"']?+\s*+([\w.:-]+)", re.IGNORECASE)
_IN_META = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*+=\s*+[\"']?+\s*+([\w.:-]+)", re.IGNORECASE
)
# Browsers read these names as the Windows code page, and servers send them without being asked.
_WESTERN = frozenset({"iso8859-1", "ascii", "cp1252", "latin-1"})
# A page in a Western language has few letters beyond ASCII; more of them means another script.
_WESTERN_SHARE = 0.3
# Names that browsers know and Python does not.
_ALSO_CALLED = {"x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic", "x-cp1251": "cp1251"} | {
    "win-1251": "cp1251", "cp-1251": "cp1251", "windows1251": "cp1251", "koi8": "koi8-r", "koi": "koi8-r",
    "dos-866": "cp866", "utf8mb4": "utf-8",
}  # fmt: skip
# The Cyrillic charsets garble each other's letters into letters, which no decoder notices.
_CYRILLIC = ("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic")
_COMMON = frozenset("оеаинтсрвлкі")
_KNOWN = frozenset(map(chr, range(0x410, 0x450))) | frozenset("ЁёІіЇїЄєҐґЎў«»„“”’–—…№°€\xa0\xad\u2019")
_ALIKE = 0.5
_MARGIN = 0.1
_FEW = 40
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_MARKUP = re.compile(rb"<(?:script|style)\b.*?(?:</(?:script|style)>|\Z)|<[^<>]*+>?+", re.DOTALL | re.IGNORECASE)


def utf8(body: bytes, content_type: str) -> bytes:
    """``decode`` as UTF-8. Most pages are that already, and are only looked at."""
    if not body.startswith(_MARKS) and b"\0" not in body[:_HEAD]:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return body
    return decode(body, content_type).encode("utf-8", "replace")


def decode(body: bytes, content_type: str) -> str:
    """The characters of ``body``. Never fails: what cannot be read becomes U+FFFD.

    A byte order mark wins, then valid UTF-8, then the header's charset, the page's own, and detection. The Western
    charsets that servers name by default are believed only of text that looks Western.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    stated = _stated(body, content_type)
    if stated[:1] and stated[0].startswith(("utf-16", "utf-32")) and b"\0" in body[:_HEAD]:
        return body.decode(stated[0], "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if "utf-8" in stated and _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode(_legacy(body, stated), "replace")


def _stated(body: bytes, content_type: str) -> list[str]:
    """Python's names of the charsets that the header and the page give, the header's first."""
    names = [found[1] for found in [_IN_HEADER.search(content_type)] if found]
    names += [found[1].decode("ascii", "replace") for found in [_IN_META.search(body[:_HEAD])] if found]
    return [known for known in map(_known, names) if known]


def _known(name: str) -> str:
    """Python's name for a text encoding, or empty."""
    try:
        info = codecs.lookup(_ALSO_CALLED.get(name.lower(), name))
    except LookupError:
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) else ""


def _mostly_utf8(body: bytes) -> bool:
    """A stray byte, or a character cut in two, in a page that is UTF-8 otherwise."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken <= 3 or broken < 0.05 * sum(character > "\x7f" for character in text)


def _legacy(body: bytes, stated: list[str]) -> str:
    for name in stated:
        if name not in _WESTERN and name != "utf-8" and _decodes(body, name):
            return _really(body, name) if name in _CYRILLIC else name
    if any(name in _WESTERN for name in stated) and _looks_western(body):
        return "cp1252"
    cyrillic = max(_CYRILLIC, key=lambda name: _likeness(body, name))
    if _likeness(body, cyrillic) >= _ALIKE:
        return cyrillic
    best = from_bytes(_words(body)).best()
    return best.encoding if best is not None else "cp1252"


def _really(body: bytes, stated: str) -> str:
    """``stated``, or the other Cyrillic charset in which alone the text looks like words."""
    best = max(_CYRILLIC, key=lambda name: _likeness(body, name))
    mistaken = _likeness(body, best) >= _ALIKE > _likeness(body, stated) + _MARGIN
    return best if mistaken else stated


def _likeness(body: bytes, name: str) -> float:
    """The share of the commonest small letters in what is not ASCII, less that of odd signs.

    Two thirds in real text, few in garbled one.
    """
    letters = [letter for letter in _words(body).decode(name, "replace") if letter > "\x7f"]
    common, known = (sum(letter in some for letter in letters) for some in (_COMMON, _KNOWN))
    return (common - (len(letters) - known)) / max(_FEW, len(letters))


def _decodes(body: bytes, name: str) -> bool:
    """True when at most one character in a thousand is foreign to the charset."""
    try:
        return body.decode(name, "replace").count("\ufffd") <= len(body) / 1_000
    except (LookupError, UnicodeError):
        return False


def _looks_western(body: bytes) -> bool:
    text = _words(body)
    return len(_NOT_ASCII.findall(text)) <= _WESTERN_SHARE * len(_ASCII_LETTER.findall(text))


def _words(body: bytes) -> bytes:
    """A sample of the text between the tags."""
    return _MARKUP.sub(b" ", body[:_SEARCHED])[:_SAMPLE]
