"""Hand over what the ledger holds: claim, note that it is being sent, send, note what came of it.

Between the hand-over and its note lies the one window that nobody can close: a process that dies there leaves a mail of
which nobody knows whether it arrived. It is sent again under the same Message-ID, and counted as doubtful.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from monitor.digest.personal import personal
from monitor.errors import StoreError
from monitor.jobs.services import Done
from monitor.jobs.telling import links
from monitor.jobs.telling.desk import Desk, SendsMails
from monitor.jobs.telling.retry import retry_at
from monitor.records.telling.messages import Channel, Delivery, Mail, Notice, Outcome, Reply

log = structlog.get_logger()
DIGESTS = ("digest",)
URGENT = ("alert", "confirmation", "notice", "test")


def deliver_round(desk: Desk) -> Done:
    """Hand over a batch of digests. False when none was due."""
    return _round(desk, desk.mails, DIGESTS, Channel.EMAIL)


def urgent_round(desk: Desk) -> Done:
    """Hand over a batch of all other mails, which must not wait for a morning's digests."""
    return _round(desk, desk.urgent, URGENT, Channel.EMAIL)


def webhook_round(desk: Desk) -> Done:
    """Hand over a batch of webhooks, which must not wait for a mail server that hangs."""
    return _round(desk, desk.urgent, URGENT, Channel.WEBHOOK)


def chat_round(desk: Desk) -> Done:
    """Hand over a batch of chat messages; each takes a process and a second or two."""
    return _round(desk, desk.urgent, URGENT, Channel.APPRISE)


HAND_OVERS: Mapping[Channel, Callable[[Desk], Done]] = {
    Channel.EMAIL: urgent_round,
    Channel.WEBHOOK: webhook_round,
    Channel.APPRISE: chat_round,
}
"""Who hands over what is no digest, by channel."""


def _round(desk: Desk, mailer: SendsMails, kinds: Sequence[str], channel: Channel) -> Done:
    claimed = desk.store.deliveries.claim(
        now=desk.clock(), limit=desk.batch, holder=desk.holder, lease=desk.lease, kinds=kinds, channels=(channel,)
    )
    counts: Counter[str] = Counter()
    try:
        for delivery, outcome in _handed_over(desk, mailer, claimed):
            counts[_note(desk, delivery, outcome)] += 1
    finally:
        if len(claimed) > counts.total():
            desk.store.deliveries.release(desk.holder, [delivery.id for delivery in claimed])
    counts["deliveries_doubtful"] = sum(delivery.doubtful > 0 for delivery in claimed)
    return Done(counts=dict(counts))


def _handed_over(desk: Desk, mailer: SendsMails, claimed: Sequence[Delivery]) -> Iterator[tuple[Delivery, Outcome]]:
    waiting = {delivery.message_id: delivery for delivery in claimed if delivery.channel is Channel.EMAIL}
    unreadable: list[tuple[Delivery, Outcome]] = []
    if waiting:
        for mail, outcome in mailer.send(_mails(desk, tuple(waiting.values()), unreadable)):
            yield waiting[mail.message_id], outcome
    yield from unreadable
    for delivery in claimed:
        if delivery.channel is not Channel.EMAIL and _begun(desk, delivery):
            notifier = desk.notifiers()[delivery.channel.value]
            yield delivery, notifier.send(notice_of(delivery), delivery.target)


def _mails(desk: Desk, deliveries: Sequence[Delivery], unreadable: list[tuple[Delivery, Outcome]]) -> Iterator[Mail]:
    """Each mail, its row set to ``sending`` only when the mailer is ready for it."""
    for delivery in deliveries:
        try:
            mail = mail_of(desk, delivery)
        except StoreError as error:
            # One damaged edition must not hold up everybody else's.
            if _begun(desk, delivery):
                unreadable.append((delivery, Outcome(reply=Reply.REFUSED, detail=str(error))))
            continue
        if _begun(desk, delivery):
            yield mail


def _begun(desk: Desk, delivery: Delivery) -> bool:
    if desk.stopping.is_set():
        return False
    return desk.store.deliveries.begin(delivery.id, holder=desk.holder, now=desk.clock(), lease=desk.lease)


def mail_of(desk: Desk, delivery: Delivery) -> Mail:
    """The mail of a delivery: its edition with the personal link put in, or what it carries itself.

    Raises StoreError when its edition cannot be read any more.
    """
    if delivery.edition_id is None:
        said = json.loads(delivery.body)
        return Mail(
            to=delivery.target,
            subject=delivery.subject,
            text=said["text"],
            html=said.get("html", ""),
            message_id=delivery.message_id,
            date=delivery.composed_at,
            kind=delivery.kind,
        )
    frozen = desk.store.editions.rendered(delivery.edition_id)
    if frozen is None:
        raise StoreError(f"edition {delivery.edition_id} of delivery {delivery.id} is not in the database any more.")
    unsubscribe = unsubscribe_link(desk, delivery.subscriber_id)
    edition = personal(frozen, unsubscribe=unsubscribe)
    return Mail(
        to=delivery.target,
        subject=edition.subject,
        text=edition.text,
        html=edition.html,
        pictures=edition.pictures,
        message_id=delivery.message_id,
        date=delivery.composed_at,
        unsubscribe=unsubscribe,
        kind=delivery.kind,
    )


def notice_of(delivery: Delivery) -> Notice:
    """The notice that a delivery carries."""
    return Notice(id=delivery.message_id.strip("<>"), title=delivery.subject, **json.loads(delivery.body))


def unsubscribe_link(desk: Desk, subscriber_id: int | None) -> str:
    """The signed link of a subscription; empty without a public address, or for a mail that nobody subscribed to."""
    if subscriber_id is None or not desk.public_url:
        return ""
    key = desk.store.signing.key(links.UNSUBSCRIBE)
    return links.link(desk.public_url, key, links.UNSUBSCRIBE, subscriber_id)


def _note(desk: Desk, delivery: Delivery, outcome: Outcome) -> str:
    now = desk.clock()
    again = _again(desk, delivery, outcome, now)
    state = desk.store.deliveries.finish(delivery.id, holder=desk.holder, outcome=outcome, now=now, retry_at=again)
    facts = {"delivery": delivery.id, "kind": delivery.kind, "channel": delivery.channel.value}
    if outcome.reply is Reply.ACCEPTED:
        log.info("delivered", attempts=delivery.attempts + 1, doubtful=delivery.doubtful, **facts)
    else:
        said = {"reply": outcome.reply.value, "why": outcome.detail, "again": again, "state": state and state.value}
        log.warning("not_delivered", **said, **facts)
    return {Reply.ACCEPTED: "sent", Reply.REFUSED: "refused"}.get(outcome.reply, "postponed" if again else "given_up")


def _again(desk: Desk, delivery: Delivery, outcome: Outcome, now: datetime) -> datetime | None:
    assert delivery.give_up_at is not None
    attempts = delivery.attempts + 1
    return retry_at(outcome, attempts=attempts, now=now, give_up_at=delivery.give_up_at, jitter=desk.dice())
