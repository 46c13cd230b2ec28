"""The digest as HTML mail and as a web page: what it links and escapes, how large it gets, what a person may change."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.digest import house_style as style
from monitor.digest.page import page
from monitor.digest.personal import UNSUBSCRIBE, personal
from monitor.digest.pictures import Pictures
from monitor.digest.render import BUDGET, rendered
from monitor.errors import ChartError, ConfigError
from monitor.records.telling.digests import Coverage, DarkFeed, Digest, Picture, Rendered
from monitor.records.telling.subscribers import Selection
from tests.render_builders import (
    CALENDAR,
    DARK,
    FULL,
    GAP,
    LADDER,
    LEAD,
    PIXEL,
    PUBLIC,
    QUIET,
    SAID,
    STORIES,
    all_cited,
    from_,
    no_pictures,
    two_pictures,
)

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)"> {{ 7 * 7 }} <!--unsubscribe--> \u202e\x1b[2J'


class Seen(HTMLParser):
    """What a mail program makes of the HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        (self.styles if self._inside == "style" else self.texts).append(data)

    def values(self, tag: str, attribute: str) -> list[str]:
        return [
            attributes[attribute] or "" for name, attributes in self.tags if name == tag and attribute in attributes
        ]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def mail(digest: Digest, **options: Any) -> Rendered:
    given: dict[str, Any] = {"dashboard_url": PUBLIC, "pictures": no_pictures} | options
    return rendered(digest, **given)


def seen(digest: Digest, **options: Any) -> Seen:
    return Seen(mail(digest, **options).html)


def filled_with(text: str, url: str = "https://a.example/") -> Digest:
    """The full digest with ``text`` in every place that outsiders write, and ``url`` as every address."""
    source = from_(text, 1, url=url, title=text)
    line = replace(LEAD[0], text=text, source=source)
    return replace(
        FULL,
        headline=text,
        lead=(line,),
        calendar=(replace(CALENDAR[0], what=text, turn=text, evidence=line),),
        said=(replace(SAID[0], speaker=text, text=text, channel=text, about=(text,), source=source),),
        ladder=(replace(LADDER[0], item=text, donor=text, recipient=text, by=text, evidence=line),),
        stories=(replace(STORIES[0], title=text, url=url, outlet=text, evidence=line),),
        coverage=Coverage(
            seen=1, matched=1, feeds=1, dark=(DarkFeed(title=text, state=text, since=None, detail=text),)
        ),
        selection=Selection(search=text),
    )


def test_every_sentence_links_to_its_article() -> None:
    html = seen(FULL)
    links = set(html.values("a", "href"))
    wanted = {line.source.url for line in all_cited(FULL) if line.source}
    assert wanted - links == set()
    for line in all_cited(FULL):
        if line.source is not None and not line.source.state_controlled:
            assert line.source.outlet in html.text


def test_all_that_a_digest_says_is_in_the_mail() -> None:
    text = seen(FULL).text
    for said in (
        "Budapest meeting called off; Tomahawks back under review",
        "“Trump said the missiles were ‘under consideration again’ after a call.”",
        "Putin has said nothing on Budapest for three days.",
        "✕ called off · was planned for 1 December",
        "● held",
        "◇ proposed",
        "about 7–11 Dec",
        "Moscow Bulletin (state-controlled)",
        "“We are looking at it again.”",
        "as reported: the call with Putin had been very good",
        "+8 outlets, 4 origins",
        "via Truth Social",
        "▼ considered",
        "United States → Ukraine · down from announced on Wed 25 Nov",
        "●●○○○○",
        "off the ladder",
        "official act",
        "+13 outlets, 6 origins, 2 of state-controlled media",
        "continues",
        "1,212 entries seen, 18 articles matched, 96 feeds, 2 of them dark",
        "3 entries still wait to be read",
        "Gulf Ledger silent since Mon 23 Nov, 11:00: brings 12 entries a day otherwise",
        "6 more",
        "9 more",
    ):
        assert said in text, said


def test_quotation_marks_stand_only_around_what_stands_so_in_the_article() -> None:
    text = seen(FULL).text
    assert "“the call with Putin" not in text
    assert "“Putin has said nothing" not in text
    assert '"' not in text


def test_a_quiet_digest_tells_silence_from_blindness() -> None:
    text = seen(QUIET).text
    assert "Nothing new in this period." in text
    assert "212 entries seen, 0 articles matched, 31 feeds, none of them dark" in text
    assert "Who said what" not in text
    assert "Top stories" not in text


