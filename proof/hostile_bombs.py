"""Little that becomes much: packed bodies, entities, nesting, giant names and numbers, against the real parts.

Feeds and pages go through the very pools that read them in the running program, packed bodies through the fetcher over
HTTP, searches, settings and forms to their own doors. Each must be answered within its deadline, within the memory
that the program allows, and the part must serve the next ordinary input.
"""

import gzip
import os
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import zstandard

from monitor import query
from monitor.config import load
from monitor.errors import ConfigError, ExtractError, FetchError, ParseError, QueryError
from monitor.extract.pool import PagePool
from monitor.fetch.client import Fetcher
from monitor.fetch.limits import FetchLimits
from monitor.records.feeds import FetchRequest
from monitor.sources import opml
from monitor.sources.pool import ParserPool
from proof.hostile_targets import NOW, document
from proof.promise import Figure, Scene
from tests.misbehaving import MisbehavingServer
from tests.test_extract_hostile import BOMBS as PAGES
from tests.test_sources import ATOM, JSON, RSS, SITEMAP, rss

_MEGABYTE = 1_000_000
_FEED_SECONDS, _PAGE_SECONDS, _OTHER_SECONDS = 5.0, 20.0, 5.0
"""The first two are the settings' defaults: parse_deadline and page_deadline."""
_WAITING = 15.0
"""What a loaded machine may take on top of a deadline, a new process's start included."""
_UNPACKED = 400 * _MEGABYTE
_LIMIT = 8 * _MEGABYTE
_GROWN = 150 * _MEGABYTE
"""How much more memory this process may take at its height while it unpacks."""


@dataclass(slots=True)
class _Told:
    """How one kind of bomb went."""

    kind: str
    tried: int = 0
    stopped: list[str] = field(default_factory=list)
    """Ended by the deadline or the limit of memory, as it is meant for what cannot be read."""
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def figure(self) -> Figure:
        stopped = f"; {len(self.stopped)} stopped by their limit ({', '.join(self.stopped)})" if self.stopped else ""
        wrong = f"; wrong: {'; '.join(self.wrong)}" if self.wrong else ""
        return Figure(
            what=self.kind,
            measured=f"{self.tried} answered, the slowest after {self.slowest:.1f} s{stopped}{wrong}",
            wanted="every one answered within its deadline and its memory, and the next ordinary input read",
            holds=not self.wrong,
        )


def _entities(levels: int, times: int) -> str:
    lines = ["<!ENTITY a0 'lol'>"]
    lines += [f"<!ENTITY a{n} '{f'&a{n - 1};' * times}'>" for n in range(1, levels)]
    return f"<!DOCTYPE r [{''.join(lines)}]>"


_LAUGHS = _entities(10, 10)
_QUADRATIC = f"<!DOCTYPE r [<!ENTITY a '{'x' * 100_000}'>]>"
_OUTSIDE = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "URL/dtd">%y;<!ENTITY z SYSTEM "URL/z">]>'
)


def _many(form: str) -> str:
    return " ".join(map(form.format, range(200_000)))


