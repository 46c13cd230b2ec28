"""Bytes to text: which encoding a feed or page is really in, whatever it says. Pure.

The ladder: byte order mark; the look of UTF-16 or UTF-32; valid UTF-8; the XML (or HTML meta) declaration; the HTTP
header; a detector. UTF-8 comes before any declaration because text in another encoding is next to never valid UTF-8.
A declared encoding is kept only while the text it gives does not look like mojibake; else the reading that looks
least so wins.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from charset_normalizer import from_bytes

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
)
# "<" and its neighbour as the wide encodings write them.
_WIDE: tuple[tuple[bytes, str], ...] = (
    (b"\x00\x00\x00<", "utf-32be"),
    (b"<\x00\x00\x00", "utf-32le"),
    (b"\x00<\x00", "utf-16be"),
    (b"<\x00", "utf-16le"),
)
# "<?xm".
_EBCDIC = b"\x4c\x6f\xa7\x94"
_DECLARED_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*+=\s*+[\"']\s*+([\w.:-]+)", re.IGNORECASE)
_DECLARED_META = re.compile(rb"<meta[^>]{0,300}?charset\s*+=\s*+[\"']?+\s*+([\w.:-]+)", re.IGNORECASE)
_DECLARED_HTTP = re.compile(r"charset\s*+=\s*+[\"']?+\s*+([\w.:-]+)", re.IGNORECASE)
# What publishers write, and the superset that reads it (as browsers do).
_SUPERSETS = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "koi8-r": "koi8-u",
    "tis-620": "cp874",
}
# Tried for undeclared text, in order of how common they are in news feeds.
_USUAL = ("windows-1252", "windows-1251", "koi8-r", "windows-1250", "iso-8859-2", "iso-8859-5")
# Encodings that write other scripts in ASCII bytes, and the byte sequence that betrays them.
_SEVEN_BIT = (("iso-2022", b"\x1b"), ("iso2022", b"\x1b"), ("hz", b"~{"), ("utf-7", b"+"), ("utf7", b"+"))
_SAMPLE = 60_000
_TOLERATED = 0.04

_CONTROL = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")
_CASE_BREAK = re.compile("[а-яёіїєґў][А-ЯЁІЇЄҐЎ]")
_MIXED_SCRIPT = re.compile("[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]|[Ѐ-ӿ][À-ɏ]|[À-ɏ][Ѐ-ӿ]")
_ACCENT_RUN = re.compile("[À-ɏ]{3,}")
_INNER_SYMBOL = re.compile(r"(?<=[^\W\d_])[¡-©«-¹»-¿×÷№°±│-╿▀-▟](?=[^\W\d_])")
_CYRILLIC_UPPER = re.compile("[А-ЯЁІЇЄҐЎ]")
_CYRILLIC_LOWER = re.compile("[а-яёіїєґў]")
_OUTSIDE_WORD = re.compile(r"(?<!\S)\S*[^\x00-\x7f]\S*")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]")
# Characters that no XML document may hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FORBIDDEN_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text with the name of the encoding it was in."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode ``body``; never fails. Control characters that no feed may hold are dropped, with a note."""
    certain = _marked(body) or _wide(body) or _seven_bit(body, content_type) or _utf8(body, content_type)
    found = certain or _weighed(body, content_type)
    if found.encoding == "utf-8" and not found.notes and _is_clean(body, found.text):
        return found
    text, dropped = _FORBIDDEN.subn("", found.text)
    notes = found.notes
    if dropped:
        notes += (f"{dropped} control characters were dropped",)
    return Decoded(text=text, encoding=found.encoding, notes=notes)


def _is_clean(body: bytes, text: str) -> bool:
    """True when no character that must be dropped is in UTF-8; quicker than a regex over the text."""
    return len(body.translate(None, _FORBIDDEN_BYTES)) == len(body) and "\ufffe" not in text and "\uffff" not in text


