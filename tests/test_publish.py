"""Feeds that readers read, calendars that calendars take, tables that run nothing."""

import csv as library
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree

from monitor import sources
from monitor.errors import ConfigError
from monitor.publish import calendars, clean, items, tables
from monitor.publish.atom import atom
from monitor.publish.calendars import calendar
from monitor.publish.columns import TABLES, Column, rows
from monitor.publish.jsonfeed import jsonfeed
from monitor.publish.rss import rss
from monitor.records.chronicle import Happening, Statement, Story, Witness
from monitor.records.feeds import Document, FeedEntry
from monitor.records.telling.publishing import Mark, PublishedFeed, PublishedItem
from tests.chronicle_builders import PUTIN, TRUMP, at, event_report, on, origin, source, span, step, woven_events

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEED = PublishedFeed(
    id="urn:uuid:11111111-2222-5333-8444-555555555555",
    title="Talks & aid <all>",
    description="What was found",
    home="https://monitor.example/",
    address="https://monitor.example/aid.xml",
)
HOSTILE = (
    'x ]]> <script>alert(1)</script> <img src=x onerror=alert(1)> &amp; "q" \x00\x08\x0b\ud800\ufffe\r\nX: y \u202e'
)
FORMATS = ("rss", "atom", "json")


def item(n: int = 1, **fields: Any) -> PublishedItem:
    given: dict[str, Any] = {
        "id": f"urn:uuid:00000000-0000-5000-8000-{n:012d}",
        "title": f"Story {n}",
        "url": f"https://news.example/{n}?a=1&b=2",
        "outlet": "The News",
        "published": NOW - timedelta(hours=n),
        "updated": NOW - timedelta(minutes=n),
        "evidence": "The two will meet in Budapest.",
        "topics": ("talks", "missile_aid"),
        "outlets": 5,
        "origins": 3,
        "authors": ("A. Writer", "B. Writer"),
        "language": "en",
        "marks": (Mark(topic="talks", score=0.91, threshold=0.5, evidence="They will meet.", matched_at=NOW),),
    }
    return PublishedItem(**given | fields)


def made(form: str, *given: PublishedItem, feed: PublishedFeed = FEED) -> bytes:
    if form == "json":
        return jsonfeed(given, feed)
    return (atom if form == "atom" else rss)(given, feed, now=NOW)


def read_back(body: bytes) -> tuple[FeedEntry, ...]:
    """As this program reads the feeds of others."""
    where = "https://monitor.example/aid.xml"
    document = Document(key="1", url=where, final_url=where, status=200, body=body)
    parsed = sources.parse(document, now=NOW)
    assert [note for note in parsed.notes if not note.endswith("entries have no link")] == []
    return parsed.entries


# Feeds


@pytest.mark.parametrize("form", FORMATS)
def test_a_feed_comes_back_as_it_was_written_through_our_own_parser(form: str) -> None:
    first, second = read_back(made(form, item(1), item(2)))
    assert (first.guid, first.url, first.title) == (item(1).id, item(1).url, "Story 1")
    assert (second.guid, second.published) == (item(2).id, NOW - timedelta(hours=2))
    assert first.authors[:1] == ("A. Writer",)
    words = first.summary + first.content
    assert "The two will meet in Budapest." in words
    assert "The News · 4 more outlets, 3 origins" in words


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feedparser_finds_nothing_wrong_and_all_that_was_said(form: str) -> None:
    parsed = feedparser.parse(made(form, item(1), item(2)))
    assert not parsed.bozo
    assert parsed.version == ("rss20" if form == "rss" else "atom10")
    assert parsed.feed.title.startswith("Talks & aid")
    assert [link.href for link in parsed.feed.links if link.rel == "self"] == [FEED.address]
    entry = parsed.entries[0]
    assert (entry.id, entry.link, entry.title) == (item(1).id, item(1).url, "Story 1")
    assert [tag.term for tag in entry.tags] == ["talks", "missile aid"]
    assert entry.published_parsed[:5] == (2026, 11, 20, 11, 0)


def test_rss_has_what_its_specification_wants() -> None:
    root = etree.fromstring(made("rss", item(1)))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert all(root.findtext(f"channel/{name}") for name in ("title", "link", "description", "lastBuildDate"))
    guid = root.find("channel/item/guid")
    assert (guid.get("isPermaLink"), guid.text) == ("false", item(1).id)
    assert root.findtext("channel/item/pubDate") == "Fri, 20 Nov 2026 11:00:00 GMT"


