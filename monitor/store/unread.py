"""Articles that were not understood: their entries end with the reason, and nothing is claimed about the new words."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, update

from monitor.records.articles import EntryState
from monitor.store import claims, rows
from monitor.store.keys import reason_group
from monitor.store.name_tables import mentions
from monitor.store.tables import articles, entries, matches


def record(connection: Connection, article_id: int, reason: str, now: datetime, *, forget: bool) -> None:
    """Skip the entries that wait for the article's findings.

    What an earlier text of it matched stays a match, for nothing says that it is wrong; but places in a text that is
    gone are forgotten (``forget``). When the same text was understood before, all of that stands.
    """
    waiting = (entries.c.article_id == article_id, entries.c.state == EntryState.TO_ANALYSE.value)
    values = {
        "state": EntryState.SKIPPED.value,
        "state_at": now,
        "reason": reason,
        "reason_group": reason_group(reason),
    }
    connection.execute(update(entries).where(*waiting).values(values | claims.FREE))
    done: dict[str, Any] = {"pending": False} | claims.FREE
    if forget:
        nowhere = {"evidence_start": None, "evidence_end": None}
        connection.execute(update(matches).where(matches.c.article_id == article_id).values(nowhere))
        connection.execute(delete(mentions).where(mentions.c.article_id == article_id))
        done |= rows.translation_values(None)
    connection.execute(update(articles).where(articles.c.id == article_id).values(done))
