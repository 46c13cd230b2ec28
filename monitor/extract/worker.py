"""The process that reads pages and may be killed any time: ``python -m monitor.extract.worker MEMORY_BYTES``."""

from monitor.errors import ExtractError
from monitor.extract import wire
from monitor.extract.pages import extract
from monitor.processes.frames import Head
from monitor.processes.serving import main


def answer(head: Head, body: bytes) -> Head:
    """The page of one document, or why it is none."""
    document = wire.document(head, body)
    try:
        return wire.from_page(extract(document))
    except ExtractError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{document.final_url or document.url}: needs more memory than is allowed. It is not read."}


if __name__ == "__main__":
    main(answer)
