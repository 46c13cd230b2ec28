"""Who asks: a token, a session, somebody a trusted proxy names, or the person at this machine.

Local use needs no account: while there is none, whoever reaches a dashboard that is bound to this machine, from this
machine, under this machine's own name and through no proxy, may do everything. The first account ends that.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from monitor.dashboard.guard import LOCAL_NAMES, PEER, Network, address_of
from monitor.dashboard.page import Person
from monitor.records.accounts import Account, Role
from monitor.store import Store

SESSION = "session"
SAFE_SESSION = "__Host-session"
"""Over TLS: browsers take it from nobody but us, and send it nowhere else."""
LOCAL = Person(name="local", role=Role.ADMIN)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


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
        return self.is_local and _is_from_here(request) and not store.accounts.any()

    def _comes_from_proxy(self, request: Request) -> bool:
        address = address_of(request.scope.get(PEER, ""))
        return address is not None and any(address in network for network in self.proxies)

    def _named(self, request: Request, store: Store) -> Person | None:
        name = request.headers.get(self.proxy_user, "").strip()
        if not name or len(name) > 200 or not name.isprintable():
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


def session_of(request: Request) -> str:
    """The secret of the session that the browser sends; empty for none."""
    return request.cookies.get(SAFE_SESSION) or request.cookies.get(SESSION) or ""


def _is_from_here(request: Request) -> bool:
    address = address_of(request.scope.get(PEER, ""))
    if address is None or not address.is_loopback or any(name in request.headers for name in _FORWARDED):
        return False
    return (request.url.hostname or "").lower() in LOCAL_NAMES
