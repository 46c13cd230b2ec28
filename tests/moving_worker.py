"""A move that is killed after so many batches: ``python -m tests.moving_worker SOURCE TARGET BATCHES``."""

import os
import signal
import sys
from itertools import count

from monitor.records.moving import MoveStep
from monitor.store.moving import move
from tests.store_builders import NOW


def main(source: str, target: str, batches: int) -> None:
    steps = count(1)

    def die(_step: MoveStep) -> None:
        if next(steps) == batches:
            os.kill(os.getpid(), signal.SIGKILL)

    print("ready", flush=True)
    move.move(source, target, now=NOW, on=die)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
