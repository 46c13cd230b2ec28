"""Documents and paths that reach for files of this machine: entities, inclusions, dots, links, odd names."""

import http.client
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from urllib.parse import quote

from structlog.testing import capture_logs

from monitor import sources
from monitor.config import Settings
from monitor.daemon.letterbox import Letterbox
from monitor.errors import MonitorError
from monitor.extract.pages import extract
from monitor.notify.outbox import Outbox, file_name
from monitor.records.feeds import Document
from monitor.sources import opml
from monitor.sources.discovery import discover
from monitor.weights import live_choice
from proof.nobody_outbound import Inside
from proof.nobody_world import Tally, world
from proof.promise import Figure, Scene
from tests.dashboard_builders import NOW
from tests.mail_server import SENDER, mail

SECRET = "canary-4711-inside"
"""Stands in the file that nobody may read."""
DTDS = (
    '<!DOCTYPE {root} [<!ENTITY x SYSTEM "{file}">]>',
    '<!DOCTYPE {root} [<!ENTITY x SYSTEM "{there}">]>',
    '<!DOCTYPE {root} [<!ENTITY % p SYSTEM "{there}"> %p;]>',
    '<!DOCTYPE {root} [<!ENTITY % p SYSTEM "{file}"><!ENTITY x "%p;">]>',
    '<!DOCTYPE {root} [<!ENTITY x PUBLIC "-//x//EN" "{file}">]>',
    '<!DOCTYPE {root} SYSTEM "{there}">',
    '<!DOCTYPE {root} PUBLIC "-//x//EN" "{there}" [<!ENTITY x SYSTEM "{file}">]>',
    '<!DOCTYPE {root} [<!ATTLIST {root} x CDATA "&x;"><!ENTITY x SYSTEM "{file}">]>',
    '<?xml-stylesheet type="text/xsl" href="{there}"?>',
    '<!DOCTYPE {root} [<!NOTATION n SYSTEM "{there}"><!ENTITY x SYSTEM "{file}" NDATA n>]>',
    "",
)
BODIES = (
    "&x;",
    '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{file}" parse="text"/>',
    '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{there}"/>',
    '<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {there}">x</x>',
    '<![CDATA[<object data="{file}"></object><iframe src="{there}"></iframe>]]>',
)
SHAPES = {
    "rss": '<rss version="2.0"><channel><title>t {body}</title><item><title>a {body}</title><link>https://n.example/1'
    "</link><description>{body}</description></item></channel></rss>",
    "feed": '<feed xmlns="http://www.w3.org/2005/Atom"><title>t {body}</title><entry><id>1</id><title>a {body}</title>'
    '<link href="https://n.example/1"/><content type="xhtml"><div>{body}</div></content></entry></feed>',
    "urlset": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/'
    'sitemap-news/0.9"><url><loc>https://n.example/1</loc><news:news><news:title>a {body}</news:title></news:news>'
    "</url></urlset>",
    "opml": '<opml version="2.0"><body><outline text="a {body}" xmlUrl="https://n.example/1">{body}</outline></body>'
    "</opml>",
    "html": '<html><head><title>a {body}</title><link rel="alternate" type="application/rss+xml" title="{body}" '
    'href="https://n.example/1"></head><body><article><p>They met. {body}</p></article></body></html>',
}
CODINGS = ("utf-8", "utf-16", "utf-16-be", "utf-32", "utf-7", "cp037", "latin-1")
DOTS = (
    "../{file}",
    "../../../../../../{file}",
    "..%2f..%2f..%2f{file}",
    "..%252f..%252f{file}",
    "%2e%2e/%2e%2e/{file}",
    "....//....//{file}",
    "..\\..\\{file}",
    "..%5c..%5c{file}",
    "..%c0%af..%c0%af{file}",
    "..%ef%bc%8f{file}",
    "/{file}",
    "//{file}",
    "%2f{file}",
    "{file}",
    "{file}%00.css",
    "dashboard.css%00/../../{file}",
    "dashboard.css/../{file}",
    "./{file}",
    ".{file}",
    "~root/{file}",
    "file:{file}",
    "file://{file}",
    "..;/..;/{file}",
    "C:{file}",
    "{file}.css",
    "link.css",
    "..",
    ".",
    "%2e",
    "dashboard.css/",
    "rendering.py",
    "..%2frendering.py",
    "..%2ftemplates%2flayout.html",
)


def files(scene: Scene) -> Sequence[Figure]:
    """Documents first, then paths, then names of files of our own."""
    secret = scene.folder / "secret.css"
    secret.write_text(SECRET)
    with Inside() as inside, capture_logs():
        documents = _documents(secret, f"http://127.0.0.1:{inside.port}/x.dtd", inside)
    return (documents, _paths(scene, secret), _names(scene, secret))


