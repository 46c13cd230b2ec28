"""Digests and alerts: what was sent to whom, what waits, who gets what; and one edition as it was sent."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Path, Query

from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.notify import redacted
from monitor.records.accounts import Role
from monitor.records.board.messages import DeliveryLine, EditionView, Fired, MessagesView, RuleLine, SubscriptionLine
from monitor.records.telling.alerts import AlertRule
from monitor.records.telling.digests import EditionHead
from monitor.records.telling.messages import Delivery, DeliveryState
from monitor.records.telling.subscribers import Subscriber

LENGTH = 50
LATELY = timedelta(days=7)
COUNTED = timedelta(days=30)
EDITIONS = 15
Kind = Literal["digest", "alert", "confirmation", "notice", "test"]


def load(
    visit: Visit,
    *,
    state: Annotated[DeliveryState | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    after: Annotated[int | None, Query(ge=0, le=2**62, description="`next` of the page before.")] = None,
    editions_after: Annotated[str | None, Query(max_length=60, description="`editions_next` before.")] = None,
) -> MessagesView:
    """What was sent to whom, and what waits."""
    store, board = visit.store, visit.store.board.messages
    found = board.deliveries(limit=LENGTH + 1, before=after, state=state, kind=kind)
    editions, older = board.editions(limit=EDITIONS, after=editions_after)
    fired = board.fired(visit.now - LATELY)
    subscribers = store.subscribers.listed(limit=LENGTH + 1)
    return MessagesView(
        deliveries=tuple(map(_delivery, found[:LENGTH])),
        next=found[LENGTH - 1].id if len(found) > LENGTH else None,
        editions=editions,
        editions_next=older,
        subscriptions=tuple(map(_subscription, subscribers[:LENGTH])),
        subscriptions_more=len(subscribers) > LENGTH,
        rules=tuple(_rule(rule, fired.get(rule.id)) for rule in store.alerts.listed()),
        counts=board.counts(visit.now - COUNTED),
        waiting=board.waiting(),
    )


def edition(visit: Visit, *, edition_id: Annotated[int, Path(ge=0, le=2**62)]) -> EditionView:
    """One edition of the digest as it was sent, in plain text."""
    found = visit.store.editions.get(edition_id)
    if found is None:
        raise NotFoundError(f"There is no edition {edition_id}. Old ones are pruned; the ledger keeps their lines.")
    head = EditionHead(
        id=found.id,
        stream=found.stream,
        period=found.period,
        covers_from=found.covers_from,
        missed=found.missed,
        composed_at=found.composed_at,
    )
    return EditionView(head=head, subject=found.rendered.subject, text=found.rendered.text)


def _delivery(delivery: Delivery) -> DeliveryLine:
    return DeliveryLine(
        id=delivery.id,
        kind=delivery.kind,
        channel=delivery.channel.value,
        target=redacted(delivery.channel, delivery.target),
        state=delivery.state.value,
        subject=delivery.subject,
        attempts=delivery.attempts,
        doubtful=delivery.doubtful,
        composed_at=delivery.composed_at,
        sent_at=delivery.sent_at,
        next_try_at=delivery.next_try_at,
        last_error=delivery.last_error,
        edition_id=delivery.edition_id,
    )


def _subscription(subscriber: Subscriber) -> SubscriptionLine:
    schedule, selection = subscriber.schedule, subscriber.selection
    return SubscriptionLine(
        id=subscriber.id,
        recipient=subscriber.recipient,
        cadence=schedule.cadence.value,
        hour=schedule.hour,
        zone=schedule.zone,
        topics=selection.topics,
        search=selection.search,
        state=subscriber.state.value,
        last_sent_at=subscriber.last_sent_at,
    )


def _rule(rule: AlertRule, fired: Fired | None) -> RuleLine:
    return RuleLine(
        name=rule.name,
        triggers=tuple(trigger.value for trigger in rule.triggers),
        search=rule.selection.search,
        channel=rule.channel.value,
        target=redacted(rule.channel, rule.target),
        is_active=rule.is_active,
        snoozed_until=rule.snoozed_until,
        sent=fired.messages if fired else 0,
        last_at=fired.last_at if fired else None,
    )


PAGE = Page(
    path="/messages",
    name="messages",
    title="Digests and alerts",
    load=load,
    nav="Digests & alerts",
    # Addresses of people are for those who work here.
    needs=Role.ANALYST,
)
EDITION = Page(
    path="/messages/editions/{edition_id}",
    name="edition",
    title="Edition",
    load=edition,
    needs=Role.ANALYST,
    heading=lambda view: view.subject,
)
