"""Views that cost more than a glance should: made anew in the background while the last one is shown."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import structlog

from monitor.errors import MonitorError

log = structlog.get_logger()
FRESH = 10.0
"""Seconds within which a view is shown as it is."""
STALE = 300.0
"""Seconds after which nobody is shown it any more: the reader waits for a new one."""
MOST = 64
AT_ONCE = 2
"""Views that are made anew at the same time: each takes a thread and a connection."""


@dataclass(slots=True)
class _Kept:
    at: float
    view: Any
    making: bool = False


class Keeper:
    """Remembers the last views. Usable from any thread; one thread makes a view anew, the others get the last one."""

    def __init__(self, *, fresh: float = FRESH, stale: float = STALE) -> None:
        self._fresh, self._stale = fresh, stale
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._first: dict[Hashable, threading.Lock] = {}
        self._renewals = threading.BoundedSemaphore(AT_ONCE)

    def view(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The view of that key, at most ``stale`` seconds old. Raises what ``make`` raises when there is none."""
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and now - kept.at < self._stale:
                self._kept.move_to_end(key)
                if now - kept.at >= self._fresh and not kept.making and self._renewals.acquire(blocking=False):
                    kept.making = True
                    threading.Thread(target=self._renew, args=(key, kept, make), name="view", daemon=True).start()
                return kept.view
            making = self._first.setdefault(key, threading.Lock())
        # Who asks for the same meanwhile waits for it, rather than make it too.
        with making:
            try:
                kept = self._kept.get(key)
                if kept is None or time.monotonic() - kept.at >= self._stale:
                    view = make()
                    kept = _Kept(time.monotonic(), view)
                    self._keep(key, kept)
                return kept.view
            finally:
                self._first.pop(key, None)

    def _renew(self, key: Hashable, kept: _Kept, make: Callable[[], Any]) -> None:
        try:
            self._keep(key, _Kept(time.monotonic(), make()))
        except MonitorError as error:
            log.warning("view_not_renewed", error=str(error))
        except Exception:
            # The thread's net: the last view is shown until it is stale, and then whoever asks is told.
            log.exception("view_broke")
        finally:
            kept.making = False
            self._renewals.release()

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
