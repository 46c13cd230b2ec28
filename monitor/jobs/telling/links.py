"""Signed links in mails: who holds one may end, or confirm, that one subscription, and nothing else. Pure.

A token is ``<id>.<signature>``: the first 128 bits of an HMAC-SHA256 over purpose and id (RFC 2104), in base64url. The
key lives in the database alone, so a token says nothing about another subscription and cannot be made up.
"""

import base64
import hmac
from urllib.parse import urljoin

UNSUBSCRIBE, CONFIRM = "unsubscribe", "confirm"
PURPOSES = (UNSUBSCRIBE, CONFIRM)
_BYTES = 16
_LONGEST_ID = 18


def token(key: bytes, purpose: str, subscriber_id: int) -> str:
    """The token of one subscription for one purpose."""
    return f"{subscriber_id}.{_signature(key, purpose, str(subscriber_id))}"


def subscriber_of(key: bytes, purpose: str, token: str) -> int | None:
    """The subscription that the token is for; None when we never signed it."""
    number, dot, signature = token.partition(".")
    if not (dot and number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID and signature.isascii()):
        return None
    genuine = hmac.compare_digest(_signature(key, purpose, number), signature)
    return int(number) if genuine and number == str(int(number)) else None


def link(public_url: str, key: bytes, purpose: str, subscriber_id: int) -> str:
    """The address to put into a mail; empty when there is no public address to point at."""
    if not public_url:
        return ""
    return urljoin(public_url.rstrip("/") + "/", f"{purpose}/{token(key, purpose, subscriber_id)}")


def _signature(key: bytes, purpose: str, number: str) -> str:
    signed = hmac.digest(key, f"{purpose}:{number}".encode(), "sha256")[:_BYTES]
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