def _marked(body: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace").lstrip("\ufeff")
            notes = ("some bytes are not what the byte order mark says",) if "\ufffd" in text else ()
            return Decoded(text=text, encoding=encoding, notes=notes)
    return None


def _wide(body: bytes) -> Decoded | None:
    for start, encoding in _WIDE:
        if body.startswith(start):
            return Decoded(text=body.decode(encoding, "replace"), encoding=encoding)
    if body.startswith(_EBCDIC):
        declared = _DECLARED_XML.match(body[:400].decode("cp037").encode("latin-1", "replace"))
        name = _known(declared[1].decode()) if declared else None
        return Decoded(text=body.decode(name or "cp037", "replace"), encoding=name or "cp037")
    return None


def _seven_bit(body: bytes, content_type: str) -> Decoded | None:
    if b"\x1b" not in body and b"~" not in body and b"+" not in body:
        return None
    for name in declarations(body, content_type):
        if any(name.startswith(prefix) and sign in body for prefix, sign in _SEVEN_BIT) and _known(name):
            return Decoded(text=body.decode(name, "replace"), encoding=name)
    return None


def _utf8(body: bytes, content_type: str) -> Decoded | None:
    """UTF-8, also when a few bytes are broken (cut characters, one pasted quotation mark).

    Text of ASCII alone goes by the name that it declares.
    """
    try:
        text = body.decode("utf-8")
        names = declarations(body, content_type) if body.isascii() else ()
        return Decoded(text=text, encoding=next((name for name in names if _read(body, name) == text), "utf-8"))
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = len(_OUTSIDE_ASCII.findall(text)) - broken
    if good < 10 * broken:
        return None
    return Decoded(text=text, encoding="utf-8", notes=(f"{broken} bytes are not valid UTF-8",))


def _weighed(body: bytes, content_type: str) -> Decoded:
    """The declared reading if it looks like text, else the reading that looks most like it."""
    declared = tuple(declarations(body, content_type))
    best: tuple[float, str, str] | None = None
    for name in dict.fromkeys((*declared, *_USUAL)):
        text = _read(body, name)
        if text is None:
            continue
        weight = mojibake(text)
        if weight <= _TOLERATED and name in declared:
            return Decoded(text=text, encoding=name)
        if best is None or weight < best[0] / 2:
            best = (weight, name, text)
    if best is None or best[0] > _TOLERATED:
        best = _detected(body, best)
    notes = (f"declared as {declared[0]}, read as {best[1]}",) if declared else (f"read as {best[1]}",)
    return Decoded(text=best[2], encoding=best[1], notes=notes)


def _detected(body: bytes, best: tuple[float, str, str] | None) -> tuple[float, str, str]:
    match = from_bytes(_sample(body)).best()
    if match is not None:
        text = body.decode(match.encoding, "replace")
        weight = mojibake(text)
        if best is None or weight < best[0]:
            return weight, match.encoding.replace("_", "-"), text
    return best or (1.0, "windows-1252", body.decode("cp1252", "replace"))


def _sample(body: bytes) -> bytes:
    """A bounded part of ``body`` from a little before its first byte outside ASCII."""
    first = next((found.start() for found in re.finditer(rb"[\x80-\xff]", body)), 0)
    start = max(0, first - 200)
    return body[start : start + _SAMPLE]


def declarations(body: bytes, content_type: str = "") -> Iterator[str]:
    """The encodings that the document and then the HTTP header declare and Python knows, lower case."""
    inner = _DECLARED_XML.match(body[:1024]) or _DECLARED_META.search(body[:4096])
    outer = _DECLARED_HTTP.search(content_type)
    names = ([inner[1].decode("ascii", "replace")] if inner else []) + ([outer[1]] if outer else [])
    for name in names:
        if _known(name) is not None:
            yield name.lower()


def _known(name: str) -> str | None:
    try:
        info = codecs.lookup(_SUPERSETS.get(name.lower(), name))
    except (LookupError, ValueError):
        return None
    # "rot13", "base64" and their like are codecs, but none of text.
    return info.name if getattr(info, "_is_text_encoding", True) else None


def _read(body: bytes, name: str) -> str | None:
    lowered = name.lower()
    for codec in dict.fromkeys((_SUPERSETS.get(lowered, lowered), lowered)):
        try:
            return body.decode(codec)
        except (UnicodeError, LookupError):
            continue
    return None


def mojibake(text: str) -> float:
    """How much ``text`` looks like a wrong reading: signs of it per character outside ASCII, 0 for none."""
    sample = text
    if len(text) > 4 * _SAMPLE:
        found = islice(_OUTSIDE_WORD.finditer(text), 5000)
        sample = " ".join(word[0] for word in found)[: 4 * _SAMPLE]
    outside = len(_OUTSIDE_ASCII.findall(sample))
    if not outside:
        return 0.0
    signs = 4.0 * len(_CONTROL.findall(sample))
    signs += 2.0 * len(_CASE_BREAK.findall(sample))
    signs += len(_MIXED_SCRIPT.findall(sample)) + len(_INNER_SYMBOL.findall(sample))
    signs += sum(len(run) for run in _ACCENT_RUN.findall(sample))
    # KOI8 and windows-1251 read as each other swap upper and lower case.
    upper, lower = len(_CYRILLIC_UPPER.findall(sample)), len(_CYRILLIC_LOWER.findall(sample))
    signs += max(0, upper - lower)
    return signs / outside


def without_forbidden(text: str) -> str:
    """``text`` without the characters that no XML document may hold."""
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    return _FORBIDDEN.sub("", text)
