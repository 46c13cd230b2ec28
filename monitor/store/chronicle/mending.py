"""The chronicle after articles were deleted, and the chronicle made anew."""

from sqlalchemy import Connection, delete, select, update

from monitor.chronicle.happenings import settled
from monitor.store.chronicle import happenings, statements, storylines, writing
from monitor.store.chronicle_tables import CHRONICLE
from monitor.store.shared_tables import leases
from monitor.store.tables import articles, matches

MOST = 100
"""Stories, statements and happenings each that one transaction mends."""


def mend(connection: Connection, holder: str) -> int:
    """Settle anew what deleted articles stood in; how much was looked at. Nothing without the lease."""
    if not writing.is_ours(connection, holder):
        return 0
    stories = storylines.mend(connection, MOST)
    storylines.renew(connection, stories)
    torn = happenings.torn(connection, MOST)
    found = happenings.of(connection, torn)
    happenings.write(connection, [settled(each.reports, id=each.id) for each in found if each.reports])
    happenings.remove(connection, [each.id for each in found if not each.reports])
    return len(stories) + statements.mend(connection, MOST) + len(torn)


def start_anew(connection: Connection) -> int:
    """Empty the chronicle and let every matched article wait; their number."""
    connection.execute(delete(leases).where(leases.c.name == writing.LEASE))
    for table in CHRONICLE:
        connection.execute(delete(table))
    live = select(matches.c.article_id).where(matches.c.withdrawn_at.is_(None))
    ours = articles.c.id.in_(live)
    connection.execute(update(articles).where(articles.c.unwoven, ~ours).values(unwoven=False))
    return connection.execute(update(articles).where(ours).values(unwoven=True)).rowcount
