"""Understand the articles that were read, and write what was found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import structlog

from monitor.jobs.services import Done, Services
from monitor.pipeline.reading import is_for_the_model
from monitor.records.articles import StoredArticle
from monitor.records.findings import Findings, Unread

log = structlog.get_logger()


def analyse(services: Services) -> Done:
    """Understand one round of articles; one transaction each, so that a crash repeats at most one round."""
    sizes = services.sizes
    stored = services.store.findings.claim(
        now=services.clock(), limit=sizes.articles, holder=services.holder, lease=sizes.lease
    )
    if len(stored) >= sizes.articles:
        services.spread("analyse")
    counts: Counter[str] = Counter()
    seen_in_english: list[StoredArticle] = []
    left = 0
    for row, found in zip(stored, services.reader.understand([row.article for row in stored]), strict=True):
        if isinstance(found, Findings):
            counts.update(_record(services, row, found))
            # What was read long before says nothing about how a candidate does now.
            seen_in_english += () if row.again else _in_english(row, found)
        elif found.later:
            left += 1
        else:
            counts.update(_skip(services, row, found))
    if left:
        services.store.findings.release(services.holder)
    # Only when everything of the round is stored: matches never wait for a candidate.
    if seen_in_english and services.shadow is not None and not services.stopping.is_set():
        counts["shadow_scored"] = services.shadow.score(services.store, seen_in_english, now=services.clock())
    return Done(counts=dict(+counts))


def _record(services: Services, row: StoredArticle, findings: Findings) -> Counter[str]:
    services.store.findings.record(row, findings, now=services.clock())
    if row.again:
        return Counter({"reanalysed": 1})
    matched = [topic for topic in findings.topics if topic.match]
    for topic in matched:
        log.info("matched", article=row.article_id, topic=topic.name, score=round(topic.score, 3), url=row.article.url)
    return Counter({"analysed": 1} | {f"matched_{topic.name}": 1 for topic in matched})


def _skip(services: Services, row: StoredArticle, unread: Unread) -> Counter[str]:
    services.store.findings.skip(row, unread.reason, now=services.clock())
    log.warning("not_understood", article=row.article_id, url=row.article.url, reason=unread.reason)
    return Counter({"analysed_skipped": 1})


def _in_english(row: StoredArticle, findings: Findings) -> Iterator[StoredArticle]:
    """What the live model read of it, for a candidate to read too; nothing when another classifier did."""
    read = replace(row, translation=findings.translation).as_read
    if is_for_the_model(read):
        yield replace(row, article=read)
