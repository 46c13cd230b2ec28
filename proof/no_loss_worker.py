"""A process without threads that forks children and kills them: ``python -m proof.no_loss_worker WHAT JSON``."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from proof import no_loss_moving, no_loss_power, no_loss_reading, no_loss_telling

WORK: Mapping[str, Callable[..., Any]] = {
    "reading": no_loss_reading.live,
    "telling": no_loss_telling.live,
    "moving": no_loss_moving.trial,
    "power": no_loss_power.tell,
}


def main(what: str, given: str) -> None:
    """Do it, and say in the last line what came of it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    print(json.dumps(WORK[what](**json.loads(given))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
