"""What strangers wrote, looked for in feeds, tables, the calendar and mails: in all that leaves the house."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import httpx
from icalendar import Calendar
from lxml import etree, html

from monitor.digest.render import rendered
from monitor.notify.envelope import message
from proof.nobody_markup import CORPUS, MARK, harmless, write
from proof.nobody_world import OWN, Tally, World, world
from proof.promise import Figure, Scene
from tests.mail_server import SENDER, mail
from tests.render_builders import no_pictures
from tests.test_digest_render import filled_with

_BEGINS_A_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")


def sent(scene: Scene) -> Sequence[Figure]:
    """Everything written by strangers, looked for in everything that is handed out or sent."""
    corpus = CORPUS[:: max(1, round(1 / scene.share))]
    with world(scene.folder) as here:
        write(here.store, corpus)
        return (_feeds(here), _tables(here), _calendar(here), _mails(corpus))


def _export(client: httpx.Client, what: str, form: str) -> httpx.Response:
    answer = client.get(f"/api/v1/export/{what}.{form}", params={"limit": 1000})
    assert answer.status_code == 200, (what, form, answer.status_code)
    return answer


def _feeds(here: World) -> Figure:
    tally = Tally()
    with here.client("Ada", **OWN) as client:
        for what, form in product(("matches", "stories", "statements", "events", "ladder"), ("rss", "atom", "json")):
            body = _export(client, what, form).content
            for told, content in _contents(body, form):
                wrapped = f"<!doctype html><body>{content}</body>".encode()
                harmless(tally, f"{what}.{form}: {told}", wrapped)
    return tally.figure("elements of feeds that a stranger could have written", "0")


def _contents(body: bytes, form: str) -> Iterator[tuple[str, str]]:
    """Each piece of a feed that a reader shows as HTML, and each address in it as a link."""
    if form == "json":
        for entry in json.loads(body)["items"]:
            yield "content", entry.get("content_html", "")
            yield "address", f'<a href="{entry.get("url", "").replace(chr(34), "&quot;")}">x</a>'
        return
    for element in etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True)).iter():
        name = etree.QName(element).localname
        assert MARK not in name, name
        if name in {"description", "content", "summary", "encoded"} and element.get("type", "html") == "html":
            yield name, element.text or ""
        elif name in {"link", "guid", "id"}:
            there = element.get("href") or element.text or ""
            yield name, f'<a href="{there.replace(chr(34), "&quot;")}">x</a>'


def _tables(here: World) -> Figure:
    tally = Tally()
    with here.client("Ada", **OWN) as client:
        for what in ("matches", "stories", "statements", "events", "ladder"):
            answer = _export(client, what, "csv")
            name = answer.headers["content-disposition"]
            tally.expect(name == f'attachment; filename="talks-monitor-{what}.csv"', name)
            text = answer.content.decode()
            rows = list(csv.reader(io.StringIO(text, newline="")))
            tally.expect(len({len(row) for row in rows}) == 1, f"{what}: rows of different lengths")
            for cell in (cell for row in rows for cell in row):
                begins = _BEGINS_A_FORMULA.match(cell.lstrip(" ")) and not _NUMBER.fullmatch(cell)
                tally.expect(not begins, f"{what}: {cell[:60]!r}")
            for line in _export(client, what, "jsonl").text.split("\n"):
                tally.expect(not line or isinstance(json.loads(line), dict), f"{what}: {line[:60]}")
    return tally.figure("cells of tables that a spreadsheet would run", "0")


def _calendar(here: World) -> Figure:
    tally = Tally()
    with here.client("Ada", **OWN) as client:
        body = _export(client, "events", "ics").content
    for component in Calendar.from_ical(body).walk():
        for name in component:
            strange = MARK in name.lower() or name in {"ATTENDEE", "ATTACH", "ORGANIZER", "ALARM"}
            tally.expect(not strange, f"{component.name}: {name}")
        tally.expect(component.name in {"VCALENDAR", "VEVENT"}, str(component.name))
        address = str(component.get("url", ""))
        tally.expect(not address or urlsplit(address).scheme in {"http", "https"}, address)
    for line in body.split(b"\r\n"):
        tally.expect(b"\n" not in line and b"\r" not in line and not line.startswith(b"X-XSSQ7"), repr(line[:60]))
    return tally.figure("lines of the calendar that a stranger could have written", "0")


_HEADERS = frozenset(
    "date from to subject message-id list-unsubscribe list-unsubscribe-post list-id auto-submitted precedence "
    "mime-version content-type content-transfer-encoding x-auto-response-suppress x-monitor-kind".split()
)


def _mails(corpus: Sequence[str]) -> Figure:
    tally = Tally()
    for words in corpus:
        made = rendered(filled_with(words, url=words), pictures=no_pictures)
        given: dict[str, Any] = {"subject": made.subject, "text": made.text, "html": made.html}
        for subject in (made.subject, words):
            data = message(replace(mail(1, **given), subject=subject), sender=SENDER).as_bytes()
            parsed = message_from_bytes(data, policy=policy.default)
            head = data.partition(b"\r\n\r\n")[0]
            names = {line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"}
            tally.expect(names <= _HEADERS, f"{words!r}: {names - _HEADERS}")
            tally.expect(parsed["to"] == "1@reader.example" and not parsed["bcc"], f"{words!r}: {parsed['to']}")
            tally.expect("\n" not in str(parsed["subject"]), f"{words!r}: {parsed['subject']!r}")
        for element in html.fromstring(made.html).iter():
            if isinstance(element.tag, str):
                names = {name.lower() for name in element.attrib}
                bad = any(MARK in name or name.startswith("on") for name in names) or MARK in element.tag
                bad |= element.tag in {"script", "iframe", "object", "embed", "form", "base", "link"}
                there = (element.get("href") or element.get("src") or "").strip().lower()
                bad |= there.startswith(("javascript:", "vbscript:", "data:text")) or "url(" in element.get("style", "")
                tally.expect(not bad, f"{words!r}: {html.tostring(element)[:150]!r}")
    return tally.figure("mails with a header, recipient, script or link that a stranger wrote", "0")