def feeds() -> Mapping[str, Callable[[], str]]:
    """Feeds that want to fill or hang their reader; ``URL`` stands for a server that nobody may ask."""
    sitemap = SITEMAP.replace("Leaders", "&a9;&a;&x;&z;")
    return {
        "a billion laughs": lambda: rss("<title>&a9;</title>", prolog=_LAUGHS),
        "a billion laughs in a sitemap": lambda: _LAUGHS + sitemap,
        "one long entity many times": lambda: rss(f"<title>{'&a;' * 50_000}</title>", prolog=_QUADRATIC),
        "one long entity many times in a sitemap": lambda: _QUADRATIC + sitemap.replace("&a;", "&a;" * 50_000),
        "files and servers as entities": lambda: rss("<title>&x;&z;</title>", prolog=_OUTSIDE),
        "files and servers in a sitemap": lambda: _OUTSIDE + sitemap,
        "an outside DTD": lambda: '<!DOCTYPE rss SYSTEM "URL/dtd">' + RSS,
        "XInclude": lambda: rss("<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='URL/i' parse='text'/>"),
        "elements in elements": lambda: rss("<a>" * 200_000),
        "elements in elements, closed": lambda: rss("<a>" * 100_000 + "</a>" * 100_000),
        "elements in Atom's content": lambda: ATOM.replace("<p>Long", "<p>" * 100_000 + "Long"),
        "two hundred thousand attributes": lambda: rss("<title " + _many("a{}=''") + ">t</title>"),
        "two hundred thousand namespaces": lambda: (
            "<rss " + _many("xmlns:a{0}='u{0}'") + "><channel><item/></channel></rss>"
        ),
        "a giant attribute": lambda: rss(f"<title a='{'x' * 7_000_000}'>t</title>"),
        "a giant name": lambda: rss(f"<{'x' * 3_000_000}>t</{'x' * 3_000_000}>"),
        "a giant title": lambda: rss(f"<title>{'&lt;p ' * 1_400_000}</title>"),
        "a giant description": lambda: rss(f"<description>{'&lt;div&gt;' * 700_000}</description>"),
        "an open CDATA": lambda: rss("<title><![CDATA[" + "]]" * 3_000_000),
        "open comments": lambda: rss("<!--" * 1_500_000),
        "a giant date": lambda: rss(f"<pubDate>{'9' * 5_000_000}</pubDate>"),
        "giant numbers in dates": lambda: rss(
            "".join(f"<pubDate>{'9' * n}-01-01T00:00:00Z</pubDate>" for n in range(1, 2000))
        ),
        "a giant guid": lambda: rss(f"<guid>{'x' * 7_000_000}</guid>"),
        "a hundred thousand entries": lambda: rss("</item><item>".join(["<title>t</title>"] * 200_000)),
        "two hundred thousand authors": lambda: rss("<author>a@b.example (A)</author>" * 200_000),
        "character references": lambda: rss(f"<title>{'&#x41;' * 1_000_000}</title>"),
        "letters in no charset": lambda: "<rss>\xff" + "a" * 7_000_000,
        "lists in JSON": lambda: "[" * 4_000_000,
        "objects in JSON": lambda: '{"a":' * 1_000_000,
        "a giant number in JSON": lambda: JSON.replace('"id-1"', "9" * 5_000_000),
        "a giant exponent in JSON": lambda: JSON.replace('"id-1"', "1e999999999"),
        "a million keys in JSON": lambda: JSON.replace(
            '"id":', "".join(f'"k{n}":1,' for n in range(500_000)) + '"id":'
        ),
        "a million items in JSON": lambda: JSON.replace('"items": [', '"items": [' + "{}," * 1_000_000),
    }


def run(scene: Scene) -> Sequence[Figure]:
    """All kinds; each is small enough to be done at once."""
    with ExitStack() as stack:
        server = stack.enter_context(MisbehavingServer())
        told = [_feeds(server), _json_depths(), _pages(), _outlines(server), _packed(server), _searches()]
        told += [_settings(scene.folder), _forms(scene.folder)]
    return [each.figure() for each in told]


def _timed(
    told: _Told, name: str, seconds: float, deed: Callable[[], object], clock: Callable[[], float] = time.monotonic
) -> object:
    told.tried += 1
    began = clock()
    try:
        return deed()
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        told.wrong.append(f"{name}: {type(error).__name__} escaped: {str(error)[:100]}")
        return None
    finally:
        took = clock() - began
        told.slowest = max(told.slowest, took)
        if took > seconds + _WAITING:
            told.wrong.append(f"{name}: {took:.1f} s")


