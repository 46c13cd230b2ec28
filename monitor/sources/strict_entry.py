"""One entry of a well-formed RSS, RDF or Atom feed, read as feedparser would read it.

Which of several titles, summaries or dates counts depends on their order and depth; the rules here are feedparser's,
down to its oddities, and a test compares the two on every feed there is. Whatever would need more of its rules than
these raises Declined.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from monitor import urls
from monitor.sources import fixes, markup
from monitor.sources.context import Context, attributes_of, is_mixed, language_of, name_of, text_of
from monitor.sources.links import guid_of, link_of
from monitor.sources.raw import Declined, Markup, RawEntry

_HTML = "text/html"
_PLAIN = "text/plain"
# Only these two need no decoding; XHTML would have to be written out again, other types are base64 or no text.
_KINDS = {"text": _PLAIN, "plain": _PLAIN, "html": _HTML, _PLAIN: _PLAIN, _HTML: _HTML}
_MAYBE_HTML = re.compile(r"</(\w+)>|&#?\w+;")
_DEEP = 64


@dataclass(slots=True)
class Builder:
    """The entry while its elements are read in order."""

    context: Context
    language: str
    guid: str = ""
    title: str = ""
    title_from: int = _DEEP
    """How deep the element was that the title is from; one from deeper down does not replace it."""
    title_depth: int = -1
    """How deep the last title was that was not empty; those beside and below it do not count."""
    title_language: str = ""
    own_language: str = ""
    summary: Markup | None = None
    copied: Markup | None = None
    """A content that stands in for the summary."""
    contents: list[Markup] = field(default_factory=list)
    has_content: bool = False
    link: str | None = None
    links: list[str] = field(default_factory=list)
    original: str = ""
    published: str = ""
    created: str = ""
    updated: str = ""
    author: str = ""
    people: list[str] = field(default_factory=list)
    source: str = ""

    def read(self, element: Any, depth: int) -> None:
        """Take in every child of ``element``."""
        if depth > _DEEP:
            raise Declined
        handlers = self.context.handlers
        for child in element:
            handler = handlers.get(child.tag) or _learned(child, self.context)
            if handler is _inert:
                if len(child):
                    self._read_inside(child, depth + 1)
            elif depth > 1 and handler not in _NESTED:
                raise Declined
            else:
                handler(self, child, depth)

    def _read_inside(self, element: Any, depth: int) -> None:
        outside = self.language
        if element.attrib:
            self.language = language_of(attributes_of(element), outside)
        self.read(element, depth)
        self.language = outside

    def finished(self) -> RawEntry:
        """The entry."""
        own = self.link
        if own is not None and own == self.guid and not urls.is_web(own):
            # feedparser takes an RSS id for a link unless the feed denies it, and many feeds forget to.
            own = None
        people = tuple(self.people)
        return RawEntry(
            guid=self.guid,
            links=tuple(link for link in (self.original, own, *self.links) if link),
            title=self.title,
            summary=self.summary or self.copied or Markup(),
            content=max(self.contents, key=lambda content: len(content.value), default=Markup()),
            published=self.published,
            created=self.created,
            updated=self.updated,
            authors=people if any(people) else (),
            language=self.own_language or self.title_language,
            source=self.source,
        )


def entry(element: Any, context: Context) -> RawEntry:
    """Read an ``item`` or ``entry``. Raises Declined where there is more to it than is understood here."""
    attributes = attributes_of(element)
    if "href" in attributes or "lastmod" in attributes:
        raise Declined
    builder = Builder(context, language_of(attributes, context.language))
    about = attributes.get("rdf:about", "")
    if about:
        builder.guid = about
    builder.read(element, 1)
    return builder.finished()


def _kind(attributes: dict[str, str], usual: str) -> str:
    kind = _KINDS.get(attributes.get("type", usual))
    if kind is None or "mode" in attributes:
        raise Declined
    return kind


def _value(element: Any) -> str:
    return fixes.repaired(text_of(element))


def _text(builder: Builder, element: Any, usual: str) -> Markup:
    """A text field of the entry, with its type, which feedparser guesses for RSS."""
    kind = _kind(attributes_of(element), usual) if element.attrib else usual
    value = text_of(element)
    if (
        kind == _PLAIN
        and not builder.context.is_atom
        and _MAYBE_HTML.search(value)
        and not markup.is_like_html(value[: markup.SUMMARY_LIMIT])
    ):
        raise Declined
    return Markup(value=fixes.repaired(value), kind=kind, base=builder.context.base_of(element))


def _title(builder: Builder, element: Any, depth: int) -> None:
    attributes = attributes_of(element)
    _kind(attributes, _PLAIN)
    value = _value(element)
    if not -1 < builder.title_depth <= depth:
        if depth <= builder.title_from:
            builder.title, builder.title_from = value, depth
        builder.title_language = language_of(attributes, builder.language)
    if value:
        builder.title_depth = depth


def _media_title(builder: Builder, element: Any, depth: int) -> None:
    before = builder.title_depth
    _title(builder, element, depth)
    builder.title_depth = before


def _description(builder: Builder, element: Any, depth: int) -> None:
    _summarise(builder, element, depth, _HTML)


def _summary(builder: Builder, element: Any, depth: int) -> None:
    _summarise(builder, element, depth, _PLAIN)


def _summarise(builder: Builder, element: Any, depth: int, usual: str) -> None:
    if builder.summary and not builder.has_content:
        _content(builder, element, depth)
    else:
        builder.summary = _text(builder, element, usual)


def _content(builder: Builder, element: Any, _depth: int) -> None:
    _add_content(builder, element, _PLAIN)


def _encoded(builder: Builder, element: Any, _depth: int) -> None:
    _add_content(builder, element, _HTML)


def _add_content(builder: Builder, element: Any, usual: str) -> None:
    content = _text(builder, element, usual)
    builder.has_content = True
    builder.contents.append(content)
    if builder.copied is None:
        builder.copied = content


def _link(builder: Builder, element: Any, _depth: int) -> None:
    link = link_of(element, builder.context)
    href = fixes.query(link.href.replace("&amp;", "&")) if link.is_text else link.href
    if link.is_page:
        builder.link = href
    if href and link.relation in {"alternate", "via"}:
        builder.links.append(href)


def _guid(builder: Builder, element: Any, _depth: int) -> None:
    builder.guid, is_link = guid_of(element, builder.context)
    if is_link and builder.link is None:
        builder.link = builder.guid


def _original(builder: Builder, element: Any, _depth: int) -> None:
    if element.attrib:
        raise Declined
    builder.original = _value(element)


def _published(builder: Builder, element: Any, _depth: int) -> None:
    builder.published = _value(element)


def _updated(builder: Builder, element: Any, _depth: int) -> None:
    builder.updated = _value(element)


def _created(builder: Builder, element: Any, _depth: int) -> None:
    builder.created = _value(element)


def _author(builder: Builder, element: Any, _depth: int) -> None:
    if not len(element):
        author = _value(element)
        builder.author = author or builder.author
        builder.people.append(fixes.person(author))
        return
    if is_mixed(element) or builder.author:
        # A person after a line of text: feedparser mixes the two up.
        raise Declined
    parts: dict[str, str] = {}
    for child in element:
        name = name_of(child, builder.context).removeprefix("itunes_")
        if name in {"name", "email"}:
            parts[name] = text_of(child)
        elif name in HANDLERS or name in BEYOND or len(child) or (child.attrib and child.text):
            raise Declined
    builder.people.append(parts.get("name") or parts.get("email") or "")


def _source(builder: Builder, element: Any, _depth: int) -> None:
    builder.source = _value(element)
    builder.title_depth = -1


def _language(builder: Builder, element: Any, _depth: int) -> None:
    builder.own_language = _value(element)


def _image(builder: Builder, element: Any, _depth: int) -> None:
    if len(element):
        raise Declined
    builder.title_depth = -1


def _inert(_builder: Builder, _element: Any, _depth: int) -> None:
    """An element that no field of an entry comes from."""


def _beyond(_builder: Builder, _element: Any, _depth: int) -> None:
    raise Declined


def _media_description(builder: Builder, element: Any, depth: int) -> None:
    _summarise(builder, element, depth, _HTML)


def _learned(element: Any, context: Context) -> "Handler":
    """What reads elements of this tag, found once for each tag in a document."""
    name = name_of(element, context)
    found: Handler = HANDLERS.get(name, _beyond if name in BEYOND else _inert)
    context.handlers[element.tag] = found
    return found


Handler = Callable[[Builder, Any, int], None]
HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("title", "dc_title"), _title),
    "media_title": _media_title,
    **dict.fromkeys(("description", "dc_description"), _description),
    "media_description": _media_description,
    **dict.fromkeys(("summary", "itunes_summary"), _summary),
    "content": _content,
    **dict.fromkeys(("content_encoded", "fullitem"), _encoded),
    "link": _link,
    **dict.fromkeys(("guid", "id"), _guid),
    "feedburner_origlink": _original,
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms_issued"), _published),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), _updated),
    **dict.fromkeys(("created", "dcterms_created"), _created),
    **dict.fromkeys(("author", "managingeditor", "dc_author", "dc_creator", "itunes_author"), _author),
    "source": _source,
    **dict.fromkeys(("language", "dc_language"), _language),
    "image": _image,
}
# Also read where they stand deeper, as media elements do in their groups.
_NESTED = frozenset({_media_title, _media_description})
# Names that feedparser treats in ways of their own, or keeps where the fields above are kept.
BEYOND = frozenset(
    "abstract body channel date entry feed item itunes_owner rss textinput xhtml_body svg math "
    "author_detail authors links summary_detail title_detail".split()
)
