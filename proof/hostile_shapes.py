"""Hostile input of a known shape, made by Hypothesis: requests, searches on a database, JSON, settings, told texts.

Where a door takes more than bytes, bytes alone would rarely get past its first check. Hypothesis also steers towards
what takes longest. A failing example is made small and kept in the part's folder.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, seed, settings, target
from hypothesis import strategies as st
from starlette.testclient import TestClient

from monitor.config import Settings, load
from monitor.errors import ConfigError, ExtractError, ParseError, QueryError
from monitor.extract.pages import extract
from monitor.query.nodes import Query
from monitor.records.articles import Article
from monitor.sources import parse
from monitor.store import Store
from monitor.understand.extraction import extracted
from proof.hostile_targets import NOW, document
from proof.promise import Figure, Scene
from tests.dashboard_builders import app_over, browser
from tests.extractpages import BODY, html
from tests.store_builders import entity, findings
from tests.telling_builders import arrive, at, one_of_each, weave
from tests.test_dates_properties import WORDS as TIMES
from tests.test_query_properties import NODES, TYPED

_ROUND = 500
"""Examples after which is written down how far it is."""
_SECONDS = 5.0
"""Processor time that one example may take."""
_ENDLESS = ("/live", "/openapi.json")
_SCRIPT = "<script>alert(1)</script>"

WORDS = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(codec=None), max_size=20),
    st.sampled_from(
        ["", "0", "-1", "1e999", "NaN", "null", "true", "9" * 30, "2025-10-17", "9999-12-31", "0001-01-01"]
    ),
    st.sampled_from(
        ["' OR 1=1 --", '"', _SCRIPT, "../../etc/passwd", "a*", '"a', "\\", "\x00", "%00", "٣", "x" * 1999]
    ),
    st.integers().map(str),
    st.floats().map(str),
)
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is made, and what is done with it; ``opened`` gives the deed what it works on."""

    name: str
    executions: int
    opened: Callable[[Path], Any]
    """A context manager: the examples, and what is done with each."""


Made = tuple[st.SearchStrategy[Any], Callable[[Any], None]]


@contextmanager
def database(folder: Path) -> Iterator[Store]:
    """A database with some articles, and all that is told in them."""
    path = folder / "hostile.sqlite3"
    path.unlink(missing_ok=True)
    with Store.open(f"sqlite:///{path}", create=True) as store:
        for number in range(1, 6):
            arrive(store, number, one_of_each(number), when=at(1, 8 + number), by=f"paper{number}")
        weave(store)
        yield store


@contextmanager
def _requests(folder: Path) -> Iterator[Made]:
    with database(folder) as store:
        app = app_over(store)
        routes = [route for route in app.routes if isinstance(route, APIRoute) and not route.path.endswith(_ENDLESS)]
        yield st.sampled_from(routes).flatmap(_request), partial(_asked, browser(app))


def _request(route: APIRoute) -> st.SearchStrategy[Any]:
    """A request for the route: its own parameters, well filled and ill, some twice, and some that it does not know."""
    depends = route.dependant
    likely = st.sampled_from(["1", "2", "talks", "matches", "csv", "rss", "json", "any", "newest", "7d", "2026-10-13"])
    value = likely | WORDS
    names = [each.alias for each in depends.query_params] + ["unknown"]
    path = st.fixed_dictionaries({each.alias: value for each in depends.path_params})
    pairs = st.lists(st.tuples(st.sampled_from(names), value), max_size=5)
    form = st.fixed_dictionaries({}, optional={each.alias: value for each in depends.body_params})
    accept = st.sampled_from(["text/html", "application/json", "*/*", ""])
    return st.tuples(st.just(route), path, pairs, form, accept)


def _asked(client: TestClient, made: Any) -> None:
    route, path, pairs, form, accept = made
    if path.get("drawn_as") in {"svg", "png"}:
        # Drawing is a process of its own, and takes its time.
        path["drawn_as"] = "json"
    where = route.path
    for name, value in path.items():
        where = where.replace("{" + name + "}", quote(value.encode("utf-8", "replace"), safe=""))
    query = "&".join(f"{name}={quote(value.encode('utf-8', 'replace'))}" for name, value in pairs)
    (method,) = set(route.methods) - {"HEAD"}
    fields = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
    data = {"data": fields} if method == "POST" else {}
    answer = client.request(method, f"{where}?{query}", headers={"accept": accept}, **data)  # type: ignore[arg-type]
    assert answer.status_code < 500, f"{method} {where}?{query}: {answer.status_code} {answer.text[:300]}"
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert _SCRIPT not in answer.text


@contextmanager
def _searches(folder: Path) -> Iterator[Made]:
    with database(folder) as store:
        yield TYPED | NODES.map(lambda node: str(Query(node))), partial(_searched, store)


def _searched(store: Store, search: str) -> None:
    with suppress(QueryError):
        store.search.search(search, limit=5, now=NOW)


@contextmanager
def _json_feeds(_folder: Path) -> Iterator[Made]:
    item = st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            "id url external_url title summary content_html content_text date_published date_modified authors "
            "author language tags attachments".split(),
            JSON_VALUES,
        ),
    )
    feed = st.fixed_dictionaries(
        {"version": st.sampled_from(["https://jsonfeed.org/version/1.1", "http://www.jsonfeed.org/version/1"])},
        optional={
            "items": st.lists(item, max_size=4) | JSON_VALUES,
            **dict.fromkeys(["title", "home_page_url", "feed_url", "language", "hubs"], JSON_VALUES),
        },
    )
    yield feed, _json_feed


