"""One article's page: its text with all that was found in it, its versions, its story, its way through the funnel."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.records.articles import GLOSS
from monitor.records.board.matches import ArticleView, TextVersion
from monitor.records.chronicle import Source, Story
from monitor.records.findings import Step
from monitor.store import details, naming, why
from monitor.store.board.matches import rows_of
from monitor.store.chronicle import storylines, tellers
from monitor.store.chronicle_tables import story_members
from monitor.store.columns import row_id
from monitor.store.engine import Database
from monitor.store.tables import analyses, article_versions, articles, entries

MOST_ALSO = 30
MOST_STEPS = 60


class ArticleBoard:
    """Articles, matched or not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, article_id: int, *, person: str, now: datetime) -> ArticleView | None:
        """All that is known of the article; None where there is none with that number."""
        article_id = row_id(article_id)
        with self._database.read() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).first()
            if row is None:
                return None
            (shown,) = rows_of(connection, [row.id], person=person, now=now, withdrawn=True)
            found = details.of(connection, [row.id])[row.id]
            story, also = _story(connection, shown.story_id, row.id)
            translated = bool(row.translation) and row.translation != GLOSS
            model, scores = _scores(connection, row.id)
            return ArticleView(
                row=shown,
                title=row.translated_title if translated else row.title,
                text=row.translated_text if translated else row.text,
                original=row.text if translated else "",
                entities=naming.of(connection, [row.id])[row.id],
                quotes=found.quotes,
                reports=found.reports,
                events=found.events,
                aid=found.aid,
                reactions=found.reactions,
                versions=_versions(connection, row),
                steps=_steps(connection, row.id),
                scores=scores,
                model=model,
                story=story,
                also=also,
            )


def _story(connection: Connection, story_id: int | None, article_id: int) -> tuple[Story | None, tuple[Source, ...]]:
    if story_id is None:
        return None, ()
    ours = (story_members.c.story_id == story_id, articles.c.id != article_id)
    query = tellers.select_tellers().where(*ours).order_by(story_members.c.published_at, articles.c.id).limit(MOST_ALSO)
    others = tuple(tellers.teller(row)[0] for row in connection.execute(query))
    return next(iter(storylines.of(connection, [story_id])), None), others


def _versions(connection: Connection, row: Row[Any]) -> tuple[TextVersion, ...]:
    """Every text it had, the oldest first; the last is the one of now."""
    query = select(article_versions).where(article_versions.c.article_id == row.id).order_by(article_versions.c.number)
    return tuple(
        TextVersion(
            number=each.number,
            seen_at=each.seen_at,
            title=row.title if each.title is None else each.title,
            text=row.text if each.text is None else each.text,
        )
        for each in connection.execute(query)
    )


def _steps(connection: Connection, article_id: int) -> tuple[Step, ...]:
    first = select(entries.c.id).where(entries.c.article_id == article_id).order_by(entries.c.id).limit(1)
    entry_id = connection.scalar(first)
    return () if entry_id is None else why.steps(connection, entry_id)[:MOST_STEPS]


def _scores(connection: Connection, article_id: int) -> tuple[str, tuple[tuple[str, float, float], ...]]:
    """Who analysed it last, and every topic's score and threshold."""
    ours = select(analyses).where(analyses.c.article_id == article_id)
    row = connection.execute(ours.order_by(analyses.c.analysed_at.desc(), analyses.c.id.desc()).limit(1)).first()
    if row is None:
        return "", ()
    return row.model, tuple(
        (topic, score, row.thresholds.get(topic, 0.0)) for topic, score in sorted(row.scores.items())
    )
