"""What a feed's entries show about the feed, for the feed doctor. Pure."""

from datetime import datetime, timedelta

from monitor.records.feeds import FeedEntry

_FUTURE = timedelta(days=1)


def entry_notes(entries: tuple[FeedEntry, ...], now: datetime) -> tuple[str, ...]:
    """Repeated ids, missing and future dates, missing links: a line for each that occurs."""
    guids = [entry.guid for entry in entries if entry.guid]
    dated = [entry.published for entry in entries if entry.published is not None]
    counts = (
        (len(guids) - len(set(guids)), "entries repeat the id of another"),
        (len(entries) - len(dated), "entries have no readable date"),
        (sum(when > now + _FUTURE for when in dated), "entries are dated in the future"),
        (sum(not entry.url for entry in entries), "entries have no link"),
    )
    return tuple(f"{count} {what}" for count, what in counts if count)
