"""Notices to people in chats: Slack, Telegram, Matrix, ntfy, Teams and all else that Apprise speaks (an extra).

Apprise runs in a process of its own for each message (``chat_worker``): it waits by read, reads answers of any size,
and logs addresses, which hold the secrets. Killed at the deadline, it can do none of that to us.
"""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import ConfigError
from monitor.records.telling.messages import Notice, Outcome, Reply

DEADLINE = 30.0
"""Seconds for one message, the start of the process (one or two) included."""
_INSTALL = "Apprise is not installed, which speaks to chats. In a checkout: pip install -e '.[apprise]'."
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}")
_LONGEST = 2000
# Where the host is a server's name for certain; elsewhere a token or a secret topic may stand in its place.
_HOST_IS_PUBLIC = frozenset({"json", "xml", "form", "gotify", "mmost", "mattermost", "rocket", "matrix", "apprise"})
# What chats would read as a call to everybody in the room.
_CALLS = re.compile(r"@(?=(?:everyone|here|channel|all|room|online)\b)|(?<=<)(?=[!@#])", re.IGNORECASE)
_NOT_NOW = frozenset({408, 425, 429})


class Chats:
    """Sends notices to Apprise's addresses. Usable from any thread."""

    def __init__(self, *, deadline: float = DEADLINE) -> None:
        self._deadline = deadline

    def send(self, notice: Notice, target: str) -> Outcome:
        """Hand one notice over; a refusal is a value."""
        shown = redacted(target)
        if not is_installed():
            # Somebody took it away: the message waits until it is there again.
            return Outcome(reply=Reply.POSTPONED, detail=f"{shown}: {_INSTALL}")
        asked = {"url": target, "title": harmless(notice.title), "text": harmless(notice.text)}
        try:
            answer = _asked(asked, self._deadline)
        except subprocess.TimeoutExpired:
            return Outcome(
                reply=Reply.POSTPONED,
                detail=f"{shown}: not done within {self._deadline:g} s; the service hangs. It will be tried again.",
                doubtful=True,
            )
        return _outcome(answer, shown)


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("apprise") is not None


def checked(url: str) -> str:
    """An address that Apprise can send to. Raises ConfigError, without naming the address: it holds secrets."""
    url = url.strip()
    scheme = url.partition("://")[0]
    if not _SCHEME.fullmatch(scheme) or "://" not in url or not url.isprintable() or len(url) > _LONGEST:
        raise ConfigError("that is no address of a chat. Write one of Apprise's, such as ntfy://ntfy.example.org/desk.")
    if not is_installed():
        raise ConfigError(_INSTALL)
    try:
        answer = _asked({"url": url}, DEADLINE)
    except subprocess.TimeoutExpired as error:
        raise ConfigError(f"Apprise did not start within {DEADLINE:g} s: this machine is busy. Try again.") from error
    if answer.get("end") != "known":
        raise ConfigError(
            f"Apprise cannot send to this {scheme}:// address: it does not know the service, or a part is missing. "
            "Its list of services shows how each is written."
        )
    return url


def redacted(url: str) -> str:
    """``url`` for lists and messages: what may be a secret is starred out."""
    scheme, mark, rest = url.partition("://")
    if not mark or not _SCHEME.fullmatch(scheme):
        return "***"
    plain = scheme.lower()
    if plain not in _HOST_IS_PUBLIC and plain.removesuffix("s") not in _HOST_IS_PUBLIC:
        return f"{plain}://***"
    try:
        netloc = urlsplit(f"http://{rest}").netloc.rpartition("@")[2]
    except ValueError:
        return f"{plain}://***"
    return f"{plain}://{netloc}" + ("/***" if rest.partition(netloc)[2].strip("/") else "")


def harmless(text: str) -> str:
    """``text`` in which nothing calls everybody in the room: it holds other people's headlines."""
    return _CALLS.sub(lambda found: f"{found.group()}\u200b", text).encode("utf-8", "replace").decode()


def _asked(request: dict[str, str], deadline: float) -> dict[str, Any]:
    """What a worker answers; nothing when it ended without. Raises TimeoutExpired."""
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and module
            [sys.executable, "-m", "monitor.notify.chat_worker", str(int(deadline) + 5)],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=deadline,
            check=False,
        )
        answer = json.loads(done.stdout)
    except (OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _outcome(answer: dict[str, Any], shown: str) -> Outcome:
    match answer:
        case {"end": "sent"}:
            return Outcome(reply=Reply.ACCEPTED, detail=f"{shown} took it")
        case {"end": "unknown"}:
            detail = f"{shown}: Apprise does not know this kind of address. Remove the rule and add it anew."
            return Outcome(reply=Reply.REFUSED, detail=detail)
        case {"end": "absent"}:
            return Outcome(reply=Reply.POSTPONED, detail=f"{shown}: {_INSTALL}")
        case {"end": "failed", "status": int(status)} if 400 <= status < 500 and status not in _NOT_NOW:
            detail = f"{shown}: the service answered {status}. Check the address's tokens, and that its room exists."
            return Outcome(reply=Reply.REFUSED, detail=detail)
        case {"end": "failed", "status": status}:
            why = f"the service answered {status}" if isinstance(status, int) else "the service could not be reached"
            return Outcome(reply=Reply.POSTPONED, detail=f"{shown}: {why}. It will be tried again.")
        case _:
            detail = f"{shown}: the process that speaks to it could not start or ended. It will be tried again."
            return Outcome(reply=Reply.POSTPONED, detail=detail)
