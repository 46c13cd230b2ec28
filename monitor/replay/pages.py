"""Article pages as outlets serve them: one layout per outlet, in ``layouts``, filled with escaped text."""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from string import Template

from monitor.replay.feeds import CONTENT_TYPES, article_url, feed_url, home_url
from monitor.replay.week import Entry, Outlet, Version

PICTURE_PATH = "/_picture.svg"
PICTURE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="675">
<rect width="1200" height="675" fill="#bbb"/></svg>"""
_SECTIONS = {
    "opinion": "Opinion",
    "liveblog": "Live",
    "gallery": "Pictures",
    "video": "Video",
    "explainer": "Explained",
}
_MENU = ("World", "Politics", "Business", "Opinion", "Culture", "Sport", "Video")
_TYPES = {
    "opinion": "OpinionNewsArticle",
    "liveblog": "LiveBlogPosting",
    "gallery": "ImageGallery",
    "video": "VideoObject",
    "post": "SocialMediaPosting",
}
# "10:45 a.m. — Text", "9:10 a.m. ET: Text" and "21:04 - Text": the time and the text of one piece of a live blog.
_LIVE = re.compile(r"(\d{1,2}[:.]\d\d(?: [ap]\.m\.)?(?: [A-Z]{2,4})?)(?: [—–-]|:) (.*)", re.DOTALL)

_COOKIES = (
    '<div class="cookie-banner" role="region"><p>We use cookies to keep this site working and to see how it is used.'
    '</p><button type="button">Accept</button> <button type="button">Settings</button></div>'
)
_SHARE = (
    '<div class="share-buttons"><button>Share on Facebook</button> <button>Post on X</button> '
    "<button>Email</button> <button>Copy link</button></div>"
)

Paragraphs = Callable[[Sequence[str]], str]


def _plain(body: Sequence[str]) -> str:
    return "\n".join(f"<p>{html.escape(text)}</p>" for text in body)


def _numbered(body: Sequence[str]) -> str:
    return "\n".join(
        f'<p data-testid="paragraph-{number}" class="text__text">{html.escape(text)}</p>'
        for number, text in enumerate(body)
    )


def _interrupted(body: Sequence[str]) -> str:
    parts = [f"<p>{html.escape(text)}</p>" for text in body]
    if len(parts) > 2:
        parts.insert(2, '<div class="inline-ad">Advertisement - story continues below</div>')
    return "\n".join(parts)


def _broken_lines(body: Sequence[str]) -> str:
    return "<br><br>\n".join(html.escape(text) for text in body)


def _boxes(body: Sequence[str]) -> str:
    return "\n".join(f'<div class="css-paragraph"><span>{html.escape(text)}</span></div>' for text in body)


# Layout and the way it writes paragraphs; outlets take them in turn, in their own order.
LAYOUTS: tuple[tuple[str, Paragraphs], ...] = (
    ("agency", _numbered),
    ("broadsheet", _plain),
    ("tabloid", _interrupted),
    ("magazine", _boxes),
    ("table", _broken_lines),
    ("portal", _plain),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands: its outlet, the outlet's server, and the pieces it can link to."""

    outlet: Outlet
    base: str
    earlier: Sequence[Entry]
    """What the outlet published before, newest first."""


def article_page(entry: Entry, place: Place, now: datetime) -> bytes:
    """The page of ``entry`` as it stands at ``now``."""
    outlet, version = place.outlet, entry.version(now)
    social = outlet.kind == "social"
    layout, paragraphs = ("post", _plain) if social else LAYOUTS[(outlet.number - 1) % len(LAYOUTS)]
    changed = version.at > entry.at
    fields = _common(outlet, place.base) | {
        "head": _head(entry, version, place),
        "section": _SECTIONS.get(entry.kind, "World"),
        "headline": html.escape(version.headline),
        "summary": html.escape(version.summary),
        "author": html.escape(entry.author or f"{outlet.name} staff"),
        "published_iso": _iso(outlet, entry.at),
        "published_text": _written(outlet, entry.at),
        "updated": f' <span class="updated">Updated {_written(outlet, version.at)}</span>' if changed else "",
        "body": _body(entry, version, paragraphs),
        "correction": '<p class="correction">This article has been corrected.</p>' * version.note.startswith("corr"),
        "related": _links(place, version.at),
    }
    return _filled(layout, fields, outlet)


def consent_page(outlet: Outlet, base: str) -> bytes:
    """What stands in an article's place until the reader accepts cookies."""
    return _filled("consent", _common(outlet, base), outlet)


def home_page(place: Place, now: datetime) -> bytes:
    """An outlet's front page: its latest headlines, and its feed for those who look for one."""
    outlet = place.outlet
    fields = _common(outlet, place.base) | {
        "feed": html.escape(feed_url(place.base, outlet)),
        "feed_type": CONTENT_TYPES[outlet.format],
        "related": _links(place, now, 20),
    }
    return _filled("home", fields, outlet)