def _feeds(server: MisbehavingServer) -> _Told:
    told = _Told("feeds that are bombs, through the pool of parsers")
    before = len(server.asked)
    with ParserPool(deadline=_FEED_SECONDS) as pool:
        pool.parse(document(RSS.encode()), now=NOW)
        for name, made in feeds().items():
            body = document(made().replace("URL", server.url("")).encode("latin-1"))
            found = _timed(told, name, _FEED_SECONDS, partial(pool.parse, body, now=NOW))
            if isinstance(found, ParseError) and "the parser" in str(found):
                told.stopped.append(name)
            elif "root:" in repr(found) or "lollol" in repr(found):
                told.wrong.append(f"{name}: an entity was opened")
        if isinstance(pool.parse(document(RSS.encode()), now=NOW), ParseError):
            told.wrong.append("an ordinary feed is refused afterwards")
    if len(server.asked) > before:
        told.wrong.append(f"a server was asked: {[asked.path for asked in server.asked[before:]]}")
    return told


def _json_depths() -> _Told:
    """Every depth around the interpreter's own limits: what is read at one depth may be too deep to be written."""
    told = _Told("JSON feeds nested to every depth from 100 to 1,200 and to some beyond")
    with ParserPool(deadline=_FEED_SECONDS) as pool:
        for deep in (*range(100, 1_200), 2_000, 10_000, 100_000):
            for opening, closing in (("[", "]"), ('{"a":', "}")):
                body = JSON.replace('"summary":', f'"tags": {opening * deep}1{closing * deep}, "summary":').encode()
                found = _timed(told, str(deep), _FEED_SECONDS, partial(pool.parse, document(body), now=NOW))
                if isinstance(found, ParseError) and "the parser" in str(found):
                    told.wrong.append(f"{deep} levels of {opening}: {found}"[:120])
    return told


def _pages() -> _Told:
    told = _Told("pages that are bombs, through the pool of readers")
    with PagePool(deadline=_PAGE_SECONDS) as pool:
        for name, made in (PAGES | _MORE_PAGES).items():
            try_ = document(b"<html><body>" + made(), content_type="text/html")
            found = _timed(told, name, _PAGE_SECONDS, partial(_read, pool, try_))
            if isinstance(found, ExtractError) and ("given up" in str(found) or "crashed" in str(found)):
                told.stopped.append(name)
    return told


_MORE_PAGES: dict[str, Callable[[], bytes]] = {
    "a charset with many spaces": lambda: b"<meta charset" + b" " * 4_000_000 + b"=x>",
    "letters of no charset and no end": lambda: b"\xff" + b"a" * 6_000_000,
    "JSON-LD as deep as can be": lambda: (
        b"<script type='application/ld+json'>" + b'{"@graph":[' * 300_000 + b"</script>"
    ),
    "a giant number in JSON-LD": lambda: (
        b'<script type="application/ld+json">{"@type":"NewsArticle","position":' + b"9" * 3_000_000 + b"}</script>"
    ),
}


def _read(pool: PagePool, page: Any) -> object:
    try:
        return pool.extract(page)
    except ExtractError as error:
        return error


def _outlines(server: MisbehavingServer) -> _Told:
    told = _Told("lists of feeds (OPML) that are bombs")
    before = len(server.asked)
    outline = '<outline text="t" type="rss" xmlUrl="https://a.example/"/>'
    opened = '<outline text="a">'
    bombs = {
        "entities": _LAUGHS + "<opml><body><outline text='&a9;'/></body></opml>",
        "an outside entity": _OUTSIDE.replace("URL", server.url("")) + "<opml><body>&x;&z;</body></opml>",
        "an outside DTD": f'<!DOCTYPE opml SYSTEM "{server.url("/dtd")}"><opml><body/></opml>',
        "folders in folders": f"<opml><body>{opened * 100_000}",
        "a hundred thousand outlines": f"<opml><body>{outline * 100_000}</body></opml>",
        "a giant attribute": f"<opml><body><outline text='{'x' * 9_000_000}' xmlUrl='https://a.example/'/></body></opml>",
    }
    for name, text in bombs.items():
        _timed(told, name, _OTHER_SECONDS, partial(_listed, text), time.process_time)
    if len(server.asked) > before:
        told.wrong.append("a server was asked")
    return told


