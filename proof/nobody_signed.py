"""Signing in, and what is signed: passwords, cookies, proxies, links in mails, messages to programs, pushes of hubs."""

import hmac
import http.client
import ipaddress
import statistics
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from itertools import product
from math import sqrt
from random import Random

import httpx
from structlog.testing import capture_logs

from monitor.daemon.callback import CallbackServer
from monitor.daemon.letterbox import Letterbox
from monitor.dashboard.people import Door
from monitor.jobs.telling import links
from monitor.notify import webhook
from monitor.records.accounts import Role
from monitor.records.feeds import Document
from monitor.store import Store
from proof.nobody_world import OWN, Tally, World, world
from proof.promise import Figure, Scene
from tests.dashboard_builders import NOW, PASSWORD
from tests.dashboard_doors import ROLES
from tests.ledger_builders import subscribed
from tests.store_builders import LEASE, add_feed
from tests.websub_hub import TOPIC, Clock, ask, offer, signature

PROXY, OTHER = "127.0.5.1", "127.0.6.1"
"""Of the loopback addresses, the one that is our proxy's, and another."""
BEHIND = Door(is_local=False, proxies=(ipaddress.ip_network(PROXY),), proxy_user="Remote-User", proxy_role=Role.READER)
TRIES = 8


def passwords(scene: Scene) -> Sequence[Figure]:
    """How long a refusal takes, how many tries there are, and what a session's cookie is like."""
    with world(scene.folder, door=BEHIND) as here:
        return (_times(here, scene), _limited(here), _cookies(here), _proxies(here))


def _from(here: World, address: str, **headers: str) -> httpx.Client:
    """A client at one of this machine's addresses."""
    transport = httpx.HTTPTransport(local_address=address, verify=False)
    return httpx.Client(base_url=here.url, transport=transport, headers={**OWN, **headers}, timeout=120)


