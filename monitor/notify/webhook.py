"""Notices to programs: a signed POST of JSON, in the manner of Standard Webhooks (standardwebhooks.com).

The fetcher sends it, so everything holds that holds for its other requests: private addresses are refused, the whole
of it has one deadline. A notice that is tried again keeps its ``webhook-id``, by which a receiver knows it.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from monitor import urls
from monitor.errors import ConfigError, FetchError
from monitor.records.feeds import FetchRequest, FetchResult
from monitor.records.telling.messages import Notice, Outcome, Reply

_PREFIX = "whsec_"
_NOT_NOW = frozenset({408, 425, 429})
_ADVICE = {
    401: "It wants a login or does not take our signature: check webhook_secret on both sides.",
    403: "It does not take our signature, or refuses this machine: check webhook_secret on both sides.",
    404: "The address is wrong: remove the rule and add it with the right one.",
    405: "It takes no POST: check the address.",
    410: "It wants no more of this: remove the rule.",
    413: "It is too long for it.",
}
_PERHAPS_ARRIVED = frozenset({"timeout", "protocol"})
_LONGEST = 2000
_BLANK = re.compile(r"[\s\x00-\x20\x7f]")


class Webhooks:
    """Posts notices through ``fetch``. With an empty ``secret`` they are not signed."""

    def __init__(
        self,
        fetch: Callable[[FetchRequest], FetchResult],
        *,
        secret: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``clock`` gives the time of each try, which the signature covers. Raises ConfigError."""
        self._fetch = fetch
        self._key = key(secret)
        self._clock = clock

    def send(self, notice: Notice, target: str) -> Outcome:
        """Hand one notice over to ``target``; a refusal is a value."""
        try:
            url = checked(target)
        except ConfigError as error:
            return Outcome(reply=Reply.REFUSED, detail=str(error))
        body = payload(notice)
        request = FetchRequest(
            key=notice.id,
            url=url,
            accept="application/json, */*;q=0.1",
            body=body,
            content_type="application/json",
            headers=headers(self._key, notice.id, int(self._clock().timestamp()), body),
        )
        result = self._fetch(request)
        if isinstance(result, FetchError):
            return _outcome(result, url)
        return Outcome(reply=Reply.ACCEPTED, detail=f"{redacted(url)} answered {getattr(result, 'status', 304)}")


def payload(notice: Notice) -> bytes:
    """What is posted: the notice's data, or its words where it has none. ASCII."""
    data = notice.data or {"id": notice.id, "title": notice.title, "text": notice.text}
    return json.dumps(data, separators=(",", ":")).encode("ascii")


def headers(secret: bytes, identity: str, at: int, body: bytes) -> tuple[tuple[str, str], ...]:
    """The id, the time in seconds since 1970, and, with a ``secret``, the signature over both and the body."""
    # Behind a dot begins the next field: an id must hold none of its own, or two messages could have one signature.
    name = re.sub(r"[^A-Za-z0-9_@-]", "_", identity)
    found = [("webhook-id", name), ("webhook-timestamp", str(at))]
    if secret:
        signed = hmac.digest(secret, b"%s.%d.%s" % (name.encode(), at, body), hashlib.sha256)
        found.append(("webhook-signature", "v1," + base64.b64encode(signed).decode("ascii")))
    return tuple(found)


def key(secret: str) -> bytes:
    """The bytes to sign with: those behind ``whsec_`` as base64, or the characters of anything else as UTF-8.

    Raises ConfigError where ``whsec_`` stands before what is no base64.
    """
    if not secret.startswith(_PREFIX):
        # An environment variable may hold bytes that are no UTF-8.
        return secret.encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as error:
        raise ConfigError(
            f"webhook_secret begins with {_PREFIX}, so base64 must follow, and does not: {error}."
        ) from error


def checked(url: str) -> str:
    """The address as it is posted to. Raises ConfigError for what is no plain web address."""
    url = url.strip()
    if _BLANK.search(url) or not urls.is_web(url) or len(url) > _LONGEST:
        raise ConfigError("the webhook's address is no web address. Write it whole, as in https://desk.example/hook.")
    if "@" in urlsplit(url).netloc:
        raise ConfigError("the webhook's address holds a user or a password. Put a token into its path instead.")
    return url


def redacted(url: str) -> str:
    """``url`` for lists and messages: whatever may be a token is starred out."""
    parts = urlsplit(url)
    rest = "/***" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{rest}"


def _outcome(error: FetchError, url: str) -> Outcome:
    shown = redacted(url)
    if error.kind == "status" and error.status is not None:
        return _answered(error, error.status, shown)
    # The fetcher's message begins with the address, which holds no blank; what follows does not name it.
    words = str(error).partition(": ")[2].replace(url, shown) or error.kind
    reply = Reply.REFUSED if error.kind == "refused_address" else Reply.POSTPONED
    return Outcome(
        reply=reply,
        detail=f"{shown}: {words}",
        retry_after=error.retry_after,
        doubtful=error.kind in _PERHAPS_ARRIVED,
    )


def _answered(error: FetchError, status: int, shown: str) -> Outcome:
    said = f"{shown} answered {status}"
    if status >= 500 or status in _NOT_NOW:
        return Outcome(reply=Reply.POSTPONED, detail=f"{said}. It will be tried again.", retry_after=error.retry_after)
    if 300 <= status < 400:
        advice = "A redirect is not followed with a message: remove the rule and add it with the address it leads to."
    else:
        advice = _ADVICE.get(status, "It refuses the message.")
    return Outcome(reply=Reply.REFUSED, detail=f"{said}. {advice}")
