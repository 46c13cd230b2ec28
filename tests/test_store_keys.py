"""What makes two entries, entities and reasons the same: pure rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records.articles import EntryState
from monitor.records.feeds import FeedEntry
from monitor.records.findings import Topic
from monitor.store import keys
from tests.store_builders import entity, item

ANYTHING = st.text(st.characters(codec=None), max_size=60)


def test_a_front_page_is_no_identity_but_a_page_is() -> None:
    assert keys.url_key("https://news.example/") is None
    assert keys.url_key("https://news.example") is None
    assert keys.url_key("  ") is None
    assert keys.url_key("https://news.example/?p=1") is not None


def test_addresses_of_one_page_share_a_key() -> None:
    assert keys.url_key("http://www.news.example/a?utm_source=rss") == keys.url_key("https://news.example/a#top")


def test_of_two_items_with_one_page_the_first_counts() -> None:
    first, second = item(1, guid="old"), item(1, guid="new", title="Story 1, later")
    (found,) = keys.items([first, second], use_guids=True)
    assert found.entry is first


def test_a_guid_given_to_two_pages_says_nothing() -> None:
    assert keys.guids_repeat([item(1, guid="same"), item(2, guid="same")])
    assert not keys.guids_repeat([item(1, guid="same"), item(1, guid="same")])
    assert not keys.guids_repeat([item(1, guid=""), item(2, guid="")])


def test_items_without_address_are_told_apart_by_guid_else_by_title_and_date() -> None:
    by_guid = [item(1, url=""), item(2, url="")]
    assert len(keys.items(by_guid, use_guids=True)) == 2
    by_title = [replace(each, guid="same") for each in by_guid]
    assert len(keys.items(by_title, use_guids=False)) == 2
    assert len(keys.items([by_title[0], by_title[0]], use_guids=False)) == 1


def test_markup_is_not_words_of_an_entry() -> None:
    plain = keys.entry_fingerprint("T", "<p>one two</p>", "")
    assert plain == keys.entry_fingerprint("T", '<p class="x"><img src="a.png?token=7">one two</p>', "")
    assert plain != keys.entry_fingerprint("T", "<p>one three</p>", "")


@pytest.mark.parametrize(
    ("state", "has_article", "changes", "after"),
    [
        (EntryState.RULED_OUT, False, 1, EntryState.NEW),
        (EntryState.FAILED, False, 1, EntryState.NEW),
        (EntryState.MATCHED, True, 1, EntryState.TO_READ),
        (EntryState.UNMATCHED, True, keys.REVISITS, EntryState.TO_READ),
        (EntryState.UNMATCHED, True, keys.REVISITS + 1, EntryState.UNMATCHED),
        (EntryState.TO_READ, False, 1, EntryState.TO_READ),
        (EntryState.TO_ANALYSE, True, 1, EntryState.TO_ANALYSE),
    ],
)
def test_a_changed_entry_is_looked_at_again_a_few_times(
    state: EntryState, has_article: bool, changes: int, after: EntryState
) -> None:
    assert keys.state_after_change(state, has_article=has_article, changes=changes) is after


def test_an_entity_is_its_knowledge_base_id_else_its_folded_name() -> None:
    assert keys.entity_key(entity("Volodymyr Zelensky", "Q3874799")) == "Q3874799"
    assert keys.entity_key(entity("José  ÁLVAREZ", None)) == keys.entity_key(entity("jose alvarez", None))
    assert len(keys.entity_key(entity("x" * 5000, None))) < 100


@pytest.mark.parametrize(
    ("reason", "group"),
    [
        ("talks 0.12 < 0.50, missile_aid 0.03 < 0.50", "talks N < N, missile_aid N < N"),
        ("HTTP 404 after 3 tries", "HTTP 404 after N tries"),
        ("status 503, then HTTP 502", "status 503, then HTTP 502"),
        ("", ""),
    ],
)
def test_like_reasons_fall_into_one_group(reason: str, group: str) -> None:
    assert keys.reason_group(reason) == group


def test_the_verdict_gives_the_numbers_behind_it() -> None:
    talks = Topic(name="talks", score=0.123, threshold=0.5, match=False)
    aid = Topic(name="missile_aid", score=0.9, threshold=0.45, match=True)
    assert keys.verdict([talks]) == (EntryState.UNMATCHED, "talks 0.12 < 0.50")
    assert keys.verdict([talks, aid]) == (EntryState.MATCHED, "missile_aid 0.90 ≥ 0.45")
    assert keys.verdict([])[0] is EntryState.UNMATCHED


@given(guid=ANYTHING, url=ANYTHING, title=ANYTHING, summary=ANYTHING)
def test_whatever_a_feed_sends_has_one_short_identity(guid: str, url: str, title: str, summary: str) -> None:
    entry = FeedEntry(guid=guid, url=url, title=title, summary=summary)
    (found,) = keys.items([entry, entry], use_guids=True)
    assert len(found.identity) == 32


@given(reason=ANYTHING)
def test_any_reason_has_a_short_group(reason: str) -> None:
    assert len(keys.reason_group(reason)) <= 100
