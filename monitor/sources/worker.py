"""The process that parses: reads documents from stdin, writes feeds to stdout, may be killed at any moment.

Run as ``python -m monitor.sources.worker MEMORY_BYTES``. A frame is a head of JSON and a body of bytes, each after
its length; ``wire`` says how. It speaks JSON and not pickle, because what it read was written by strangers.
"""

import os
import resource
import signal
import sys
from typing import IO

from monitor.errors import ParseError
from monitor.sources import parse, wire


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the input ends."""
    wire.write(answers, {"ready": os.getpid()})
    while (frame := wire.read(requests)) is not None:
        head, body = frame
        document, now, known = wire.request(head, body)
        # Should the parent die while the parser hangs, nobody else would end this process.
        signal.alarm(wire.alarm_seconds(head))
        try:
            answer = wire.from_feed(parse(document, now=now, known=known))
        except ParseError as error:
            answer = {"error": str(error)}
        except MemoryError:
            answer = {"error": f"{document.final_url}: needs more memory to parse than is allowed. It is not read."}
        finally:
            signal.alarm(0)
        wire.write(answers, answer)


def main() -> None:
    """Set the limits and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not fall into the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
