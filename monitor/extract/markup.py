"""What a page's markup says about its article: one look at the tree, before the text is taken out of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree, html

from monitor.extract import structured
from monitor.extract.dates import date_in_path, read_date
from monitor.extract.feedtext import fragment_text
from monitor.text import one_line
from monitor.urls import absolute, canonical, host, is_web

_PUBLISHED = (
    "article:published_time article:published datepublished og:article:published_time og:published_time "
    "parsely-pub-date sailthru.date pubdate publishdate publish-date publication_date published_time date.published "
    "dc.date.issued dcterms.date dcterms.created dc.date dc.date.created cxenseparse:recs:publishtime "
    "article.published originalpublicationdate citation_publication_date og:pubdate date datecreated"
).split()
_AUTHORS = "author article:author parsely-author sailthru.author dc.creator dcterms.creator byl byline".split()
_SEPARATOR = re.compile(r"(?<!\s)\s++[|–—·•»:-]++\s++|(?:(?<!\s)\s++)?+[|»]\s*+")
_NOT_WORD = re.compile(r"[\W_]+")
_BY = re.compile(r"^(?:written )?by:?\s+", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"(?:(?<!\s)\s++)?+(?:[,;|/]|\band\b|&)\s*+")
_NO_NAME = re.compile(r"\d|://|@")
_OFFICE = re.compile(r"\b(?:writers?|editors?|correspondents?|reporters?|columnists?|editor-at-large)$", re.IGNORECASE)
_MAX_AUTHORS = 12
_MAX_TIMES = 200
# Longest statement that is looked at, in characters.
_MAX_VALUE = 2_000

_OWN_THINGS = frozenset({"", "mainentity", "blogpost", "liveblogupdate"})
# One walk over the tree finds all of them; each walk costs as much as reading what it finds.
_TOLD_BY = ("meta", "link", "title", "h1", "time", "script")
_ITEM_TYPES = etree.XPath("//@itemtype")
_ITEM_AUTHORS = etree.XPath("//*[@itemprop='author']")
_ITEM_DATES = etree.XPath("//*[@itemprop='datePublished']")
_REL_AUTHORS = etree.XPath("//a[@rel='author']")
_CONTAINERS = ("div", "section", "article", "main", "body", "ol", "ul")
_LIVE_CLASS = re.compile(r"live-?blog|live-?update", re.IGNORECASE)
# A class is the second sign of a live blog; where nothing hints at a first one it is not looked for.
_LIVE_TIMES = 3
_LIVE_WORD = re.compile(r"live|happened|minute|онлайн|трансляци|трансляці|хроник|хронік|ticker|direct", re.IGNORECASE)

Told = dict[str, list[html.HtmlElement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """The statements of one page."""

    url: str
    title: str
    page_title: str
    """The ``<title>`` as it stands."""
    published: datetime | None
    authors: tuple[str, ...]
    types: frozenset[str]
    """schema.org types of the page's top-level things, and ``og:`` types, in lower case."""
    article_nodes: int
    """How many things of an article type the page states; an index page states many."""
    stated_text: str
    """The article's text as JSON-LD gives it, or empty."""
    free: bool
    """False when the page says that it is not free to read."""
    live_classes: int
    times: int
    """Distinct times in ``<time>`` elements."""

    @property
    def is_article(self) -> bool:
        """True when the page calls itself one article."""
        stated = any(map(structured.is_article_type, self.types)) or "og:article" in self.types
        return stated and self.article_nodes <= 3


