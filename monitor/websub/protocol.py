"""What is said to a hub and what its answers mean: forms, verifications, signatures. Pure.

Section numbers are those of https://www.w3.org/TR/2018/REC-websub-20180123/.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote

from monitor.records.feeds import Document, ParsedFeed
from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.text import shorten
from monitor.urls import web_link

Mode = Literal["subscribe", "unsubscribe"]

LEASE_SECONDS = 10 * 24 * 3600
"""The lease asked for: the ten days that section 8.2 calls a good default."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
_SIGNATURE = re.compile(r"\s*(sha1|sha256|sha384|sha512)=([0-9a-f]{40,128})\s*", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]{1,12}")
_LONGEST_CHALLENGE = 1024
_LONGEST_REASON = 300
_MOST_FIELDS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """The hub asks whether we asked, and we did: send the challenge back."""

    mode: Mode
    challenge: str
    lease_seconds: int | None
    """As granted; None when the hub did not say (older hubs do not)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """The hub says that it will not push this topic to us."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Not what we asked for: the answer is 404, and nothing changes."""

    why: str
    """For the log."""


def offered(document: Document, parsed: ParsedFeed | None) -> tuple[str, str]:
    """The hub and topic that an answer names: its Link header, else the feed (section 4); empty without both."""
    hub = document.hub or (parsed.hub if parsed else "")
    topic = document.topic or (parsed.topic if parsed else "")
    if not hub or not topic:
        return "", ""
    hub, topic = web_link(document.final_url, hub), web_link(document.final_url, topic)
    return (hub, topic) if hub and topic else ("", "")


def callback_address(callback: str, token: str) -> str:
    """The address given to the hub: ours, and behind it what only this hub knows."""
    return f"{callback.rstrip('/')}/{token}"


def request_form(subscription: Subscription, callback: str) -> tuple[tuple[str, str], ...]:
    """The form to post to the hub (section 5.1): an ended subscription is taken back, any other asked for.

    The secret goes to plain http hubs as well. Someone on the way may read it there, but without it anyone could push.
    """
    address = callback_address(callback, subscription.token)
    named = (("hub.callback", address), ("hub.topic", subscription.topic))
    if subscription.state is SubscriptionState.ENDED:
        return (("hub.mode", "unsubscribe"), *named)
    wishes = (("hub.lease_seconds", str(LEASE_SECONDS)), ("hub.secret", subscription.secret))
    return (("hub.mode", "subscribe"), *named, *wishes)


def token_of(path: str) -> str:
    """The token that a request's path ends in; empty when it holds none. A proxy may have cut off what is before it."""
    last = path.rpartition("/")[2]
    return last if _TOKEN.fullmatch(last) else ""


def judge(subscription: Subscription, query: str) -> Confirmation | Denial | Refusal:
    """What the hub's GET means for the subscription whose token it came with (sections 5.2 and 5.3)."""
    try:
        fields = parse_qs(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return Refusal(why="too many fields")
    if any(len(values) > 1 for name, values in fields.items() if name.startswith("hub.")):
        return Refusal(why="a field twice")
    said = {name: values[0] for name, values in fields.items()}
    if not _same_topic(said.get("hub.topic", ""), subscription.topic):
        return Refusal(why="another topic")
    mode = said.get("hub.mode", "")
    if mode == "denied":
        return Denial(reason=shorten(said.get("hub.reason", ""), _LONGEST_REASON))
    wanted = _wanted_mode(subscription)
    if mode != wanted:
        return Refusal(why="not the mode that was asked for")
    challenge = said.get("hub.challenge", "")
    if not challenge or len(challenge) > _LONGEST_CHALLENGE or not challenge.isprintable():
        return Refusal(why="no usable challenge")
    return Confirmation(mode=wanted, challenge=challenge, lease_seconds=_lease_seconds(said))


def _wanted_mode(subscription: Subscription) -> Mode | None:
    """What we agree to now. A hub may ask again at any time whether a verified subscription is still wanted."""
    if subscription.state is SubscriptionState.ENDED:
        return "unsubscribe"
    never_asked = subscription.requested_at is None
    return None if never_asked or subscription.state is SubscriptionState.DENIED else "subscribe"


def _same_topic(said: str, ours: str) -> bool:
    """Hubs decode what need not be escaped in an address (section 5.1.1)."""
    return said == ours or unquote(said) == unquote(ours)


def _lease_seconds(said: dict[str, str]) -> int | None:
    given = said.get("hub.lease_seconds", "").strip()
    if given.startswith("-"):
        return 0
    if given and given.isascii() and given.isdigit():
        return int(given) if _SECONDS.fullmatch(given) else 10**12
    return None


def takes_pushes(subscription: Subscription) -> bool:
    """Whether content is welcome. A hub that is late, or pushes past its lease, does no harm: it signs."""
    asked = subscription.requested_at is not None
    return asked and subscription.state not in {SubscriptionState.ENDED, SubscriptionState.DENIED}


def is_signed(secret: str, header: str | None, body: bytes) -> bool:
    """Whether ``X-Hub-Signature`` proves that the body comes from who knows the secret (section 7.1)."""
    found = _SIGNATURE.fullmatch(header or "")
    if found is None:
        return False
    made = hmac.new(secret.encode(), body, getattr(hashlib, found[1].lower())).hexdigest()
    return hmac.compare_digest(made.encode(), found[2].lower().encode())
