"""Look at matched articles again, one, six and twenty-four hours later: outlets change what they have published."""

from collections import Counter

import structlog

from monitor.jobs.read import ACCEPT
from monitor.jobs.robots import keep_robots
from monitor.jobs.services import Done, Services
from monitor.pipeline.reading import read_again
from monitor.records.articles import StoredArticle
from monitor.records.feeds import FetchRequest
from monitor.urls import is_web

log = structlog.get_logger()


def revisit(services: Services) -> Done:
    """Look at one round of articles that are due; each is written as it comes.

    A page that fails now is left to its next look: the text we have stays.
    """
    sizes, started, began = services.sizes, services.clock(), services.ticks()
    due = services.store.revisits.claim(now=started, limit=sizes.pages, holder=services.holder, lease=sizes.lease)
    waiting = {str(stored.article_id): stored for stored in due if is_web(stored.article.url)}
    counts: Counter[str] = Counter()
    services.store.revisits.record(((stored, None) for stored in due if not is_web(stored.article.url)), now=started)
    for result in services.fetcher.fetch([_request(services, stored) for stored in waiting.values()], robots=True):
        stored = waiting.pop(result.key)
        again = read_again(stored, result)
        made = services.store.revisits.record([(stored, again)], now=services.clock())
        counts.update({"revisited": 1, "versions_found": made})
        log.info("revisited", article=stored.article_id, url=stored.article.url, changed=bool(made))
        if services.stopping.is_set() or services.is_overdue(began):
            services.store.revisits.release(services.holder)
            break
    keep_robots(services)
    return Done(counts=dict(counts))


def _request(services: Services, stored: StoredArticle) -> FetchRequest:
    key = str(stored.article_id)
    return FetchRequest(key=key, url=stored.article.url, accept=ACCEPT, max_bytes=services.sizes.max_page_bytes)
