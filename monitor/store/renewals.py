"""Articles that wait to be understood again: which they are, and what came of them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, exists, select, update

from monitor.store.reanalysis_tables import reanalyses, renewals
from monitor.store.tables import analyses, articles

_SETTLED = delete(renewals).where(renewals.c.article_id == bindparam("article"))


def is_renewal() -> ColumnElement[bool]:
    """Whether a pending row of ``articles`` waits for nothing but another look at a text that was read before."""
    return exists().where(renewals.c.article_id == articles.c.id, renewals.c.version == articles.c.version)


def settle(connection: Connection, found: Iterable[Row[Any]]) -> dict[int, int]:
    """Take articles that ``understood`` has locked off the list; the reanalysis of each that was on it.

    One that has another text since is no longer meant. What comes of the others is no news to anybody.
    """
    marked = [article for article in found if article.reanalysis_id is not None]
    if marked:
        connection.execute(_SETTLED, [{"article": article.id} for article in marked])
    return {article.id: article.reanalysis_id for article in marked if article.marked_version == article.version}


def count(connection: Connection, reanalysis_id: int, **more: int) -> None:
    """Add to what has come of a reanalysis: articles ``analysed`` or ``unread``, matches made or withdrawn."""
    values = {name: reanalyses.c[name] + number for name, number in more.items() if number}
    connection.execute(update(reanalyses).where(reanalyses.c.id == reanalysis_id).values(values))


def was_understood(connection: Connection, version_id: int) -> bool:
    """Whether something was found out about this text before."""
    return connection.execute(select(analyses.c.id).where(analyses.c.version_id == version_id)).first() is not None
