"""Bytes to a tree that is safe to work on: what no reader needs is taken out, what hostile pages overdo is cut off."""

import itertools
import re

import numpy as np
from lxml import etree, html

from monitor.errors import ExtractError
from monitor.extract.charset import utf8
from monitor.extract.sniff import what_else
from monitor.records.feeds import Document

# Real article pages have some hundred to a few thousand elements; what a page needs grows faster than their number.
_MAX_ELEMENTS = 15_000
_MAX_CHILDREN = 3_000
# For the memory that the parser takes: some hundred bytes for each element.
_MAX_TAGS = 200_000
_MAX_BYTES = 8_000_000

# Depth up to 2,048 (more is cut off by the parser); the default of 256 is reached by pages that never close a tag.
_PARSER = html.HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True, huge_tree=True)
# lxml.html looks the class of each element up in Python; one class for all is as good here and a tenth faster.
_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(
        element=html.HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction, entity=html.HtmlEntity
    )
)
_NOT_TEXT = "script style svg template link meta iframe object canvas nav footer".split()
# What XML forbids, and trafilatura with it.
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# The parser takes time quadratic in the different attributes of one tag: 30,000 take a second. A different
# name each and what parts them are four bytes, so smaller pages have too few.
_UNSUSPECTED_BYTES = 120_000
_UNSUSPECTED = 30_000
_MAX_ATTRIBUTES = 500
# White space, slashes and quotation marks part attributes: 0 for these and 1 for all other bytes, or spaces for them.
_PARTING = b" \t\n\r\f\"'/"
_PARTS = bytes(byte not in _PARTING for byte in range(256))
_SPACED = bytes.maketrans(_PARTING, b" " * len(_PARTING))
_TAG = re.compile(
    rb"<(?:script|style)\b.*?(?:</(?:script|style)|\Z)"
    rb"|<(?P<name>[a-z][a-z0-9]*+)(?:[^>=]++|=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|))*+>?+",
    re.DOTALL | re.IGNORECASE,
)


def parse(document: Document, where: str) -> tuple[html.HtmlElement, int]:
    """The whole page as a tree, and no fewer than it has tags.

    Raises ExtractError for bytes that are no HTML; ``where`` is named in the message.
    """
    body = document.body[:_MAX_BYTES]
    text = utf8(body, document.content_type)
    if other := what_else(body, text, document.content_type):
        raise ExtractError(f"{where}: no article can be taken from it: {other}")
    try:
        readable = _readable(text)
        return html.document_fromstring(readable, parser=_PARSER), readable.count(b"<")
    except etree.LxmlError as error:
        raise ExtractError(
            f"{where}: no article can be taken from it: the HTML has no content ({error}). Look at it in a browser."
        ) from error


def trim(tree: html.HtmlElement, tags: int) -> None:
    """Take out what holds no text, then what is over the limits, of a tree with at most so many ``tags``."""
    etree.strip_elements(tree, *_NOT_TEXT, with_tail=False)
    if tags <= _MAX_CHILDREN:
        return
    last = next(itertools.islice(tree.iter(), _MAX_ELEMENTS, None), None)
    while last is not None and (parent := last.getparent()) is not None:
        while (following := last.getnext()) is not None:
            parent.remove(following)
        last = parent
    for element in [element for element in tree.iter() if len(element) > _MAX_CHILDREN]:
        del element[_MAX_CHILDREN:]


def _readable(body: bytes) -> bytes:
    body = body.translate(None, _CONTROLS)
    for character in _NO_CHARACTERS:
        body = body.replace(character, b"")
    if body.count(b"<") > _MAX_TAGS:
        over = next(itertools.islice(re.finditer(b"<", body), _MAX_TAGS, None))
        body = body[: over.start()]
    if len(body) > _UNSUSPECTED_BYTES and _has_many_names(body, _UNSUSPECTED):
        body = _TAG.sub(_without_attributes, body)
    return body


def _has_many_names(markup: bytes, limit: int) -> bool:
    """True when so many different words stand in ``markup`` that a tag could have more attributes than ``limit``."""
    parted = np.frombuffer(markup.translate(_PARTS), np.uint8)
    if np.count_nonzero(parted[1:] > parted[:-1]) <= limit:
        return False
    return len(set(markup.translate(_SPACED).split())) > limit


def _without_attributes(found: re.Match[bytes]) -> bytes:
    tag = found.group()
    many = found["name"] and len(tag) > _MAX_ATTRIBUTES and _has_many_names(tag, _MAX_ATTRIBUTES)
    return b"<" + found["name"] + b">" if many else tag
