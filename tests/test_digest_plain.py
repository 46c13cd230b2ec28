"""The digest as plain text and as Markdown: every line is there, in lines that a terminal has room for."""

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.digest.markdown import markdown
from monitor.digest.personal import UNSUBSCRIBE
from monitor.digest.plain import WIDTH, plain
from monitor.digest.viewing import viewed
from monitor.records.telling.digests import Cited
from monitor.records.telling.subscribers import Cadence, Schedule, Selection
from tests.render_builders import FULL, GAP, LEAD, PUBLIC, QUIET, SAID, all_cited, from_


def folded(text: str) -> str:
    return " ".join(text.split())


def text_of(digest: object = FULL, **options: object) -> str:
    return plain(viewed(digest), **options)  # type: ignore[arg-type]


def test_the_text_has_every_line_with_its_address() -> None:
    text = text_of(dashboard_url=PUBLIC)
    one = folded(text)
    for line in all_cited(FULL):
        assert line.source is not None
        assert f"\n{line.source.url}\n" in text or f"\n  {line.source.url}\n" in text
    for said in (
        "TALKS MONITOR · Daily digest",
        "Putin has said nothing on Budapest for three days.",
        "✕ Tue 1 Dec · Meeting of Donald Trump and Vladimir Putin in Budapest",
        "CALLED OFF · was planned for 1 December",
        "◇ about 7–11 Dec · Round of talks in Abu Dhabi PROPOSED",
        "– Capital Wire · 4 independent origins",
        "Donald Trump “We are looking at it again.” – Atlantic Post · +8 outlets, 4 origins · Wed 25 Nov · via Truth",
        "as reported: the call with Putin had been very good",
        "“Every day of ‘considering’ costs us a power station”",
        "▼ Tomahawk missiles · United States → Ukraine",
        "●●○○○○ CONSIDERED · down from announced on Wed 25 Nov · Donald Trump",
        "· Taurus missiles · for Ukraine ✕ REFUSED · since Thu 29 Oct",
        "* No meeting in Budapest",
        "Capital Wire · +13 outlets, 6 origins, 2 of state-controlled media · talks",
        "1,212 entries seen, 18 articles matched, 96 feeds, 2 of them dark.",
        "3 entries still wait to be read; the next digest has what comes of them.",
        "Gulf Ledger: silent since Mon 23 Nov, 11:00 (brings 12 entries a day otherwise)",
        "Northern Star: failing",
        "6 more",
        "9 more",
        f"More: {PUBLIC}",
    ):
        assert said in one, said


def test_no_line_is_wider_than_a_terminal_but_for_addresses() -> None:
    lines = [*text_of(FULL, dashboard_url=PUBLIC, unsubscribe=True).splitlines(), *text_of(GAP).splitlines()]
    assert [line for line in lines if len(line) > WIDTH and "://" not in line] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_no_two_blank_lines_follow_each_other() -> None:
    assert "\n\n\n" not in text_of(FULL) + text_of(QUIET)
    assert "\n\n\n" not in markdown(FULL) + markdown(QUIET)


def test_what_cannot_be_linked_is_still_told() -> None:
    digest = replace(FULL, said=(replace(SAID[0], source=from_("A Paper", 1, url="javascript:alert(1)")),))
    text = text_of(digest)
    assert "– A Paper" in text
    assert "javascript:" not in text


def test_a_quiet_digest_says_so_and_what_was_looked_at() -> None:
    text = folded(text_of(QUIET))
    assert "Nothing new in this period. 212 entries seen, 0 articles matched, 31 feeds, none of them dark." in text
    assert "TOP STORIES" not in text


@pytest.mark.parametrize(
    ("cadence", "missed", "said"),
    [
        (Cadence.HOURLY, 1, "covers two hours"),
        (Cadence.DAILY, 2, "covers three days"),
        (Cadence.WEEKDAYS, 3, "covers four working days"),
        (Cadence.WEEKLY, 1, "covers two weeks"),
        (Cadence.HOURLY, 71, "covers 72 hours"),
    ],
)
def test_a_gap_is_told_in_the_cadences_own_unit(cadence: Cadence, missed: int, said: str) -> None:
    digest = replace(GAP, missed=missed, schedule=Schedule(cadence=cadence, zone="Europe/Kyiv"))
    assert said in folded(text_of(digest))


def test_what_was_subscribed_to_is_said_in_words() -> None:
    selection = Selection(topics=("missile_aid",), search='who:trump "long range"', languages=("en", "uk"))
    text = folded(text_of(replace(FULL, selection=selection), unsubscribe=True))
    assert 'topics: missile aid; search: who:trump "long range"; languages: en, uk' in text
    assert text.endswith(f"Unsubscribe: {UNSUBSCRIBE}")
    assert "Unsubscribe" not in text_of()


def test_the_same_digest_gives_the_same_text() -> None:
    assert text_of() == text_of()
    assert markdown(FULL) == markdown(FULL)


@given(st.text(max_size=300))
@settings(max_examples=50, deadline=None)
def test_no_text_reaches_a_terminal_with_control_characters(text: str) -> None:
    source = from_(text, 1)
    digest = replace(FULL, headline=text, lead=(Cited(text=text, source=source, is_quote=True),))
    made = text_of(digest)
    kinds = {unicodedata.category(character) for character in made if character != "\n"}
    assert kinds & {"Cc", "Cs", "Co", "Zl", "Zp"} == set()
    made.encode()


def test_markdown_has_every_line_and_its_link() -> None:
    made = markdown(FULL, dashboard_url=PUBLIC)
    for line in all_cited(FULL):
        assert line.source is not None
        assert f"](<{line.source.url}>)" in made
    assert made.startswith("# Budapest meeting called off; Tomahawks back under review\n")
    assert "- **Tue 1 Dec: Meeting of Donald Trump and Vladimir Putin in Budapest** ✕ called off, was planned" in made
    assert "- **Tomahawk missiles**, United States → Ukraine: ▼ considered, down from announced on Wed 25 Nov." in made
    assert "- [No meeting in Budapest](<https://capitalwire.example/11>)." in made
    assert "- **Gulf Ledger** silent since Mon 23 Nov, 11:00" in made
    assert f"[More](<{PUBLIC}>)" in made


def test_texts_of_others_make_no_markdown() -> None:
    evil = "# not *bold* [x](https://evil.example) <b>y</b> `code` | ![i](j)"
    line = replace(LEAD[0], text=evil, source=from_("A [Paper]", 1, url="https://a.example/>)<script>"))
    made = markdown(replace(FULL, headline=evil, lead=(line,)))
    assert re.findall(r"(?<!\\)\]\(https://evil", made) == []
    assert re.findall(r"(?<!\\)<(b|script)>", made) == []
    assert "[A \\[Paper\\]](<https://a.example/%3E)%3Cscript%3E>)" in made
    assert "1\\. x" in markdown(replace(FULL, lead=(Cited(text="1. x", source=None),)))
