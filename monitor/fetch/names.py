"""Names to addresses, in threads that nobody has to wait for: the system's resolver cannot be interrupted."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from monitor.fetch.addresses import no_address

Resolver = Callable[[str, int], list[str]]
"""(host, port) to every address of the host. Raises AddressError when it has none. Blocks; runs in a thread."""

_IDLE_SECONDS = 10.0


def system_addresses(host: str, port: int) -> list[str]:
    """Every address of ``host``, in the system's order. Raises AddressError when there is none."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise no_address(f"the name {host} has no address ({error.strerror})") from error
    except (UnicodeError, ValueError, OSError) as error:
        raise no_address(f"{host!r} is not a usable host name ({error})") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Names:
    """Resolves for the event loop. Threads are made when all are busy, so that a name that hangs delays no other."""

    def __init__(self, resolver: Resolver = system_addresses) -> None:
        self._resolver = resolver
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._idle = threading.Semaphore(0)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Every address of ``host``; one that is written as an address needs no look-up."""
        literal = _literal(host)
        if literal is not None:
            return [literal]
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def look_up() -> None:
            try:
                found, failure = self._resolver(host, port), None
            except Exception as error:  # noqa: BLE001 -- handed over to whoever asked
                found, failure = [], error
            try:
                loop.call_soon_threadsafe(_settle, answer, found, failure)
            except RuntimeError:
                return  # The fetcher was closed meanwhile.

        self._work.put(look_up)
        # Daemons: the program's end does not wait for a name server.
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._serve, name="resolve", daemon=True).start()
        return await answer

    def _serve(self) -> None:
        # A thread that offers itself has promised to take one more piece of work, unless the offer is withdrawn.
        self._work.get()()
        while True:
            self._idle.release()
            try:
                self._work.get(timeout=_IDLE_SECONDS)()
            except Empty:
                if self._idle.acquire(blocking=False):
                    return
                self._work.get()()


def _settle(answer: "asyncio.Future[list[str]]", found: list[str], failure: Exception | None) -> None:
    if answer.done():
        return
    if failure is None:
        answer.set_result(found)
    else:
        answer.set_exception(failure)


def _literal(host: str) -> str | None:
    """``host`` when it is an address in the usual spelling; other spellings go through the resolver."""
    if not (host[-1:].isdigit() or ":" in host):
        return None
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None
