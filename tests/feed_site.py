"""A made-up news site on loopback whose feeds are good or doubtful in one way each, for the feed doctor."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.misbehaving import Exchange, MisbehavingServer

ETAG = '"v1"'
HOUR = timedelta(hours=1)
CHALLENGE = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body>"
    b"<p>Checking if the site connection is secure. Enable JavaScript and cookies to continue.</p></body></html>"
)


def dates(count: int = 12, every: timedelta = HOUR) -> list[str]:
    """Dates of the last hours, the newest first."""
    now = datetime.now(UTC)
    return [format_datetime(now - (number + 0.5) * every, usegmt=True) for number in range(count)]


def rss(
    links: Sequence[str],
    *,
    guids: Sequence[str] = (),
    written: Sequence[str] = (),
    channel: str = "",
    encoding: str = "utf-8",
    declared: str = "utf-8",
) -> bytes:
    """A feed with an item for each link; ``guids`` and ``written`` (dates) in place of good ones."""
    written = written or dates(len(links))
    guids = guids or [f"id-{number}" for number in range(len(links))]
    items = "".join(
        f"<item><title>Leaders meet again, part {number}</title><link>{link}</link>"
        + (f"<guid isPermaLink='false'>{guids[number]}</guid>" if guids[number] else "")
        + (f"<pubDate>{written[number]}</pubDate>" if written[number] else "")
        + f"<description>What part {number} says. Зустріч.</description></item>"
        for number, link in enumerate(links)
    )
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>The Made-up News</title><link>https://news.example/</link><language>en</language>"
        f"{channel}{items}</channel></rss>"
    )
    return text.encode(encoding)


class FeedSite(MisbehavingServer):
    """``url("/good")`` is a feed without fault; the other paths of ``__enter__`` say what is wrong with them."""

    def __enter__(self) -> "FeedSite":
        super().__enter__()
        good = rss(self.links())
        self.answer("/good", lambda exchange: self._conditional(exchange, good))
        self._feed("/plain", good)
        self._feed("/same-dates", rss(self.links(), written=dates(1) * 12))
        self._feed("/bad-dates", rss(self.links(3), written=["", "the day before", _later()]))
        self._feed("/same-guids", rss(self.links(), guids=["1"] * 12))
        self._feed("/no-links", rss([""] * 3))
        self._feed("/google", rss([f"https://news.google.com/rss/articles/{number}" for number in range(3)]))
        self._feed("/old", rss(self.links(), written=dates(12, timedelta(days=30))))
        self._feed("/cp1251", rss(self.links(), encoding="windows-1251", declared="iso-8859-1"))
        self._feed("/none", rss([]))
        self._feed(
            "/german", rss(self.links(), channel="<language>de</language>").replace(b"<language>en", b"<language>de")
        )
        wishes = "<ttl>60</ttl><skipHours><hour>0</hour><hour>1</hour><hour>2</hour></skipHours>"
        hub = '<atom:link rel="hub" href="https://hub.example/"/>'
        self._feed("/wishes", rss(self.links(), channel=wishes + hub), **{"Cache-Control": "max-age=600"})
        self._feed("/changing", good, ETag=ETAG)
        self._go("/moved", "301 Moved Permanently", "/good")
        self._go("/elsewhere", "302 Found", "/good")
        self.serve("/challenge", CHALLENGE, headers={"Content-Type": "text/html"})
        self.serve("/robots.txt", b"User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"})
        self._feed("/private-pages", rss([self.url(f"/private/{number}") for number in range(3)]))
        return self

    def links(self, count: int = 12) -> list[str]:
        """Pages of this site."""
        return [self.url(f"/story/{number}") for number in range(count)]

    def _feed(self, path: str, body: bytes, **headers: str) -> None:
        self.serve(path, body, headers={"Content-Type": "application/rss+xml"} | headers)

    def _go(self, path: str, status: str, target: str) -> None:
        self.serve(path, b"", status=status, headers={"Location": target})

    def _conditional(self, exchange: Exchange, body: bytes) -> None:
        headers = {"ETag": ETAG, "Content-Type": "application/rss+xml; charset=utf-8"}
        if exchange.asked.headers.get("if-none-match") == ETAG:
            exchange.reply(status="304 Not Modified", headers=headers)
        else:
            exchange.reply(body, headers=headers)


def _later() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)
