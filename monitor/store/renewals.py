"""Articles that wait to be understood again: which they are, and what came of them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, select, update

from monitor.store.reanalysis_tables import reanalyses, renewals
from monitor.store.tables import analyses, articles, matches


@dataclass(frozen=True, slots=True)
class Renewal:
    """One article's; what comes of it is no news to anybody."""

    reanalysis_id: int
    live: frozenset[str]
    """Topics that the article matched until now."""


def is_renewal() -> ColumnElement[bool]:
    """Whether a pending row of ``articles`` waits for nothing but another look at a text that was read before."""
    return exists().where(renewals.c.article_id == articles.c.id, renewals.c.version == articles.c.version)


def settle(connection: Connection, article: Row[Any]) -> Renewal | None:
    """Take the article off the list; None when it was not on it, or has another text since."""
    mark = connection.execute(
        delete(renewals)
        .where(renewals.c.article_id == article.id)
        .returning(renewals.c.reanalysis_id, renewals.c.version)
    ).first()
    if mark is None or mark.version != article.version:
        return None
    live = select(matches.c.topic).where(matches.c.article_id == article.id, matches.c.withdrawn_at.is_(None))
    return Renewal(mark.reanalysis_id, frozenset(connection.scalars(live)))


def understood(connection: Connection, renewal: Renewal, matched: Collection[str]) -> None:
    """Count an article that was understood again, and matches these topics now."""
    now = frozenset(matched)
    _count(connection, renewal, analysed=1, matched=len(now - renewal.live), withdrawn=len(renewal.live - now))


def unread(connection: Connection, renewal: Renewal) -> None:
    """Count an article that could not be read."""
    _count(connection, renewal, unread=1)


def was_understood(connection: Connection, version_id: int) -> bool:
    """Whether something was found out about this text before."""
    return connection.execute(select(analyses.c.id).where(analyses.c.version_id == version_id)).first() is not None


def _count(connection: Connection, renewal: Renewal, **more: int) -> None:
    values = {name: reanalyses.c[name] + number for name, number in more.items() if number}
    connection.execute(update(reanalyses).where(reanalyses.c.id == renewal.reanalysis_id).values(values))
