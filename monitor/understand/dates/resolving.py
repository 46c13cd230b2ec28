"""A reading becomes an interval. Pure."""

from monitor.records.findings import When
from monitor.understand.dates import resolving_days, resolving_spans
from monitor.understand.dates.ground import Ground
from monitor.understand.dates.reading import Reading

_RESOLVERS = {**resolving_days.RESOLVERS, **resolving_spans.RESOLVERS}


def resolved(reading: Reading, ground: Ground) -> When | None:
    """The closed interval that a reading means, or None when that cannot be known."""
    try:
        return _RESOLVERS[reading.kind](reading, ground)
    except (ValueError, OverflowError):
        # The thirtieth of February, or a day that no calendar holds.
        return None