def test_a_gap_is_stated() -> None:
    assert "This digest covers three days, from Mon 23 Nov, 06:00 on: the two digests before it were not sent." in (
        seen(GAP).text
    )
    assert "This digest covers" not in seen(FULL).text


def test_what_is_left_out_is_linked_where_there_is_somewhere_to_look() -> None:
    further = [link for link in seen(FULL).values("a", "href") if link.startswith(PUBLIC)]
    assert further == [f"{PUBLIC}/statements", f"{PUBLIC}/stories", PUBLIC]
    bare = seen(FULL, dashboard_url="")
    assert not any(link.startswith(PUBLIC) for link in bare.values("a", "href"))
    assert "6 more" in bare.text


def test_hostile_text_is_shown_as_text() -> None:
    html = mail(filled_with(EVIL)).html
    found = Seen(html)
    assert {tag for tag, _ in found.tags} & {"script", "object", "iframe", "form", "link", "img"} == set()
    assert [name for _, attributes in found.tags for name in attributes if name.startswith("on")] == []
    assert "<script>alert(1)</script>" in found.text
    assert "{{ 7 * 7 }}" in found.text
    assert "\u202e" not in html
    assert "\x1b" not in html


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        " \tjavascript:alert(1)",
        "https://a.example/ x",
        "https://a.example/\n",
        "//a.example/x",
        "vbscript:x",
        "",
        "https://a.example/" + "x" * 5000,
        f"https://a.example/{UNSUBSCRIBE}",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    links = seen(filled_with("A text", url)).values("a", "href")
    assert [link for link in links if not link.strip().startswith((PUBLIC, UNSUBSCRIBE, "https://a.example/"))] == []


def test_an_address_cannot_leave_its_attribute() -> None:
    url = 'https://a.example/"onmouseover="alert(1)'
    found = seen(filled_with("A text", url))
    assert url in found.values("a", "href")
    assert [name for _, attributes in found.tags for name in attributes if name.startswith("on")] == []


@given(st.text(max_size=400))
@settings(max_examples=30, deadline=None)
def test_no_text_makes_markup_or_a_second_header(text: str) -> None:
    plain = Seen(mail(filled_with("x")).html)
    made = mail(filled_with(text))
    hostile = Seen(made.html)
    allowed = {tag for tag, _ in plain.tags}
    assert {tag for tag, _ in hostile.tags} <= allowed
    assert len(made.subject.splitlines()) == 1
    assert len(made.subject) <= 120
    made.html.encode()
    made.text.encode()


def test_the_subject_is_the_news_on_one_short_line() -> None:
    made = mail(replace(FULL, headline="Talks held\r\nBcc: all@victims.example\x00 " + "long " * 100))
    assert made.subject.startswith("Talks held Bcc: all@victims.example long")
    assert len(made.subject) <= 120
    assert made.subject.isprintable()
    assert mail(replace(FULL, headline=" \r\n ")).subject == "Daily digest"


def times(lines: Sequence[Any], number: int) -> tuple[Any, ...]:
    return tuple(lines[place % len(lines)] for place in range(number))


def huge(number: int, base: Digest = FULL) -> Digest:
    return replace(
        base,
        lead=times(base.lead, 20),
        calendar=times(base.calendar, number),
        said=times(base.said, number),
        ladder=times(base.ladder, number),
        stories=times(base.stories, number),
        coverage=replace(base.coverage, dark=times(base.coverage.dark, number)),
    )


def test_with_five_hundred_of_everything_the_mail_stays_within_its_size() -> None:
    made = mail(huge(500), pictures=two_pictures)
    size = len(made.html.encode())
    assert BUDGET * 0.75 < size < BUDGET
    text = Seen(made.html).text
    for heading in ("Calendar", "Who said what", "The aid ladder", "Top stories", "Coverage"):
        assert heading in text
    left = [int(number) for number in re.findall(r"(\d+) more", text)]
    assert len(left) == 5
    assert all(400 < number < 515 for number in left)
    assert made.html.count(f'href="{PUBLIC}') >= 5


@pytest.mark.parametrize("text", ["&" * 10_000, "\U0001f680" * 10_000, "word " * 20_000, '"' * 10_000, "a" * 1_000_000])
def test_very_long_texts_do_not_break_the_size(text: str) -> None:
    base = filled_with(text, "https://a.example/" + "&" * 980)
    made = mail(huge(60, base))
    assert len(made.html.encode()) < BUDGET


