"""The store that telling is measured on, small, and its parts; no figure is taken here."""

from pathlib import Path

import httpx
import pytest

from benchmarks.telling_alerting import Receiver, alerted, posted
from benchmarks.telling_composing import composed, handed_over, one_by_one
from benchmarks.telling_material import COPIES, Made, make, subscribe
from monitor.store import Store

ARTICLES, RECIPIENTS, STREAMS = 4, 240, 6


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/monitor.sqlite3"


@pytest.fixture
def made(url: str) -> Made:
    return make(url, ARTICLES)


def test_every_recipient_of_the_made_up_store_gets_an_edition_and_mails_are_taken(url: str, made: Made) -> None:
    assert made.matches >= ARTICLES * COPIES / 2
    assert 0 < made.stories <= ARTICLES
    subscribe(url, made.due, RECIPIENTS, STREAMS)
    assert one_by_one(url, made.due) > 0
    found = composed(url, made.due)
    assert (found.editions, found.entered) == (STREAMS, RECIPIENTS)
    assert 0 < found.told <= STREAMS
    assert found.kilobytes > 1
    assert handed_over(url, made.due) > 0


def test_each_match_of_a_story_of_its_own_is_told_once(url: str, made: Made) -> None:
    assert len(alerted(url, made.due, matches=2)) == 2
    with Store.open(url) as store:
        counts = store.deliveries.counts(kind="alert")
        assert (counts["sent"], counts["failed"], counts["composed"]) == (2, 0, 0)
        assert store.chronicle.last_story() == made.stories + 2


def test_a_match_posted_straight_on_arrives(url: str, made: Made) -> None:
    (taken,) = posted(url, made.due, matches=1)
    assert taken > 0


def test_the_receiver_gives_messages_in_their_order_and_says_when_none_came() -> None:
    with Receiver() as receiver:
        for number in range(2):
            httpx.post(receiver.url, json={"match": number}).raise_for_status()
        assert receiver.next() <= receiver.next()
        with pytest.raises(TimeoutError, match="no webhook within 0 s"):
            receiver.next(0)