def list_page(outlets: Iterable[tuple[Outlet, str]], now: datetime) -> bytes:
    """The newsroom's own front page; each outlet comes with its server."""
    rows = "\n".join(
        f'<tr><td><a href="{html.escape(home_url(base, outlet))}">{html.escape(outlet.name)}</a></td>'
        f'<td>{outlet.country}</td><td><a href="{html.escape(feed_url(base, outlet))}">{outlet.format}</a></td>'
        f"<td>{', '.join(sorted(outlet.quirks))}</td></tr>"
        for outlet, base in outlets
    )
    return _template("newsroom").substitute(rows=rows, now=f"{now:%A %d %B %Y, %H:%M}").encode()


def _common(outlet: Outlet, base: str) -> dict[str, str]:
    home, name = html.escape(home_url(base, outlet)), html.escape(outlet.name)
    return {
        "language": outlet.language,
        "charset": outlet.encoding,
        "site": name,
        "home": home,
        "menu": " ".join(f'<a href="{home}?section={section}">{section}</a>' for section in _MENU),
        "cookies": _COOKIES,
        "share": _SHARE,
        "footer": f'<footer class="site-footer"><p>{html.escape(outlet.description)}</p><p>© 2025 '
        f'{html.escape(outlet.family)}. All rights reserved.</p><p><a href="{home}?about">About us</a> '
        f'<a href="{home}?contact">Contact</a> <a href="{home}?privacy">Privacy</a></p></footer>',
    }


def _head(entry: Entry, version: Version, place: Place) -> str:
    outlet, url = place.outlet, article_url(place.base, entry)
    feed = html.escape(feed_url(place.base, outlet))
    properties = {
        "og:type": "article",
        "og:title": version.headline,
        "og:description": version.summary,
        "og:url": url,
        "og:site_name": outlet.name,
        "og:image": place.base + PICTURE_PATH,
        "article:published_time": _iso(outlet, entry.at),
        "article:modified_time": _iso(outlet, version.at),
    }
    data = json.dumps(_linked_data(entry, version, place)).replace("<", "\\u003c")
    lines = [
        f"<title>{html.escape(version.headline)} - {html.escape(outlet.name)}</title>",
        f'<link rel="canonical" href="{html.escape(url)}">',
        f'<link rel="alternate" type="{CONTENT_TYPES[outlet.format]}" href="{feed}">',
        f'<meta name="description" content="{html.escape(version.summary)}">',
        *(f'<meta property="{name}" content="{html.escape(value)}">' for name, value in properties.items()),
        f'<script type="application/ld+json">{data}</script>',
    ]
    return "\n".join(lines)


def _linked_data(entry: Entry, version: Version, place: Place) -> dict[str, object]:
    """schema.org's description of the piece; a live blog lists its updates."""
    outlet = place.outlet
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(entry.kind, "NewsArticle"),
        "headline": version.headline,
        "description": version.summary,
        "mainEntityOfPage": article_url(place.base, entry),
        "datePublished": _iso(outlet, entry.at),
        "dateModified": _iso(outlet, version.at),
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
        "author": {"@type": "Person", "name": entry.author}
        if entry.author
        else {"@type": "Organization", "name": outlet.name},
    }
    if entry.kind == "liveblog":
        data["coverageStartTime"] = _iso(outlet, entry.at)
        data["liveBlogUpdate"] = [
            {"@type": "BlogPosting", "headline": label, "articleBody": text} for label, text in _updates(version)
        ]
    elif entry.kind == "video":
        data |= {"name": version.headline, "uploadDate": _iso(outlet, entry.at)}
    return data


def _body(entry: Entry, version: Version, paragraphs: Paragraphs) -> str:
    match entry.kind:
        case "liveblog":
            return "\n".join(
                f'<section class="live-update"><h3>{html.escape(label)}</h3><p>{html.escape(text)}</p></section>'
                for label, text in _updates(version)
            )
        case "gallery":
            return "\n".join(
                f'<figure><img src="{PICTURE_PATH}" alt=""><figcaption>{html.escape(text)}</figcaption></figure>'
                for text in version.body
            )
        case "video":
            return f'<div class="video-player"><img src="{PICTURE_PATH}" alt=""></div>\n{paragraphs(version.body)}'
        case _:
            return paragraphs(version.body)


def _updates(version: Version) -> list[tuple[str, str]]:
    """(time as written, text) of each piece of a live blog; the time is empty where none is written."""
    found = ((text, _LIVE.fullmatch(text)) for text in version.body)
    return [(match[1], match[2]) if match else ("", text) for text, match in found]


def _links(place: Place, now: datetime, number: int = 5) -> str:
    listed = ((article_url(place.base, entry), entry.version(now).headline) for entry in place.earlier[:number])
    return "\n".join(f'<li><a href="{html.escape(url)}">{html.escape(title)}</a></li>' for url, title in listed)


def _iso(outlet: Outlet, at: datetime) -> str:
    return at.astimezone(outlet.zone).isoformat(timespec="seconds")


def _written(outlet: Outlet, at: datetime) -> str:
    local = at.astimezone(outlet.zone)
    return f"{local:%d %B %Y, %H:%M} {local.tzname()}"


@lru_cache
def _template(layout: str) -> Template:
    return Template((files("monitor.replay") / "layouts" / f"{layout}.html").read_text(encoding="utf-8"))


def _filled(layout: str, fields: Mapping[str, str], outlet: Outlet) -> bytes:
    """The page's bytes; what the outlet's character set does not hold becomes a character reference."""
    return _template(layout).substitute(fields).encode(outlet.encoding, "xmlcharrefreplace")
