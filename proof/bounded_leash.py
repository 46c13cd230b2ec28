"""A process that ends with the one that started it: a trial that is killed leaves nothing running behind."""

import os
import signal
import threading
import time

_TICK = 1.0


def end_with_parent() -> None:
    """From now on, ask this process to end once its parent is gone."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="leash", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_TICK)
    os.kill(os.getpid(), signal.SIGTERM)
