"""Put matched articles into the chronicle: stories, statements, happenings, answers. One transaction an article."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from monitor.jobs.services import Done, Services, Sizes
from monitor.jobs.weaving import Weaver
from monitor.records.weaving import Waiting
from monitor.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loom:
    """The few parts that weaving needs."""

    store: Store
    weaver: Weaver
    holder: str
    clock: Callable[[], datetime]
    sizes: Sizes
    stopping: threading.Event = field(default_factory=threading.Event)


def chronicle(services: Services) -> Done:
    """Weave one round of articles in, the oldest published first; a crash repeats at most the one under way."""
    return _round(
        Loom(
            store=services.store,
            weaver=services.weaver,
            holder=services.holder,
            clock=services.clock,
            sizes=services.sizes,
            stopping=services.stopping,
        )
    )


def rechronicle(store: Store, *, holder: str, clock: Callable[[], datetime]) -> tuple[int, int]:
    """Make the chronicle anew from what was found in articles; how many of them wait, and how many were woven here.

    A daemon that works on the database may take the work over; what it has not woven yet it weaves by itself.
    """
    loom = Loom(store=store, weaver=Weaver(), holder=holder, clock=clock, sizes=Sizes())
    waiting = store.chronicle.rebuild()
    woven = 0
    while done := _round(loom):
        woven += done.counts.get("woven", 0)
    loom.weaver.give_back(store, holder)
    return waiting, woven


def _round(loom: Loom) -> Done:
    store, weaver, holder = loom.store, loom.weaver, loom.holder
    if not store.chronicle.is_waiting():
        weaver.keep(store, holder, now=loom.clock())
        return Done()
    if not weaver.hold(store, holder, now=loom.clock()):
        return Done()
    counts: Counter[str] = Counter()
    if mended := store.chronicle.mend(holder=holder):
        weaver.forget_near()
        counts["chronicle_mended"] = mended
    limit, lease = loom.sizes.articles, loom.sizes.lease
    for each in store.chronicle.claim(now=loom.clock(), limit=limit, holder=holder, lease=lease):
        if loom.stopping.is_set() or not _weave(loom, each):
            store.findings.release(holder)
            break
        counts["taken_out" if each.withdrawn else "woven"] += 1
    return Done(counts=dict(counts))


def _weave(loom: Loom, waiting: Waiting) -> bool:
    """Weave one article and write it; False when that is out of date already."""
    weaver = loom.weaver
    try:
        woven = weaver.weave(loom.store, waiting)
        recorded = loom.store.chronicle.record(woven, holder=loom.holder)
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
