"""How feeds are, shown and changed: list, show, set."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.feeds.health import COLOURS, MEANINGS
from monitor.cli.feeds.listing import STATES
from monitor.errors import ConfigError
from monitor.polling import FeedState, Rhythm, learn
from monitor.records.feeds import Feed, FeedEntry
from monitor.store import Store
from tests.feeds_command import done, listed, run, settings_file
from tests.store_builders import hashed, item, update


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return settings_file(tmp_path)


def filled(settings: Path, tmp_path: Path) -> None:
    """Feeds in several states: ok with a gap, failing, gone, new, redirecting, and removed."""
    now = datetime.now(UTC).replace(microsecond=0)
    hour = timedelta(hours=1)
    for name in ("fine", "down", "gone", "fresh", "moving", "former"):
        done(settings, "add", f"https://{name}.example/rss", "--no-check", "--title", name.title())
    fresh = item(1, published=now - hour)
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        fine, down, gone, _, moving, former = store.feeds.all()

        def poll(feed: Feed, at: datetime, *entries: FeedEntry, **fields: Any) -> None:
            document = [hashed(entry) for entry in entries]
            hashes = tuple(entry.hash for entry in document)
            given = {"hashes": hashes, "body_hash": repr(hashes), "bytes_read": 2000 * len(hashes)}
            given |= {"next_poll_at": now + hour}
            store.feeds.record_polls([update(feed, *document, at=at, **given | fields)])

        rhythm = learn(Rhythm(), [now - count * hour for count in range(1, 48)], now=now).as_text()
        poll(fine, now - 3 * hour, fresh, rhythm=rhythm, etag='"e"')
        poll(
            fine,
            now - 2 * hour,
            item(2, published=now - hour),
            rhythm=rhythm,
            etag='"e"',
            hub="https://hub.example/",
            topic=fine.spec.url,
        )
        poll(down, now - 3 * hour, fresh)
        for count in (2, 1):
            why = f"{down.spec.url}: the server answered 503. It will be asked again."
            poll(down, now - count * hour, outcome="failed", error=why, http_status=503)
        poll(gone, now - hour, outcome="failed", error="410", http_status=410, gone=True)
        poll(moving, now - hour, fresh, moved_to="https://other.example/rss")
        store.feeds.remove(former.id)


def test_the_list_tells_each_feed_s_health_and_a_line_per_state(settings: Path, tmp_path: Path) -> None:
    filled(settings, tmp_path)
    output = done(settings, "list")
    assert "    1  Fine  ok" in output
    assert "1 gap, the last on" in output
    assert "the server answered 503. It will be asked again; next try" in output
    assert "redirects for good to https://other.example/rss" in output
    assert "Former" not in output
    summary = output.rpartition("\n\n")[2].splitlines()
    assert [line.split()[:2] for line in summary] == [
        ["1", "gone"],
        ["1", "failing"],
        ["1", "moved"],
        ["1", "new"],
        ["1", "ok"],
        ["5", "feeds"],
    ]
    assert "Former" in done(settings, "list", "--removed")


def test_the_list_is_filtered_by_state_and_sorted_with_the_worst_first(settings: Path, tmp_path: Path) -> None:
    filled(settings, tmp_path)
    rows = json.loads(done(settings, "list", "--json", "--by", "health"))
    assert [row["health"] for row in rows] == ["gone", "failing", "moved", "new", "ok"]
    chosen = json.loads(done(settings, "list", "--json", "--state", "new, OK"))
    assert [row["title"] for row in chosen] == ["Fine", "Fresh"]
    failing = json.loads(done(settings, "list", "--json", "--failing"))
    assert [row["title"] for row in failing] == ["Down", "Gone"]
    assert done(settings, "list", "--failing").splitlines()[-1] == "    2  feeds of 5"
    wrong = run(settings, "list", "--state", "broken")
    assert wrong.exit_code == 2
    assert "there is no state 'broken'. Choose from gone, failing" in wrong.stderr


def test_the_list_as_json_holds_every_fact(settings: Path, tmp_path: Path) -> None:
    filled(settings, tmp_path)
    fine = listed(settings)[0]
    assert (fine["gaps"], fine["etag"], fine["interval"], fine["hub"]) == (1, '"e"', 900.0, "https://hub.example/")
    assert isinstance(fine["rhythm"], dict)
    assert len(fine["rhythm"]["by_hour"]) == 24
    named = set(fine) | {"spec"} | {"last_polled_at", "last_success_at", "next_poll_at", "entries_seen"}
    assert {field.name for field in fields(Feed)} <= named


def test_the_states_of_the_options_are_those_of_the_judge() -> None:
    assert tuple(FeedState) == STATES
    assert set(MEANINGS) == set(COLOURS) == set(FeedState)


def test_one_feed_is_shown_with_health_rhythm_and_last_polls(settings: Path, tmp_path: Path) -> None:
    filled(settings, tmp_path)
    output = done(settings, "show", "https://down.example/rss")
    assert "health     failing: since" in output
    # The same error of two polls in a row is told once.
    assert output.count("the server answered 503") == 2
    polls = output.partition("Last polls (UTC)")[2].splitlines()[1:]
    assert [line.split()[2:4] for line in polls if line.startswith("20")] == [
        ["failed", "503"],
        ["failed", "503"],
        ["new", "200,"],
    ]
    fine = done(settings, "show", "1")
    assert "entries a day" in fine
    assert "nothing in common with the poll before: a gap" in fine
    assert "hub        https://hub.example/, not asked to push" in fine
    assert "▁" not in fine
    told = json.loads(done(settings, "show", "1", "--json", "--polls", "1"))
    assert (told["title"], told["subscription"], len(told["polls"])) == ("Fine", None, 1)
    assert isinstance(run(settings, "show", "77").exception, ConfigError)


def test_a_subscription_is_shown_without_its_token_and_secret(settings: Path, tmp_path: Path) -> None:
    filled(settings, tmp_path)
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        store.subscriptions.wanted(now=datetime.now(UTC), move_after=timedelta(days=1))
        (subscription,) = store.subscriptions.all()
    assert "https://hub.example/, requested, no push yet" in done(settings, "show", "1")
    told = done(settings, "show", "1", "--json")
    assert json.loads(told)["subscription"]["state"] == "requested"
    assert subscription.token not in told
    assert subscription.secret not in told


def test_what_is_said_of_a_feed_is_changed_by_number_or_address(settings: Path) -> None:
    for number in (1, 2):
        done(settings, "add", f"https://news.example/{number}", "--no-check", "--title", f"N{number}")
    output = done(settings, "set", "1", "--title", "Better", "--country", "pl", "--no-conditional", "--language", "uk")
    assert "title: N1 → Better" in output
    assert "conditional: validators are sent → validators are not sent" in output
    assert "said so already" in done(settings, "set", "https://news.example/1", "--title", "Better")
    assert "url: https://news.example/1 → https://new.example/rss" in done(
        settings, "set", "1", "--url", "https://new.example/rss"
    )
    row = listed(settings)[0]
    assert (row["title"], row["country"], row["conditional"], row["language"]) == ("Better", "PL", True, "uk")
    assert (row["url"], row["moved_from"]) == ("https://new.example/rss", "https://news.example/1")
    assert "formerly   https://news.example/1" in done(settings, "show", "https://news.example/1")


def test_a_change_that_cannot_be_made_is_an_error_and_changes_nothing(settings: Path) -> None:
    for number in (1, 2):
        done(settings, "add", f"https://news.example/{number}", "--no-check")
    before = listed(settings)
    taken = run(settings, "set", "1", "--title", "X", "--url", "https://news.example/2")
    assert isinstance(taken.exception, ConfigError)
    assert "feed 2 (https://news.example/2) has the address" in str(taken.exception)
    assert isinstance(run(settings, "set", "99", "--title", "X").exception, ConfigError)
    assert isinstance(run(settings, "set", "1", "--url", "news.example").exception, ConfigError)
    assert run(settings, "set", "1").exit_code == run(settings, "set", "1", "--country", "Poland").exit_code == 2
    assert listed(settings) == before
