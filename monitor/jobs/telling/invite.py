"""Mails that are no news: asking a subscriber to confirm, trying a mail server out, telling the operator of trouble."""

import json
from dataclasses import replace
from datetime import datetime

from monitor.errors import ConfigError
from monitor.jobs.telling import links
from monitor.jobs.telling.desk import Desk
from monitor.records.telling.messages import Channel, NewDelivery
from monitor.records.telling.subscribers import Subscriber
from monitor.text import digest as hashed


def confirmation(desk: Desk, subscriber: Subscriber, *, now: datetime) -> NewDelivery:
    """The mail that asks whether the recipient wants the digest. Raises ConfigError without a public address."""
    key = desk.store.signing.key(links.CONFIRM)
    address = links.link(desk.public_url, key, links.CONFIRM, subscriber.id)
    if not address:
        raise ConfigError(
            "double_opt_in needs public_url: the mail must hold a link to confirm with. Set it to the address at which "
            f"this monitor's page behind mail links is reached, or confirm by hand: "
            f"monitor subscriptions confirm {subscriber.id}"
        )
    cadence = subscriber.schedule.cadence.value
    text = (
        f"Somebody, hopefully you, asked for the {cadence} digest of the talks and missile aid at this address.\n\n"
        f"To get it, open this page and press the button:\n{address}\n\n"
        "If it was not you, do nothing: no other mail will come.\n"
    )
    # Asked again after the end of a subscription, it is another question.
    asked = f"{subscriber.recipient_key}\n{subscriber.id}\n{subscriber.since.isoformat()}"
    mail = _mail(desk, "confirmation", subscriber.recipient, "Please confirm: digest of the talks", text, asked, now)
    return replace(mail, subscriber_id=subscriber.id)


def trial(desk: Desk, recipient: str, *, now: datetime) -> NewDelivery:
    """A mail that shows whether mails arrive."""
    text = f"Mails of the talks monitor reach this address. Sent on {now:%d %B %Y at %H:%M:%S} UTC.\n"
    return _mail(desk, "test", recipient, "Test mail of the talks monitor", text, now.isoformat(), now)


def trouble(desk: Desk, subject: str, text: str, *, about: str, now: datetime) -> NewDelivery:
    """A word to the operator, once for each ``about``."""
    if "://" in desk.operator:
        key = "notice." + hashed(about.encode())
        return NewDelivery(
            kind="notice",
            channel=Channel.APPRISE,
            target=desk.operator,
            ledger_key=key,
            message_id=f"<{key}@{desk.mail_domain}>",
            give_up_at=now + desk.give_up,
            subject=subject,
            body=json.dumps({"text": text, "data": {}}),
        )
    return _mail(desk, "notice", desk.operator, subject, text, about, now)


def _mail(desk: Desk, kind: str, to: str, subject: str, text: str, about: str, now: datetime) -> NewDelivery:
    key = f"{kind}." + hashed(f"{to}\n{about}".encode())
    return NewDelivery(
        kind=kind,
        channel=Channel.EMAIL,
        target=to,
        ledger_key=key,
        message_id=f"<{key}@{desk.mail_domain}>",
        give_up_at=now + desk.give_up,
        subject=subject,
        body=json.dumps({"text": text}, ensure_ascii=False),
    )