def read_markup(tree: html.HtmlElement, base: str) -> Markup:
    """Read ``tree``, the page at ``base`` (which may be empty)."""
    told = _told(tree)
    metas = _metas(told)
    page_title = next(filter(None, map(_item_text, told["title"])), "")
    blocks = [element.text for element in told["script"] if element.text and "ld+json" in element.get("type", "")]
    times = {element.get("datetime") for element in told["time"]} - {None}
    nodes = structured.nodes(blocks)
    url = _own_address(told, metas, base)
    node = structured.article(nodes, frozenset(map(canonical, filter(None, (url, base))))) or {}
    kinds = [structured.types(each) for each in nodes]
    item_types = _item_types(tree)
    kinds += [frozenset([kind]) for kind in item_types]
    og_type = metas.get("og:type", "").lower()
    title = one_line(fragment_text(_title(told, node, metas, page_title, host(url or base))))
    live = len(times) >= _LIVE_TIMES or _LIVE_WORD.search(f"{base} {url} {page_title} {title}") is not None
    return Markup(
        url=url,
        title=title,
        page_title=page_title,
        published=_published(tree, told, node, metas, blocks, marked=bool(item_types)) or _day_in(url or base),
        authors=_authors(tree, node, metas, marked=bool(item_types)),
        types=frozenset().union(*kinds, [f"og:{og_type}"] if og_type else []),
        article_nodes=sum(any(map(structured.is_article_type, kind)) for kind in kinds),
        stated_text=_stated_text(node),
        free=str(node.get("isAccessibleForFree", "")).lower() != "false",
        live_classes=_live_classes(tree) if live else 0,
        times=len(times),
    )


def _told(tree: html.HtmlElement) -> Told:
    told: Told = {tag: [] for tag in _TOLD_BY}
    for element in tree.iter(*_TOLD_BY):
        told[element.tag].append(element)
    return told


def _metas(told: Told) -> dict[str, str]:
    """The first content of each ``<meta>`` name, names in lower case."""
    metas: dict[str, str] = {}
    for element in told["meta"]:
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content", "")[:_MAX_VALUE].strip()
        if name and content:
            metas.setdefault(name.strip().lower(), content)
    return metas


def _item_types(tree: html.HtmlElement) -> list[str]:
    """The types of the page's own things in microdata, not of the parts of these."""
    stated = [(kind, (kind.getparent().get("itemprop") or "").lower()) for kind in _ITEM_TYPES(tree)]
    return [structured.type_name(str(kind)) for kind, part in stated if kind and part in _OWN_THINGS]


def _item_authors(tree: html.HtmlElement) -> list[str]:
    """The authors in microdata."""
    found = [(element, element.xpath(".//*[@itemprop='name']")) for element in _ITEM_AUTHORS(tree)[:_MAX_AUTHORS]]
    return [_item_text(name) for element, names in found for name in names[:_MAX_AUTHORS] or [element]]


def _live_classes(tree: html.HtmlElement) -> int:
    named = (f"{element.get('class', '')} {element.get('id', '')}" for element in tree.iter(*_CONTAINERS))
    return sum(_LIVE_CLASS.search(names) is not None for names in named)


def _item_text(element: html.HtmlElement) -> str:
    return one_line((element.get("content") or element.text_content())[:_MAX_VALUE])


def _own_address(told: Told, metas: dict[str, str], base: str) -> str:
    """The address that the page gives itself when it is of the same site, else ``base``."""
    links = [link.get("href", "") for link in told["link"] if "canonical" in link.get("rel", "").lower().split()]
    for stated in (*links[:1], metas.get("og:url", "")):
        if stated and stated == base:
            return base
        address = absolute(base, stated) if stated else ""
        if is_web(address) and (not base or _same_page_site(address, base)):
            return address
    return base


def _same_page_site(address: str, base: str) -> bool:
    """Same site, and not the front page given as the address of every page."""
    if urlsplit(canonical(address)).path == "/" and urlsplit(canonical(base)).path != "/":
        return False
    ours, theirs = (urlsplit(canonical(each)).hostname or "" for each in (base, address))
    return ours == theirs or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")


def _title(told: Told, node: structured.Node, metas: dict[str, str], page_title: str, site: str) -> str:
    names = [metas.get("og:site_name", ""), metas.get("application-name", ""), site]
    shared = _without_site(one_line(metas.get("og:title") or metas.get("twitter:title") or ""), names)
    headline = _without_site(one_line(structured.text_of(node.get("headline"))[:_MAX_VALUE]), names)
    if headline and not _is_cut_from(headline, shared):
        return headline
    headings = [_item_text(element) for element in told["h1"][:2]]
    candidates = [shared, headings[0] if len(headings) == 1 else "", _without_site(page_title, names)]
    # Some sites put their own name where the article's belongs.
    known = {_letters(name) for name in names}
    named = [candidate for candidate in candidates if candidate]
    return next((candidate for candidate in named if _letters(candidate) not in known), next(iter(named), ""))


