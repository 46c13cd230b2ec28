"""What weaving one article has made of the chronicle, written in one transaction."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from monitor.chronicle.happenings import settled
from monitor.records.weaving import Recorded, Woven
from monitor.store.chronicle import answers, happenings, statements, storylines, waiting
from monitor.store.shared_tables import leases

LEASE = "chronicle"
"""The right to weave: only its holder writes the chronicle."""


def record(connection: Connection, woven: Woven, holder: str) -> Recorded | None:
    """Write ``woven`` down; None when it is out of date."""
    article_id = woven.source.article_id
    if not is_ours(connection, holder) or not waiting.is_still_ours(connection, article_id, holder):
        return None
    if waiting.is_torn(connection):
        # What was woven may name articles that are no more.
        return None
    touched = storylines.leave(connection, article_id) if woven.member is None else set()
    if woven.member is not None:
        touched |= storylines.join(connection, woven.source, woven.member, woven.imprint)
        touched |= storylines.revise(connection, woven.revised, woven.member.origin)
    touched |= storylines.change(connection, woven.story_changes, woven.source)
    storylines.renew(connection, touched)
    happenings.remove(connection, woven.gone_happenings)
    happening_ids = happenings.write(connection, woven.happenings)
    statements.remove(connection, woven.gone_statements)
    statement_ids = statements.write(connection, woven.statements)
    answers.write(connection, article_id, woven.answers, happening_ids=happening_ids, statement_ids=statement_ids)
    _settle_revised(connection, woven.revised)
    waiting.done(connection, article_id)
    return Recorded(happenings=_new(happening_ids.items()), statements=_new(statement_ids.items()))


def _settle_revised(connection: Connection, article_ids: Sequence[int]) -> None:
    """Settle anew what is told by articles whose origin has become another: one voice counts once."""
    if not article_ids:
        return
    told = happenings.of(connection, happenings.told_by(connection, article_ids))
    # One without reports is left alone: its articles wait to be woven in anew.
    happenings.write(connection, [settled(each.reports, id=each.id) for each in told if each.reports])
    statements.write(connection, statements.of(connection, statements.told_by(connection, article_ids)))


def is_ours(connection: Connection, holder: str) -> bool:
    """Lock the lease; False when another holds it, or nobody."""
    lease = select(leases.c.holder).where(leases.c.name == LEASE)
    return bool(connection.scalar(lease.with_for_update()) == holder)


def _new(ids: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple((given, real) for given, real in ids if given != real)
