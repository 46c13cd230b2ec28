"""A fetched page -> Page: the article's text and what goes with it; trafilatura lives here."""

import itertools
import logging
import re

import trafilatura
from lxml import etree, html
from trafilatura.meta import reset_caches

from monitor.errors import ExtractError
from monitor.extract.charset import decode
from monitor.extract.feedtext import fragment_text
from monitor.extract.kinds import kind_of
from monitor.extract.language import language_of
from monitor.extract.markup import Markup, read_markup
from monitor.extract.sight import Sight
from monitor.extract.sniff import what_else
from monitor.records.articles import Page
from monitor.records.feeds import Document
from monitor.text import clean, one_line
from monitor.urls import is_web

# Real article pages have some hundred to a few thousand elements; what a page needs grows faster than their number.
_MAX_ELEMENTS = 15_000
_MAX_CHILDREN = 3_000
# For the memory that the parser takes: some hundred bytes for each element.
_MAX_TAGS = 200_000
_MAX_BYTES = 8_000_000
_MAX_TEXT = 300_000
_SHOWN = 6_000
# Below this the page's other texts are looked at: all that it shows, and what its JSON-LD states.
_LITTLE = 700
_HEADLINE_LENGTH = 20
_PAGES_PER_RESET = 500

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
_NO_CHARACTERS = ("\ufffe", "\uffff")
# libxml2 takes time quadratic in a tag's attributes; a smaller page holds too few for more than some seconds.
_UNSUSPECTED = 400_000
_MAX_ATTRIBUTES = 2_000
_TOKEN = re.compile(
    r"<(?:script|style)\b.*?(?:</(?:script|style)|\Z)"
    r"|<(?P<name>[a-z][a-z0-9]*+)(?:[^>=]++|=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|))*+>?+",
    re.DOTALL | re.IGNORECASE,
)
_PASSWORD = etree.XPath("boolean(//input[@type='password'])")
_pages_read = itertools.count(1)
# It reports as warnings what is a value here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def extract(document: Document, *, url: str = "") -> Page:
    """The article of a page, or what else the page is.

    ``url`` is the address to go by when the document has none of its own, as a local file. Raises ExtractError only
    for bytes that are no HTML page at all.
    """
    base = next((address for address in (document.final_url, document.url, url) if is_web(address)), "")
    tree = _tree(document, base or url or document.key)
    markup = read_markup(tree, base)
    _trim(tree)
    text = _chosen_text(_article_text(tree, base or url or document.key), markup)
    sight = Sight(
        markup=markup,
        url=base,
        text=text,
        shown=_shown(tree) if len(text) < _LITTLE else "",
        status=document.status,
        asks_password=bool(_PASSWORD(tree)),
        link_texts=_link_texts(tree) if not markup.is_article else frozenset(),
    )
    kind, reason = kind_of(sight)
    return Page(
        url=markup.url,
        title=markup.title,
        text=text,
        published=markup.published,
        authors=markup.authors,
        language=language_of(text) or language_of(f"{markup.title}\n{text}"),
        kind=kind,
        reason=reason,
    )


def _tree(document: Document, where: str) -> html.HtmlElement:
    body = document.body[:_MAX_BYTES]
    text = decode(body, document.content_type)
    if other := what_else(body, text, document.content_type):
        raise ExtractError(f"{where}: no article can be taken from it: {other}")
    try:
        return html.document_fromstring(_readable(text), parser=_PARSER)
    except etree.LxmlError as error:
        raise ExtractError(
            f"{where}: no article can be taken from it: the HTML has no content ({error}). Look at it in a browser."
        ) from error


def _readable(text: str) -> bytes:
    for character in _NO_CHARACTERS:
        text = text.replace(character, "")
    if len(text) > _UNSUSPECTED:
        text = _TOKEN.sub(_without_attributes, text)
    body = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    if body.count(b"<") > _MAX_TAGS:
        over = next(itertools.islice(re.finditer(b"<", body), _MAX_TAGS, None))
        body = body[: over.start()]
    return body


def _without_attributes(token: re.Match[str]) -> str:
    tag = token.group()
    many = token["name"] and len(tag) > _MAX_ATTRIBUTES and len(tag.split(None, _MAX_ATTRIBUTES)) > _MAX_ATTRIBUTES
    return f"<{token['name']}>" if many else tag


def _trim(tree: html.HtmlElement) -> None:
    """Take out what holds no text, then what is over the limits."""
    etree.strip_elements(tree, *_NOT_TEXT, with_tail=False)
    last = next(itertools.islice(tree.iter(), _MAX_ELEMENTS, None), None)
    while last is not None and (parent := last.getparent()) is not None:
        while (following := last.getnext()) is not None:
            parent.remove(following)
        last = parent
    if next(itertools.islice(tree.iter(), _MAX_CHILDREN, None), None) is not None:
        for element in [element for element in tree.iter() if len(element) > _MAX_CHILDREN]:
            del element[_MAX_CHILDREN:]


def _link_texts(tree: html.HtmlElement) -> frozenset[str]:
    texts = (" ".join(link.text_content().split()).casefold() for link in tree.iter("a"))
    return frozenset(text for text in texts if len(text) >= _HEADLINE_LENGTH)


def _article_text(tree: html.HtmlElement, where: str) -> str:
    try:
        found = trafilatura.bare_extraction(tree, fast=True, include_comments=False)
    except (etree.LxmlError, AttributeError, LookupError, RecursionError) as error:
        raise ExtractError(
            f"{where}: taking the article out failed ({type(error).__name__}: {error}). Report the page; "
            "the feed's own text is used."
        ) from error
    finally:
        if next(_pages_read) % _PAGES_PER_RESET == 0:
            reset_caches()
    return clean(found.text)[:_MAX_TEXT] if found is not None and found.text else ""


def _chosen_text(text: str, markup: Markup) -> str:
    """The text without the title above it; what JSON-LD states where the page shows little of it."""
    first, _, rest = text.partition("\n")
    if markup.title and one_line(first).casefold() == markup.title.casefold():
        text = rest.strip()
    live = "liveblogposting" in markup.types
    if (live or len(text) < _LITTLE) and len(markup.stated_text) > 2 * len(text):
        return fragment_text(markup.stated_text)[:_MAX_TEXT]
    return text


def _shown(tree: html.HtmlElement) -> str:
    return clean(tree.text_content())[:_SHOWN]