def _is_cut_from(headline: str, longer: str) -> bool:
    start = headline.rstrip(" .…")
    return len(longer) > len(headline) and longer.startswith(start)


def _without_site(title: str, names: list[str]) -> str:
    """The title without the site's name before or behind it."""
    known = [_letters(name) for name in names if name]
    seams = list(_SEPARATOR.finditer(title))
    if not seams:
        return title
    first, last = seams[0], seams[-1]
    if _is_site(title[last.end() :], known):
        return title[: last.start()]
    if _is_site(title[: first.start()], known):
        return title[first.end() :]
    return title


def _is_site(part: str, known: list[str]) -> bool:
    letters = _letters(part)
    return bool(letters) and any(letters in name or name in letters for name in known if name) and len(part) <= 40


def _letters(text: str) -> str:
    text = re.sub(r"^www\.|\.(?:com|org|net|gov|co|uk|eu|ua|ru)\b", "", text.lower())
    return _NOT_WORD.sub("", text)


def _published(
    tree: html.HtmlElement,
    told: Told,
    node: structured.Node,
    metas: dict[str, str],
    blocks: list[str],
    *,
    marked: bool,
) -> datetime | None:
    """JSON-LD is believed before meta elements, these before ``<time>``."""
    stated = [structured.text_of(node.get("datePublished")), *(metas.get(name, "") for name in _PUBLISHED)]
    return _first_date(stated) or _first_date(
        [
            _shown_time(tree, told, marked=marked),
            structured.only_date(blocks),
            structured.text_of(node.get("dateCreated")),
        ]
    )


def _first_date(texts: list[str]) -> datetime | None:
    return next((found for text in texts if text and (found := read_date(text))), None)


def _shown_time(tree: html.HtmlElement, told: Told, *, marked: bool) -> str:
    """What microdata gives, the first ``<time>`` of the article, or the only one of the page; others are others'."""
    times = [element for element in told["time"] if element.get("datetime")]
    own = (_ITEM_DATES(tree) if marked else []) or list(filter(_in_article, times[:_MAX_TIMES]))
    if not own and len({element.get("datetime") for element in times}) != 1:
        return ""
    first = (own or times)[0]
    return first.get("datetime") or _item_text(first)


def _in_article(element: html.HtmlElement) -> bool:
    return next(element.iterancestors("article", "main"), None) is not None


def _day_in(url: str) -> datetime | None:
    return date_in_path(urlsplit(url).path) if is_web(url) else None


def _authors(tree: html.HtmlElement, node: structured.Node, metas: dict[str, str], *, marked: bool) -> tuple[str, ...]:
    """JSON-LD is believed before microdata, of which a page that is ``marked`` has some, and that before the rest."""
    named = structured.names_of(node.get("author")) or (_item_authors(tree) if marked else [])
    if not named:
        named = next(([metas[name]] for name in _AUTHORS if "://" not in metas.get(name, "://")), [])
    if not named:
        named = [_item_text(element) for element in _REL_AUTHORS(tree)]
    names = [name for each in named for name in _names_in(one_line(each))]
    return tuple(dict.fromkeys(name for name in names if _is_name(name)))[:_MAX_AUTHORS]


def _names_in(byline: str) -> list[str]:
    """The names in "By A Name, B Name and C Name, AP Staff Writer"."""
    first, *rest = _BETWEEN_NAMES.split(_BY.sub("", byline))
    return [first, *(name for name in rest if not _OFFICE.search(name))]


def _is_name(text: str) -> bool:
    return 1 < len(text) <= 80 and _NO_NAME.search(text) is None


def _stated_text(node: structured.Node) -> str:
    updates = structured.update_texts(node)
    if updates:
        return "\n\n".join("\n".join(filter(None, update)) for update in updates)
    return structured.text_of(node.get("articleBody"))
