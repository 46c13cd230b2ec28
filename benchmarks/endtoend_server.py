"""A server of outlets on loopback: each a feed, and an article page of 30 to 150 kB for each of its items.

``python -m benchmarks.endtoend_server OUTLETS ITEMS DELAY``: prints its port, then serves until its input ends, each
answer after DELAY seconds. A line with a number brings one item about the talks to the feed of that outlet, dated now.
"""

import asyncio
import html
import json
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from benchmarks.material import articles
from benchmarks.polls_server import Answering
from monitor.fetch.loop import new_loop
from monitor.records.articles import Article
from monitor.replay.week import load

SMALLEST, LARGEST = 30_000, 150_000
SHOWN = 40
"""Items that a feed holds at most."""
_MENU = ("World", "Politics", "Business", "Culture", "Science", "Sport", "Weather", "Archive", "Letters", "Jobs")


def address(outlet: int) -> str:
    """Where an outlet lives."""
    return f"127.2.{outlet // 250 + 1}.{outlet % 250 + 1}"


@lru_cache(maxsize=1)
def _mix() -> list[Article]:
    return articles()


@lru_cache(maxsize=1)
def _about_the_talks() -> list[Article]:
    """Of the bundled newsroom's week."""
    said = [(entry, entry.versions[-1]) for entry in load().entries if entry.talks == 2]
    return [Article(id=entry.id, title=words.title, text="\n".join(words.body)) for entry, words in said if words.body]


def _article(outlet: int, item: int, first: int) -> Article:
    """One of the mix, with a first line that no other has: a thousand outlets do not print the same words.

    What is published while we serve, from item ``first`` on, is about the talks.
    """
    mix = _mix() if item < first else _about_the_talks()
    base = mix[(outlet * 7919 + item * 104_729) % len(mix)]
    number = outlet * 1000 + item
    return Article(
        id=str(number), title=f"{base.title} ({number})", text=f"Report {number} of outlet {outlet}. {base.text}"
    )


@lru_cache(maxsize=16_384)
def page(outlet: int, item: int, first: int) -> bytes:
    """An article between what surrounds articles: menus, scripts, teasers, comments."""
    dice = random.Random(outlet * 1000 + item)
    article = _article(outlet, item, first)
    body = "\n".join(f"<p>{html.escape(part)}</p>" for part in article.text.split("\n") if part.strip())
    size = int(SMALLEST * (LARGEST / SMALLEST) ** dice.random())
    head = (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(article.title)}</title>"
        f"<meta property='og:title' content='{html.escape(article.title)}'>"
        f"<script type='application/json' id='state'>{json.dumps(_state(dice, size // 2))}</script></head><body>"
        f"<header><nav><ul>{''.join(f'<li><a href=/{name}>{name}</a></li>' for name in _MENU)}</ul></nav></header>"
        f"<main><article><h1>{html.escape(article.title)}</h1><div class='story-body'>{body}</div></article></main>"
    )
    left = max(0, size - len(head))
    teasers = []
    while left > 0:
        teaser = _teaser(dice)
        teasers.append(teaser)
        left -= len(teaser)
    foot = f"<aside class='related'>{''.join(teasers)}</aside><footer>All rights kept.</footer></body></html>"
    return (head + foot).encode()


def _state(dice: random.Random, size: int) -> list[dict[str, object]]:
    slots = range(size // 110)
    return [{"id": dice.randrange(10**9), "kind": "slot", "at": [dice.random() for _ in range(3)]} for _ in slots]


def _teaser(dice: random.Random) -> str:
    number = dice.randrange(10**6)
    return (
        f"<div class='card card--{number % 7}'><a class='card__link' href='/{number}'><img src='/i/{number}.jpg' "
        f"width='240' height='135' alt=''><span class='card__title'>Another story number {number}</span></a>"
        f"<time datetime='2026-01-01'>1 January</time></div>\n"
    )


class Outlets:
    """What all outlets have published so far."""

    def __init__(self, outlets: int, items: int) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        self._first = items
        self._dates = [[now - timedelta(minutes=items - number) for number in range(items)] for _ in range(outlets)]
        self.connections: set[asyncio.Transport] = set()

    def more(self, outlet: int) -> None:
        """One outlet publishes one item more."""
        self._dates[outlet].append(datetime.now(UTC))

    def answer(self, head: bytes) -> bytes:
        """The answer to one request."""
        line, _, rest = head.partition(b"\r\n")
        path = line.split(b" ", 2)[1].decode("latin-1")
        host = rest.lower().partition(b"host: ")[2].partition(b"\r\n")[0].decode("latin-1")
        _, _, third, fourth = host.partition(":")[0].split(".")
        outlet = (int(third) - 1) * 250 + int(fourth) - 1
        if path == "/feed":
            kind, body = b"application/rss+xml; charset=utf-8", self._feed(outlet, host)
        elif path == "/robots.txt":
            kind, body = b"text/plain", b"User-agent: *\nAllow: /\n"
        else:
            kind, body = b"text/html; charset=utf-8", page(outlet, int(path.rpartition("/")[2]), self._first)
        return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body)) + body

    def _feed(self, outlet: int, host: str) -> bytes:
        last = len(self._dates[outlet])
        items = "".join(self._item(outlet, number, host) for number in range(last - 1, max(0, last - SHOWN) - 1, -1))
        title = f"Outlet {outlet}"
        return (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>".encode()
        )

    def _item(self, outlet: int, number: int, host: str) -> str:
        article = _article(outlet, number, self._first)
        link = f"http://{host}/story/{number}"
        lead = html.escape(article.text.partition("\n")[0][:300])
        return (
            f"<item><title>{html.escape(article.title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(self._dates[outlet][number])}</pubDate><description>{lead}</description></item>"
        )


class Delayed(Answering):
    """Answers after a while, as servers elsewhere do."""

    delay = 0.0

    def data_received(self, data: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self._answer, data)
        else:
            super().data_received(data)

    def _answer(self, data: bytes) -> None:
        # Who asked may have hung up meanwhile.
        if not self._transport.is_closing():
            super().data_received(data)


async def serve(outlets: int, items: int, delay: float) -> None:
    """Make every page, print the port, then obey until the commands end."""
    shown = Outlets(outlets, items)
    Delayed.delay = delay
    for outlet in range(outlets):
        for item in range(items):
            page(outlet, item, items)
    loop = asyncio.get_running_loop()
    # All of loopback's addresses: each outlet has its own.
    server = await loop.create_server(lambda: Delayed(shown), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        shown.more(int(line))
        print("shown", flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
