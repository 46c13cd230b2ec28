"""Every place that fetches, sent to every spelling of what lies inside: nothing may even open a connection there."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from typing import Self

from structlog.testing import capture_logs

from monitor.errors import ConfigError, FetchError
from monitor.fetch import Fetcher, FetchLimits
from monitor.fetch.names import system_addresses
from monitor.jobs.services import Services
from monitor.notify.webhook import Webhooks
from monitor.records.feeds import FetchRequest
from monitor.records.telling.messages import Notice
from monitor.sources.discovery import discover
from monitor.store import Store
from proof.nobody_spellings import LED, SPELLINGS, STAGE, spelt
from proof.nobody_world import Tally
from proof.promise import Figure, Scene
from tests.driven_house import House, wired
from tests.fault_site import TALKS, item, rss
from tests.misbehaving import Exchange, MisbehavingServer

OPEN = ("127.0.3.0/24",)
"""The network in which the stage stands; everything else of this machine is behind the wall."""
SECRET = b"what lies inside"

LATER = timedelta(hours=7)
REDIRECTS = ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent")


class Inside:
    """Listens on addresses of this machine that are not open, over IPv4 and IPv6, and counts who connects."""

    def __enter__(self) -> Self:
        self.reached: list[str] = []
        self._sockets: list[socket.socket] = []
        self.port = 0
        # Not 127.0.3.x: that is where the stage stands. Zero would take the stage's own port as well.
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "127.0.9.9"), (socket.AF_INET6, "::1")):
            listening = socket.create_server((address, self.port), family=family, backlog=64)
            self.port = listening.getsockname()[1]
            self._sockets.append(listening)
            threading.Thread(target=self._take, args=(listening, address), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for listening in self._sockets:
            with closing(listening):
                listening.shutdown(socket.SHUT_RDWR)

    def _take(self, listening: socket.socket, address: str) -> None:
        while True:
            try:
                connection, peer = listening.accept()
            except OSError:
                return
            self.reached.append(f"{address} by {peer[0]}")
            body = rss(item("inside.example", 1)) + SECRET
            with closing(connection):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


@dataclass
class Turning:
    """A resolver: some names point inwards now and then, those of the stage always to it, others as the system says."""

    asked: dict[str, int] = field(default_factory=dict)

    def __call__(self, host: str, port: int) -> list[str]:
        """The addresses of ``host`` this time."""
        if host in LED:
            number = self.asked[host] = self.asked.get(host, -1) + 1
            return LED[host][number % len(LED[host])]
        return [STAGE] if host.endswith(".example") else system_addresses(host, port)


@dataclass
class Stage(MisbehavingServer):
    """Pages and feeds that lead inwards in every way; what is asked of it names the spelling by its number."""

    host: str = STAGE
    inside: int = 0

    def handle(self, exchange: Exchange) -> None:
        """Lead inwards: ``/<way>/<number of the spelling>``."""
        way, _, rest = exchange.asked.path.strip("/").partition("/")
        number, _, status = rest.partition("/")
        target = spelt(int(number), self.inside) if number.isdigit() else ""
        if way == "redirect" and status.isdigit():
            exchange.reply(status=REDIRECTS[int(status)], headers={"Location": target.encode().decode("latin-1")})
        elif way == "hub" and target:
            body = rss(item("stage.example", int(number)), channel=f'<link rel="hub" href="{_xml(target)}"/>')
            exchange.reply(
                body,
                headers={"Link": f'<{target}>; rel="hub", <{self.url("/hub")}>; rel="self"'.encode().decode("latin-1")},
            )
        elif way == "feed":
            links = (spelt(n, self.inside) for n in range(len(SPELLINGS)))
            hosts = ("stage.example", "robots.example")
            there = [self.url(f"/redirect/{n}/1", host=hosts[n % 2]) for n in range(len(SPELLINGS))]
            entries = [
                item("stage.example", n, link=_xml(link), description=TALKS, title=f"Talks in Istanbul, day {n}")
                for n, link in enumerate((*links, *there))
            ]
            exchange.reply(rss("".join(entries)))
        elif way == "robots.txt" and exchange.asked.headers.get("host", "").startswith("robots"):
            exchange.reply(status="302 Found", headers={"Location": f"http://127.0.9.9:{self.inside}/robots.txt"})
        elif way == "page":
            exchange.reply(_page(target).encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        else:
            exchange.reply(b"nothing", status="404 Not Found")


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _page(target: str) -> str:
    inside = _xml(target)
    return (
        f'<!doctype html><html><head><base href="{inside}"><meta http-equiv="refresh" content="0; url={inside}">'
        f'<link rel="canonical" href="{inside}"><link rel="amphtml" href="{inside}">'
        f'<link rel="alternate" type="application/rss+xml" href="{inside}"><link rel="stylesheet" href="{inside}">'
        f'<title>Talks in Istanbul</title></head><body><article><img src="{inside}"><iframe src="{inside}"></iframe>'
        f"<p>{TALKS}</p></article></body></html>"
    )


def outbound(scene: Scene) -> Sequence[Figure]:
    """The fetcher itself, then each place that uses it, then the commands."""
    tally, numbers = Tally(), range(0, len(SPELLINGS), max(1, round(1 / scene.share)) if scene.share < 1 else 1)
    with Inside() as inside, Stage(inside=inside.port) as stage, ExitStack() as stack, capture_logs():
        _of_the_fetcher(tally, stage, inside, numbers)
        parts = stack.enter_context(contextmanager(wired)(scene.folder, parse_deadline=30))
        _of_the_jobs(tally, scene, stage, inside, parts, numbers)
        _of_the_commands(tally, scene, stage, inside, numbers)
        return (
            tally.figure("requests sent inwards that brought anything back", "0"),
            Figure(
                what="connections to what lies inside",
                measured=f"{len(inside.reached)}; {', '.join(inside.reached[:3])}".rstrip("; "),
                wanted="0",
                holds=not inside.reached,
            ),
            Figure(what="addresses in the corpus", measured=f"{len(numbers)} of {len(SPELLINGS)}"),
        )


def _limits() -> FetchLimits:
    return FetchLimits(deadline=10.0, allow_private=OPEN, host_gap=0.0)


def _of_the_fetcher(tally: Tally, stage: Stage, inside: Inside, numbers: Sequence[int]) -> None:
    """Each spelling directly and over each redirect, as feed, page, form and message."""
    manners: tuple[tuple[str, dict[str, object], bool], ...] = (
        ("feed", {}, False),
        ("page", {}, True),
        ("form", {"form": (("hub.mode", "subscribe"),)}, False),
        ("message", {"body": b"{}"}, False),
    )
    with Fetcher(_limits(), resolver=Turning()) as fetcher:
        for number, (name, fields, robots) in product(numbers, manners):
            ways = [spelt(number, inside.port)]
            ways += [stage.url(f"/redirect/{number}/{n}", host="stage.example") for n in range(len(REDIRECTS))]
            # The name that turns is asked more than once, so that each of its answers comes.
            for url in (*ways, ways[0], ways[0]):
                found = fetcher.get(FetchRequest(key="k", url=url, **fields), robots=robots)  # type: ignore[arg-type]
                body = b"" if isinstance(found, FetchError) else getattr(found, "body", b"")
                tally.expect(SECRET not in body, f"{name}: {url}")
        webhooks = Webhooks(fetcher.get)
        for number in numbers:
            for target in (spelt(number, inside.port), stage.url(f"/redirect/{number}/3", host="stage.example")):
                outcome = webhooks.send(Notice(id="1", title="a", text="b"), target)
                tally.expect(SECRET.decode() not in outcome.detail, f"webhook: {target}")


def _of_the_jobs(
    tally: Tally, scene: Scene, stage: Stage, inside: Inside, parts: Services, numbers: Sequence[int]
) -> None:
    """Feeds, their pages, robots.txt and hubs, by the real jobs over a real store."""
    path = scene.folder / "outbound.sqlite3"
    for old in scene.folder.glob("outbound.sqlite3*"):
        old.unlink()
    with (
        Store.open(f"sqlite:///{path}", create=True) as store,
        House(parts, store, _limits(), Turning()) as house,
    ):
        house.services = _with_callback(house.services)
        urls = [stage.url("/feed", host="stage.example")]
        urls += [stage.url(f"/hub/{number}", host=f"hub{number}.example") for number in numbers]
        urls += [stage.url(f"/redirect/{number}/0", host=f"old{number}.example") for number in numbers]
        # What no web address is cannot even be added; that is one of the walls.
        for url in (*urls, *(spelt(number, inside.port) for number in numbers)):
            try:
                house.add(url)
            except (ConfigError, ValueError):
                tally.expect(True, url)
        for _ in range(3):
            house.work("poll", "screen", "read", "analyse", "subscribe", "revisit")
            house.clock.ahead += LATER
        for result in house.heard.results:
            body = b"" if isinstance(result, FetchError) else getattr(result, "body", b"")
            tally.expect(SECRET not in body, f"job: {result.url}")
        for number in numbers:
            found = house.services.fetcher.fetch(
                [FetchRequest(key="d", url=stage.url(f"/page/{number}", host="stage.example"))]
            )
            for document in found:
                # What a page offers is shown to a person, or asked for by the same fetcher.
                offered = () if isinstance(document, FetchError) else discover(document)  # type: ignore[arg-type]
                for spec in offered:
                    for answer in house.services.fetcher.fetch([FetchRequest(key="o", url=spec.url)]):
                        tally.expect(SECRET not in getattr(answer, "body", b""), f"offered: {spec.url}")


def _with_callback(services: Services) -> Services:
    return replace(services, websub_callback="https://monitor.example/websub")


def _of_the_commands(tally: Tally, scene: Scene, stage: Stage, inside: Inside, numbers: Sequence[int]) -> None:
    """The commands that take an address, as real processes."""
    commands: tuple[Callable[[str], list[str]], ...] = (
        lambda url: ["feeds", "parse", url],
        lambda url: ["feeds", "check", url],
        lambda url: ["feeds", "discover", url],
        lambda url: ["extract", url],
        lambda url: ["analyze", url],
    )
    environment = os.environ | {
        "MONITOR_DATABASE_URL": f"sqlite:///{scene.folder / 'outbound.sqlite3'}",
        "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.3.0/24"]',
        "MONITOR_HOST_GAP": "0",
    }
    chosen = [numbers[0], *[number for number in numbers if number % 17 == 5]]
    for number, command in product(chosen, commands):
        for url in (spelt(number, inside.port), stage.url(f"/redirect/{number}/1")):
            words = [sys.executable, "-m", "monitor", *command(url)]
            done = subprocess.run(words, capture_output=True, env=environment, timeout=300, check=False)
            tally.expect(SECRET not in done.stdout + done.stderr, f"{command(url)[:2]}: {url}")
