"""What feedparser does to the text of every element, done here for the documents that it does not see. Pure."""

import contextlib
import re
from urllib.parse import urljoin

_C1 = re.compile("[\x80-\x9f]")
# What windows-1252 has where Unicode has control characters; its five holes stay.
_CP1252 = {code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in {129, 141, 143, 144, 157}}
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)/+")
_ENTITY_LIKE = re.compile(r"&([A-Za-z0-9_]+);")
# Longer ones take the expression below for ever, and are no person.
_LONGEST_PERSON = 1_000
_EMAIL = re.compile(
    r"(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"
    r"([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"
)


def repaired(value: str) -> str:
    """``value`` with UTF-8 that was read as Latin-1 read again, and windows-1252's quotation marks put right."""
    if value.isascii():
        return value
    with contextlib.suppress(UnicodeError):
        value = value.encode("iso-8859-1").decode("utf-8")
    return value.translate(_CP1252) if _C1.search(value) else value


def resolved(base: str, link: str) -> str:
    """``link`` seen from the document's own base, which may be empty."""
    if "///" in link:
        link = _SLASHES.sub(r"\1", link)
    if not base:
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def query(link: str) -> str:
    """``link`` with parameters that were taken for entities put right: ``&copy;=1`` is ``&copy=1``."""
    return _ENTITY_LIKE.sub(r"&\1", link) if "&" in link and ";" in link else link


def person(author: str) -> str:
    """The name in an author's line like ``ann@news.example (Ann Writer)``, else the address in it."""
    if "@" not in author or len(author) > _LONGEST_PERSON or (found := _EMAIL.search(author)) is None:
        return author
    email = found[0]
    for part in (email, "()", "<>", "&lt;&gt;"):
        author = author.replace(part, "")
    author = author.strip()
    author = author.removeprefix("(").removesuffix(")").strip()
    return author or email
