"""The pages about the house itself: sources, classifier, digests and alerts, system; what they say, and to whom."""

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.dashboard.app import create_app
from monitor.dashboard.people import Door
from monitor.records.accounts import Role
from monitor.records.feedback import Verdict
from monitor.store import Store
from monitor.understand import card
from tests import ledger_builders as ledger
from tests.dashboard_builders import NOW, account, app_over, browser, local, signed_in
from tests.feedback_builders import label
from tests.store_builders import add_feed, item, poll
from tests.telling_builders import add_rule, arrive, at, outlet

HOUR = timedelta(hours=1)
EVIL = "<script>alert(1)</script>"


def told(store: Store, number: int = 3) -> None:
    """So many articles of one paper that match, on the day before."""
    for n in range(1, number + 1):
        arrive(store, n, when=at(1, 8 + n), by="paper")


def with_card(store: Store, folder: Path) -> TestClient:
    door = Door(is_local=True)
    return browser(create_app(store, clock=lambda: NOW, door=door, card=lambda: card.read(folder)))


def row(client: TestClient, **asked: object) -> dict[str, object]:
    (found,) = client.get("/api/v1/sources", params=asked).json()["rows"]  # type: ignore[arg-type]
    return dict(found)


def test_a_source_tells_its_yield_and_says_nothing_of_its_precision_while_few_were_judged(store: Store) -> None:
    told(store, 6)
    client = local(store)
    for article_id in range(1, 5):
        label(store, article_id, Verdict.KEEP, now=NOW)
    page = client.get("/sources").text
    assert "4 judged" in page
    assert ">100%<" in page
    found = row(client)["found"]
    assert found == {"new": 6, "matched_new": 6, "matches": 6, "kept": 4, "rejected": 0}
    label(store, 5, Verdict.REJECT, now=NOW)
    assert "of 5" in local(store).get("/sources").text


def test_sources_are_sorted_and_filtered(store: Store) -> None:
    told(store, 2)
    outlet(store, "quiet", country="RU", state_controlled=True)
    client = local(store)

    def titles(**asked: str) -> list[str]:
        return [each["title"] for each in client.get("/api/v1/sources", params=asked).json()["rows"]]

    assert titles(order="new") == ["paper", "quiet"]
    assert titles(order="yield")[0] == "paper"
    assert titles(order="title") == ["paper", "quiet"]
    assert titles(media="state") == ["quiet"]
    assert titles(country="ua") == ["paper"]
    assert titles(text="QUIE") == ["quiet"]


def test_a_source_that_moved_says_so_whatever_else_is_wrong(store: Store) -> None:
    feed = outlet(store, "paper")
    poll(store, feed, at=NOW - 2 * HOUR, moved_to="https://new.example/rss")
    poll(store, feed, at=NOW - HOUR, outcome="failed", error="HTTP 500")
    client = local(store)
    found = row(client)
    assert found["state"] == "failing"
    assert found["notice"] == "redirects for good to https://new.example/rss; watched before it is believed"
    assert "redirects for good to https://new.example/rss" in client.get("/sources").text


def test_the_page_of_a_source_shows_its_polls_entries_and_rhythm(store: Store) -> None:
    told(store)
    feed = store.feeds.by_url("https://paper.example/rss")
    assert feed is not None
    poll(store, feed, item("evil", title=EVIL), at=NOW - HOUR)
    poll(store, feed, at=NOW, outcome="failed", error=f"HTTP 500 {EVIL}")
    page = local(store).get(f"/sources/{feed.id}").text
    assert "/charts/source/" in page
    assert "HTTP 500" in page
    assert "Story 1" in page
    assert EVIL not in page
    assert local(store).get("/sources/999").status_code == 404


def test_the_classifier_explains_itself_before_anything_was_analysed(store: Store) -> None:
    page = local(store).get("/classifier").text
    assert "No article was analysed yet" in page
    assert "Nobody has judged a score of this model yet" in page


