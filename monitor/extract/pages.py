"""A fetched page -> Page: the article's text and what goes with it."""

import re
from collections import Counter
from unicodedata import is_normalized

from lxml import etree, html

from monitor.extract import dense, furniture
from monitor.extract.feedtext import fragment_text
from monitor.extract.kinds import kind_of
from monitor.extract.language import language_of
from monitor.extract.markup import Markup, read_markup
from monitor.extract.sight import SHORT, Sight
from monitor.extract.tree import parse, trim
from monitor.records.articles import Page
from monitor.records.feeds import Document
from monitor.text import clean, one_line
from monitor.urls import is_web

_MAX_TEXT = 300_000
_SHOWN = 6_000
_SEARCHED = 300_000
# Below this the page's other texts are looked at: all that it shows, and what its JSON-LD states.
_LITTLE = 700
_HEADLINE_LENGTH = 20
_AGREED = 0.9
# Control and zero-width characters; see monitor.text.clean.
_UNTIDY = re.compile("[\x00-\x08\x0b-\x1f\x7f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
# Parts of pages that stand before others'; two of them are in ordinary pages too, which have a text beside them.
_GUARDS = tuple(
    b"_cf_chl_opt challenge-platform/h/ captcha-delivery.com px-captcha _incapsula_resource sec-if-cpt-container "
    b"/_sec/cp_challenge ddos-guard smartcaptcha hcaptcha.com g-recaptcha".split()
)
_PASSWORD = etree.XPath("boolean(//input[@type='password'])")


def extract(document: Document, *, url: str = "") -> Page:
    """The article of a page, or what else the page is.

    ``url`` is the address to go by when the document has none of its own, as a local file. Raises ExtractError only
    for bytes that are no HTML page at all.
    """
    base = next((address for address in (document.final_url, document.url, url) if is_web(address)), "")
    where = base or url or document.key
    tree, tags = parse(document, where)
    markup = read_markup(tree, base)
    trim(tree, tags)
    text = _chosen_text(_article_text(tree, markup.stated_text, where), markup)
    sight = Sight(
        markup=markup,
        url=base,
        text=text,
        shown=_shown(tree) if len(text) < _LITTLE else "",
        status=document.status,
        guard=_guard(document.body) if len(text) < SHORT else "",
        asks_password=len(text) < SHORT and bool(_PASSWORD(tree)),
        link_texts=_link_texts(tree) if not markup.is_article else frozenset(),
    )
    kind, reason = kind_of(sight)
    return Page(
        url=markup.url,
        title=markup.title,
        text=furniture.without_lines(text),
        published=markup.published,
        authors=markup.authors,
        language=language_of(text) or language_of(f"{markup.title}\n{text}"),
        kind=kind,
        reason=reason,
    )


def _agree(text: str, stated: str) -> bool:
    """True when two texts of some length have nearly all words in common."""
    if min(len(text), len(stated)) < _LITTLE:
        return False
    ours, theirs = Counter(text.split()), Counter(stated.split())
    return (ours & theirs).total() >= _AGREED * max(ours.total(), theirs.total())


def _link_texts(tree: html.HtmlElement) -> frozenset[str]:
    texts = (" ".join(link.text_content().split()).casefold() for link in tree.iter("a"))
    return frozenset(text for text in texts if len(text) >= _HEADLINE_LENGTH)


def _article_text(tree: html.HtmlElement, stated: str, where: str) -> str:
    """The quick reader's text where it is sure, or JSON-LD has the same in ``stated``; else the thorough one's."""
    found = dense.find(tree)
    if found.sure or _agree(found.text, stated):
        # Its lines are folded already; cleaning them again would take a third of the time that finding them took.
        tidy = _UNTIDY.search(found.text) is None and is_normalized("NFC", found.text)
        return (found.text if tidy else clean(found.text))[:_MAX_TEXT]
    # Loaded on use: most commands read one page, and it takes longer to load than to read that.
    from monitor.extract.thorough import find

    return clean(find(tree, where))[:_MAX_TEXT]


def _chosen_text(text: str, markup: Markup) -> str:
    """The text without the title above it; what JSON-LD states where the page shows little of it."""
    first, _, rest = text.partition("\n")
    if markup.title and one_line(first).casefold() == markup.title.casefold():
        text = rest.strip()
    live = "liveblogposting" in markup.types
    if (live or len(text) < _LITTLE) and len(markup.stated_text) > 2 * len(text):
        return fragment_text(markup.stated_text)[:_MAX_TEXT]
    return text


def _guard(body: bytes) -> str:
    # Thirty times quicker than an expression that passes over case and looks for all at once.
    searched = body[:_SEARCHED].lower()
    return next((guard.decode() for guard in _GUARDS if guard in searched), "")


def _shown(tree: html.HtmlElement) -> str:
    return clean(tree.text_content())[:_SHOWN]
