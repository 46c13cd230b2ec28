"""The dashboard's own server: where it may listen, and what it demands before it does."""

import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import anyio.to_thread
import uvicorn

from monitor.dashboard import warming
from monitor.dashboard.app import create_app
from monitor.dashboard.page import no_card
from monitor.dashboard.people import Door
from monitor.errors import ConfigError
from monitor.records.accounts import Role
from monitor.records.board.classifier import ModelCard
from monitor.store import Store

DRAIN = 3
"""Seconds that open answers get when the server stops; live lines end then."""
MOST_AT_ONCE = 400
AT_WORK = 6
"""Requests that are answered at once; the others wait their turn. Pages are Python's work, of which one thread goes on
at a time: more threads would make nobody quicker, and each keeps a connection with its memory.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where and for whom, as the settings say."""

    host: str
    port: int
    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    proxy_user: str = ""
    proxy_role: str = "reader"


class _Server(uvicorn.Server):
    """Few threads, and an end in order: uvicorn's own raises the signal anew before store and pictures are closed."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, with no more threads than are of use."""
        anyio.to_thread.current_default_thread_limiter().total_tokens = AT_WORK
        await super().startup(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal, break off open answers at a second Ctrl-C."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def serve(
    store: Store,
    wanted: Listening,
    *,
    clock: Callable[[], datetime],
    ready: Callable[[str], None],
    card: Callable[[], ModelCard | None] = no_card,
) -> None:
    """Serve until SIGTERM or SIGINT. ``ready`` hears the address once connections are taken.

    Raises ConfigError where the address cannot be listened on, or would be open to strangers.
    """
    door = door_of(wanted)
    require_closed(store, wanted, door)
    app = create_app(store, clock=clock, door=door, names=(*wanted.names, wanted.host), card=card)
    listener = _listener(wanted)
    host, port = listener.getsockname()[:2]
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        # The guard does it: it must know the proxy from the reader behind it.
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=DRAIN,
        h11_max_incomplete_event_size=16_384,
    )
    ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    threading.Thread(target=warming.warm, args=(app.state.house,), name="warm", daemon=True).start()
    try:
        _Server(config).run(sockets=[listener])
    finally:
        listener.close()
        app.state.house.pictures.close()


def door_of(wanted: Listening) -> Door:
    """Who may come in. Raises ConfigError for a proxy that is no address."""
    networks = []
    for each in wanted.proxies:
        try:
            networks.append(ipaddress.ip_network(each, strict=False))
        except ValueError as error:
            raise ConfigError(
                f"dashboard_proxies: {each!r} is no address and no network ({error}). Write 10.0.0.2 or 10.0.0.0/24."
            ) from error
    return Door(
        is_local=_is_loopback(wanted.host),
        proxies=tuple(networks),
        proxy_user=wanted.proxy_user,
        proxy_role=Role(wanted.proxy_role),
    )


def require_closed(store: Store, wanted: Listening, door: Door) -> None:
    """Refuse to listen where strangers could come in."""
    if wanted.proxy_user and not door.proxies:
        raise ConfigError(
            f"dashboard_proxy_user is {wanted.proxy_user}, but dashboard_proxies is empty: anybody could write that "
            "header. Name the proxy's address."
        )
    if wanted.proxy_user and any(network.prefixlen == 0 for network in door.proxies):
        raise ConfigError(
            f"dashboard_proxies holds every address, so anybody could write {wanted.proxy_user} and be who they like. "
            "Name the proxy's address."
        )
    if door.is_local or store.accounts.any() or (wanted.proxy_user and door.proxies):
        return
    raise ConfigError(
        f"dashboard_host is {wanted.host}, which others can reach, and nobody has an account yet. Make one first: "
        'monitor accounts add NAME --role admin. Or let it listen on this machine only: dashboard_host = "127.0.0.1".'
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listener(wanted: Listening) -> socket.socket:
    try:
        family = socket.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((wanted.host, wanted.port), family=family, backlog=256)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"the dashboard cannot listen on {wanted.host}:{wanted.port}: {why}. Stop what uses "
            "that port, or choose another: --port 0 picks a free one (setting dashboard_port)."
        ) from error
