"""Links in mails are signed: each works for one subscription and one purpose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.jobs.telling import links

KEY, OTHER = b"k" * 32, b"o" * 32


@given(st.integers(min_value=1, max_value=2**53), st.sampled_from(links.PURPOSES))
@settings(max_examples=50)
def test_a_token_leads_back_to_its_subscription(number: int, purpose: str) -> None:
    assert links.subscriber_of(KEY, purpose, links.token(KEY, purpose, number)) == number


def test_a_token_is_good_for_one_key_one_purpose_and_one_subscription() -> None:
    token = links.token(KEY, links.UNSUBSCRIBE, 7)
    assert links.subscriber_of(OTHER, links.UNSUBSCRIBE, token) is None
    assert links.subscriber_of(KEY, links.CONFIRM, token) is None
    assert links.subscriber_of(KEY, links.UNSUBSCRIBE, "8" + token[1:]) is None
    assert links.subscriber_of(KEY, links.UNSUBSCRIBE, token[:-1]) is None


@pytest.mark.parametrize(
    "token", ["", ".", "7", "7.", ".abc", "-7.abc", "07.abc", "7.é", "٧.abc", "9" * 40 + ".abc", "7.abc.def", "\x00"]
)
def test_what_was_never_signed_leads_nowhere(token: str) -> None:
    assert links.subscriber_of(KEY, links.UNSUBSCRIBE, token) is None


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_no_text_is_an_error(token: str) -> None:
    assert links.subscriber_of(KEY, links.CONFIRM, token) is None


def test_leading_zeros_make_no_second_token() -> None:
    padded = links.token(KEY, links.UNSUBSCRIBE, 7).replace("7.", "07.", 1)
    assert links.subscriber_of(KEY, links.UNSUBSCRIBE, padded) is None


def test_a_link_keeps_the_path_that_a_proxy_put_in_front() -> None:
    found = links.link("https://news.example/monitor/", KEY, links.CONFIRM, 3)
    assert found == f"https://news.example/monitor/confirm/{links.token(KEY, links.CONFIRM, 3)}"
    assert links.link("https://news.example/monitor", KEY, links.CONFIRM, 3) == found


def test_without_a_public_address_there_is_no_link() -> None:
    assert links.link("", KEY, links.CONFIRM, 3) == ""
