"""Editions: the first writer decides, what is frozen comes back as it was, and old ones go while the ledger stays."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from monitor.errors import StoreError
from monitor.records.telling.digests import Digest, Edition, Rendered
from monitor.records.telling.messages import DeliveryState, Mail, Notice
from monitor.records.telling.subscribers import Period
from monitor.store import Store, pruning
from monitor.store.telling.packing import as_json, packed, unpacked
from monitor.store.telling.tables import editions
from tests.ledger_builders import (
    ACCEPTED,
    DAY,
    MINUTE,
    NOW,
    TODAY,
    YESTERDAY,
    digest,
    edition,
    enter,
    full_digest,
    new,
    rendered,
)


def test_an_edition_comes_back_as_it_was_frozen(store: Store) -> None:
    number, created = store.editions.add(full_digest(), rendered(), now=NOW)
    assert created
    assert store.editions.get(number) == Edition(
        id=number,
        stream="daily",
        period=TODAY,
        covers_from=TODAY.start,
        missed=0,
        composed_at=NOW,
        digest=full_digest(),
        rendered=rendered(),
    )
    assert store.editions.rendered(number) == rendered()
    assert store.editions.get(number + 1) is None
    assert store.editions.rendered(number + 1) is None


def test_the_first_who_composes_decides_and_the_others_get_theirs(store: Store) -> None:
    first, created = store.editions.add(digest(headline="first"), rendered("first"), now=NOW)
    assert (first, created) == (edition(store, headline="first"), True)
    assert store.editions.add(digest(headline="second"), rendered("second"), now=NOW + MINUTE) == (first, False)
    found = store.editions.rendered(first)
    assert found is not None
    assert found.subject == "first"
    assert store.editions.add(digest("other"), rendered(), now=NOW)[1]
    assert store.editions.add(digest(period=YESTERDAY), rendered(), now=NOW)[1]


def test_eight_at_once_make_one_edition_and_one_key(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: store.editions.add(digest(headline=str(n)), rendered(), now=NOW), range(8)))
        keys = set(pool.map(lambda _: store.signing.key("unsubscribe"), range(8)))
    assert len({number for number, _ in made}) == len(keys) == 1
    assert [created for _, created in made].count(True) == 1


def test_the_latest_edition_is_that_of_the_latest_period(store: Store) -> None:
    assert store.editions.latest("daily") is None
    number = edition(store, missed=2, covers_from=YESTERDAY.start)
    edition(store, period=YESTERDAY)
    latest = store.editions.latest("daily")
    assert latest is not None
    assert (latest.id, latest.period, latest.covers_from, latest.missed) == (number, TODAY, YESTERDAY.start, 2)
    assert store.editions.latest("other") is None


def test_told_are_the_keys_of_the_streams_late_editions(store: Store) -> None:
    edition(store, period=YESTERDAY, told=("a", "b"))
    edition(store, period=TODAY, told=("b", "c"))
    edition(store, "other", told=("z",))
    assert store.editions.told("daily", YESTERDAY.start) == {"a", "b", "c"}
    assert store.editions.told("daily", YESTERDAY.end) == {"b", "c"}
    assert store.editions.told("daily", TODAY.end) == frozenset()


def test_editions_are_listed_from_the_latest_period_back(store: Store) -> None:
    numbers = [edition(store, period=period) for period in (YESTERDAY, TODAY)]
    other = edition(store, "other", period=YESTERDAY)
    assert [head.id for head in store.editions.listed()] == [numbers[1], other, numbers[0]]
    assert [head.id for head in store.editions.listed(stream="daily", before=TODAY.start)] == [numbers[0]]
    assert [head.id for head in store.editions.listed(limit=1)] == [numbers[1]]


def pruned(store: Store, before: datetime) -> list[int]:
    with store._database.write() as connection:
        return pruning.prune_editions(connection, before=before)


def test_old_editions_go_but_the_last_of_a_stream_and_what_waits_and_the_ledger_stay(store: Store) -> None:
    periods = [Period(start=TODAY.start - n * DAY, end=TODAY.end - n * DAY) for n in (4, 3, 2, 1)]
    sent, waiting, young, last = (edition(store, period=period) for period in periods)
    enter(store, "sent", edition_id=sent)
    (line,) = store.deliveries.claim(now=NOW, limit=1, holder="a", lease=MINUTE)
    store.deliveries.begin(line.id, holder="a", now=NOW)
    enter(store, "waiting", edition_id=waiting)
    assert pruned(store, TODAY.end - timedelta(hours=49)) == []
    store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW)
    assert pruned(store, TODAY.end - timedelta(hours=49)) == [sent]
    assert pruned(store, TODAY.end) == [young]
    assert [head.id for head in store.editions.listed()] == [last, waiting]
    assert store.editions.get(young) is None
    kept = store.deliveries.get(line.id)
    assert kept is not None
    assert (kept.edition_id, kept.state.value) == (None, "sent")


def test_housekeeping_takes_editions_and_bodies_after_half_a_year(store: Store) -> None:
    old = edition(store, period=YESTERDAY)
    edition(store)
    enter(store, "waits")
    assert store.deliveries.enter([new("over", state=DeliveryState.SKIPPED)], now=NOW) == 1
    store.upkeep.prune(now=NOW + 178 * DAY, polls_older_than=DAY)
    assert store.editions.get(old) is not None
    store.upkeep.prune(now=NOW + 181 * DAY, polls_older_than=DAY)
    assert store.editions.get(old) is None
    assert {each.ledger_key: each.body for each in store.deliveries.listed()} == {
        "over": "", "waits": '{"text": "x"}'
    }  # fmt: skip


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (b"no zlib at all", r"Error -3 .*incorrect header check"),
        (packed(rendered())[:-9], r"Error -5 .*incomplete or truncated stream"),
        (zlib.compress(b"{}"), "subject: Field required"),
        (zlib.compress(b"not json"), "Invalid JSON"),
        (zlib.compress(b'{"subject": 1, "html": "", "text": ""}'), "subject: Input should be a valid string"),
    ],
)
def test_what_is_damaged_or_older_is_refused_by_its_name(damaged: bytes, said: str) -> None:
    with pytest.raises(StoreError, match=rf"edition 7 holds no readable rendered \({said}.*monitor db restore"):
        unpacked(Rendered, damaged, what="edition 7")


def test_a_damaged_edition_is_refused_by_its_number(store: Store) -> None:
    number = edition(store)
    with store._database.write() as connection:
        connection.execute(update(editions).values(rendered=b"damaged", told=b"damaged"))
    with pytest.raises(StoreError, match=f"edition {number} holds no readable rendered"):
        store.editions.rendered(number)
    with pytest.raises(StoreError, match=f"edition {number} holds no readable rendered"):
        store.editions.get(number)
    with pytest.raises(StoreError, match=f"edition {number} holds no readable list"):
        store.editions.told("daily", YESTERDAY.start)
    assert store.editions.latest("daily") is not None


def test_a_digest_is_json_for_machines(store: Store) -> None:
    text = store.editions.as_json(full_digest()).decode()
    assert text.startswith('{"stream":"daily","schedule":{"cadence":"daily","zone":"Europe/Kyiv"')
    assert "Ünïcode" in text


TEXT = st.text(max_size=20)
RENDERED = st.builds(Rendered, subject=TEXT, html=TEXT, text=TEXT, pictures=st.just(rendered().pictures))
MAIL = st.builds(
    Mail, to=TEXT, subject=TEXT, text=TEXT, message_id=TEXT, date=st.just(NOW), pictures=st.just(rendered().pictures)
)
PLAIN = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | TEXT, st.lists, max_leaves=4)
NOTICE = st.builds(Notice, id=TEXT, title=TEXT, text=TEXT, data=st.dictionaries(TEXT, PLAIN, max_size=3))


@given(st.one_of(RENDERED, MAIL, NOTICE, st.builds(digest, headline=TEXT, told=st.lists(TEXT).map(tuple))))
@settings(max_examples=50, deadline=None)
def test_what_is_packed_comes_back_the_same(record: Any) -> None:
    assert unpacked(type(record), packed(record), what="it") == record


def test_what_no_database_stores_is_replaced_and_costs_nothing_else() -> None:
    broken = "half \ud83d of a sign"
    kept = unpacked(Digest, packed(replace(full_digest(), headline=broken, told=(broken,))), what="it")
    assert kept == replace(full_digest(), headline="half \ufffd of a sign", told=("half \ufffd of a sign",))
    notice = Notice(id="1", title="t", text="x", data={"a": [broken, 1, {"b": None}]})
    assert unpacked(Notice, packed(notice), what="it").data == {"a": ["half \ufffd of a sign", 1, {"b": None}]}
    assert as_json(("a", broken)) == '["a","half \ufffd of a sign"]'.encode()
