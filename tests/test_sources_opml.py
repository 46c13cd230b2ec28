import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import text
from monitor.errors import ParseError
from monitor.records.feeds import FeedSpec
from monitor.sources import opml

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20).map(text.one_line)
specs = st.builds(
    FeedSpec,
    url=st.integers(0, 10**9).map("https://news.example/feed?a=1&id={}".format),
    title=words,
    outlet=words,
    family=words,
    country=st.sampled_from(["", "UA", "US"]),
    state_controlled=st.booleans(),
    language=st.sampled_from(["en", "uk"]),
    kind=st.sampled_from(["media", "wire", "official", "social"]),
    homepage=st.sampled_from(["", "https://news.example/"]),
)


@given(st.lists(specs, max_size=8, unique_by=lambda spec: spec.url))
def test_what_is_written_is_read_back_unchanged(feeds: list[FeedSpec]) -> None:
    read, problems = opml.read(opml.write(feeds))
    assert read == tuple(feeds)
    assert problems == ()


def test_folders_foreign_case_and_old_files_are_understood() -> None:
    body = b"""<?xml version="1.0"?><opml version="1.0"><body>
    <outline text="World"><outline type="rss" text="One" xmlurl="https://a.example/rss" htmlURL="https://a.example/"/>
      <outline text="Deeper"><outline title="Two" XMLURL="https://b.example/rss"/></outline></outline>
    <outline type="rss" text="Three" url="https://c.example/rss"/>
    <outline type="link" text="A page" url="https://d.example/"/></body></opml>"""
    feeds, problems = opml.read(body)
    assert [(feed.title, feed.url) for feed in feeds] == [
        ("One", "https://a.example/rss"),
        ("Two", "https://b.example/rss"),
        ("Three", "https://c.example/rss"),
    ]
    assert feeds[0].homepage == "https://a.example/"
    assert problems == ()


def test_one_bad_outline_does_not_stop_the_rest() -> None:
    body = b"""<opml version="2.0"><body><outline text="Folder">
    <outline type="rss" text="Bad" xmlUrl="htp:/nowhere"/><outline type="rss" text="Empty" xmlUrl=""/>
    <outline type="rss" text="Good" xmlUrl="https://a.example/rss"/>
    <outline type="rss" text="Twice" xmlUrl="https://a.example/rss"/>
    <outline type="rss" text="Odd" xmlUrl="https://b.example/rss" kind="blog"/></outline></body></opml>"""
    feeds, problems = opml.read(body)
    assert [feed.url for feed in feeds] == ["https://a.example/rss", "https://b.example/rss"]
    assert len(problems) == 4
    assert "Folder / Bad" in problems[0]
    assert "listed twice" in problems[2]


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    whole = opml.write([FeedSpec(url=f"https://a.example/{number}") for number in range(5)])
    feeds, _ = opml.read(whole[:-120])
    assert 3 <= len(feeds) < 5 or feeds[-1].url == "https://a.example/4"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not an OPML file"),
        (b"just words", "not an OPML file"),
        (b"<html><body>x</body></html>", "<html>"),
        (b"<opml", "holds no feed"),
        (b'<!DOCTYPE opml [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><opml><body/></opml>', "entities"),
        ('<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml/>'.encode("utf-16"), "entities"),
    ],
)
def test_what_is_no_opml_is_refused_with_the_reason(body: bytes, says: str) -> None:
    with pytest.raises(ParseError, match=says):
        opml.read(body)


@given(st.binary(max_size=200))
def test_only_a_parse_error_escapes(body: bytes) -> None:
    try:
        feeds, problems = opml.read(b"<opml><body>" + body)
    except ParseError:
        return
    assert len(feeds) + len(problems) >= 0
