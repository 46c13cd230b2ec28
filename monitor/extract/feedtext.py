"""A feed entry's own text as a page: the way out when the article's page cannot be had."""

import re
from html import unescape

from lxml import etree, html

from monitor.extract.language import language_of
from monitor.records.articles import Entry, Page, PageKind
from monitor.text import clean, one_line

_MAX_CHARACTERS = 1_000_000
_END = 1_000
_TAILS = 4
_PARSER = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
_UNREAD = ("script", "style", "template", "iframe", "object", "svg", "form", "figcaption", "head")
_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr html li "
    "main ol p pre section table td th tr ul".split()
)
_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w+;")
# What feed software hangs on the end of a summary; it says nothing about the article.
_TAIL = re.compile(
    r"(?<!\s)\s*+(?:\[?(?:…|\.\.\.)\]?\s*+)?(?:"
    r"(?:continue reading|read (?:more|on|the full (?:article|story))|full story)\b[^\n.]{0,120}[\s.…→»\]]*"
    r"|the post [^\n]{1,300}? (?:appeared first on|first appeared on) [^\n]{1,120})$",
    re.IGNORECASE,
)


def from_feed(entry: Entry) -> Page:
    """The page that an entry is by itself: its content, else its summary (the longer), else only its title."""
    content, summary = fragment_text(entry.content), fragment_text(entry.summary)
    if content and len(content) >= len(summary):
        text, reason = content, "feed content"
    elif summary:
        text, reason = summary, "feed summary"
    else:
        text, reason = "", "feed title only"
    title = one_line(unescape(entry.title))
    return Page(
        url=entry.url,
        title=title,
        text=text,
        published=entry.published,
        authors=(),
        language=language_of(f"{title}\n{text}"),
        kind=PageKind.ARTICLE,
        reason=reason,
    )


def fragment_text(fragment: str) -> str:
    """The text of a piece of HTML, one line per block; plain text comes back as it is."""
    fragment = fragment[:_MAX_CHARACTERS]
    if _MARKUP.search(fragment):
        fragment = _text_of_markup(fragment)
    return _without_tail(clean(fragment))


def _without_tail(text: str) -> str:
    """Looks at the end alone, and a few times: a text of nothing but such tails must not be read once for each."""
    head, end = text[:-_END], text[-_END:]
    for _ in range(_TAILS):
        end = _TAIL.sub("", end)
    return f"{head}{end}".rstrip()


def _text_of_markup(fragment: str) -> str:
    source = f"<html><body>{fragment}</body></html>".replace("\x00", "")
    try:
        tree: html.HtmlElement = html.document_fromstring(source.encode("utf-8", "replace"), parser=_PARSER)
    except etree.ParserError:
        return ""
    etree.strip_elements(tree, *_UNREAD, with_tail=False)
    pieces: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        block = element.tag in _BLOCKS
        if block:
            pieces.append("\n")
        after = element.text if event == "start" else element.tail
        if after:
            pieces.append(_folded(after))
    return re.sub(r" ?\n[ \n]*", "\n", "".join(pieces))


def _folded(text: str) -> str:
    """White space in HTML source means one space."""
    return re.sub(r"\s+", " ", text)
