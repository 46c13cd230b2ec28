"""Recording what reading gave: an entry's article, found or made, and its versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from monitor.records.articles import Article, EntryState, ReadResult
from monitor.store import claims, rows
from monitor.store.keys import hashed, reason_group, url_key
from monitor.store.tables import analyses, article_versions, articles, entries, feeds, matches
from monitor.store.upsert import upsert
from monitor.text import fingerprint

# A poorer text of a page never takes the place of a better one.
_QUALITY = {"page": 3, "feed content": 2, "feed summary": 1}
_ENDS = (EntryState.MATCHED.value, EntryState.UNMATCHED.value)


def record(connection: Connection, results: Sequence[ReadResult], *, now: datetime) -> None:
    """Write ``results`` down inside the caller's transaction, in the order of the articles.

    One order for every worker: two that meet the same articles wait for each other instead of deadlocking.
    """
    ids = [result.entry_id for result in results]
    query = select(entries, feeds.c.outlet, feeds.c.title.label("feed_title"))
    query = query.join(feeds, feeds.c.id == entries.c.feed_id).where(entries.c.id.in_(ids))
    found = {row.id: row for row in connection.execute(query.with_for_update(of=entries, key_share=True))}
    waiting = [
        (found[result.entry_id], result)
        for result in results
        if result.entry_id in found and found[result.entry_id].state == EntryState.TO_READ.value
    ]
    for entry, result in sorted(waiting, key=lambda pair: _article_key(*pair)):
        if result.article is None:
            _no_article(connection, entry, result, now)
        else:
            _with_article(connection, entry, result, result.article, now)


def _article_key(entry: Row[Any], result: ReadResult) -> str:
    """Articles are the same when their canonical address is; a page without an own address is its entry's."""
    address = result.article.url if result.article is not None else ""
    key: str | None = url_key(address) or entry.url_key
    return key or hashed("entry", str(entry.id))


def _no_article(connection: Connection, entry: Row[Any], result: ReadResult, now: datetime) -> None:
    state = EntryState.TO_READ if result.retry_at is not None else result.state
    if state is None:
        raise ValueError(f"read result of entry {entry.id} has neither article, end state nor retry_at")
    _move(connection, entry, result, state, result.reason, now, article_id=entry.article_id)


def _with_article(connection: Connection, entry: Row[Any], result: ReadResult, article: Article, now: datetime) -> None:
    known, made = _find_or_make(connection, entry, result, article, now)
    if made or take_over(connection, known, result, article, now) or known.pending:
        state, reason = EntryState.TO_ANALYSE, result.reason
    elif given_up := _given_up(connection, known):
        state, reason = EntryState.SKIPPED, given_up
    else:
        state, reason = _verdict_of(connection, known.id, entry.id)
    _move(connection, entry, result, state, reason, now, article_id=known.id)


def _find_or_make(
    connection: Connection, entry: Row[Any], result: ReadResult, article: Article, now: datetime
) -> tuple[Row[Any], bool]:
    """The article's row, and whether it was made just now."""
    key = _article_key(entry, result)
    query = select(articles).where(articles.c.url_key == key).with_for_update(key_share=True)
    if (known := connection.execute(query).first()) is not None:
        return known, False
    values = _text_values(result, article, now) | {
        "url": article.url or entry.url,
        "url_key": key,
        "feed_id": entry.feed_id,
        "outlet": article.source or entry.outlet or entry.feed_title,
        "published_at": article.published or entry.published_at,
        "fresh_at": rows.fresh_at(article.published or entry.published_at, entry.first_seen_at),
        "version": 1,
        "created_at": now,
        "revisits": 0,
    }
    insertion = upsert(connection, articles).values(values).on_conflict_do_nothing(index_elements=["url_key"])
    # Nothing comes back when another worker made it between our look and our insert.
    made = connection.execute(insertion.returning(articles.c.id)).scalar()
    if made is not None:
        _add_version(connection, made, 1, result, article, now)
    return connection.execute(query).one(), made is not None


