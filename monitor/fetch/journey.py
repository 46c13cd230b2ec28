"""One request's way over its redirects: where it has been, which cookies it met, how much time is left."""

import asyncio
import time

import httpx

from monitor.fetch.answers import RedirectError, public_form
from monitor.fetch.limits import MAX_REDIRECTS
from monitor.records.feeds import FetchRequest

_PERMANENT = frozenset({301, 308})


class Journey:
    """Where one request has been, and how much of its time is left."""

    def __init__(self, request: FetchRequest, seconds: float, timeout: asyncio.Timeout) -> None:
        self.request = request
        self.redirects: list[tuple[int, str]] = []
        self.permanent_url: str | None = None
        self._cookies: httpx.Cookies | None = None
        self._timeout = timeout
        self._seconds = seconds
        self._spent = 0.0
        self._resumed: float | None = None
        self._visited: set[tuple[str, str]] = set()

    @property
    def elapsed(self) -> float:
        """Seconds spent on the network."""
        running = time.monotonic() - self._resumed if self._resumed is not None else 0.0
        return self._spent + running

    def pause(self) -> None:
        """Stop the clock while a turn is waited for."""
        self._spent = self.elapsed
        self._resumed = None
        if not self._timeout.expired():
            self._timeout.reschedule(None)

    def resume(self) -> None:
        """Let the clock run: from here to the deadline only what is left of the time."""
        self._resumed = time.monotonic()
        left = max(0.0, self._seconds - self._spent)
        self._timeout.reschedule(asyncio.get_running_loop().time() + left)

    def visit(self, target: httpx.URL) -> None:
        """Note an address before it is asked. Raises RedirectError when it was asked before with the same cookies."""
        cookies = sorted((cookie.name, cookie.value or "") for cookie in self._cookies.jar) if self._cookies else ()
        state = (str(target), repr(cookies))
        if state in self._visited:
            raise RedirectError(f"it redirects in a circle, over {public_form(str(target))}")
        self._visited.add(state)

    def redirected(self, status: int, target: httpx.URL) -> None:
        """Note a redirect. Raises RedirectError after the last one allowed."""
        self.redirects.append((status, str(target)))
        if len(self.redirects) > MAX_REDIRECTS:
            raise RedirectError(f"it redirects more than {MAX_REDIRECTS} times")
        if all(code in _PERMANENT for code, _ in self.redirects):
            self.permanent_url = str(target)

    def keep_cookies(self, response: httpx.Response) -> None:
        """Cookies of this one journey: some sites redirect to themselves until a cookie comes back."""
        if "set-cookie" in response.headers:
            self._cookies = self._cookies or httpx.Cookies()
            self._cookies.extract_cookies(response)

    def add_cookies(self, request: httpx.Request) -> None:
        """Send along what this journey was given, where it belongs."""
        if self._cookies is not None:
            self._cookies.set_cookie_header(request)
