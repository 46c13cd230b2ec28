"""The process that parses feeds and may be killed any time: ``python -m monitor.sources.worker MEMORY_BYTES``."""

from monitor.errors import ParseError
from monitor.processes.frames import Head
from monitor.processes.serving import main
from monitor.sources import parse, wire


def answer(head: Head, body: bytes) -> Head:
    """The feed of one document, or why it is none."""
    document, now, known = wire.request(head, body)
    try:
        return wire.from_feed(parse(document, now=now, known=known))
    except ParseError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{document.final_url}: needs more memory to parse than is allowed. It is not read."}


if __name__ == "__main__":
    main(answer)