def test_atom_has_what_its_specification_wants() -> None:
    names = {"a": "http://www.w3.org/2005/Atom"}
    root = etree.fromstring(made("atom", item(1), item(2, url="", evidence="", outlet="", authors=())))
    for element in (root, *root.findall("a:entry", names)):
        assert all(len(element.findall(f"a:{name}", names)) == 1 for name in ("id", "title", "updated"))
        assert element.findall("a:author/a:name", names) or element is not root
        links = [(link.get("rel"), link.get("type")) for link in element.findall("a:link", names)]
        assert len(links) == len(set(links))
    # An entry without a link must have content.
    assert all(entry.findtext("a:content", "", names) for entry in root.findall("a:entry", names))
    assert root.findtext("a:updated", "", names) == "2026-11-20T11:59:00Z"


def test_a_json_feed_has_what_its_specification_wants() -> None:
    document = json.loads(made("json", item(1)))
    assert (document["version"], document["feed_url"]) == ("https://jsonfeed.org/version/1.1", FEED.address)
    (told,) = document["items"]
    assert told["id"] == item(1).id
    assert told["date_published"] == "2026-11-20T11:00:00Z"
    assert told["authors"] == [{"name": "A. Writer"}, {"name": "B. Writer"}]
    assert told["_monitor"]["scores"] == {"talks": 0.91}
    assert told["content_text"]
    assert told["content_html"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_feed_without_items_or_addresses_is_a_feed(form: str) -> None:
    bare = replace(FEED, home="", address="", title="", description="")
    assert read_back(made(form, feed=bare)) == ()
    assert b"javascript" not in made(form, feed=replace(FEED, home="javascript:x", address="javascript:y"))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs
        self.found.add(tag)


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_items_neither_break_the_feed_nor_act_in_a_reader(form: str) -> None:
    evil = item(1, title=HOSTILE, evidence=HOSTILE, outlet=HOSTILE, authors=(HOSTILE,), topics=(HOSTILE,))
    body = made(form, evil, item(2, url="javascript:alert(1)"), item(3, url="/relative"))
    first, second, third = read_back(body)
    assert "<script" not in first.title
    assert (second.url, third.url) == ("", "")
    if form != "json":
        parsed = feedparser.parse(body)
        assert not parsed.bozo
        raw = etree.fromstring(body)
        path = ".//{*}content" if form == "atom" else ".//item/description"
        shown = [element.text for element in raw.iterfind(path)]
    else:
        shown = [each["content_html"] for each in json.loads(body)["items"]]
        assert json.loads(body)["items"][0]["title"].startswith("x ]]> <script>")
    for html in shown:
        tags = _Tags()
        tags.feed(html)
        assert tags.found <= {"blockquote", "p"}


@settings(max_examples=40)
@given(st.text(), st.text(), st.text(max_size=40))
def test_no_text_makes_a_feed_that_cannot_be_read(title: str, evidence: str, url: str) -> None:
    evil = item(1, title=title, evidence=evidence, url=url, outlet=title, authors=(evidence,), topics=(title,))
    for form in FORMATS:
        (entry,) = read_back(made(form, evil))
        assert entry.guid == evil.id
        assert entry.url == "" or entry.url.startswith("http")


def test_who_else_tells_a_story_stands_beside_it() -> None:
    assert item(outlets=1, origins=1).story == ""
    assert item(outlets=2, origins=1).story == "1 more outlet, 1 origin"
    assert item(outlets=5, origins=3, state_origins=2).story == "4 more outlets, 3 origins + 2 state-controlled"


# What becomes of records


def story(**fields: Any) -> Story:
    given: dict[str, Any] = {
        "id": 4,
        "title": "A story",
        "url": "https://news.example/1",
        "outlet": "The News",
        "first_seen": at(10),
        "last_seen": at(11),
        "articles": 6,
        "outlets": 5,
        "origins": 3,
        "state_origins": 1,
        "topics": ("talks",),
        "evidence": "They will meet.",
    }
    return Story(**given | fields)


def said(**fields: Any) -> Statement:
    told = [source("The News", at(10)), source("The Other", at(9))]
    witnesses = tuple(Witness(source=each, origin=origin(each.outlet), span=span("We will meet")) for each in told)
    given: dict[str, Any] = {
        "id": 3,
        "speaker": TRUMP,
        "speaker_id": "Q22686",
        "kind": "direct",
        "text": "We will meet",
        "said_on": date(2026, 11, 9),
        "channel": None,
        "about": (PUTIN,),
        "witnesses": witnesses,
    }
    return Statement(**given | fields)


def planned(**fields: Any) -> Happening:
    (event,) = woven_events([event_report(at(10), when=on(17), where="Budapest", who=(TRUMP, PUTIN))])
    return replace(event, **fields)


def test_stories_statements_events_and_steps_become_items_with_evidence_and_link() -> None:
    of_story = items.of_story(story(), "urn:uuid:x")
    assert (of_story.id, of_story.updated, of_story.story) == (
        "urn:uuid:x",
        at(11),
        "4 more outlets, 3 origins + 1 state-controlled",
    )
    of_said = items.of_statement(said())
    assert (of_said.title, of_said.outlet) == ("Donald Trump on Vladimir Putin: We will meet", "The Other")
    assert (of_said.published, of_said.updated, of_said.outlets) == (at(9), at(10), 2)
    assert items.of_statement(said(about=(), kind="reported")).title == "Donald Trump reportedly: We will meet"
    event = items.of_happening(planned())
    assert event is not None
    assert event.title == "Meeting of Donald Trump and Vladimir Putin in Budapest: planned, 17 November"
    assert items.of_happening(planned(reports=())) is None
    moved = items.of_step(step(at(10), "approved", by="Marco Rubio"))
    assert moved.title == "Tomahawk missiles from the United States to Ukraine: approved (Marco Rubio)"
    ids = [of_story.id, of_said.id, event.id, moved.id]
    assert len(set(ids)) == 4
    assert items.of_statement(said()).id == of_said.id


# The calendar


def events_of(*happenings: Happening, **fields: Any) -> list[Any]:
    body = calendar(happenings, **fields)
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    return list(Calendar.from_ical(body).walk("VEVENT"))


def test_an_event_lasts_whole_days_and_says_where_it_is_told() -> None:
    (event,) = events_of(planned(when=(date(2026, 11, 17), date(2026, 11, 18))), host="monitor.example")
    assert event["UID"] == "happening-1@monitor.example"
    assert event.decoded("DTSTART") == date(2026, 11, 17)
    assert event.decoded("DTEND") == date(2026, 11, 19)
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CONFIRMED", 1, "TRANSPARENT")
    assert event["SUMMARY"] == "Meeting of Donald Trump and Vladimir Putin in Budapest"
    assert event.decoded("LAST-MODIFIED") == event.decoded("DTSTAMP") == at(10)
    assert "“the two will meet”" in event["DESCRIPTION"]
    assert str(event["URL"]).startswith("https://news.example/")
    assert event["CATEGORIES"].cats == ["meeting"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "held"}, "CONFIRMED"),
        ({"status": "under_way"}, "CONFIRMED"),
        ({"status": "planned"}, "CONFIRMED"),
        ({"status": "planned", "certainty": "approximate"}, "TENTATIVE"),
        ({"status": "proposed"}, "TENTATIVE"),
        ({"status": "postponed"}, "TENTATIVE"),
        ({"status": "called_off"}, "CANCELLED"),
    ],
)
def test_how_an_event_stands_is_its_status(fields: dict[str, Any], status: str) -> None:
    assert [event["STATUS"] for event in events_of(planned(**fields))] == [status]