def _json_feed(made: Any) -> None:
    with suppress(ParseError):
        parse(document(json.dumps(made).encode()), now=NOW)


@contextmanager
def _stated(_folder: Path) -> Iterator[Made]:
    names = (
        "@type @graph headline datePublished dateModified author name url articleBody mainEntityOfPage isPartOf "
        "publisher description inLanguage isAccessibleForFree hasPart liveBlogUpdate"
    )
    node = st.fixed_dictionaries({}, optional=dict.fromkeys(names.split(), JSON_VALUES))
    kinds = st.sampled_from(["NewsArticle", "LiveBlogPosting", ["Article", "WebPage"], None, 5])
    yield st.builds(lambda made, kind: made | {"@type": kind}, node, kinds) | JSON_VALUES, _page


def _page(stated: Any) -> None:
    with suppress(ExtractError):
        extract(document(html("".join(f"<p>{line}</p>" for line in BODY), ld=stated), content_type="text/html"))


@contextmanager
def _settings(folder: Path) -> Iterator[Made]:
    names = st.sampled_from([*Settings.model_fields, "unknown"])
    values = st.dictionaries(names, JSON_VALUES | st.sampled_from([{"de": {"route": "translate"}}, {"talks": 0.5}]))
    yield values, partial(_loaded, folder / "hostile.toml")


def _loaded(path: Path, made: Any) -> None:
    lines = (f"{json.dumps(name)} = {_toml(value)}\n" for name, value in made.items() if value is not None)
    path.write_bytes("".join(lines).encode("utf-8", "replace"))
    with suppress(ConfigError):
        load(path)


def _toml(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_quoted(name)} = {_toml(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case str():
            return _quoted(value)
        case float():
            return str(value)
        case _:
            return json.dumps(value) if value is not None else '""'


def _quoted(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "")


_TOLD = (
    "Trump Putin Zelensky Kyiv Moscow the president said that told reporters Mr. he she they it would will not meet "
    "call with in Budapest send Tomahawk missiles to Ukraine announced approved delivered denied “ ” \" ' « » , . : "
    "— ( ) \n \n\n Kremlin spokesman Truth Social a of and his who's 500 ATACMS"
).split(" ")


_NAMES = tuple(zip("Trump Kyiv Putin Tomahawk".split() * 2, "person place person weapon".split() * 2, strict=True))


@contextmanager
def _texts(_folder: Path) -> Iterator[Made]:
    pieces = st.lists(st.sampled_from([*_TOLD, *TIMES]) | st.text(max_size=8), max_size=60).map(" ".join)
    spans = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 12)), max_size=8)
    yield st.tuples(pieces, pieces, spans), _told


def _told(made: Any) -> None:
    title, text, spans = made
    article = Article(id="1", title=title, text=text, published=NOW, language="en")
    length = len(article.document)
    named = [
        entity(name, None, (start, min(length, start + size)), type_=kind)
        for (start, size), (name, kind) in zip(spans, _NAMES, strict=False)
        if start < length
    ]
    found = extracted(article, findings(0.9, 0.9, *named))
    for said in found.quotes:
        assert article.document[said.start : said.end] == said.text


SHAPES: tuple[Shape, ...] = (
    Shape(name="requests to the dashboard", executions=10_000, opened=_requests),
    Shape(name="searches on a database", executions=10_000, opened=_searches),
    Shape(name="JSON feeds", executions=5_000, opened=_json_feeds),
    Shape(name="JSON-LD in pages", executions=2_000, opened=_stated),
    Shape(name="settings in TOML", executions=1_000, opened=_settings),
    Shape(name="texts that are understood", executions=5_000, opened=_texts),
)


def run(scene: Scene) -> Sequence[Figure]:
    """Every shape, one after the other."""
    return [_tried(scene, shape) for shape in SHAPES]


def _tried(scene: Scene, shape: Shape) -> Figure:
    name = shape.name.replace(" ", "-")
    told = scene.remembered(name) or {"done": 0, "seconds": 0.0, "slowest": 0.0, "findings": []}
    wanted = scene.of(shape.executions)
    with ExitStack() as stack:
        made = stack.enter_context(shape.opened(scene.folder)) if told["done"] < wanted else None
        while made is not None and told["done"] < wanted:
            _round(scene, name, made, told, min(_ROUND, wanted - told["done"]))
            scene.remember(name, told)
            scene.progress(told["done"], wanted, shape.name)
    found = "; ".join(told["findings"])
    speed, slowest = told["done"] / max(0.1, told["seconds"]), told["slowest"] * 1000
    return Figure(
        what=shape.name,
        measured=f"{told['done']:,} executions, {speed:,.0f}/s, slowest {slowest:,.0f} ms: {found or 'nothing'}",
        wanted=f"{wanted:,} executions, each within {_SECONDS:g} s, no finding",
        holds=not found and told["slowest"] <= _SECONDS,
    )


def _round(scene: Scene, name: str, made: Made, told: dict[str, Any], examples: int) -> None:
    strategy, deed = made
    number, last, began = told["done"], [""], time.monotonic()

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.target, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(strategy)
    def tried(example: Any) -> None:
        last[0] = repr(example)
        before = time.process_time()
        deed(example)
        took = time.process_time() - before
        told["slowest"] = max(told["slowest"], took)
        target(took, label="seconds")

    try:
        tried()
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        file = scene.folder / f"finding-{name}-{number}.txt"
        file.write_text(f"{error!r}\n\n{last[0]}\n", encoding="utf-8", errors="backslashreplace")
        told["findings"].append(f"{type(error).__name__}: {str(error)[:200]} ({file.name})")
    told["done"] += examples
    told["seconds"] += time.monotonic() - began
