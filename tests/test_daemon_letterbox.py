"""The pages behind the links in mails."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from monitor.daemon.letterbox import Letterbox
from monitor.jobs.telling import links
from monitor.records.telling.subscribers import SubscriberState
from monitor.store import Store
from tests.ledger_builders import NOW, subscribed


@pytest.fixture
def box(store: Store) -> Iterator[Letterbox]:
    opened = Letterbox("127.0.0.1", 0, store=store, clock=lambda: NOW)
    yield opened
    opened.close()


def ask(url: str, *, post: bool = False, body: bytes = b"List-Unsubscribe=One-Click") -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body if post else None), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_get_changes_nothing_and_one_post_ends_the_subscription(store: Store, box: Letterbox) -> None:
    subscriber = subscribed(store)
    key = store.signing.key(links.UNSUBSCRIBE)
    url = links.link(f"{box.address}/behind/a/proxy", key, links.UNSUBSCRIBE, subscriber.id)
    status, page = ask(url)
    assert (status, "Unsubscribe?" in page) == (200, True)
    assert store.subscribers.get(subscriber.id).state is SubscriberState.ACTIVE  # type: ignore[union-attr]
    assert ask(url, post=True)[0] == 200
    assert store.subscribers.get(subscriber.id).state is SubscriberState.ENDED  # type: ignore[union-attr]
    assert ask(url, post=True)[0] == 200
    assert "You are unsubscribed" in ask(url)[1]


def test_an_invitation_is_accepted_by_a_post_and_not_after_the_end(store: Store, box: Letterbox) -> None:
    subscriber = subscribed(store, pending=True)
    url = links.link(box.address, store.signing.key(links.CONFIRM), links.CONFIRM, subscriber.id)
    assert "Yes, send it" in ask(url)[1]
    assert "Thank you" in ask(url, post=True)[1]
    assert store.subscribers.get(subscriber.id).state is SubscriberState.ACTIVE  # type: ignore[union-attr]
    store.subscribers.end(subscriber.id, now=NOW)
    assert "has ended" in ask(url, post=True)[1]
    assert store.subscribers.get(subscriber.id).state is SubscriberState.ENDED  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "path", ["", "unsubscribe/", "unsubscribe/1.AAAA", "confirm/1", "admin/1.x", "%00", "a" * 5000]
)
def test_what_we_never_signed_gets_the_same_answer_and_no_echo(box: Letterbox, path: str) -> None:
    for post in (False, True):
        status, page = ask(f"{box.address}/{path}", post=post)
        assert status == 404
        assert "1.AAAA" not in page


def test_an_address_in_the_page_is_text(store: Store, box: Letterbox) -> None:
    subscriber = subscribed(store, "<b>x</b>@reader.example")
    url = links.link(box.address, store.signing.key(links.UNSUBSCRIBE), links.UNSUBSCRIBE, subscriber.id)
    assert "&lt;b&gt;x" in ask(url)[1]


def test_a_large_body_is_refused_and_changes_nothing(store: Store, box: Letterbox) -> None:
    subscriber = subscribed(store)
    url = links.link(box.address, store.signing.key(links.UNSUBSCRIBE), links.UNSUBSCRIBE, subscriber.id)
    assert ask(url, post=True, body=b"x" * 100_000)[0] == 413
    assert store.subscribers.get(subscriber.id).state is SubscriberState.ACTIVE  # type: ignore[union-attr]