def _documents(secret: Path, there: str, inside: Inside) -> Figure:
    tally = Tally()
    readers: dict[str, Callable[[Document], object]] = {
        "as a feed": lambda given: sources.parse(given, now=NOW),
        "as a list of feeds": lambda given: opml.read(given.body),
        "as a page of feeds": discover,
        "as a page": extract,
    }
    for (root, shape), dtd, body, coding in product(SHAPES.items(), DTDS, BODIES, CODINGS):
        filled = {"file": secret.as_uri(), "there": there, "root": root}
        words = dtd.format(**filled) + shape.replace("{body}", body.format(**filled))
        data = (f'<?xml version="1.0" encoding="{coding}"?>' + words).encode(coding, "replace")
        for name, read in readers.items():
            given = Document(key="1", url="https://n.example/", final_url="https://n.example/", status=200, body=data)
            found: object = ""
            with suppress(MonitorError):
                found = read(given)
            tally.expect(SECRET not in repr(found), f"{name}: {words[:150]} in {coding}")
    tally.expect(not inside.reached, f"something was asked for: {inside.reached[:2]}")
    return tally.figure("documents of which a file was read or an address asked", "0")


def _asked(url: str, path: str) -> tuple[int, bytes]:
    """The answer to a path as it is written; nothing where it is no request."""
    host, port = url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    try:
        connection.putrequest("GET", path)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (http.client.HTTPException, ValueError):
        return 400, b""
    finally:
        connection.close()


def _paths(scene: Scene, secret: Path) -> Figure:
    tally = Tally()
    with world(scene.folder) as here:
        box = Letterbox("127.0.0.1", 0, store=here.store, clock=lambda: NOW)
        starts = ["/", "/static/", "/static/x/", "/api/v1/", "/api/v1/export/", "/charts/", "/charts/overview/"]
        starts += ["/messages/editions/", "/articles/", "/ladder/", "/saved-views/"]
        try:
            for dots, start in product(DOTS, starts):
                for file in (str(secret).lstrip("/"), "etc/passwd", quote(str(secret), safe="")):
                    for url in (here.url, box.address):
                        status, body = _asked(url, start + dots.format(file=file).replace("\\", "%5c"))
                        told = f"{start}{dots}: {status}"
                        tally.expect(SECRET.encode() not in body and b"root:" not in body, told)
                        tally.expect(b"FOLDER = Path" not in body and b"{% block" not in body, told)
                        tally.expect(status < 500, told)
        finally:
            box.close()
    return tally.figure("paths by which a file of ours was had, or that ended in a 5xx", "0")


def _names(scene: Scene, secret: Path) -> Figure:
    """Message-IDs that become files' names, and a models' folder whose live.json names another place."""
    tally = Tally()
    folder = scene.folder / "outbox"
    shutil.rmtree(folder, ignore_errors=True)
    for name in _hostile(secret):
        made = file_name(f"<{name}@monitor.example>")
        tally.expect(Path(made).name == made and made.endswith(".eml") and len(made) < 120, repr(made))
    outbox = Outbox(folder, sender=SENDER)
    for n, name in enumerate(_hostile(secret)):
        list(outbox.send([replace(mail(n), message_id=f"<{quote(name)[:90]}@monitor.example>")]))
    written = list(scene.folder.rglob("*.eml"))
    tally.expect(bool(written) and all(path.parent == folder for path in written), "a mail outside of the folder")
    tally.expect(all(path.stat().st_mode & 0o077 == 0 for path in written), "a mail that others can read")
    tally.expect(secret.read_text() == SECRET, "the file was written over")
    models = scene.folder / "models"
    models.mkdir(exist_ok=True)
    for name in _hostile(secret):
        row = {"name": name, "folder": name, "sums": {"model.onnx": "0", name: "0"}}
        (models / "live.json").write_text(json.dumps(row))
        choice = live_choice(Settings(models_folder=str(models)))
        tally.expect(choice.folder.name == "minilm-talks" and SECRET not in choice.problem, choice.problem)
    return tally.figure("names of files that lead out of their folder", "0")


def _hostile(secret: Path) -> Iterator[str]:
    yield from (str(secret), f"../{secret.name}", "..", ".", "", "a/b", "a\\b", "a\x00b", "a\nb", "-rf", "~", "$(id)")
    yield from ("CON", "a" * 300, "\u202eexe.lme", "../" * 20 + str(secret).lstrip("/"), ".hidden", "%2e%2e%2fx")
