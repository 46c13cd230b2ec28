"""Where hubs reach us (WebSub): verifications are answered, pushes handed on. Nothing waits for parsing."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from monitor.daemon.inbound import BodyError, InboundHandler, InboundServer, read_body
from monitor.errors import ConfigError, MonitorError
from monitor.records.feeds import Document
from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.store.polling.subscriptions import Subscriptions
from monitor.websub import protocol, timing

log = structlog.get_logger()
Take = Callable[[int, Document], object]
"""Parses and stores a push for the feed of that number. Raises MonitorError when nothing could be taken from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackLimits:
    """What strangers may cost us."""

    max_bytes: int = 8_000_000
    """Largest push."""
    seconds: float = 10.0
    """For a whole request to arrive."""
    at_once: int = 16
    """Requests under way."""
    waiting: int = 16
    """Pushes that wait to be parsed; a hub that brings more is asked to come again."""


class CallbackServer:
    """Serves on its own threads until closed; one more thread hands the pushes on, in the order in which they came."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        subscriptions: Subscriptions,
        take: Take,
        clock: Callable[[], datetime],
        dice: Callable[[], float],
        limits: CallbackLimits | None = None,
    ) -> None:
        self.subscriptions = subscriptions
        self.clock = clock
        self.dice = dice
        self.limits = limits or CallbackLimits()
        self._take = take
        self._waiting: queue.Queue[tuple[Subscription, Document] | None] = queue.Queue(self.limits.waiting)
        try:
            self._server = _Server((host, port), self)
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {host}:{port} for WebSub: {error.strerror or error}. "
                "Stop what uses that port, or set websub_port (0 picks a free one)."
            ) from error
        self._threads = (
            threading.Thread(target=self._server.serve_forever, args=(0.1,), name="websub", daemon=True),
            threading.Thread(target=self._hand_on, name="websub pushes", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    @property
    def address(self) -> str:
        """Return http://host:port as bound."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def close(self, seconds: float = 2.0) -> None:
        """Stop listening, hand on what waits for as long as ``seconds``, and free the port."""
        self._server.shutdown()
        self._server.server_close()
        ends = time.monotonic() + seconds
        try:
            self._waiting.put(None, timeout=seconds)
        except queue.Full:
            log.warning("websub_pushes_left", what_now="the next poll of their feeds brings what they held")
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def hand_over(self, subscription: Subscription, document: Document) -> bool:
        """Put a push into the queue; False when that is full."""
        try:
            self._waiting.put_nowait((subscription, document))
        except queue.Full:
            return False
        return True

    def _hand_on(self) -> None:
        while (item := self._waiting.get()) is not None:
            subscription, document = item
            try:
                self._take(subscription.feed_id, document)
                self.subscriptions.pushed(subscription.token, now=self.clock())
            except MonitorError as error:
                log.warning("websub_push_lost", feed=subscription.feed_id, error=str(error))
            except Exception:
                # The host's net: one push that brings out a bug must not end the others.
                log.exception("websub_push_broke", feed=subscription.feed_id)
            else:
                log.info("websub_push", feed=subscription.feed_id, bytes=len(document.body))


class _Server(InboundServer):
    """Knows whom its handlers work for."""

    def __init__(self, address: tuple[str, int], owner: CallbackServer) -> None:
        self.owner = owner
        super().__init__(address, _Handler, at_once=owner.limits.at_once)


