"""Who asks: a token, a session, somebody a trusted proxy names, or the person at this machine.

Local use needs no account: while there is none, whoever reaches a dashboard that is bound to this machine, from this
machine, under this machine's own name and through no proxy, may do everything. The first account ends that.
"""

import base64
import re
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from monitor.dashboard.guard import LOCAL_NAMES, PEER, Network, address_of, is_among
from monitor.dashboard.page import Person
from monitor.records.accounts import Account, Role
from monitor.store import Store
from monitor.text import one_line

SESSION = "monitor_session"
"""Not just "session": on one machine, browsers send the cookies of one port to every other."""
SAFE_SESSION = "__Host-monitor_session"
"""Over TLS: browsers take it from nobody but us, and send it nowhere else."""
LOCAL = Person(name="local", role=Role.ADMIN)
LONGEST_NAME = 100
_FORWARDED = re.compile(r"forwarded|x-forwarded-.*|(x-(real|client)|true-client|cf-connecting)-ip|via")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How people come in."""

    is_local: bool
    """Bound to this machine only."""
    proxies: tuple[Network, ...] = ()
    proxy_user: str = ""
    proxy_role: Role = Role.READER

    def who(self, request: Request, store: Store, now: datetime) -> Person | None:
        """The person; None for somebody who must sign in. Who sends a wrong token is nobody, whatever else comes."""
        given = request.headers.get("authorization")
        if given is not None:
            account = store.tokens.holder(_token(given), now=now)
            return None if account is None else _person(account)
        secret = session_of(request)
        if secret and (account := store.sessions.holder(secret, now=now)):
            return _person(account)
        if self.proxy_user and self._comes_from_proxy(request):
            return self._named(request, store)
        return LOCAL if self.is_open(request, store) else None

    def is_open(self, request: Request, store: Store) -> bool:
        """Whether this request needs no account."""
        is_ours = self.is_local and not self._comes_from_proxy(request) and _is_from_here(request)
        return is_ours and not store.accounts.any()

    def _comes_from_proxy(self, request: Request) -> bool:
        return is_among(address_of(request.scope.get(PEER, "")), self.proxies)

    def _named(self, request: Request, store: Store) -> Person | None:
        given = request.headers.getlist(self.proxy_user)
        # Two names: one of them the reader wrote, and the proxy did not take it off.
        name = _read(given[0]) if len(given) == 1 else ""
        if not name or len(name) > LONGEST_NAME:
            return None
        account = store.accounts.find(name)
        if account is None:
            return Person(name=name, role=self.proxy_role)
        if account.disabled_at is not None:
            return None
        return _person(account)


def _token(header: str) -> str:
    """The token of a Bearer header, or of a Basic one, whose password it is: feed readers know no other way."""
    kind, _, given = header.partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _person(account: Account) -> Person:
    return Person(name=account.name, role=account.role, account_id=account.id)


def _read(header: str) -> str:
    """A name as proxies write it, in UTF-8; empty for what is none."""
    try:
        name = header.encode("latin-1").decode()
    except ValueError:
        return ""
    return one_line(name) if name.strip().isprintable() else ""


def cookie_of(request: Request) -> str:
    """The name of the session's cookie. Over TLS no other is believed: anybody on the way could have set it."""
    return SAFE_SESSION if request.url.scheme == "https" else SESSION


def session_of(request: Request) -> str:
    """The secret of the session that the browser sends; empty for none."""
    return request.cookies.get(cookie_of(request), "")


def _is_from_here(request: Request) -> bool:
    address = address_of(request.scope.get(PEER, ""))
    if address is None or not address.is_loopback or any(map(_FORWARDED.fullmatch, request.headers)):
        return False
    # A proxy that was told nothing gives our own name and no other sign of itself; it speaks HTTP/1.0, no browser does.
    if request.scope.get("http_version") == "1.0":
        return False
    return (request.url.hostname or "").lower() in LOCAL_NAMES