def _times(here: World, scene: Scene) -> Figure:
    """Refusals of names that somebody has and nobody has, in turn, each from an address of its own."""
    number = scene.of(320)
    names = [f"known {n}" for n in range(-(-number // TRIES))]
    for name in names:
        here.store.accounts.add(name, Role.READER, PASSWORD, by="tests", now=NOW)
    known, unknown = list[float](), list[float]()
    with _from(here, PROXY) as client:
        for n in range(number):
            for taken, name in ((known, names[n // TRIES]), (unknown, f"nobody {n // TRIES}")):
                sent = {"x-forwarded-for": f"198.51.{len(known) % 250}.{n % 250}"}
                began = time.perf_counter()
                answer = client.post("/sign-in", data={"name": name, "password": "a wrong one"}, headers=sent)
                taken.append(time.perf_counter() - began)
                assert answer.status_code == 401, answer.status_code
    apart = abs(statistics.median(known) - statistics.median(unknown))
    noise = 3 * 1.2533 * sqrt(sum(_spread(times) ** 2 / len(times) for times in (known, unknown)))
    limit = max(noise, statistics.median(known) * 0.03)
    return Figure(
        what=f"medians of {number} refusals each, of a name that somebody has and of one that nobody has",
        measured=f"{statistics.median(known) * 1e3:.1f} and {statistics.median(unknown) * 1e3:.1f} ms",
        wanted=f"apart by no more than noise, {limit * 1e3:.1f} ms",
        holds=apart <= limit,
    )


def _spread(times: Sequence[float]) -> float:
    """The deviation of most, whatever a few are like."""
    middle = statistics.median(times)
    return 1.4826 * statistics.median(abs(each - middle) for each in times)


def _limited(here: World) -> Figure:
    """Tries for one name from everywhere, for every name from one address, and all at once."""
    tally = Tally()
    here.store.accounts.add("Lena", Role.READER, PASSWORD, by="tests", now=NOW)

    def tried(name: str, came_from: str, password: str = "wrong") -> int:
        with _from(here, PROXY, **{"x-forwarded-for": came_from}) as client:
            return client.post("/sign-in", data={"name": name, "password": password}).status_code

    with ThreadPoolExecutor(20) as crowd:
        found = list(crowd.map(lambda n: tried("Lena", f"203.0.113.{n}"), range(40)))
        tally.expect(found.count(401) == TRIES and found.count(429) == 40 - TRIES, f"one name, 40 at once: {found}")
        found = list(crowd.map(lambda n: tried(f"somebody {n}", "203.0.113.99"), range(40)))
        tally.expect(found.count(401) == TRIES, f"one address, 40 names at once: {found}")
        found = list(crowd.map(lambda n: tried(f"else {n}", f"{n}.1.1.1, 203.0.113.98"), range(40)))
        tally.expect(found.count(401) == TRIES, f"addresses made up before the true one: {found}")
        found = list(crowd.map(lambda n: tried(f"six {n}", f"2001:db8:0:1::{n:x}"), range(40)))
        tally.expect(found.count(401) == TRIES, f"one network of IPv6: {found}")
    tally.expect(tried("Lena", "192.0.2.1", PASSWORD) == 429, "the right password was let in while its name must wait")
    for spelling in ("LENA", " lena ", "Le\u0301na".replace("\u0301", ""), "\uff2cena"):
        tally.expect(tried(spelling, f"192.0.2.{len(spelling)}") in {401, 429}, spelling)
    return tally.figure("ways round the limit of tries", "0")


def _cookies(here: World) -> Figure:
    """What the cookie of a session is like over HTTP and TLS, and that nobody can choose it."""
    tally = Tally()
    here.store.accounts.add("Nora", Role.ADMIN, PASSWORD, by="tests", now=NOW)
    chosen = here.store.sessions.begin(here.store.accounts.find("Nora").id, now=NOW)  # type: ignore[union-attr]
    secrets = set[str]()
    for scheme, given in product(("http", "https"), ("", "chosen-by-somebody-else", chosen)):
        name = "__Host-monitor_session" if scheme == "https" else "monitor_session"
        with _from(here, PROXY, **{"x-forwarded-proto": scheme}) as client:
            sent = {"cookie": f"{name}={given}; {name}x=1"} if given else {}
            answer = client.post("/sign-in", data={"name": "Nora", "password": PASSWORD}, headers=sent)
        cookie = answer.headers.get("set-cookie", "")
        secret = cookie.partition("=")[2].partition(";")[0]
        words = {part.strip().lower() for part in cookie.split(";")[1:]}
        tally.expect(answer.status_code == 303 and cookie.startswith(f"{name}="), f"{scheme}: {cookie}")
        tally.expect({"httponly", "samesite=lax", "path=/"} <= words, cookie)
        tally.expect(("secure" in words) == (scheme == "https"), cookie)
        tally.expect(not any(word.startswith("domain") for word in words), cookie)
        tally.expect(secret not in {"", given} | secrets and len(secret) >= 40, "the secret was not a new one")
        secrets.add(secret)
    tally.expect(here.store.sessions.holder(chosen, now=NOW) is None, "what was chosen is still a session")
    (*_, last) = secrets
    for way in ("over HTTP under the name of TLS", "in the address", "as a token"):
        name, headers = ("__Host-monitor_session", {"cookie": f"__Host-monitor_session={last}"})
        if way == "in the address":
            headers = {}
        elif way == "as a token":
            headers = {"authorization": f"Bearer {last}"}
        with _from(here, OTHER, **headers) as client:
            answer = client.get(f"/api/v1/matches?{name}={last}&monitor_session={last}")
        tally.expect(answer.status_code == 401, f"a session {way} was taken")
    return tally.figure("cookies without a flag, chosen by somebody else, or taken where they should not be", "0")


def _proxies(here: World) -> Figure:
    """Headers in which a proxy names people, by strangers, in every spelling, and twice by the proxy."""
    tally = Tally()
    names = ("Remote-User", "remote-user", "REMOTE-USER", "Remote_User", "X-Remote-User", "X-Forwarded-User", "X-User")
    for name, more in product(names, ({}, {"x-forwarded-for": PROXY}, {"x-real-ip": PROXY}, {"via": PROXY})):
        for forwarded in ("", f"for={PROXY}", 'for="127.0.0.1";host=localhost'):
            headers = {name: "Ada", **more, **({"forwarded": forwarded} if forwarded else {})}
            with _from(here, OTHER, **headers) as client:
                tally.expect(client.get("/api/v1/matches").status_code == 401, f"a stranger with {headers}")
    with _from(here, PROXY) as client:
        twice = client.get("/api/v1/matches", headers=[("Remote-User", "Ada"), ("Remote-User", "Rita")])
        tally.expect(twice.status_code == 401, "two names were believed")
        listed = client.get("/api/v1/system", headers={"Remote-User": "nobody here, Ada"})
        tally.expect(not listed.json().get("accounts"), "a name with a comma became an admin")
        for strange in ("", "A\tda", "Ada\x7f", "\xff\xfe", "x" * 500):
            answer = client.get("/api/v1/system", headers=[(b"Remote-User", strange.encode("latin-1"))])
            tally.expect(answer.status_code in {400, 401}, f"{strange!r} was believed")
        unknown = client.get("/api/v1/messages", headers={"Remote-User": "Somebody New"})
        tally.expect(unknown.status_code == 403, "somebody without an account got more than a reader's role")
    for person in ROLES:
        with _from(here, PROXY, **{"Remote-User": person, "sec-fetch-site": "cross-site"}) as client:
            answer = client.post("/saved-views", data={"name": "a", "path": "/"})
        tally.expect(answer.status_code == 403, "another site acted for somebody whom a proxy named")
    return tally.figure("headers of a proxy that were believed of somebody else, or in a strange form", "0")


def signatures(scene: Scene) -> Sequence[Figure]:
    """Links in mails, messages to programs, and what hubs push."""
    dice = Random(5)
    path = scene.folder / "signed.sqlite3"
    for old in scene.folder.glob("signed.sqlite3*"):
        old.unlink()
    with Store.open(f"sqlite:///{path}", create=True) as store, capture_logs():
        return (_links(store, scene, dice), _webhooks(scene, dice), _pushes(store, scene, dice))


def _links(store: Store, scene: Scene, dice: Random) -> Figure:
    tally = Tally()
    wanted = [subscribed(store, f"reader{n}@reader.example", pending=n % 2 == 0) for n in range(10)]
    box = Letterbox("127.0.0.1", 0, store=store, clock=lambda: NOW)
    before = [store.subscribers.get(each.id) for each in wanted]
    try:
        for each, purpose in product(wanted, links.PURPOSES):
            good = links.token(store.signing.key(purpose), purpose, each.id)
            other = next(name for name in links.PURPOSES if name != purpose)
            paths = [f"{purpose}/{bad}" for bad in _tampered(good, dice, scene.of(200))] + [f"{other}/{good}"]
            for path, method in product(paths, ("GET", "POST")):
                tally.expect(_status(box.address, method, "/" + path) in {400, 404, 414}, f"{method} {path}")
            for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
                _status(box.address, method, f"/{purpose}/{good}")
        tally.expect([store.subscribers.get(each.id) for each in wanted] == before, "a subscription was changed")
    finally:
        box.close()
    return tally.figure("links that were tampered with, or only looked at, and changed something", "0")


def _status(url: str, method: str, path: str) -> int:
    host, port = url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    try:
        connection.putrequest(method, path.encode("utf-8", "replace").decode("latin-1"), skip_accept_encoding=True)
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        return connection.getresponse().status
    except (http.client.HTTPException, ValueError, OSError):
        # What is no request at all gets no answer.
        return 400
    finally:
        connection.close()


def _tampered(good: str, dice: Random, number: int) -> Iterator[str]:
    """Tokens that are nearly the good one."""
    id_, _, signed = good.partition(".")
    yield from (f"{int(id_) + 1}.{signed}", f"{id_}.", f".{signed}", f"0{good}", f"+{good}", f"{id_}.0.{signed}")
    yield from (good.upper(), good.lower(), good + "=", good + "A", good[:-1], f"{id_}.{'A' * 22}", f"{good}/../x")
    yield from (f"{id_}%2e{signed}", f"\u0661.{signed}", f"{good}%00", f"{good};", f"{good},{good}", "1.1", "." * 50)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place in range(len(signed)):
        for _ in range(max(1, number // len(signed))):
            letter = dice.choice(letters)
            # The last letter holds four bits of its own: some others mean the same bytes, but are not the same token.
            if letter != signed[place]:
                yield f"{id_}.{signed[:place]}{letter}{signed[place + 1 :]}"


def _webhooks(scene: Scene, dice: Random) -> Figure:
    """Signatures against a check of our own; any other byte, id, time or key makes another."""
    tally = Tally()
    seen = dict[str, tuple[object, ...]]()
    for n in range(scene.of(20_000)):
        secret = dice.randbytes(dice.choice((1, 16, 32, 64)))
        identity, at = f"id{n % 50}.{dice.choice(('', '.1', 'x'))}", 1_700_000_000 + n % 7
        body = dice.randbytes(dice.randrange(40))
        found = dict(webhook.headers(secret, identity, at, body))
        given = f"{found['webhook-id']}.{found['webhook-timestamp']}.".encode() + body
        made = "v1," + b64encode(hmac.new(secret, given, sha256).digest()).decode()
        tally.expect(hmac.compare_digest(made, found["webhook-signature"]), "a signature that others cannot check")
        tally.expect("." not in found["webhook-id"], "an id with a dot: two messages could have one signature")
        what = (secret, found["webhook-id"], at, body)
        tally.expect(seen.setdefault(made, what) == what, f"one signature for two: {what}")
    return tally.figure("signatures of messages that fit another message, or nobody can check", "0")


@contextmanager
def _callback(store: Store, taken: list[Document]) -> Iterator[CallbackServer]:
    server = CallbackServer(
        "127.0.0.1",
        0,
        subscriptions=store.subscriptions,
        take=lambda _, document: taken.append(document),
        clock=Clock(),
        dice=lambda: 0.0,
    )
    try:
        yield server
    finally:
        server.close(seconds=10)


def _pushes(store: Store, scene: Scene, dice: Random) -> Figure:
    """Pushes that are not signed with the secret of this very subscription, and confirmations nobody asked for."""
    tally, taken = Tally(), list[Document]()
    for n in range(2):
        offer(store, add_feed(store, f"https://news{n}.example/rss"), f"https://hub{n}.example/", f"{TOPIC}/{n}")
    now = Clock()()
    store.subscriptions.wanted(now=now, move_after=timedelta(days=1))
    first, second = store.subscriptions.due(now=now, limit=2, holder="a", lease=LEASE)
    store.subscriptions.requested({row.id: now for row in (first, second)}, now=now)
    body = b"<rss>pushed</rss>"
    good = signature(first.secret, body, "sha256")
    with _callback(store, taken) as server:
        url = f"{server.address}/websub/{first.token}"
        wrong = [
            signature(second.secret, body),
            signature("", body),
            signature(first.token, body),
            good[:-1],
            good + "0",
        ]
        wrong += ["", "sha256=", "sha1=" + good[7:], "md5=" + "0" * 32, "none", good.replace("=", "==")]
        wrong += [_turned(good, dice) for _ in range(scene.of(300))]
        for header in wrong:
            tally.expect(ask(url, body, X_Hub_Signature=header)[0] in {202, 400}, header)
        for n in range(scene.of(100)):
            other = body[: n % len(body)] + b"?" + body[n % len(body) + 1 :]
            tally.expect(ask(url, other, X_Hub_Signature=good)[0] == 202 or other == body, "another body")
        tally.expect(ask(f"{server.address}/websub/{second.token}", body, X_Hub_Signature=good)[0] == 202, "elsewhere")
        for bad in ("x", "A" * len(first.token), first.token[:-1] + "_", first.token.swapcase(), ""):
            tally.expect(ask(f"{server.address}/websub/{bad}", body, X_Hub_Signature=good)[0] == 404, bad)
        told = "hub.mode=subscribe&hub.challenge=CANARY&hub.lease_seconds=864000&hub.topic="
        for topic in ("https://evil.example/", f"{TOPIC}/1", "", TOPIC):
            status, answer = ask(f"{url}?{told}{topic}")
            tally.expect(status == 404 and b"CANARY" not in answer, f"a confirmation for {topic!r}")
    tally.expect(not taken, f"{len(taken)} pushes were taken")
    return tally.figure("pushes and confirmations of somebody else that were taken", "0")


def _turned(text: str, dice: Random) -> str:
    """One digit of a signature is another."""
    place = dice.randrange(7, len(text))
    return text[:place] + dice.choice([each for each in "0123456789abcdef" if each != text[place]]) + text[place + 1 :]
