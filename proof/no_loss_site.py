"""Feeds that go on while their reader dies: each document served holds some entries more, and the oldest fall out."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.misbehaving import Exchange, MisbehavingServer

FEEDS = 5
LAST = 48
"""Entries that a feed brings in all."""
WINDOW, STEP = 24, 3
"""A document holds so many of the newest entries, and each time it is served there are so many more."""
FINAL = f'"{LAST}"'
"""The validator of a feed that brings nothing more."""

_WORDS = (
    "Envoys of the two countries met in Geneva on Tuesday for talks about a ceasefire, the {n}. round since spring. "
    "The first delegation put forward a plan for an exchange of prisoners; the second asked for time until Friday. "
    "Diplomats said that the next meeting, which is to last two days, would be held before the end of the month. "
    "Neither side wished to say who would lead the delegations, or whether the presidents might come as well. "
)
_BEGAN = datetime.now(UTC)


def story(feed: int, number: int) -> int:
    """Which story a feed's entry links to: neighbours share half of theirs."""
    return feed * LAST // 2 + number


@dataclass
class GrowingSite(MisbehavingServer):
    """``/WORLD/feed/N`` and ``/WORLD/story/N`` at the same address; every world begins anew."""

    published: Counter[str] = field(default_factory=Counter)
    served: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    """By world: feed and number of every entry that was in some document which left this server."""

    def feed_url(self, world: str, number: int) -> str:
        """The address of a feed."""
        return self.url(f"/{world}/feed/{number}")

    def handle(self, exchange: Exchange) -> None:
        """Answer for a feed or a page; anything else is not here."""
        match exchange.asked.path.strip("/").split("/"):
            case [world, "feed", number]:
                self._feed(exchange, world, int(number))
            case [world, "story", number]:
                exchange.reply(page(int(number)), headers={"Content-Type": "text/html; charset=utf-8"})
            case _:
                exchange.reply(status="404 Not Found")

    def _feed(self, exchange: Exchange, world: str, feed: int) -> None:
        key = f"{world}/{feed}"
        newest = self.published[key] = min(LAST, max(WINDOW // 2, self.published[key] + STEP))
        headers = {"ETag": f'"{newest}"', "Content-Type": "application/rss+xml; charset=utf-8"}
        if exchange.asked.headers.get("if-none-match") == headers["ETag"]:
            exchange.reply(status="304 Not Modified", headers=headers)
            return
        numbers = range(newest, max(0, newest - WINDOW), -1)
        exchange.reply(self._document(world, feed, numbers), headers=headers)
        self.served.setdefault(world, set()).update((feed, number) for number in numbers)

    def _document(self, world: str, feed: int, numbers: range) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{feed}-{number}</guid><title>Story {story(feed, number)} of the talks"
            f"</title><link>{self.url(f'/{world}/story/{story(feed, number)}')}</link>"
            f"<pubDate>{format_datetime(_BEGAN - timedelta(minutes=LAST - number), usegmt=True)}</pubDate>"
            f"<description>What part {number} of the talks was about.</description></item>"
            for number in numbers
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Paper {feed}</title>'
            f"<link>http://paper.example/</link><language>en</language>{items}</channel></rss>"
        ).encode()


def page(number: int) -> bytes:
    """The page of a story."""
    text = "".join(f"<p>{_WORDS.format(n=f'{number}.{part}')}</p>" for part in range(3))
    title = f"Story {number} of the talks"
    body = f"<body><article><h1>{title}</h1>{text}</article></body>"
    return f"<!doctype html><html><head><title>{title}</title></head>{body}</html>".encode()
