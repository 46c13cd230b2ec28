"""Take what a hub pushes: parse it as a poll's document is parsed, and record it beside the polls."""

import structlog

from monitor.errors import ParseError
from monitor.jobs.services import Services
from monitor.pipeline.polling import push_update
from monitor.records.feeds import Document

log = structlog.get_logger()


def push(services: Services, feed_id: int, document: Document) -> int:
    """Store what ``document`` brings for the feed; the number of new entries.

    Raises ParseError when nothing could be taken from it. The same push a second time changes nothing.
    """
    feed = services.store.feeds.get(feed_id)
    if feed is None or not feed.active:
        return 0
    now = services.clock()
    parsed = services.parser.parse(document, now=now, known=services.store.feeds.hashes(feed_id))
    if isinstance(parsed, ParseError):
        raise parsed
    outcomes = services.store.feeds.record_polls([push_update(feed, document, parsed, now=now)])
    new = sum(len(outcome.new_entry_ids) for outcome in outcomes)
    log.info("pushed", feed=feed_id, url=feed.spec.url, new=new)
    return new
