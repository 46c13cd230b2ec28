"""``python -m benchmarks.dashboard_writer DATABASE``: store matched articles, ten a second, until stdin closes.

What was stored is taken away again; the last line says how much it was.
"""

import sys
import threading
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from monitor.store.engine import Database
from monitor.store.keys import hashed
from monitor.store.tables import analyses, article_versions, articles, matches

A_SECOND = 10


def main() -> None:
    """Write until told to stop."""
    database, stopped = Database(sys.argv[1]), threading.Event()
    threading.Thread(target=_wait, args=(stopped,), daemon=True).start()
    made: list[int] = []
    while not stopped.wait(1 / A_SECOND):
        with database.write() as connection:
            made.append(_article(connection, len(made)))
    with database.write() as connection:
        connection.execute(delete(articles).where(articles.c.id.in_(made)))
    database.close()
    print(f"{len(made)} articles")


def _wait(stopped: threading.Event) -> None:
    sys.stdin.buffer.read()
    stopped.set()


def _article(connection: Connection, number: int) -> int:
    """A copy of a matched article under another address, with version, analysis and match."""
    now = datetime.now(UTC)
    one = select(matches).where(matches.c.withdrawn_at.is_(None)).order_by(matches.c.id).limit(1).offset(number)
    match = dict(connection.execute(one).one()._mapping)
    article = dict(connection.execute(select(articles).where(articles.c.id == match["article_id"])).one()._mapping)
    del article["id"], match["id"]
    article |= {"url_key": hashed("benchmark", str(number)), "created_at": now, "updated_at": now, "fresh_at": now}
    id_: int = connection.execute(insert(articles).values(article).returning(articles.c.id)).scalar_one()
    analysis = dict(
        connection.execute(select(analyses).where(analyses.c.id == match["analysis_id"])).one()._mapping
    ) | {"article_id": id_, "analysed_at": now}
    version = {"article_id": id_, "number": 1, "seen_at": now, "fingerprint": "", "text_source": "page"}
    del analysis["id"]
    analysis["version_id"] = connection.execute(
        insert(article_versions).values(version).returning(article_versions.c.id)
    ).scalar_one()
    analysis_id = connection.execute(insert(analyses).values(analysis).returning(analyses.c.id)).scalar_one()
    match |= {"article_id": id_, "analysis_id": analysis_id, "matched_at": now, "updated_at": now}
    connection.execute(insert(matches).values(match))
    return id_


if __name__ == "__main__":
    main()
