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
    """Understand one round of articles, and write what was found in one transaction: a crash repeats one round."""
    sizes = services.sizes
    stored = services.store.findings.claim(
        now=services.clock(), limit=sizes.articles, holder=services.holder, lease=sizes.lease
    )
    if len(stored) >= sizes.articles:
        services.spread("analyse")
    counts: Counter[str] = Counter()
    understood: list[tuple[StoredArticle, Findings]] = []
    seen_in_english: list[StoredArticle] = []
    left = 0
    for row, found in zip(stored, services.reader.understand([row.article for row in stored]), strict=True):
        if isinstance(found, Findings):
            understood.append((row, found))
            # What was read long before says nothing about how a candidate does now.
            seen_in_english += () if row.again else _in_english(row, found)
        elif found.later:
            left += 1
        else:
            counts.update(_skip(services, row, found))
    if understood:
        services.store.findings.record_all(understood, now=services.clock())
        for row, findings in understood:
            counts.update(_told(row, findings))
    if left:
        services.store.findings.release(services.holder)
    # Only when everything of the round is stored: matches never wait for a candidate.
    if seen_in_english and services.shadow is not None and not services.stopping.is_set():
        counts["shadow_scored"] = services.shadow.score(services.store, seen_in_english, now=services.clock())
    return Done(counts=dict(+counts))


def _told(row: StoredArticle, findings: Findings) -> Counter[str]:
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
