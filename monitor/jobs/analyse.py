"""Understand the articles that were read, and write what was found."""

from collections import Counter

import structlog

from monitor.jobs.services import Done, Services

log = structlog.get_logger()


def analyse(services: Services) -> Done:
    """Understand one round of articles; one transaction each, so that a crash repeats at most one round."""
    sizes = services.sizes
    stored = services.store.findings.claim(
        now=services.clock(), limit=sizes.articles, holder=services.holder, lease=sizes.lease
    )
    counts: Counter[str] = Counter()
    for row, findings in zip(stored, services.reader.understand([row.article for row in stored]), strict=True):
        services.store.findings.record(row, findings, now=services.clock())
        counts["analysed"] += 1
        for topic in findings.topics:
            if topic.match:
                counts[f"matched_{topic.name}"] += 1
                log.info("matched", article=row.article_id, topic=topic.name, score=round(topic.score, 3),
                         url=row.article.url)  # fmt: skip
    return Done(counts=dict(counts))
