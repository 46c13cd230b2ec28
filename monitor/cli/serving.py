"""What the commands that run until they are told to stop have in common."""

import os
import signal
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.store import Store


def settled(settings: "Settings", stack: ExitStack, stopping: threading.Event) -> "Store":
    """Set up logs and signals, and open the store until the end of ``stack``."""
    from monitor import wiring
    from monitor.daemon import logs

    logs.configure(settings.log_level, settings.log_format)
    # Until something is held there is nothing to give back. As process 1 of a container a program without a handler
    # would not even hear the signal.
    signal.signal(signal.SIGTERM, lambda number, _: os._exit(128 + number))
    wiring.take_short_turns()
    store = wiring.open_store(settings)
    stack.callback(store.close)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return store


def until_told(stopping: threading.Event, seconds: float | None) -> None:
    """Sleep until ``stopping`` is set, or set it after so many seconds."""
    stopping.wait(seconds)
    stopping.set()
