"""Is this page an article? Rules over what the page says and shows; pure."""

import re
from urllib.parse import parse_qsl, urlsplit

from monitor.extract.sight import FLASH, SHORT, STUB, Sight
from monitor.extract.walls import wall
from monitor.records.articles import PageKind

Verdict = tuple[PageKind, str]

_LIVE_PATH = re.compile(
    r"/(?:live|live-news|live-updates?|live-blogs?|liveblogs?|live-reporting|as-it-happened)(?:/|$)|"
    r"live-?blog|live-(?:updates?|coverage|reporting)(?:[-/.]|$)|-as-it-happened|[-/]minute-by-minute",
    re.IGNORECASE,
)
_LIVE_TITLE = re.compile(
    r"\blive (?:updates?|blog|coverage|reporting)\b|\bliveblog\b|^live\s*[:|–—-]|\s[–—|-]\s*live$|\bas it happened\b|"
    r"\bminute by minute\b|: live\b|\blive:",
    re.IGNORECASE,
)
_LIVE_TIMES = 6
_LISTING_PATH = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|search|sections?|archives?|label|keyword|hashtag|contributors?|"
    r"reporters?|profile)(?:/|$)",
    re.IGNORECASE,
)
_SEARCH_KEYS = frozenset({"q", "s", "query", "search", "keyword", "keywords"})
_VIDEO_PATH = re.compile(r"/(?:videos?|watch|av|tv|video-?clips?|podcasts?|audio|listen)(?:/|$)", re.IGNORECASE)
_GALLERY_PATH = re.compile(
    r"/(?:galler(?:y|ies)|photos?|photo-?galler(?:y|ies)|pictures?|in-pictures|slideshows?|images|photo-essays?)(?:/|$)",
    re.IGNORECASE,
)
_LISTING_TYPES = {
    "collectionpage": "section page",
    "searchresultspage": "search results",
    "profilepage": "author page",
    "imagegallery": "photo gallery",
    "mediagallery": "photo gallery",
    "videogallery": "list of videos",
    "og:profile": "author page",
}
_VIDEO_TYPES = frozenset({"videoobject", "og:video", "og:video.other", "og:video.movie", "og:video.episode"})
_TRANSCRIPT = 1_500
_LISTED_LINES = 5
_LISTED_SHARE = 0.25


def kind_of(sight: Sight) -> Verdict:
    """The page's kind, and why in words (empty for an article)."""
    if why := wall(sight):
        return PageKind.WALL, why
    if why := _live_blog(sight):
        return PageKind.LIVE_BLOG, why
    if why := _too_short(sight) or _by_type(sight) or _by_address(sight) or _list_of_links(sight):
        return PageKind.NOT_AN_ARTICLE, why
    return PageKind.ARTICLE, ""


def _live_blog(sight: Sight) -> str:
    markup = sight.markup
    if "liveblogposting" in markup.types and len(sight.text) >= FLASH:
        return "live blog: schema.org LiveBlogPosting"
    signs = {
        "its address": _LIVE_PATH.search(urlsplit(sight.url or markup.url).path) is not None,
        "its title": _LIVE_TITLE.search(markup.title) is not None or _LIVE_TITLE.search(markup.page_title) is not None,
        "its markup": markup.live_classes > 0,
        "many timed updates": markup.times >= _LIVE_TIMES,
    }
    seen = [sign for sign, there in signs.items() if there]
    if len(seen) < 2 or len(sight.text) < SHORT:
        return ""
    return f"live blog: {', '.join(seen)}"


def _too_short(sight: Sight) -> str:
    least = FLASH if sight.markup.is_article else SHORT
    return f"very short text: {len(sight.text)} characters" if len(sight.text) < least else ""


def _by_type(sight: Sight) -> str:
    markup = sight.markup
    if markup.is_article:
        return ""
    for name, meaning in _LISTING_TYPES.items():
        if name in markup.types:
            return f"{meaning}: the page says so ({name})"
    if markup.article_nodes > 3 and _listed_lines(sight) >= 2:
        return f"section page: it states {markup.article_nodes} articles"
    if markup.types & _VIDEO_TYPES and len(sight.text) < _TRANSCRIPT:
        return "video page: the page says so"
    return ""


def _by_address(sight: Sight) -> str:
    parts = urlsplit(sight.url or sight.markup.url)
    if len(sight.text) < STUB and _VIDEO_PATH.search(parts.path):
        return "video page: by its address, with little text"
    if len(sight.text) < STUB and _GALLERY_PATH.search(parts.path):
        return "photo gallery: by its address, with little text"
    if sight.markup.is_article or not parts.hostname:
        return ""
    if parts.path in {"", "/"} and not parts.query:
        return "front page: by its address"
    searched = any(name.lower() in _SEARCH_KEYS for name, _ in parse_qsl(parts.query))
    if (searched or _LISTING_PATH.search(parts.path)) and (len(sight.text) < STUB or _listed_lines(sight) >= 2):
        return "section or search page: by its address"
    return ""


def _list_of_links(sight: Sight) -> str:
    listed = _listed_lines(sight)
    lines = sum(1 for line in sight.text.splitlines() if line.strip())
    if listed >= _LISTED_LINES and listed >= _LISTED_SHARE * lines:
        return f"list of links: {listed} of {lines} lines are other pages' headlines"
    return ""


def _listed_lines(sight: Sight) -> int:
    lines = (line.strip(" -|*•").casefold() for line in sight.text.splitlines())
    return sum(line in sight.link_texts for line in lines)
