"""Leases, sweeping, pruning, sizes, backups and checks."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import ConfigError, SchemaError, StoreError
from monitor.records.articles import EntryState
from monitor.records.upkeep import Lease
from monitor.store import Store, schema
from tests.store_builders import LEASE, MINUTE, NOW, add_feed, entity, item, matched, pending_article, poll

DAEMON = "daemon"


def test_a_lease_has_one_holder_until_it_ends(store: Store) -> None:
    assert store.leases.holder(DAEMON) is None
    assert store.leases.acquire(DAEMON, "a", now=NOW, ttl=LEASE)
    assert not store.leases.acquire(DAEMON, "b", now=NOW + LEASE - timedelta(seconds=1), ttl=LEASE)
    held = Lease(name=DAEMON, holder="a", acquired_at=NOW, expires_at=NOW + LEASE)
    assert store.leases.holder(DAEMON) == held
    assert store.leases.live(now=NOW) == (held,)
    assert store.leases.live(now=NOW + LEASE) == ()
    assert store.leases.acquire(DAEMON, "b", now=NOW + LEASE, ttl=LEASE)


def test_a_renewed_lease_lasts_longer_and_a_lost_one_cannot_be_renewed(store: Store) -> None:
    store.leases.acquire(DAEMON, "a", now=NOW, ttl=LEASE)
    assert store.leases.renew(DAEMON, "a", now=NOW + MINUTE, ttl=LEASE)
    assert not store.leases.acquire(DAEMON, "b", now=NOW + LEASE, ttl=LEASE)
    assert store.leases.acquire(DAEMON, "b", now=NOW + MINUTE + LEASE, ttl=LEASE)
    assert not store.leases.renew(DAEMON, "a", now=NOW + 2 * LEASE, ttl=LEASE)
    assert not store.leases.release(DAEMON, "a")
    assert store.leases.release(DAEMON, "b")
    assert store.leases.acquire(DAEMON, "c", now=NOW, ttl=LEASE)
    assert store.leases.acquire(DAEMON, "c", now=NOW, ttl=LEASE)


def test_sweeping_gives_back_what_crashed_holders_had(store: Store) -> None:
    pending_article(store)
    (feed,) = store.feeds.all()
    poll(store, feed, item(2), at=NOW + MINUTE, next_poll_at=NOW)
    store.feeds.claim_due(now=NOW, limit=1, holder="crashed", lease=LEASE)
    store.entries.claim(EntryState.NEW, now=NOW, limit=1, holder="crashed", lease=LEASE)
    store.leases.acquire(DAEMON, "crashed", now=NOW, ttl=LEASE)
    assert store.upkeep.sweep(now=NOW + LEASE - timedelta(seconds=1)) == 0
    assert store.upkeep.sweep(now=NOW + LEASE) == 3
    assert store.leases.holder(DAEMON) is None
    assert store.entries.release("crashed") == 0


def test_what_was_claimed_and_polled_while_the_clock_was_ahead_is_free_and_due_when_it_is_right(store: Store) -> None:
    ahead = NOW + timedelta(hours=2)
    polled, claimed, shut = (add_feed(store, f"https://{name}.example/rss") for name in ("polled", "claimed", "shut"))
    store.setbacks.quarantine("feed", shut.id, "it breaks things", now=NOW)
    poll(store, polled, item(1), at=ahead)
    (held,) = store.feeds.claim_due(now=ahead, limit=10, holder="crashed", lease=LEASE)
    assert held.id == claimed.id
    assert store.upkeep.sweep(now=NOW) == 1
    due = store.feeds.claim_due(now=NOW, limit=10, holder="lives", lease=LEASE)
    assert {feed.id for feed in due} == {polled.id, claimed.id}
    # Clocks of other machines are never quite the same.
    for feed in (polled, claimed):
        poll(store, feed, item(1), at=NOW + MINUTE)
    store.upkeep.sweep(now=NOW)
    assert store.feeds.claim_due(now=NOW, limit=10, holder="lives", lease=LEASE) == ()


def test_pruning_forgets_old_polls_and_a_new_poll_still_brings_nothing_new(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    poll(store, feed, item(1), at=NOW + timedelta(days=31))
    assert store.upkeep.prune(now=NOW + timedelta(days=31), polls_older_than=timedelta(days=30)) == 1
    assert store.upkeep.prune(now=NOW + timedelta(days=31), polls_older_than=timedelta(days=30)) == 0
    assert poll(store, feed, item(1), at=NOW + timedelta(days=32)).new_entry_ids == ()


def test_stats_count_rows_and_bytes(store: Store) -> None:
    matched(store, 1, entity("Trump", "Q22686"))
    stats = store.upkeep.stats()
    assert {table.name: table.rows for table in stats.tables} == {
        "feeds": 1, "polls": 1, "entries": 1, "articles": 1, "article_versions": 1, "analyses": 1, "matches": 1,
        "entities": 1, "mentions": 1, "leases": 0, "labels": 0, "candidates": 0, "shadow_scores": 0,
        "feed_windows": 1, "entry_versions": 0, "tombstones": 0, "hosts": 0, "subscriptions": 0,
        "quotes": 0, "time_mentions": 0, "article_events": 0, "aid_steps": 0, "reactions": 0,
        "stories": 0, "story_topics": 0, "story_members": 0, "story_changes": 0,
        "statements": 0, "statement_subjects": 0, "statement_witnesses": 0,
        "happenings": 0, "happening_names": 0, "happening_reports": 0, "happening_changes": 0, "answers": 0,
            "signing_keys": 0, "saved_searches": 0, "subscribers": 0, "editions": 0, "alert_rules": 0,
            "deliveries": 0, "alerts_told": 0,
        "accounts": 0, "sessions": 0, "tokens": 0, "audit": 0, "saved_views": 0, "snoozes": 0, "visits": 0,
        "host_turns": 0, "setbacks": 0, "reanalyses": 0, "renewals": 0,
    }  # fmt: skip
    assert stats.bytes > 50_000
    assert stats.revision == schema.HEAD


def test_a_sound_database_has_no_problems(store: Store) -> None:
    matched(store, 1, entity("Trump", "Q22686"))
    assert store.upkeep.check() == ()


def test_a_backup_brings_back_what_was_there(store: Store, tmp_path: Path, client_programs: None) -> None:
    matched(store, 1, entity("Trump", "Q22686"))
    before = (store.findings.matches(), store.feeds.all(), store.search.search("Budapest"))
    store.upkeep.backup(tmp_path / "copy")
    matched(store, 2)
    with pytest.raises(ConfigError, match="give --force"):
        store.upkeep.restore(tmp_path / "copy")
    store.upkeep.restore(tmp_path / "copy", force=True)
    assert (store.findings.matches(), store.feeds.all(), store.search.search("Budapest")) == before
    assert store.upkeep.check() == ()
    matched(store, 2)
    assert len(store.findings.matches()) == 2


def test_a_backup_goes_into_an_empty_database_without_force(
    store: Store, tmp_path: Path, client_programs: None, request: pytest.FixtureRequest
) -> None:
    matched(store, 1)
    store.upkeep.backup(tmp_path / "copy")
    with Store.open(_fresh(store, tmp_path, request), create=True) as other:
        other.upkeep.restore(tmp_path / "copy")
        assert other.findings.matches() == store.findings.matches()


def _fresh(store: Store, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if store.name.startswith("postgresql"):
        make: Callable[[], str] = request.getfixturevalue("new_postgres")
        return make()
    return f"sqlite:///{tmp_path / 'other.sqlite3'}"


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_done(
    store: Store, tmp_path: Path, client_programs: None
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(ConfigError, match="never overwrites"):
        store.upkeep.backup(taken)
    assert taken.read_text() == "mine"
    with pytest.raises(ConfigError, match="nowhere"):
        store.upkeep.backup(tmp_path / "nowhere" / "copy")
    with pytest.raises(StoreError, match=r"File name too long|failed"):
        store.upkeep.backup(tmp_path / ("copy" * 100))
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == []


def test_what_is_no_backup_of_ours_is_not_put_back(store: Store, tmp_path: Path, client_programs: None) -> None:
    matched(store, 1)
    with pytest.raises(ConfigError, match="there is no backup"):
        store.upkeep.restore(tmp_path / "missing", force=True)
    (tmp_path / "text").write_text("no database at all, but longer than a header " * 9)
    with pytest.raises((ConfigError, StoreError), match=r"no backup of this program|pg_restore failed"):
        store.upkeep.restore(tmp_path / "text", force=True)
    assert len(store.findings.matches()) == 1


def revision(store: Store, becomes: str | None = None) -> str | None:
    with store._database.write() as connection:
        if becomes is not None:
            connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": becomes})
        return schema.current(connection)


def test_a_backup_of_a_newer_program_is_not_put_back(store: Store, tmp_path: Path, client_programs: None) -> None:
    matched(store, 1)
    revision(store, "9999")
    store.upkeep.backup(tmp_path / "copy")
    revision(store, schema.HEAD)
    with pytest.raises(ConfigError, match=r"'9999'.* newer version made it.* Nothing was changed"):
        store.upkeep.restore(tmp_path / "copy", force=True)
    assert revision(store) == schema.HEAD
    assert len(store.findings.matches()) == 1


def test_a_backup_of_an_older_schema_goes_over_one_of_today_and_the_other_way_round(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if empty_url.startswith("postgresql") and "TEST_POSTGRES_URL" not in os.environ:
        from pgserver._commands import POSTGRES_BIN_PATH

        monkeypatch.setenv("PATH", f"{POSTGRES_BIN_PATH}{os.pathsep}{os.environ['PATH']}")
    with Store.open(empty_url, create=True) as store:
        matched(store, 1)
        store.upkeep.backup(tmp_path / "today")
        schema.downgrade(store._database, "0004")
    with pytest.raises(SchemaError, match="monitor db backup"):
        Store.open(empty_url)
    with Store.open(empty_url, older=True) as store:
        store.upkeep.backup(tmp_path / "older")
        store.upkeep.restore(tmp_path / "today", force=True)
        assert revision(store) == schema.HEAD
        assert store.upkeep.check() == ()
        matched(store, 2)
        store.upkeep.restore(tmp_path / "older", force=True)
        assert revision(store) == "0004"
        schema.upgrade(store._database)
        assert store.upkeep.check() == ()
        assert [match.title for match in store.findings.matches()] == ["Story 1"]


def test_half_of_an_archive_is_not_put_back(store: Store, tmp_path: Path, client_programs: None) -> None:
    matched(store, 1)
    store.upkeep.backup(tmp_path / "copy")
    half = tmp_path / "half"
    half.write_bytes((tmp_path / "copy").read_bytes()[: (tmp_path / "copy").stat().st_size * 4 // 5])
    with pytest.raises((ConfigError, StoreError), match=r"Nothing was changed"):
        store.upkeep.restore(half, force=True)
    assert len(store.findings.matches()) == 1
    assert store.upkeep.check() == ()


def test_a_damaged_backup_is_not_put_back(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url) as store:
        matched(store, 1)
        store.upkeep.backup(tmp_path / "copy")
        with (tmp_path / "copy").open("r+b") as stream:
            stream.seek(20 * 4096)
            stream.write(b"\xff" * 4096)
        with pytest.raises(ConfigError, match=r"is damaged|is no backup"):
            store.upkeep.restore(tmp_path / "copy", force=True)
        assert len(store.findings.matches()) == 1


@pytest.mark.postgres
def test_without_postgres_client_programs_the_backup_says_what_is_missing(
    migrated_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with Store.open(migrated_postgres) as store, pytest.raises(ConfigError, match="pg_dump is not on PATH"):
        store.upkeep.backup(tmp_path / "copy")


def test_damage_is_found_rows_that_point_nowhere_and_an_index_that_misses_articles(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        matched(store, 1)
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("DELETE FROM feeds")
        raw.execute("DROP TRIGGER articles_search_delete")
        raw.execute("DELETE FROM articles")
        raw.execute("DROP INDEX ix_matches_topic")
    with Store.open(sqlite_url) as store:
        problems = "\n".join(store.upkeep.check())
    assert "rows of entries point at feeds that are not there" in problems
    assert "rows of matches point at articles that are not there" in problems
    assert "the full-text index holds 1 articles, the table 0" in problems
    assert "ix_matches_topic" in problems
