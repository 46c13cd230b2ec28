"""The process's side: answers frames from stdin on stdout within its limits, until the input ends or it is killed."""

import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import IO

from monitor.processes import frames

_GRACE_SECONDS = 5
Answer = Callable[[frames.Head, bytes], frames.Head]


def serve(requests: IO[bytes], answers: IO[bytes], answer: Answer) -> None:
    """Answer until the input ends. A request's head says in ``deadline`` how many seconds it may take."""
    frames.write(answers, {"ready": os.getpid()})
    while (frame := frames.read(requests)) is not None:
        head, body = frame
        # Should the parent die while this hangs, nobody else would end it.
        signal.alarm(math.ceil(float(head["deadline"])) + _GRACE_SECONDS)
        try:
            said = answer(head, body)
        finally:
            signal.alarm(0)
        frames.write(answers, said)


def main(answer: Answer) -> None:
    """Set the limits (the first argument: bytes of memory) and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not fall into the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers, answer)
