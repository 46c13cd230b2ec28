"""Rows to records: the one place that knows both."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, RowMapping, Select, select

from monitor.records.articles import Article, Entry, EntryState, StoredArticle, Translation
from monitor.records.feeds import Feed, FeedSpec
from monitor.store.keys import Item
from monitor.store.tables import article_versions, articles, entries, feeds

SPEC_FIELDS = (
    "url",
    "title",
    "outlet",
    "family",
    "country",
    "state_controlled",
    "language",
    "kind",
    "homepage",
)
_FEED_FIELDS = (
    "id",
    "active",
    "added_at",
    "next_poll_at",
    "interval",
    "etag",
    "last_modified",
    "body_hash",
    "failures",
    "last_polled_at",
    "last_success_at",
    "last_new_at",
    "last_status",
    "last_error",
    "entries_seen",
    "conditional",
    "whole_at",
    "failing_since",
    "moved_to",
    "moved_polls",
    "moved_from",
    "moved_at",
    "gone_at",
    "rhythm",
    "least",
    "newest_at",
    "last_changed_at",
    "gap_at",
    "gaps",
    "wish",
    "hub",
    "topic",
)
_ENTRY_FIELDS = (
    "id",
    "feed_id",
    "guid",
    "url",
    "title",
    "summary",
    "content",
    "published_raw",
    "reason",
    "attempts",
    "gate_score",
    "article_id",
    "language",
    "date_quality",
    "backfill",
)


def spec_values(spec: FeedSpec) -> dict[str, Any]:
    """Column values of what a person says about a feed."""
    said = {field: getattr(spec, field) for field in SPEC_FIELDS}
    return said | {"url": spec.url.strip(), "country": spec.country.upper()}


def feed(row: Row[Any]) -> Feed:
    """A row of ``feeds``."""
    return feed_of(row._mapping)


def feed_of(values: "Mapping[str, Any] | RowMapping") -> Feed:
    """A feed from its column values."""
    return Feed(
        spec=FeedSpec(**{field: values[field] for field in SPEC_FIELDS}),
        skip_hours=numbers(values["skip_hours"]),
        skip_days=numbers(values["skip_days"]),
        notes=tuple(values["notes"].splitlines()),
        **{field: values[field] for field in _FEED_FIELDS},
    )


def numbers(column: str) -> tuple[int, ...]:
    """A column of whole numbers with commas between them."""
    return tuple(map(int, column.split(","))) if column else ()


def words(item: Item) -> dict[str, Any]:
    """Column values of what a feed says of an entry."""
    entry = item.entry
    return {
        "identity": item.identity,
        "url": entry.url,
        "url_key": item.url_key,
        "guid": entry.guid,
        "guid_key": item.guid_key,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "fingerprint": item.fingerprint,
        "authors": "; ".join(entry.authors),
        "source": entry.source,
        "published_raw": entry.published_raw,
        "published_at": entry.published,
        "date_quality": entry.date_quality,
    }


def select_entries() -> Select[Any]:
    """Entries with the name of their outlet."""
    return select(entries, feeds.c.outlet, feeds.c.title.label("feed_title")).join(
        feeds, feeds.c.id == entries.c.feed_id
    )


def entry(row: Row[Any]) -> Entry:
    """A row of ``select_entries``."""
    return Entry(
        published=row.published_at,
        first_seen=row.first_seen_at,
        state=EntryState(row.state),
        outlet=row.outlet or row.feed_title,
        **{field: getattr(row, field) for field in _ENTRY_FIELDS},
    )


def select_articles() -> Select[Any]:
    """Articles with the id of their current version."""
    current = (article_versions.c.article_id == articles.c.id) & (article_versions.c.number == articles.c.version)
    return select(articles, article_versions.c.id.label("version_id")).join(article_versions, current)


def stored_article(row: Row[Any], entry_ids: tuple[int, ...]) -> StoredArticle:
    """A row of ``select_articles``."""
    article = Article(
        id=str(row.id),
        title=row.title,
        text=row.text,
        url=row.url,
        published=row.published_at,
        source=row.outlet,
        language=row.language,
    )
    translation = Translation(title=row.translated_title, text=row.translated_text, by=row.translation)
    return StoredArticle(
        article_id=row.id,
        version_id=row.version_id,
        article=article,
        entry_ids=entry_ids,
        translation=translation if row.translation else None,
    )


def translation_values(translation: Translation | None) -> dict[str, str | None]:
    """Column values of an article's translation, or of there being none."""
    return {
        "translated_title": translation.title if translation else None,
        "translated_text": translation.text if translation else None,
        "translation": translation.by if translation else None,
    }


def fresh_at(published: datetime | None, seen: datetime) -> datetime:
    """What to sort by: when it was published, but never a date to come and never nothing."""
    return seen if published is None or published > seen else published
