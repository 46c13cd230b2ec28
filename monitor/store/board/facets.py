"""What the newest articles of a list are: by topic, outlet and country."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from monitor.records.board.matches import Facets
from monitor.store.tables import articles, feeds, matches

LOOKED = 120
"""Articles that are counted."""
MOST = 12
"""Outlets and countries that are named, those of most articles."""


def of(connection: Connection, ids: Sequence[int]) -> Facets:
    """Counts over these articles."""
    about = select(matches.c.topic).where(matches.c.article_id.in_(ids), matches.c.withdrawn_at.is_(None))
    where = select(articles.c.outlet, feeds.c.country).outerjoin(feeds, feeds.c.id == articles.c.feed_id)
    found = connection.execute(where.where(articles.c.id.in_(ids))).all() if ids else ()
    return Facets(
        looked=len(ids),
        topics=_counted(connection.scalars(about) if ids else ()),
        outlets=_counted(row.outlet for row in found),
        countries=_counted(row.country for row in found if row.country),
    )


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(names)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST])