def _listed(text: str) -> object:
    try:
        found = opml.read(text.encode())
    except ParseError as error:
        return error
    assert "root:" not in repr(found)
    return None


def _packed(server: MisbehavingServer) -> _Told:
    told = _Told(f"bodies of {_UNPACKED // _MEGABYTE} MB packed small, over HTTP")
    limits = FetchLimits(allow_private=("127.0.0.0/8",), host_gap=0.0, max_bytes=_LIMIT)
    with Fetcher(limits) as fetcher:
        bombs, highest = _bombs(), 0
        before = _resident("VmRSS")
        for name, (coding, body) in bombs.items():
            server.serve("/bomb", body, headers={"Content-Encoding": coding} if coding else {})
            url = server.url("/bomb") + ("" if coding else ".gz")
            server.serve("/bomb.gz", body)
            # From here on the height is counted anew (proc(5)).
            Path("/proc/self/clear_refs").write_text("5")
            request = FetchRequest(key=name, url=url)
            found = _timed(told, name, limits.deadline, partial(fetcher.get, request))
            highest = max(highest, _resident("VmHWM"))
            if not isinstance(found, FetchError) and len(getattr(found, "body", b"")) > _LIMIT:
                told.wrong.append(f"{name}: more than the limit came through")
        grown = highest - before
    told.kind += f" (memory grew by {grown / _MEGABYTE:.0f} MB)"
    if grown > _GROWN:
        told.wrong.append(f"memory grew by {grown / _MEGABYTE:.0f} MB, over {_GROWN / _MEGABYTE:.0f}")
    return told


