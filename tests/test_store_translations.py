"""Translations beside the articles, articles that were not understood, and the funnel by language."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from monitor.cli import cli
from monitor.records.articles import EntryState, LanguageRow, StoredArticle, Translation
from monitor.records.feedback import Judgement, Verdict
from monitor.store import Store, schema
from monitor.store.engine import Database
from tests.store_builders import (
    LEASE,
    MINUTE,
    NOW,
    add_feed,
    article,
    entity,
    findings,
    item,
    pending_article,
    poll,
    read,
    screened,
    states,
    to_read,
)

ENGLISH = Translation(title="Story 1", text="Trump and Putin met in Budapest.", by="opus-mt-uk-en@0123456789ab")
TRUMP = entity("Donald Trump", "Q22686", (9, 14))
REASON = "language: uk, not translated within 90 s"


def translated(store: Store) -> StoredArticle:
    stored = pending_article(store, 1, text="Трамп і Путін зустрілися в Будапешті.", language="uk")
    found = replace(findings(0.9, 0.1, TRUMP), language="uk", translation=ENGLISH)
    store.findings.record(stored, found, now=NOW)
    return stored


def again(store: Store) -> tuple[StoredArticle, ...]:
    return store.findings.claim(now=NOW + MINUTE, limit=9, holder="later", lease=LEASE)


def new_text(store: Store) -> StoredArticle:
    """The article with other words, from another feed, claimed."""
    poll(store, add_feed(store, "https://b.example/rss"), item(1))
    to_read(store, 2)
    store.entries.record_read([read(2, article(1, text="Інші слова.", language="uk"))], now=NOW + MINUTE)
    (stored,) = again(store)
    return stored


def test_a_translation_is_kept_beside_the_article_s_own_words(store: Store) -> None:
    translated(store)
    (match,) = store.findings.matches()
    assert (match.language, match.translation) == ("uk", ENGLISH.by)
    with store._database.read() as connection:
        row = connection.execute(text("SELECT title, text, translated_title, translated_text FROM articles")).one()
    assert row == ("Story 1", "Трамп і Путін зустрілися в Будапешті.", ENGLISH.title, ENGLISH.text)
    assert "read in English by opus-mt-uk-en@0123456789ab" in " ".join(step.detail for step in store.entries.why(1))


def test_a_translation_is_claimed_with_its_article_and_goes_with_the_text_it_is_of(store: Store) -> None:
    stored = translated(store)
    with store._database.write() as connection:
        connection.execute(text("UPDATE articles SET pending = true"))
    (claimed,) = again(store)
    assert (claimed.translation, claimed.version_id) == (ENGLISH, stored.version_id)
    store.findings.release("later")
    assert new_text(store).translation is None


def test_what_was_judged_is_what_the_model_read_of_it(store: Store) -> None:
    stored = translated(store)
    by = {"verdict": Verdict.KEEP, "topic": "talks", "person": "Ann"}
    store.labels.add(Judgement(article=stored.article_id, **by), now=NOW)  # type: ignore[arg-type]
    (judged,) = store.labels.judged()
    assert (judged.article.document, judged.article.language) == (ENGLISH.document, "en")
    (recent,) = store.candidates.recent_articles(since=NOW - timedelta(days=9999), limit=9)
    assert (recent.as_read.document, recent.as_read.language) == (ENGLISH.document, "en")
    assert recent.article.language == "uk"
    # Of a text that was replaced only its own words are left.
    new_text(store)
    (judged,) = store.labels.judged()
    assert (judged.article.text, judged.article.language) == (stored.article.text, "uk")


def test_the_list_of_matches_says_that_the_evidence_is_a_translation(store: Store, database_url: str) -> None:
    translated(store)
    plain = CliRunner().invoke(cli, ["--db", database_url, "matches"]).stdout.splitlines()
    row = dict(zip(*(line.split("\t") for line in plain[:2]), strict=True))
    assert (row["evidence"], row["translated by"]) == (ENGLISH.text, ENGLISH.by)
    (told,) = json.loads(CliRunner().invoke(cli, ["--db", database_url, "matches", "--json"]).stdout)
    assert (told["language"], told["translation"]) == ("uk", ENGLISH.by)


def test_findings_of_the_own_words_take_a_translation_away(store: Store) -> None:
    stored = translated(store)
    store.findings.record(stored, findings(0.9), now=NOW + MINUTE)
    assert store.findings.matches()[0].translation is None


def test_an_article_that_was_not_understood_is_skipped_with_the_reason_and_waits_no_more(store: Store) -> None:
    stored = pending_article(store, 1, language="uk")
    store.findings.skip(stored, REASON, now=NOW)
    entry = store.entries.get(1)
    assert entry is not None
    assert (entry.state, entry.reason) == (EntryState.SKIPPED, REASON)
    assert again(store) == ()
    store.findings.skip(stored, "another reason", now=NOW)
    assert store.entries.get(1) == entry


def test_a_match_outlives_a_new_text_that_is_not_understood_but_its_places_do_not(store: Store) -> None:
    stale = translated(store)
    current = new_text(store)
    store.findings.skip(stale, REASON, now=NOW)
    assert states(store) == {EntryState.TO_ANALYSE: 1, EntryState.MATCHED: 1}
    store.findings.skip(current, REASON, now=NOW)
    assert states(store) == {EntryState.SKIPPED: 1, EntryState.MATCHED: 1}
    assert store.findings.matches()[0].evidence == ENGLISH.text
    with store._database.read() as connection:
        assert connection.execute(text("SELECT evidence_start, evidence_end FROM matches")).one() == (None, None)
        assert connection.scalar(text("SELECT count(*) FROM mentions")) == 0


def test_a_second_entry_of_an_article_that_was_not_understood_ends_like_the_first(store: Store) -> None:
    store.findings.skip(pending_article(store, 1, language="uk"), REASON, now=NOW)
    poll(store, add_feed(store, "https://b.example/rss"), item(1))
    to_read(store, 2)
    store.entries.record_read([read(2, article(1, language="uk"))], now=NOW)
    entry = store.entries.get(2)
    assert entry is not None
    assert (entry.state, entry.reason) == (EntryState.SKIPPED, REASON)


def test_entries_are_counted_by_language_with_what_became_of_them(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, *(item(n) for n in range(3)), item(3, language="uk-UA"), item(4, language=""))
    skipped: dict[str, Any] = {"state": EntryState.SKIPPED, "gate_score": None}
    store.entries.record_screen(
        [
            screened(1, language="en"),
            screened(2, language="uk", reason="language: uk", **skipped),
            screened(3, language="en", reason="too old: published 2020-01-01, limit 14 days", **skipped),
        ],
        now=NOW,
    )
    assert store.entries.by_language() == (
        LanguageRow(language="en", seen=2, routed=1, skipped=0, matched=0),
        LanguageRow(language="uk", seen=2, routed=0, skipped=1, matched=0),
        LanguageRow(language="?", seen=1, routed=0, skipped=0, matched=0),
    )


def test_the_language_of_the_page_takes_the_place_of_the_headline_s(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    to_read(store, 1)
    result = read(1, None, state=EntryState.SKIPPED, reason="language: de", language="de")
    store.entries.record_read([result], now=NOW)
    assert store.entries.by_language() == (LanguageRow(language="de", seen=1, routed=1, skipped=1, matched=0),)


def test_only_the_entries_of_one_state_are_given_back_when_asked_so(store: Store) -> None:
    poll(store, add_feed(store), item(1), item(2))
    to_read(store, 1)
    for state in (EntryState.NEW, EntryState.TO_READ):
        store.entries.claim(state, now=NOW, limit=9, holder="a", lease=LEASE)
    assert store.entries.release("a", state=EntryState.NEW) == 1
    assert store.entries.release("a") == 1


@pytest.mark.parametrize("revision", ["0002", "0001"])
def test_articles_outlive_the_migration_down_and_up(database_url: str, revision: str) -> None:
    with Store.open(database_url) as store:
        translated(store)
    database = Database(database_url)
    try:
        schema.downgrade(database, revision)
        schema.upgrade(database)
        assert schema.differences(database) == ()
    finally:
        database.close()
    with Store.open(database_url) as store:
        assert store.search.search("Будапешті")
        assert store.findings.matches()[0].translation is None
        assert store.upkeep.check() == ()


def test_the_query_of_the_docs_shows_translated_matches(store: Store) -> None:
    translated(store)
    page = (Path(__file__).resolve().parents[1] / "docs" / "languages.md").read_text()
    (query,) = re.findall(r"```sql\n(.*?)```", page, flags=re.DOTALL)
    with store._database.read() as connection:
        (row,) = connection.execute(text(query))
    assert (row.language, row.translated_title, row.translation) == ("uk", ENGLISH.title, ENGLISH.by)
