"""Settings to the parts of telling: where mails, webhooks and chats go, and what links point at."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

from monitor.config import Settings
from monitor.digest.pictures import pictures
from monitor.fetch import Fetcher
from monitor.jobs.telling.desk import Desk, SendsMails
from monitor.jobs.telling.sources import sources
from monitor.notify import Chats, Mailer, Outbox, Webhooks
from monitor.records.feeds import FetchRequest, FetchResult
from monitor.store import Store


class Fetches(Protocol):
    """The part of a fetcher that webhooks use."""

    def fetch(self, requests: Iterable[FetchRequest]) -> Iterator[FetchResult]:
        """Yield the answer of each."""
        ...


def mailer(settings: Settings) -> SendsMails:
    """The mail server as set, or the outbox folder where none is."""
    if not settings.smtp_host:
        return Outbox(Path(settings.outbox_folder), sender=settings.mail_from)
    return Mailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.mail_from,
        timeout=settings.smtp_timeout,
        rate=settings.smtp_rate,
    )


def build(
    settings: Settings,
    store: Store,
    fetcher: Fetches,
    *,
    holder: str,
    clock: Callable[[], datetime],
    stopping: threading.Event,
) -> Desk:
    """Put the desk together."""
    return Desk(
        store=store,
        mails=mailer(settings),
        urgent=mailer(settings),
        webhooks=Webhooks(lambda request: next(iter(fetcher.fetch([request]))), secret=settings.webhook_secret),
        chats=Chats(),
        sources=sources(store),
        pictures=pictures,
        holder=holder,
        clock=clock,
        dice=lambda: random.uniform(-1, 1),  # noqa: S311 - jitter, not a secret
        sender=settings.mail_from,
        mail_domain=_domain(settings.mail_from),
        public_url=settings.public_url,
        dashboard_url=settings.dashboard_url.rstrip("/"),
        templates=Path(settings.digest_templates) if settings.digest_templates else None,
        patience=timedelta(seconds=settings.digest_patience),
        give_up=timedelta(days=settings.deliver_days),
        operator=settings.operator,
        stopping=stopping,
    )


@contextmanager
def desk(settings: Settings, store: Store) -> Iterator[Desk]:
    """A desk of its own, for one command."""
    from monitor import wiring

    with ExitStack() as stack:
        fetcher = stack.enter_context(Fetcher(wiring.fetch_limits(settings)))
        yield build(
            settings,
            store,
            fetcher,
            holder=wiring.holder_name(),
            clock=wiring.utc_now,
            stopping=threading.Event(),
        )


def _domain(sender: str) -> str:
    """The right-hand side of Message-IDs: the sender's domain."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