def _resident(name: str) -> int:
    """Bytes by a line of the process's status: VmRSS now, VmHWM at the height."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def _zeros(start: Callable[[bytes], bytes], end: Callable[[], bytes]) -> bytes:
    """That much packed without ever being there."""
    piece = bytes(4 * _MEGABYTE)
    return b"".join([start(piece) for _ in range(_UNPACKED // len(piece))]) + end()


def _bombs() -> dict[str, tuple[str, bytes]]:
    inflate, deflate = zlib.compressobj(9, zlib.DEFLATED, 31), zlib.compressobj(9)
    brotlied, zstd = brotli.Compressor(quality=5), zstandard.ZstdCompressor(level=3).compressobj()
    zipped = _zeros(inflate.compress, inflate.flush)
    packed = _zeros(zstd.compress, zstd.flush)
    return {
        "gzip": ("gzip", zipped),
        "deflate": ("deflate", _zeros(deflate.compress, deflate.flush)),
        "brotli": ("br", _zeros(brotlied.process, brotlied.finish)),
        "zstd": ("zstd", packed),
        "gzip in gzip": ("gzip", gzip.compress(zipped)),
        "zstd frames in a row": ("zstd", packed * 20),
        "gzip members in a row": ("gzip", zipped * 5),
        "a chain of codings": ("gzip, gzip", gzip.compress(zipped)),
        "a gzip file without a coding": ("", zipped),
        "a zip file": ("", b"PK\x03\x04" + zipped),
    }


def _searches() -> _Told:
    told = _Told("searches that are bombs")
    bombs = {
        "parentheses": "(" * 2_000,
        "closed parentheses": "(" * 990 + "a" + ")" * 990,
        "negations": "-" * 1_990 + "a",
        "NOT": "NOT " * 490 + "a",
        "ORs": " OR ".join("ab" for _ in range(400)),
        "nested ORs and ANDs": "(a OR (b " * 200 + "c" + "))" * 200,
        "a megabyte": "a " * 500_000,
        "a giant word": "a" * 1_000_000,
        "a giant number": f"date:{'9' * 1_900}d",
        "stars": "ab* " * 490,
        "quotes": '"' * 1_999,
        "fields": "said:a about:b " * 130,
    }
    for name, text in bombs.items():
        _timed(told, name, _OTHER_SECONDS, partial(_parsed, text), time.process_time)
    return told


def _parsed(text: str) -> object:
    try:
        found = query.parse(text)
    except QueryError as error:
        return error
    assert query.parse(str(found)) == found
    return found


def _settings(folder: Path) -> _Told:
    told = _Told("settings that are bombs, as TOML and in the environment")
    bombs = {
        "lists in lists": f"a = {'[' * 100_000}",
        "tables in tables": f"a = {'{a=' * 100_000}",
        "dotted names": f"{'a.' * 100_000}a = 1",
        "a giant number": f"smtp_port = {'9' * 1_000_000}",
        "a giant exponent": "keep_days = 1e999999999",
        "a giant name": f"{'a' * 5_000_000} = 1",
        "a giant text": f'contact = "{"x" * 5_000_000}"',
        "many names": "".join(f"a{n} = 1\n" for n in range(100_000)),
    }
    for name, text in bombs.items():
        path = folder / "bomb.toml"
        path.write_text(text)
        _timed(told, name, _OTHER_SECONDS, partial(_loaded, path), time.process_time)
    path.write_text("")
    for name in ("LANGUAGES", "ALLOW_PRIVATE_HOSTS", "THRESHOLDS"):
        for value in ("[" * 100_000, '{"a":' * 20_000, "9" * 100_000):
            os.environ[f"MONITOR_{name}"] = value
            _timed(told, f"{name}={value[:5]}…", _OTHER_SECONDS, partial(_loaded, path), time.process_time)
            del os.environ[f"MONITOR_{name}"]
    return told


def _loaded(path: Path) -> object:
    try:
        return load(path)
    except ConfigError as error:
        return error


def _forms(folder: Path) -> _Told:
    """Requests to the dashboard: what is too large is refused, and nothing is a server's error."""
    from proof.hostile_shapes import database
    from tests.dashboard_builders import app_over, browser

    told = _Told("requests to the dashboard that are bombs")
    with database(folder) as store:
        client = browser(app_over(store))
        judge = "/articles/1/judge"
        bombs: dict[str, Callable[[], Any]] = {
            "a giant form": lambda: client.post(judge, data={"note": "x" * 50 * _MEGABYTE}),
            "many fields": lambda: client.post(judge, data={f"a{n}": "1" for n in range(100_000)}),
            "many parts": lambda: client.post(judge, files={f"a{n}": ("f", b"x") for n in range(700)}),
            "no end": lambda: client.post(judge, content=_endless(), headers={"content-type": "text/plain"}),
            "JSON": lambda: client.post(judge, content=b"[" * 60_000, headers={"content-type": "application/json"}),
            "a giant address": lambda: client.get("/matches?search=" + "(" * 60_000),
            "many parameters": lambda: client.get("/matches?" + "&".join(f"a{n}=1" for n in range(1_500))),
            "a giant number": lambda: client.get(f"/api/v1/matches?story={'9' * 5_000}"),
            "a giant path": lambda: client.get(f"/articles/{'9' * 5_000}"),
            "a deep search": lambda: client.get("/matches", params={"search": "(" * 900 + "a" + ")" * 900}),
            "many cookies": lambda: client.get("/", headers={"cookie": "; ".join(f"a{n}=1" for n in range(5_000))}),
            "a giant cursor": lambda: client.get(f"/matches?after={'9' * 60}"),
        }
        for name, ask in bombs.items():
            answer = _timed(told, name, _OTHER_SECONDS, ask, time.process_time)
            if answer is not None and answer.status_code >= 500:  # type: ignore[attr-defined]
                told.wrong.append(f"{name}: {answer.status_code}")  # type: ignore[attr-defined]
        if client.get("/matches").status_code != 200:
            told.wrong.append("an ordinary page is refused afterwards")
    return told


def _endless() -> Iterator[bytes]:
    for _ in range(1_000):
        yield bytes(65_536)
