"""Every route by every kind of person, with every method, from every site and under every name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import product
from urllib.parse import quote, urlsplit

import httpx
from lxml import html

from monitor.dashboard.guard import HEADERS
from monitor.store import Store
from proof.nobody_world import OWN, Tally, World, world
from proof.promise import Figure, Scene
from tests.dashboard_builders import NOW
from tests.dashboard_doors import FORMS, NEEDS, ROLES, Way, is_refusal, may, pictures
from tests.telling_builders import at

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND")
FOREIGN: tuple[Mapping[str, str], ...] = (
    {},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "Same-Origin"},
    {"sec-fetch-site": "same-origin, cross-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://HOST"},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://HOST.evil.example"},
    {"origin": "http://evil.example/HOST"},
    {"origin": "http://HOST@evil.example"},
    {"origin": "file://HOST"},
    {"referer": "http://HOST/matches"},
    {"x-http-method-override": "GET"},
    {"content-type": "text/plain"},
)
"""Of requests that do not come from our own pages; HOST is our own name."""
NAMES = (
    "evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1:1@evil.example",
    "evil.example:80",
    "localhost.evil.example",
    "0.0.0.0",
    "127.1",
    "2130706433",
    "127.0.0.1, evil.example",
    "127.0.0.1/evil",
    '"><script>alert(1)</script>',
    "xn--evil.example",
)
ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/x\r\nSet-Cookie: a=b",
    "/x\r\n\r\n<script>alert(1)</script>",
    "/\u2028/evil.example",
    "\u3000//evil.example",
    " //evil.example",
    "/%0d%0aSet-Cookie:a=b",
    "/%5cevil.example",
    "/..//evil.example",
    "/.//evil.example",
    "?next=//evil.example",
    "@evil.example",
    ".evil.example",
    "",
)
MORE_FIELDS = {
    "role": "admin",
    "is_admin": "true",
    "account_id": "1",
    "person": "Ada",
    "owner": "Ada",
    "id": "1",
    "number": "1",
    "labelled_at": "2001-01-01",
    "now": "2001-01-01",
    "store": "x",
    "visit": "x",
    "request": "x",
    "house": "x",
    "password_hash": "x",
    "disabled_at": "",
    "audited": "false",
    "until": "2099-01-01",
    "name_key": "ada",
    "__proto__": "x",
    "self": "x",
}
"""Fields that no form has and every table does."""


def roles(scene: Scene) -> Sequence[Figure]:
    """Each route, each picture, by each person and by those whose key is no longer good."""
    table, dead, methods, secret = Tally(), Tally(), Tally(), Tally()
    with world(scene.folder) as here:
        for way in here.ways:
            table.expect(way.name in NEEDS, f"{way.name} is not in the table")
        people = ("nobody", *ROLES)
        for way, person in product(here.ways, people):
            for instead in (*list(pictures(way))[: scene.of(12)], {}):
                with here.client(person, **OWN) as client:
                    _role(table, client, way, here.things, instead, person)
        for way, (name, headers) in product(here.ways, _dead(here.store).items()):
            with here.client(**headers, **OWN) as client:
                _role(dead, client, way, here.things, {}, name)
        for way, method, person in product(here.ways, METHODS, ("nobody", "Ada")):
            if (method, way.path) not in {(each.method, each.path) for each in here.ways} | {("HEAD", way.path)}:
                with here.client(person, **OWN) as client:
                    answer = client.request(method, way.at(here.things))
                methods.expect(400 <= answer.status_code < 500, f"{method} {way.path}: {answer.status_code}")
        for person in ROLES:
            with here.client(person) as client:
                seen = client.get("/api/v1/system").json()
            secret.expect(bool(seen["accounts"]) == (person == "Ada"), f"{person} sees the accounts")
            secret.expect(bool(seen["audit"]) == (person == "Ada"), f"{person} sees the audit log")
    return (
        table.figure("routes x persons where another was let in than the table says", "0"),
        dead.figure("routes let in with a revoked, expired, ended or invented key, or by a disabled account", "0"),
        methods.figure("methods that a route does not have and that got another answer than 4xx", "0"),
        secret.figure("accounts and audit log shown to other than admins, or not to them", "0"),
    )


def _role(
    tally: Tally, client: httpx.Client, way: Way, things: Mapping[str, object], instead: Mapping[str, str], person: str
) -> None:
    with client.stream(way.method, way.at(things, **instead), data=FORMS.get(way.name)) as answer:
        refused, known = is_refusal(answer), way.name == "POST /sign-in"
        # What was removed or taken back the time before is not there, and some pictures have nothing to draw.
        lets_in = not refused and (answer.status_code in {200, 303, 404} or (answer.status_code == 422 and way.changes))
    holds = known or (lets_in if may(person, NEEDS.get(way.name, "admin")) else refused)
    tally.expect(holds, f"{way.name} {instead or ''} by {person}: {answer.status_code}")


def _dead(store: Store) -> dict[str, Mapping[str, str]]:
    """Keys that once were good, or never."""
    store.accounts.add("Dora", ROLES["Ada"], "eleven quiet otters", by="tests", now=at(1, 8))
    gone = store.tokens.add("Dora", "gone", expires_at=None, by="tests", now=at(1, 8))[1]
    ended = store.sessions.begin(store.accounts.listed()[0].id, now=NOW)
    store.sessions.end(ended, now=NOW)
    token, revoked = store.tokens.add("Ada", "revoked", expires_at=None, by="tests", now=at(1, 8))
    store.tokens.revoke(token.id, by="tests", now=at(1, 9))
    old = store.tokens.add("Ada", "old", expires_at=at(1, 8) + timedelta(hours=1), by="tests", now=at(1, 8))[1]
    live = store.sessions.begin(next(each.id for each in store.accounts.listed() if each.name == "Dora"), now=NOW)
    store.accounts.disable("Dora", by="tests", now=NOW)
    return {
        "disabled": {"authorization": f"Bearer {gone}"},
        "disabled session": {"cookie": f"monitor_session={live}"},
        "ended session": {"cookie": f"monitor_session={ended}"},
        "revoked": {"authorization": f"Bearer {revoked}"},
        "expired": {"authorization": f"Bearer {old}"},
        "invented": {"authorization": "Bearer tm_" + "A" * 43},
        "token as a cookie": {"cookie": f"monitor_session={gone}"},
        "named by itself": {"remote-user": "Ada", "x-forwarded-user": "Ada", "x-forwarded-for": "127.0.0.1"},
        "session of TLS": {"cookie": f"__Host-monitor_session={ended}"},
    }


def elsewhere(scene: Scene) -> Sequence[Figure]:
    """CSRF, names that are not ours, redirects that lead away, fields that no form has; what every answer carries."""
    with world(scene.folder) as here:
        own = urlsplit(here.url).netloc
        return (
            _forged(here, own),
            _named(here),
            *_led_away(here),
            *_more_fields(here),
            *_dressed(here),
        )


def _forged(here: World, own: str) -> Figure:
    tally, before = Tally(), here.rows()
    session = here.store.sessions.begin(here.store.accounts.find("Ada").id, now=NOW)  # type: ignore[union-attr]
    for way, sent in product((way for way in here.ways if way.changes), FOREIGN):
        headers = {name: value.replace("HOST", own) for name, value in sent.items()}
        with here.client(**headers, cookie=f"monitor_session={session}") as client:
            answer = client.post(way.at(here.things), data=FORMS.get(way.name))
        tally.expect(answer.status_code == 403 and "set-cookie" not in answer.headers, f"{way.name} from {sent}")
    tally.expect(here.store.sessions.holder(session, now=NOW) is not None, "somebody was signed out")
    tally.expect(here.rows() == before, "the database was changed")
    return tally.figure("requests from other sites that changed something, or were not refused", "0")


def _named(here: World) -> Figure:
    tally = Tally()
    for way, name in product(here.ways, NAMES):
        with here.client("Ada", **OWN, host=name) as client:
            answer = client.request(way.method, way.at(here.things), data=FORMS.get(way.name))
        refused = answer.status_code in {400, 421} and answer.headers["content-type"].startswith("text/plain")
        tally.expect(refused, f"{way.name} as {name}: {answer.status_code}")
    return tally.figure("routes answered under a name that is not ours", "0")


def _led_away(here: World) -> Iterator[Figure]:
    tally = Tally()
    fields = [
        (way, name) for way in here.ways for name in (*way.fields, *way.queries) if name in {"back", "next", "path"}
    ]
    for (way, name), there in product(fields, ELSEWHERE):
        for person in ("nobody", "Ada"):
            with here.client(person, **OWN) as client:
                given = {**FORMS.get(way.name, {}), name: there}
                sent = {"data": given} if way.changes else {"params": {name: there}}
                answer = client.request(way.method, way.at(here.things), **sent)  # type: ignore[arg-type]
                _stays(tally, way, there, answer)
    for there in ELSEWHERE:
        with here.client() as client:
            _stays(tally, None, there, client.get(f"/matches?search={quote(there, safe='/')}"))
    yield tally.figure("answers that lead to another site, or whose headers were written by the request", "0")


def _stays(tally: Tally, way: Way | None, there: str, answer: httpx.Response) -> None:
    led = answer.headers.get("location", "/")
    split = urlsplit(led.replace("\\", "/"))
    own = led.startswith("/") and not led.startswith(("//", "/\\")) and not split.netloc and led.isascii()
    strange = answer.headers.get("set-cookie", "").startswith("a=")
    forms = html.fromstring(answer.content).iterfind(".//input[@name='back']") if b"<html" in answer.content else ()
    kept = all(not (each.get("value") or "/").startswith(("//", "/\\", "http", "java")) for each in forms)
    tally.expect(own and kept and not strange, f"{way.name if way else 'sign in'} with {there!r}: {led}")


def _more_fields(here: World) -> Iterator[Figure]:
    tally = Tally()
    for way in here.ways:
        if not way.changes or way.path.startswith("/sign-"):
            continue
        for person in ROLES:
            accounts, views = here.rows()["accounts"], here.store.views.listed("Ada")
            with here.client(person, **OWN) as client:
                plain = client.post(way.at(here.things), data=FORMS[way.name])
                more = client.post(way.at(here.things), data={**MORE_FIELDS, **FORMS[way.name]})
                as_json = client.post(way.at(here.things), json={**MORE_FIELDS, **FORMS[way.name]})
            same = more.status_code == plain.status_code or {more.status_code, plain.status_code} <= {303, 422}
            tally.expect(same, f"{way.name} by {person}: {plain.status_code}, with more fields {more.status_code}")
            tally.expect(as_json.status_code < 500, f"{way.name} by {person} as JSON: {as_json.status_code}")
            tally.expect(here.rows()["accounts"] == accounts, f"{way.name} by {person} changed the accounts")
            kept = person == "Ada" or here.store.views.listed("Ada") == views
            tally.expect(kept, f"{way.name} by {person} wrote a view of Ada's")
            for label in here.store.labels.live():
                tally.expect(label.person in {"Anton", "Ada"}, f"{way.name}: a label by {label.person}")
    yield tally.figure("forms in which a field of ours could be set by whoever sends it", "0")


def _dressed(here: World) -> Iterator[Figure]:
    headers, scripts = Tally(), Tally()
    for way, person in product(here.ways, ("nobody", *ROLES)):
        for path in (way.at(here.things), way.path.replace("{", "%7B").replace("}", "%7D")):
            with (
                here.client(person, **OWN) as client,
                client.stream(way.method, path, data=FORMS.get(way.name)) as answer,
            ):
                body = b"" if way.path == "/live" else answer.read()
            missing = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
            loose = "unsafe" in answer.headers.get("content-security-policy", "unsafe")
            headers.expect(not missing and not loose, f"{way.name} by {person}: without {missing}")
            if answer.headers.get("content-type", "").startswith("text/html") and body:
                _quiet(scripts, way, body)
    yield headers.figure("answers without the policy, or without a header against frames, sniffing, leaks", "0")
    yield scripts.figure(
        "pages with a script, style or handler written into them, or with anything of another site", "0"
    )


def _quiet(tally: Tally, way: Way, body: bytes) -> None:
    for element in html.fromstring(body).iter():
        if not isinstance(element.tag, str):
            continue
        name, given = element.tag, dict(element.attrib)
        inline = (name == "script" and not given.get("src")) or name in {"style", "iframe", "object", "embed", "base"}
        handled = any(each.lower().startswith("on") or each == "style" for each in given)
        loads = [given.get(each, "") for each in ("src", "srcset", "action", "formaction", "data")]
        loads += [given.get("href", "")] if name in {"link", "use", "image"} else []
        foreign = any("//" in each or each.lower().strip().startswith(("javascript:", "vbscript:")) for each in loads)
        script = given.get("href", "").lower().strip().startswith(("javascript:", "data:", "vbscript:"))
        tally.expect(not (inline or handled or foreign or script), f"{way.name}: {html.tostring(element)[:200]!r}")
