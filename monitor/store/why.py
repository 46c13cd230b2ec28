"""An entry's whole way through the funnel, told step by step from its rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from monitor.records.articles import EntryState
from monitor.records.findings import Step
from monitor.store.columns import row_id
from monitor.store.keys import guid_key, url_key
from monitor.store.name_tables import entities, mentions
from monitor.store.polling.tables import feed_windows
from monitor.store.polling.window import unpack
from monitor.store.tables import analyses, article_versions, articles, entries, feeds, matches, polls

MOST = 20
"""Entries told about at most: one address in more feeds than that is no answer a person reads."""

_WAITING = {
    EntryState.NEW: "waits for the gate",
    EntryState.TO_READ: "waits for its page to be read",
    EntryState.TO_ANALYSE: "waits for the model",
}
_FEED_COLUMNS = ("url", "title", "outlet", "country", "state_controlled", "active", "last_success_at")


def steps(connection: Connection, url_or_id: str | int) -> tuple[Step, ...]:
    """Every step of every entry that ``url_or_id`` means; empty when it means none."""
    chosen = (feeds.c[name].label(f"feed_{name}") for name in _FEED_COLUMNS)
    query = select(entries, *chosen).join(feeds, feeds.c.id == entries.c.feed_id)
    found: Sequence[Row[Any]] = ()
    for where in ways(url_or_id):
        found = connection.execute(query.where(where).order_by(entries.c.id).limit(MOST)).all()
        if found:
            break
    return tuple(step for entry in found for step in _entry_steps(connection, entry))


def ways(url_or_id: str | int) -> Iterator[ColumnElement[bool]]:
    """How to look up an entry by its number, address or guid, the surest way first."""
    if isinstance(url_or_id, int):
        yield entries.c.id == row_id(url_or_id)
        return
    page, guid = url_key(url_or_id), guid_key(url_or_id)
    if page is not None:
        yield entries.c.url_key == page
        yield entries.c.article_id.in_(select(articles.c.id).where(articles.c.url_key == page))
    if guid is not None:
        yield entries.c.guid_key == guid


def _entry_steps(connection: Connection, entry: Row[Any]) -> Iterator[Step]:
    yield Step(at=entry.first_seen_at, what="feed", detail=_feed(entry))
    yield _seen(connection, entry)
    if entry.screened_at is not None:
        score = "" if entry.gate_score is None else f"score {entry.gate_score:.3f}"
        yield Step(at=entry.screened_at, what="gate", detail=_joined(score, entry.screen_reason))
    if entry.read_at is not None:
        yield Step(at=entry.read_at, what="page", detail=_page(entry))
    if entry.article_id is not None:
        yield from _article_steps(connection, entry.article_id)
    yield Step(at=entry.state_at, what=entry.state.replace("_", " "), detail=_state(entry))


def _feed(entry: Row[Any]) -> str:
    outlet = entry.feed_outlet or entry.feed_title
    country = f" ({entry.feed_country})" if entry.feed_country else ""
    controlled = "state-controlled" if entry.feed_state_controlled else ""
    removed = "" if entry.feed_active else "removed from polling"
    return _joined(f"{outlet}{country}: {entry.feed_url}", controlled, removed)


def _seen(connection: Connection, entry: Row[Any]) -> Step:
    """Which polls saw it. Polls that brought no body, or were pruned, do not count."""
    ours = (polls.c.feed_id == entry.feed_id, polls.c.outcome.in_(("new", "same")))
    last = _last_seen(connection, entry)
    span = polls.c.polled_at.between(entry.first_seen_at, last)
    count = connection.scalar(select(func.count()).select_from(polls).where(*ours, span)) or 0
    published = f"published {_time(entry.published_at)}" if entry.published_at else "no date of publication"
    if entry.date_quality == "future":
        published = f"dated in the future, taken as {_time(entry.published_at)}"
    said = f"the feed says {entry.published_raw!r}" if entry.published_raw else ""
    backfill = "came with the back catalogue" if entry.backfill else ""
    changes = f"its words changed {entry.changes} times" if entry.changes else ""
    polled = f"entry {entry.id}, in the feed until {_time(last)} ({count} polls)"
    detail = _joined(entry.title, entry.url, polled, published, said, backfill, changes)
    return Step(at=entry.first_seen_at, what="entry", detail=detail)


def _last_seen(connection: Connection, entry: Row[Any]) -> datetime:
    """An entry that the last document held was last seen with the last good poll; nothing is written for it then."""
    window = connection.scalar(select(feed_windows.c.window).where(feed_windows.c.feed_id == entry.feed_id))
    seen: datetime = entry.last_seen_at
    if entry.id not in set(unpack(window or b"").values()):
        return seen
    return max(seen, entry.feed_last_success_at or seen)


def _page(entry: Row[Any]) -> str:
    tries = f"{entry.attempts} failed tries" if entry.attempts else ""
    source = f"text from {entry.text_source}" if entry.text_source else ""
    return _joined(entry.page_kind or "no article", source, tries)


def _article_steps(connection: Connection, article_id: int) -> Iterator[Step]:
    size = func.length(articles.c.text).label("size")
    article = connection.execute(select(articles, size).where(articles.c.id == article_id)).one()
    versions = connection.execute(
        select(article_versions).where(article_versions.c.article_id == article_id).order_by(article_versions.c.number)
    ).all()
    for version in versions:
        translated = f"read in English by {article.translation}" if article.translation else ""
        whole = _joined(f"{article.size} characters", article.language or "", translated)
        shown = whole if version.text is None else "replaced"
        detail = _joined(f"article {article_id} version {version.number}", version.text_source, shown, article.url)
        yield Step(at=version.seen_at, what="text", detail=detail)
    query = select(analyses).where(analyses.c.article_id == article_id).order_by(analyses.c.analysed_at)
    for analysis in connection.execute(query):
        yield Step(at=analysis.analysed_at, what="analysis", detail=_analysis(analysis))
    yield from _match_steps(connection, article_id)
    if names := _entities(connection, article_id):
        yield Step(at=article.updated_at, what="entities", detail=names)


def _analysis(analysis: Row[Any]) -> str:
    scores = (
        f"{topic} {score:.3f} {'≥' if score >= analysis.thresholds[topic] else '<'} {analysis.thresholds[topic]:.3f}"
        for topic, score in analysis.scores.items()
    )
    return _joined(*scores, f"model {analysis.model}")


def _match_steps(connection: Connection, article_id: int) -> Iterator[Step]:
    query = select(matches).where(matches.c.article_id == article_id).order_by(matches.c.matched_at, matches.c.id)
    for match in connection.execute(query):
        evidence = f"“{match.evidence}”" if match.evidence else "no evidence sentence"
        yield Step(at=match.matched_at, what="match", detail=f"{match.topic}: {evidence}")
        if match.withdrawn_at is not None:
            detail = f"{match.topic}: a later text of the article is no longer about it"
            yield Step(at=match.withdrawn_at, what="withdrawn", detail=detail)


def _entities(connection: Connection, article_id: int) -> str:
    query = (
        select(entities.c.name)
        .join(mentions, mentions.c.entity_id == entities.c.id)
        .where(mentions.c.article_id == article_id)
        .group_by(entities.c.id, entities.c.name)
        .order_by(func.count().desc(), entities.c.name)
    )
    return ", ".join(connection.scalars(query))


def _state(entry: Row[Any]) -> str:
    state = EntryState(entry.state)
    retry = f"not before {_time(entry.retry_at)}" if entry.retry_at else ""
    held = f"worked on by {entry.claimed_by} until {_time(entry.claimed_until)}" if entry.claimed_until else ""
    return _joined(_WAITING.get(state, ""), entry.reason, retry, held) or "no reason was given"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