def test_the_classifier_shows_its_card_and_what_another_threshold_would_do(store: Store, tmp_path: Path) -> None:
    told(store)
    (tmp_path / "CARD.md").write_text(f"# A card {EVIL}")
    client = with_card(store, tmp_path)
    view = client.get("/api/v1/classifier", params={"topic": "talks", "at": 0.99}).json()
    assert view["scores"]["slider"]["chosen"] == {"at": 0.99, "matches": 0, "gained": 0, "lost": 3}
    page = client.get("/classifier", params={"topic": "talks", "at": 0.99}).text
    assert "<strong>3 fewer</strong>" in page
    assert "would match no more" in page
    assert "metrics.json cannot be read" in page
    assert "# A card &lt;script&gt;" in page
    assert client.get("/classifier", params={"at": 1.5}).status_code == 422


def test_messages_are_for_analysts_and_keep_secrets_of_addresses(store: Store) -> None:
    account(store)
    account(store, "Ben", Role.READER)
    app = app_over(store, door=Door(is_local=False))
    assert signed_in(app, "Ben").get("/messages").status_code == 403
    rule = add_rule(store, target="https://desk.example/hook/secret-token")
    store.deliveries.enter(
        [ledger.new("k", kind="alert", rule_id=rule.id, channel=rule.channel, target=rule.target)], now=NOW - HOUR
    )
    page = signed_in(app).get("/messages").text
    assert "secret-token" not in page
    assert "https://desk.example/***" in page
    assert "1 message in 7 days, the last" in page
    assert "The oldest of those that wait" in page


def test_editions_are_listed_with_their_headlines_and_messages(store: Store) -> None:
    ledger.subscribed(store)
    number, _ = store.editions.add(ledger.digest(), ledger.rendered(), now=NOW)
    ledger.enter(store, "a", "b", edition_id=number, subject="They will meet", now=NOW)
    page = local(store).get("/messages").text
    assert f'href="/messages/editions/{number}">They will meet' in page
    assert "2 composed" in page
    assert local(store).get("/messages", params={"editions_after": "nowhere"}).status_code == 422


def test_the_system_page_shows_the_funnel_and_what_went_wrong(store: Store) -> None:
    told(store)
    feed = add_feed(store, title="Broken")
    poll(store, feed, at=NOW - HOUR, outcome="failed", error="https://news.example/rss: HTTP 503")
    client = local(store)
    view = client.get("/api/v1/system", params={"window": "7d"}).json()
    assert [(stage["name"], stage["count"]) for stage in view["funnel"]] == [
        ("seen", 3),
        ("passed the gate", 3),
        ("read", 3),
        ("analysed", 3),
        ("matched", 3),
    ]
    assert [(each["where"], each["what"], each["count"]) for each in view["troubles"]] == [("poll", "HTTP 503", 1)]
    assert view["model"] == "minilm@0123456789ab"
    page = client.get("/system", params={"window": "7d"}).text
    assert "No daemon works on this database" in page
    assert "HTTP 503" in page


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("health", ["Zeta", "Mid", "Alpha"]),
        ("title", ["Alpha", "Mid", "Zeta"]),
        ("country", ["Mid", "Zeta", "Alpha"]),
        ("success", ["Zeta", "Mid", "Alpha"]),
        ("new", ["Zeta", "Alpha", "Mid"]),
        ("gaps", ["Alpha", "Mid", "Zeta"]),
    ],
)
def test_sources_are_in_the_order_asked_for(store: Store, order: str, titles: list[str]) -> None:
    alpha = add_feed(store, "https://alpha.example/rss", title="Alpha", country="UA")
    mid = add_feed(store, "https://mid.example/rss", title="Mid", country="DE")
    zeta = add_feed(store, "https://zeta.example/rss", title="Zeta", country="FR")
    for feed, minutes, items in ((alpha, 5, 1), (mid, 10, 0), (zeta, 20, 2)):
        poll(store, feed, item(f"old {feed.id}"), at=NOW - timedelta(minutes=minutes + 1))
        fresh = [item(f"new {feed.id}.{n}") for n in range(items)]
        poll(store, feed, item(f"old {feed.id}"), *fresh, at=NOW - timedelta(minutes=minutes))
    poll(store, zeta, at=NOW, outcome="failed", error="no address")
    rows = local(store).get("/api/v1/sources", params={"order": order}).json()["rows"]
    found = [each["title"] for each in rows]
    assert found == titles