def test_the_pictures_in_the_mail_are_those_that_go_with_it() -> None:
    made = mail(FULL, pictures=two_pictures)
    found = Seen(made.html)
    shown = found.values("img", "src")
    assert sorted(shown) == sorted(f"cid:{picture.name}" for picture in made.pictures)
    assert set(found.values("img", "alt")) == {picture.alt for picture in made.pictures}
    assert seen(FULL).values("img", "src") == []


def test_a_digest_whose_pictures_cannot_be_drawn_goes_without() -> None:
    def broken(_: Digest) -> tuple[Picture, ...]:
        raise ChartError("charts ladder: not drawn within 30 s.")

    assert "<img" not in page(FULL, pictures=broken)

    made = mail(FULL, pictures=broken)
    assert made.pictures == ()
    assert "<img" not in made.html
    assert "Tomahawk missiles" in made.html


def test_nothing_is_loaded_from_elsewhere() -> None:
    html = mail(FULL, pictures=two_pictures).html
    assert re.findall(r"@import|url\(|<script|<link|src=\"(?!cid:)", html) == []


def test_styles_are_written_into_the_elements_and_dark_mode_stays_a_sheet() -> None:
    found = seen(FULL, pictures=two_pictures)
    body = next(attributes for tag, attributes in found.tags if tag == "h1")
    assert "font-size:31px" in (body["style"] or "")
    sheets = "".join(found.styles)
    assert "@media (prefers-color-scheme: dark)" in sheets
    assert "@media (max-width: 520px)" in sheets
    # Gmail drops a sheet of more than 8192 characters.
    assert len(sheets) < 8192
    assert "light dark" in found.values("meta", "content")
    hidden = [attributes["style"] or "" for _, attributes in found.tags if attributes.get("class") == "dark"]
    assert len(hidden) == 2
    assert all("display:none" in text for text in hidden)


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("sheet", "paper"), [("style.css", "#fffefb"), ("screen.css", "#1a1d20")])
def test_every_text_stands_out_from_its_paper(sheet: str, paper: str) -> None:
    css = (Path(style.__file__).parent / "templates" / sheet).read_text()
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    for names, rule in rules:
        colour = re.search(r"(?<![-\w])color: (#[0-9a-f]{6})", rule)
        if colour is None or ".pre" in names or ".gap" in names:
            continue
        high, low = sorted((_light(colour[1]), _light(paper)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, names


def test_a_persons_own_template_comes_first(tmp_path: Path) -> None:
    (tmp_path / "masthead.html").write_text("<tr><td><h1>OUR DESK: {{ digest.headline }}</h1></td></tr>")
    found = seen(filled_with("<b>x"), templates=tmp_path)
    assert "OUR DESK: <b>x" in found.text
    assert "Coverage" in found.text


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"<p>\n{% if %}</p>", 2),
        (b"<p>\n\n{{ digest.headlin }}</p>", 3),
        (b"{{ nothing }}", 1),
        (b"\n{{ 1 / 0 }}", 2),
        (b"\n{% include 'missing.html' %}", 2),
        (b"{{ digest.lead[99].text }}", 1),
        (b"\xff\xfe", 1),
        (b"{% include 'lead.html' %}", 1),
    ],
)
def test_a_mistake_in_a_persons_template_is_named_with_file_and_line(tmp_path: Path, content: bytes, line: int) -> None:
    (tmp_path / "lead.html").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        mail(FULL, templates=tmp_path)
    assert f"{tmp_path / 'lead.html'}:{line}:" in str(caught.value)
    assert "digest_templates" in str(caught.value)


def test_a_corrected_template_is_taken_without_a_restart(tmp_path: Path) -> None:
    (tmp_path / "lead.html").write_text("{{ nothing }}")
    with pytest.raises(ConfigError):
        mail(FULL, templates=tmp_path)
    (tmp_path / "lead.html").write_text("<tr><td>Better, and longer than it was</td></tr>")
    assert "Better" in seen(FULL, templates=tmp_path).text


def test_a_template_folder_that_is_missing_and_one_too_large_say_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        mail(FULL, templates=tmp_path / "nowhere")
    (tmp_path / "lead.html").write_text("<tr><td>" + "x" * BUDGET + "</td></tr>")
    with pytest.raises(ConfigError, match="bytes even with one line in every list"):
        mail(FULL, templates=tmp_path)


