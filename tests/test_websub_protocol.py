"""The rules of WebSub: what is asked, what is believed, and when it is asked again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.records.feeds import Document, ParsedFeed
from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.websub import protocol, timing
from tests.websub_hub import NOW, TOPIC, signature

ASKED = Subscription(
    id=1,
    feed_id=7,
    hub="https://hub.example/",
    topic=TOPIC,
    token="t" * 43,
    secret="s" * 43,
    state=SubscriptionState.REQUESTED,
    requested_at=NOW,
)
ENDED = replace(ASKED, state=SubscriptionState.ENDED)
JITTER = st.floats(-1, 1)


def query(**fields: Any) -> str:
    said = {"mode": "subscribe", "topic": TOPIC, "challenge": "abc", "lease_seconds": "864000"} | fields
    return urlencode({f"hub.{name}": value for name, value in said.items() if value is not None})


def refused(**facts: Any) -> FetchError:
    return FetchError("no", key="1", url="https://hub.example/", **{"kind": "status"} | facts)


def document(**fields: Any) -> Document:
    return Document(key="7", url=TOPIC, final_url=TOPIC, status=200, body=b"", **fields)


def parsed(**fields: Any) -> ParsedFeed:
    return ParsedFeed(kind="rss20", encoding="utf-8", **fields)


def test_a_subscription_is_asked_for_with_everything_the_hub_must_know() -> None:
    form = dict(protocol.request_form(ASKED, "https://monitor.example/websub/"))
    assert form == {
        "hub.mode": "subscribe",
        "hub.callback": f"https://monitor.example/websub/{'t' * 43}",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "864000",
        "hub.secret": "s" * 43,
    }


def test_an_end_is_asked_for_without_the_secret() -> None:
    form = dict(protocol.request_form(ENDED, "https://monitor.example/websub"))
    assert form["hub.mode"] == "unsubscribe"
    assert set(form) == {"hub.mode", "hub.callback", "hub.topic"}


def test_token_and_secret_do_not_show_when_a_subscription_is_printed() -> None:
    assert "ttt" not in repr(ASKED)
    assert "sss" not in repr(ASKED)


def test_the_link_header_comes_before_the_feed_and_both_ends_are_needed() -> None:
    inside = parsed(hub="https://inner.example/", topic="/inner.xml")
    header = document(hub="https://outer.example/", topic="https://news.example/outer.xml")
    assert protocol.offered(document(), inside) == ("https://inner.example/", "https://news.example/inner.xml")
    assert protocol.offered(header, inside) == ("https://outer.example/", "https://news.example/outer.xml")
    assert protocol.offered(document(hub="https://outer.example/"), None) == ("", "")
    assert protocol.offered(document(), parsed(topic=TOPIC)) == ("", "")
    assert protocol.offered(document(hub="file:///etc/passwd", topic=TOPIC), None) == ("", "")


def test_what_was_asked_for_is_confirmed() -> None:
    said = protocol.judge(ASKED, query(challenge="ü-17/+"))
    assert said == protocol.Confirmation(mode="subscribe", challenge="ü-17/+", lease_seconds=864000)
    assert isinstance(protocol.judge(ENDED, query(mode="unsubscribe")), protocol.Confirmation)


def test_a_hub_may_ask_again_whether_a_subscription_is_still_wanted() -> None:
    for state in (SubscriptionState.VERIFIED, SubscriptionState.FAILED):
        assert isinstance(protocol.judge(replace(ASKED, state=state), query()), protocol.Confirmation)


@pytest.mark.parametrize(
    ("subscription", "said"),
    [
        (ASKED, query(topic="https://other.example/rss")),
        (ASKED, query(topic=None)),
        (ASKED, query(mode="unsubscribe")),
        (ASKED, query(mode="publish")),
        (ASKED, query(mode=None)),
        (ASKED, query(challenge=None)),
        (ASKED, query(challenge="")),
        (ASKED, query(challenge="c" * 1025)),
        (ASKED, query(challenge="a\r\nSet-Cookie: x")),
        (ASKED, query(challenge="\x00\x01")),
        (ASKED, query() + "&hub.topic=https://other.example/"),
        (ASKED, "&".join(f"a{n}=1" for n in range(100))),
        (ASKED, ""),
        (ENDED, query()),
        (replace(ASKED, state=SubscriptionState.DENIED), query()),
        (replace(ASKED, requested_at=None), query()),
    ],
)
def test_what_was_not_asked_for_is_refused(subscription: Subscription, said: str) -> None:
    assert isinstance(protocol.judge(subscription, said), protocol.Refusal)


def test_a_topic_whose_escapes_the_hub_has_opened_is_the_same_topic() -> None:
    ours = replace(ASKED, topic="https://news.example/%7Edesk/rss")
    assert isinstance(protocol.judge(ours, query(topic="https://news.example/~desk/rss")), protocol.Confirmation)


def test_a_denial_is_taken_with_its_reason_cut_to_a_line() -> None:
    said = protocol.judge(ASKED, query(mode="denied", reason="no\nmore " * 1000))
    assert isinstance(said, protocol.Denial)
    assert said.reason.startswith("no more no more")
    assert len(said.reason) <= 300
    assert isinstance(protocol.judge(ASKED, query(mode="denied", topic="https://other.example/")), protocol.Refusal)


@given(st.text(max_size=300))
def test_no_query_breaks_the_judge(text: str) -> None:
    said = protocol.judge(ASKED, text)
    assert isinstance(said, protocol.Confirmation | protocol.Denial | protocol.Refusal)


@given(st.text(max_size=100))
def test_only_a_well_formed_token_is_looked_up(text: str) -> None:
    token = protocol.token_of(text)
    assert token == "" or (len(token) >= 32 and token.isascii())


def test_the_token_is_found_behind_any_path_that_a_proxy_leaves() -> None:
    assert protocol.token_of("/websub/" + "t" * 43) == protocol.token_of("/" + "t" * 43) == "t" * 43
    assert protocol.token_of("/" + "t" * 43 + "/") == ""


@given(st.binary(max_size=200), st.sampled_from(["sha1", "sha256", "sha384", "sha512"]))
def test_each_registered_method_signs_and_one_changed_byte_is_noticed(body: bytes, method: str) -> None:
    signed = signature("key", body, method)
    assert protocol.is_signed("key", signed, body)
    assert protocol.is_signed("key", signed.upper(), body)
    assert not protocol.is_signed("key", signed, body + b"x")
    assert not protocol.is_signed("other", signed, body)
    assert not protocol.is_signed("key", signed[:-1], body)


@given(st.none() | st.text(max_size=150))
def test_no_made_up_signature_passes(header: str | None) -> None:
    assert not protocol.is_signed("key", header, b"body")


def test_a_method_that_is_not_registered_does_not_sign() -> None:
    for method in ("md5", "blake2b", "sha224"):
        assert not protocol.is_signed("key", signature("key", b"body", method), b"body")


@given(st.integers(300, 10**15), JITTER)
def test_a_lease_is_renewed_between_half_and_four_fifths_of_it(seconds: int, jitter: float) -> None:
    lease = timing.lease(seconds, now=NOW, jitter=jitter)
    assert lease is not None
    assert lease.until - NOW == min(timedelta(seconds=min(seconds, 1e9)), timing.LONGEST_LEASE)
    part = (lease.renew_at - NOW) / (lease.until - NOW)
    assert 0.4999 <= part <= 0.8001


def test_a_lease_of_no_time_is_no_lease_and_one_without_a_number_is_what_we_asked_for() -> None:
    assert timing.lease(0, now=NOW, jitter=0) is None
    assert timing.lease(299, now=NOW, jitter=0) is None
    unsaid = timing.lease(None, now=NOW, jitter=0)
    assert unsaid is not None
    assert unsaid.until == NOW + timedelta(days=10)


@pytest.mark.parametrize(
    ("given_seconds", "read"),
    [("0", 0), ("-5", 0), ("86400", 86400), ("", None), ("soon", None), ("9" * 5000, 10**12), ("٣٠٠", None)],
)
def test_a_lease_is_read_from_whatever_a_hub_writes(given_seconds: str, read: int | None) -> None:
    said = protocol.judge(ASKED, query(lease_seconds=given_seconds))
    assert isinstance(said, protocol.Confirmation)
    assert said.lease_seconds == read


@given(st.integers(1, 10_000), JITTER)
def test_a_hub_that_is_down_is_asked_less_and_less_often_but_at_least_about_daily(failures: int, jitter: float) -> None:
    first = timing.ask_again_at(failures, now=NOW, jitter=0)
    assert first <= timing.ask_again_at(failures + 1, now=NOW, jitter=0)
    wait = timing.ask_again_at(failures, now=NOW, jitter=jitter) - NOW
    assert timing.RETRY_FIRST * 0.89 <= wait <= timing.RETRY_LONGEST * 1.11


def test_a_hub_that_says_no_is_asked_a_day_later_and_one_that_names_a_time_is_given_it() -> None:
    def wait(**facts: Any) -> timedelta:
        return timing.ask_again_at(1, now=NOW, jitter=0, error=refused(**facts)) - NOW

    assert wait(status=403) == timedelta(days=1)
    assert wait(status=503) == wait(kind="connect") == timing.RETRY_FIRST
    assert wait(status=429, retry_after=3600.0) == timedelta(hours=1)
    assert wait(status=503, retry_after=1e300) == timedelta(days=1)


def test_a_202_that_comes_as_an_error_is_a_yes() -> None:
    assert timing.is_accepted(refused(status=202))
    assert not timing.is_accepted(refused(status=302))
    assert not timing.is_accepted(refused(kind="timeout"))
