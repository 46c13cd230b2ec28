"""Put matched articles into the chronicle: stories, statements, happenings, answers. One transaction an article."""

from collections import Counter

import structlog

from monitor.jobs.services import Done, Services
from monitor.records.weaving import Waiting

log = structlog.get_logger()


def chronicle(services: Services) -> Done:
    """Weave one round of articles in, the oldest published first; a crash repeats at most the one under way."""
    store, weaver, holder, sizes = services.store, services.weaver, services.holder, services.sizes
    if not store.chronicle.is_waiting():
        weaver.keep(store, holder, now=services.clock())
        return Done()
    if not weaver.hold(store, holder, now=services.clock()):
        return Done()
    counts: Counter[str] = Counter()
    if mended := store.chronicle.mend(holder=holder):
        weaver.forget_near()
        counts["chronicle_mended"] = mended
    waiting = store.chronicle.claim(now=services.clock(), limit=sizes.articles, holder=holder, lease=sizes.lease)
    for each in waiting:
        if services.stopping.is_set() or not _weave(services, each):
            store.findings.release(holder)
            break
        counts["taken_out" if each.withdrawn else "woven"] += 1
    return Done(counts=dict(counts))


def _weave(services: Services, waiting: Waiting) -> bool:
    """Weave one article and write it; False when somebody else has written meanwhile."""
    weaver = services.weaver
    try:
        woven = weaver.weave(services.store, waiting)
        recorded = services.store.chronicle.record(woven, holder=services.holder)
    except BaseException:
        # The index may have taken in what is not written.
        weaver.forget()
        raise
    if recorded is None:
        weaver.forget()
        log.info("weaving_out_of_date", article=waiting.source.article_id)
        return False
    weaver.remember(woven, recorded)
    for change in woven.story_changes:
        facts = {"kind": change.kind, "story": change.story_id, "other": change.other_id}
        log.info("story_changed", articles=len(change.moved), **facts)
    return True