def test_the_personal_link_is_put_in_and_escaped() -> None:
    link = 'https://monitor.example/unsubscribe?id=1&key=a"b'
    made = personal(mail(FULL), unsubscribe=link)
    assert link in Seen(made.html).values("a", "href")
    assert f"Unsubscribe: {link}" in made.text
    assert "\ue000" not in made.html + made.text
    assert "<!--unsubscribe" not in made.html


def test_without_a_link_the_sentence_goes() -> None:
    made = personal(mail(FULL), unsubscribe="")
    assert "Unsubscribe" not in made.html + made.text
    assert "\ue000" not in made.html + made.text


def test_no_text_can_hold_the_place_of_the_personal_link() -> None:
    made = personal(
        mail(filled_with(f"{UNSUBSCRIBE} <!--unsubscribe-->x<!--/unsubscribe-->")), unsubscribe="https://u.example/1"
    )
    assert made.html.count("https://u.example/1") == 1
    assert made.text.count("https://u.example/1") == 1


def test_the_same_digest_gives_the_same_mail() -> None:
    assert mail(FULL, pictures=two_pictures) == mail(FULL, pictures=two_pictures)


def test_a_page_needs_nothing_but_itself() -> None:
    svg = Picture(name="volume", alt="talks 1", png=b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    html = page(huge(200), pictures=lambda _: (svg, Picture(name="ladder", alt="a", png=PIXEL)))
    found = Seen(html)
    shown = found.values("img", "src")
    assert [address.partition(",")[0] for address in shown] == [
        "data:image/png;base64",
        "data:image/svg+xml;base64",
    ]
    assert "<script" not in html
    assert "Unsubscribe" not in html
    # Nothing is left out: a browser has room.
    assert found.text.count("Second battery arrives") == 100


def test_pictures_are_drawn_for_light_and_dark_with_words_for_what_they_show() -> None:
    asked: list[str] = []

    def draw(specs: Mapping[str, Any], *, dark: bool) -> dict[str, bytes]:
        assert dark
        asked.extend(specs)
        return {name + ending: PIXEL for name in specs for ending in ("", "-dark")}

    pictures = Pictures(draw)
    made = pictures(FULL)
    assert [picture.name for picture in made] == ["ladder", "ladder-dark", "volume", "volume-dark"]
    words = {picture.name: picture.alt for picture in made}
    assert words["ladder"].startswith("Tomahawk missiles: 3 Oct requested, 10 Nov announced, 25 Nov considered.")
    assert words["volume"].startswith("Matched articles by day, 12–25 Nov: missile aid 0, 1, 2, 0, 1")
    assert words["volume"] == words["volume-dark"]
    assert pictures(replace(FULL, volume=(), ladder=())) == ()
    # Another hour of the same day has the same pictures: they are not drawn again.
    later = replace(FULL.period, end=FULL.period.end + timedelta(hours=9))
    assert pictures(replace(FULL, period=later)) == made
    assert asked == ["ladder", "volume"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("We will go", "“We will go”"),
        ('"We will go"', "“We will go”"),
        ("“We will go”", "“We will go”"),
        ("«We will go»", "“We will go”"),
        ("„We will go“", "“We will go”"),
        ('We will go"', "“We will go”"),
        ("“We will go", "“We will go”"),
        ('a "joke" of his', "“a ‘joke’ of his”"),
        ("“a ‘joke’ of his”", "“a ‘joke’ of his”"),
        ("“We go,” he said, “now”", "“‘We go,’ he said, ‘now’”"),
        ("“He said “no” to it”", "“He said ‘no’ to it”"),
        ('"', "“”"),
        ("", "“”"),
    ],
)
def test_quotation_marks_are_never_doubled(text: str, shown: str) -> None:
    assert style.quoted(text) == shown


@given(st.text(alphabet='ab "“”„«»', max_size=30))
@settings(max_examples=50)
def test_a_quotation_has_one_pair_of_double_marks(text: str) -> None:
    told = style.quoted(text)
    assert [mark for mark in told if mark in '"“”„«»'] == ["“", "”"]
    assert (told[0], told[-1]) == ("“", "”")


def _time(work: Callable[[], object]) -> float:
    import time

    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@pytest.mark.alone
def test_a_digest_is_rendered_in_some_milliseconds() -> None:
    mail(FULL)
    assert min(_time(lambda: mail(FULL)) for _ in range(5)) < 0.05


def test_dark_sources_are_named() -> None:
    text = seen(FULL).text
    assert all(feed.title in text for feed in DARK)