class _Handler(InboundHandler):
    server: _Server

    def setup(self) -> None:
        self.owner = self.server.owner
        self.seconds = self.owner.limits.seconds
        super().setup()

    def get(self) -> None:
        self._for_token(self._verify)

    def post(self) -> None:
        self._for_token(self._push)

    def _for_token(self, act: Callable[[Subscription], None]) -> None:
        """Find whose token it is. When the store does not answer, the hub is to try again."""
        token = protocol.token_of(self.path.partition("?")[0])
        try:
            subscription = self.owner.subscriptions.by_token(token) if token else None
            if subscription is None:
                self.refuse(404)
            else:
                act(subscription)
        except MonitorError as error:
            log.error("websub_store_does_not_answer", error=str(error))
            self._busy()

    def _verify(self, subscription: Subscription) -> None:
        said = protocol.judge(subscription, self.path.partition("?")[2])
        if isinstance(said, protocol.Denial):
            _denied(self.owner, subscription, said)
            self.answer(200)
        elif isinstance(said, protocol.Confirmation) and _confirmed(self.owner, subscription, said):
            self.answer(200, said.challenge.encode())
        else:
            why = said.why if isinstance(said, protocol.Refusal) else "of no use"
            log.warning("websub_not_confirmed", feed=subscription.feed_id, hub=subscription.hub, why=why)
            self.answer(404)

    def _push(self, subscription: Subscription) -> None:
        if not protocol.takes_pushes(subscription):
            # Tells a hub to forget a subscription that has ended (section 7).
            self.refuse(410)
            return
        facts = {"feed": subscription.feed_id, "hub": subscription.hub}
        try:
            body = read_body(self.rfile, self.headers, self.owner.limits.max_bytes)
        except BodyError as error:
            log.warning("websub_push_refused", why=str(error), **facts)
            self.refuse(error.status)
            return
        if not protocol.is_signed(subscription.secret, self.headers.get("X-Hub-Signature"), body):
            # The same answer as to a good one: nobody learns by trying (section 7.1.2).
            log.warning("websub_push_ignored", why="not signed with our secret", **facts)
            self.answer(202)
        elif self.owner.hand_over(subscription, self._document(subscription, body)):
            self.answer(202)
        else:
            log.warning("websub_push_put_off", why="too many wait", **facts)
            self._busy()

    def _busy(self) -> None:
        self.refuse(503, {"Retry-After": "60"})

    def _document(self, subscription: Subscription, body: bytes) -> Document:
        """As if the topic had been fetched. The push's own Link headers say nothing of the subscription (section 7)."""
        return Document(
            key=str(subscription.feed_id),
            url=subscription.topic,
            final_url=subscription.topic,
            status=200,
            body=body,
            content_type=self.headers.get("Content-Type", ""),
        )


def _confirmed(owner: CallbackServer, subscription: Subscription, said: protocol.Confirmation) -> bool:
    """Write down what the hub grants, before it gets its challenge; False when it is of no use to us."""
    facts = {"feed": subscription.feed_id, "hub": subscription.hub}
    if said.mode == "unsubscribe":
        log.info("websub_ended", **facts)
        return owner.subscriptions.unsubscribed(subscription.token)
    now = owner.clock()
    lease = timing.lease(said.lease_seconds, now=now, jitter=owner.dice())
    if lease is None:
        _too_short(owner, subscription, said.lease_seconds or 0, now)
        return False
    log.info("websub_verified", until=lease.until, renew_at=lease.renew_at, **facts)
    return owner.subscriptions.verified(subscription.token, lease_until=lease.until, renew_at=lease.renew_at)


def _too_short(owner: CallbackServer, subscription: Subscription, seconds: int, now: datetime) -> None:
    shortest = timing.SHORTEST_LEASE.total_seconds()
    error = f"{subscription.hub}: the hub grants {seconds} s only, less than {shortest:.0f} s. It will be asked again."
    log.warning("websub_lease_too_short", feed=subscription.feed_id, error=error)
    if subscription.requested_at is not None and subscription.state is SubscriptionState.REQUESTED:
        again = timing.ask_again_at(max(1, subscription.failures), now=now, jitter=owner.dice())
        owner.subscriptions.failed(subscription.id, asked_at=subscription.requested_at, error=error, ask_again_at=again)


def _denied(owner: CallbackServer, subscription: Subscription, said: protocol.Denial) -> None:
    now = owner.clock()
    reason = f"{subscription.hub}: the hub denies us this topic ({said.reason or 'it gives no reason'})."
    log.warning("websub_denied", feed=subscription.feed_id, hub=subscription.hub, reason=said.reason)
    again = timing.denied_until(now=now, jitter=owner.dice())
    owner.subscriptions.denied(subscription.token, reason=reason, ask_again_at=again)
