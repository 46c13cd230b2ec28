"""The funnel by language: how many entries were seen, routed, skipped for their language, and matched."""

from collections import Counter

from sqlalchemy import Connection, case, func, select

from monitor.records.articles import EntryState, LanguageRow
from monitor.store.tables import entries

# Every reason to give a text up for its language begins so; ``monitor.pipeline`` and the routes write them.
FOR_ITS_LANGUAGE = "language: "
_UNTOLD = "?"
_READ = [state.value for state in (EntryState.TO_READ, EntryState.TO_ANALYSE, EntryState.MATCHED, EntryState.UNMATCHED)]


def counted(connection: Connection) -> tuple[LanguageRow, ...]:
    """Count the entries by the first two letters of their language: a feed's own ``uk-UA`` is ``uk``."""
    given_up = (entries.c.state == EntryState.SKIPPED.value) & entries.c.reason_group.startswith(FOR_ITS_LANGUAGE)
    query = select(
        entries.c.language,
        func.count(),
        # The gate leaves its score on all that it was shown; where it is off, what was read was let through.
        func.count(case((entries.c.gate_score.is_not(None) | entries.c.state.in_(_READ), 1))),
        func.count(case((given_up, 1))),
        func.count(case((entries.c.state == EntryState.MATCHED.value, 1))),
    ).group_by(entries.c.language)
    sums: dict[str, Counter[str]] = {}
    for tag, seen, routed, skipped, matched in connection.execute(query):
        count = sums.setdefault(tag[:2].lower() or _UNTOLD, Counter())
        count.update(seen=seen, routed=routed, skipped=skipped, matched=matched)
    found = [LanguageRow(language=language, **_numbers(count)) for language, count in sums.items()]
    return tuple(sorted(found, key=lambda row: (-row.seen, row.language)))


def _numbers(count: Counter[str]) -> dict[str, int]:
    return {name: count[name] for name in ("seen", "routed", "skipped", "matched")}