def take_over(connection: Connection, known: Row[Any], result: ReadResult, article: Article, now: datetime) -> bool:
    """Make a new version when the words changed and the text is no poorer than the one we have."""
    poorer = _QUALITY.get(result.text_source, 0) < _QUALITY.get(known.text_source, 0)
    if poorer or fingerprint(article.title, article.text) == known.fingerprint:
        return False
    current = (article_versions.c.article_id == known.id, article_versions.c.number == known.version)
    connection.execute(update(article_versions).where(*current).values(title=known.title, text=known.text))
    _add_version(connection, known.id, known.version + 1, result, article, now)
    values = _text_values(result, article, now) | {"version": known.version + 1}
    connection.execute(update(articles).where(articles.c.id == known.id).values(values))
    return True


def _text_values(result: ReadResult, article: Article, now: datetime) -> dict[str, Any]:
    return (
        {
            "title": article.title,
            "text": article.text,
            "language": article.language,
            "text_source": result.text_source,
            "fingerprint": fingerprint(article.title, article.text),
            "updated_at": now,
            "pending": True,
        }
        | rows.translation_values(None)
        | claims.FREE
    )


def _add_version(
    connection: Connection, article_id: int, number: int, result: ReadResult, article: Article, now: datetime
) -> None:
    connection.execute(
        insert(article_versions).values(
            article_id=article_id,
            number=number,
            seen_at=now,
            fingerprint=fingerprint(article.title, article.text),
            text_source=result.text_source,
        )
    )


def _given_up(connection: Connection, known: Row[Any]) -> str:
    """Why nothing was found about the article's text, as the entry before says; empty when it was understood."""
    current = (article_versions.c.article_id == known.id, article_versions.c.number == known.version)
    version = select(article_versions.c.id).where(*current).scalar_subquery()
    if connection.execute(select(analyses.c.id).where(analyses.c.version_id == version)).first():
        return ""
    ended = (entries.c.article_id == known.id, entries.c.state == EntryState.SKIPPED.value)
    last = select(entries.c.reason).where(*ended).order_by(entries.c.state_at.desc()).limit(1)
    return connection.scalar(last) or ""


def _verdict_of(connection: Connection, article_id: int, entry_id: int) -> tuple[EntryState, str]:
    """What was found before about the same text, and where."""
    matched = select(matches.c.id).where(matches.c.article_id == article_id, matches.c.withdrawn_at.is_(None))
    state = EntryState.MATCHED if connection.execute(matched).first() else EntryState.UNMATCHED
    first = connection.scalar(
        select(func.min(entries.c.id)).where(
            entries.c.article_id == article_id, entries.c.id != entry_id, entries.c.state.in_(_ENDS)
        )
    )
    if first is not None:
        return state, f"same article as entry {first}"
    at = connection.scalar(select(func.max(analyses.c.analysed_at)).where(analyses.c.article_id == article_id))
    return state, f"same text as analysed on {at:%Y-%m-%d}" if at else "same text as analysed before"


def _move(
    connection: Connection,
    entry: Row[Any],
    result: ReadResult,
    state: EntryState,
    reason: str,
    now: datetime,
    *,
    article_id: int | None,
) -> None:
    language = {"language": result.language} if result.language else {}
    values: dict[str, Any] = language | {
        "state": state.value,
        "state_at": now,
        "reason": reason,
        "reason_group": reason_group(reason),
        "attempts": entry.attempts + (result.article is None),
        "retry_at": result.retry_at if state is EntryState.TO_READ else None,
        "read_at": now,
        "page_kind": None if result.page_kind is None else result.page_kind.value,
        "text_source": result.text_source,
        "article_id": article_id,
    }
    connection.execute(update(entries).where(entries.c.id == entry.id).values(values | claims.FREE))
