"""Statements that were first told lately."""

from collections import Counter

from sqlalchemy import Connection, select

from monitor.records.chronicle import Statement
from monitor.store.chronicle import statements, tellers
from monitor.store.chronicle_tables import statement_witnesses, story_members
from monitor.store.facts.scope import Scope, was_known

MOST = 1000
"""Statements at most: those that most fresh articles carry."""


def first_told(connection: Connection, scope: Scope) -> tuple[Statement, ...]:
    """Statements that fresh articles carry, and none that fits and was there before; the latest day first.

    Their witnesses are the fresh ones.
    """
    carried: Counter[int] = Counter()
    query = select(statement_witnesses.c.statement_id)
    for ids in tellers.chunks(scope.fresh):
        carried.update(connection.scalars(query.where(statement_witnesses.c.article_id.in_(ids))))
    untold = {id_ for id_ in carried if f"statement:{id_}" not in scope.told}
    new = untold - _known(connection, scope, untold)
    most = sorted(new, key=lambda id_: (-carried[id_], -id_))[:MOST]
    found = statements.of(connection, sorted(most), among=scope.fresh)
    return tuple(sorted(found, key=lambda each: (-each.said_on.toordinal(), each.id)))


def _known(connection: Connection, scope: Scope, ids: set[int]) -> set[int]:
    """Those that were told before."""
    query = (
        select(statement_witnesses.c.statement_id, statement_witnesses.c.article_id)
        .join(story_members, story_members.c.article_id == statement_witnesses.c.article_id)
        .where(was_known(connection, scope))
    )
    return {
        statement_id
        for chunk in tellers.chunks(ids)
        for statement_id, article_id in connection.execute(query.where(statement_witnesses.c.statement_id.in_(chunk)))
        # An article that is fresh for another topic says what it says anew.
        if article_id not in scope.fresh
    }