def test_a_disputed_plan_is_not_certain() -> None:
    plan = planned()
    assert events_of(replace(plan, contradictions=plan.history))[0]["STATUS"] == "TENTATIVE"


def test_a_plan_that_is_called_off_keeps_its_name_and_counts_its_steps() -> None:
    reports = [
        event_report(at(10), when=on(17)),
        event_report(at(12), "called_off", when=on(17), outlet="B", text="it is off"),
    ]
    before, after = woven_events(reports[:1])[0], woven_events(reports)[0]
    (first,), (second,) = events_of(before), events_of(after)
    assert first["UID"] == second["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["STATUS"] == "CANCELLED"
    assert second["SUMMARY"].endswith("(called off)")


@pytest.mark.parametrize(
    "when",
    [
        None,
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 11, 3), date(2026, 11, 2)),
        (date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_events_without_a_known_day_are_left_out(when: tuple[date, date] | None) -> None:
    assert events_of(planned(when=when)) == []
    assert calendars.known_days(planned(when=when)) is None


def test_hostile_words_stay_inside_their_line_of_the_calendar() -> None:
    evil = event_report(
        at(10), when=on(17), where=HOSTILE, who=(HOSTILE, PUTIN), text=HOSTILE + "\nEND:VEVENT", outlet=HOSTILE
    )
    event = replace(planned(), reports=(evil,), participants=(HOSTILE, PUTIN), where=HOSTILE)
    (told,) = events_of(event, name=HOSTILE)
    assert "END:VEVENT" in told["DESCRIPTION"]
    assert "\x00" not in calendar([event]).decode()


# Tables

COLUMNS = (
    Column("text", "text", lambda row: row[0]),
    Column("number", "number", lambda row: row[1]),
    Column("names", "list", lambda row: row[2]),
)


def cells(*given: tuple[Any, ...]) -> list[list[str]]:
    body = b"".join(tables.csv(COLUMNS, given)).decode()
    return list(library.reader(io.StringIO(body, newline="")))


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t=", "\r@", "\u200b=", "＝", " ="])
def test_no_cell_is_a_formula_to_a_spreadsheet(mark: str) -> None:
    _, (text, number, names) = cells((f"{mark}HYPERLINK(1)", -1.5, (f"{mark}x", "y")))
    assert text.startswith("'")
    assert names.startswith("'")
    assert number == "-1.5"


@settings(max_examples=60)
@given(st.text(), st.none() | st.integers(-9, 9), st.lists(st.text(), max_size=3))
def test_any_text_is_one_cell_of_one_row(text: str, number: int | None, names: list[str]) -> None:
    head, row = cells((text, number, tuple(names)))
    assert (head, len(row)) == (["text", "number", "names"], 3)
    assert not row[0].startswith(("=", "+", "-", "@"))
    assert not row[2].startswith(("=", "+", "-", "@"))
    (line,) = b"".join(tables.jsonl(COLUMNS, [(text, number, tuple(names))])).decode().split("\n")[:-1]
    assert json.loads(line) == {
        "text": clean.plain(text, 32_000),
        "number": number,
        "names": [clean.plain(n, 32_000) for n in names],
    }


def test_rows_are_written_while_they_come() -> None:
    taken = 0

    def endless() -> Iterator[tuple[Any, ...]]:
        nonlocal taken
        while True:
            taken += 1
            yield ("x", 1, ())

    pieces = tables.csv(COLUMNS, endless())
    assert next(pieces) == b"text,number,names\r\n"
    assert next(pieces).count(b"\r\n") == taken == 500


RECORDS: dict[str, list[Any]] = {
    "matches": [item(1), item(2, marks=item().marks * 2, language="", country="")],
    "stories": [(story(), "urn:uuid:x")],
    "statements": [said()],
    "events": [planned(), planned(when=None, where=None), planned(reports=())],
    "ladder": [step(at(10), "approved"), step(at(10), "requested", donor=None)],
}
_PYTHON = {"text": str, "integer": int, "number": float, "flag": bool, "day": date, "time": datetime, "list": tuple}


@pytest.mark.parametrize("what", TABLES)
def test_every_value_is_of_its_columns_type(what: str) -> None:
    found = list(rows(what, RECORDS[what]))
    assert len(found) == (3 if what in {"matches", "events"} else len(RECORDS[what]))
    for row in found:
        for column, value in zip(TABLES[what], row, strict=True):
            assert value is None or type(value) is _PYTHON[column.type], column.name


def test_an_article_has_a_row_for_each_topic_or_for_those_asked_for() -> None:
    marks = tuple(replace(item().marks[0], topic=topic) for topic in ("talks", "missile_aid"))
    both = item(1, marks=marks)
    assert [row[1] for row in rows("matches", [both])] == ["talks", "missile_aid"]
    assert [row[1] for row in rows("matches", [both], topics=("missile_aid",))] == ["missile_aid"]


@pytest.mark.parametrize("what", TABLES)
def test_parquet_holds_what_json_lines_hold(what: str) -> None:
    files = pytest.importorskip("pyarrow.parquet")
    target = io.BytesIO()
    tables.parquet(TABLES[what], rows(what, RECORDS[what]), target)
    table = files.read_table(io.BytesIO(target.getvalue()))
    lines = b"".join(tables.jsonl(TABLES[what], rows(what, RECORDS[what]))).splitlines()
    plain = [{name: tables._plain(value) for name, value in row.items()} for row in table.to_pylist()]
    assert plain == [json.loads(line) for line in lines]


def test_parquet_without_rows_still_has_its_columns() -> None:
    files = pytest.importorskip("pyarrow.parquet")
    target = io.BytesIO()
    tables.parquet(COLUMNS, (), target)
    assert files.read_table(io.BytesIO(target.getvalue())).column_names == ["text", "number", "names"]


def test_parquet_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install -e '\.\[export\]'"):
        tables.parquet(COLUMNS, (), io.BytesIO())


def test_every_column_is_in_the_docs() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "export.md").read_text(encoding="utf-8")
    for what, columns in TABLES.items():
        (line,) = re.findall(rf"^\| `{what}` \| (`.*`) \|$", page, flags=re.MULTILINE)
        assert line == " ".join(f"`{column.name}`" for column in columns)
