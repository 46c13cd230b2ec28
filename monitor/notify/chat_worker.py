"""The process that sends one message to a chat: the only door to Apprise. It may be killed at any moment.

Run as ``python -m monitor.notify.chat_worker SECONDS``. Reads JSON from stdin, where no other user can see it: {"url",
"title", "text"}, or the address alone to have it checked. Writes JSON: {"end": "sent", "failed", "known", "unknown" or
"absent", "status": number or null}.
"""

import json
import logging
import os
import re
import resource
import signal
import sys

_MEMORY_BYTES = 1 << 30
_STATUS = re.compile(r"error=(\d{3})\b")


class _Statuses(logging.Handler):
    """Keeps the HTTP status of Apprise's complaint, and nothing else of it: the rest may hold secrets."""

    last: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Look for the status."""
        if found := _STATUS.search(record.getMessage()):
            self.last = int(found[1])


def answered(request: dict[str, str]) -> dict[str, object]:
    """Look at the address, send the message if there is one; what came of it."""
    try:
        import apprise
    except ImportError:
        return {"end": "absent"}
    log, statuses = logging.getLogger("apprise"), _Statuses()
    log.propagate = False
    log.addHandler(statuses)
    asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY, plugin_paths=[])
    service = apprise.Apprise.instantiate(request["url"], asset=asset, suppress_exceptions=True)
    if service is None:
        return {"end": "unknown"}
    if "text" not in request:
        return {"end": "known"}
    if "overflow=" not in request["url"]:
        # What is too long for one message goes in several: nothing is cut off.
        service.overflow_mode = apprise.OverflowMode.SPLIT
    room = apprise.Apprise(asset=asset)
    room.add(service)
    is_sent = room.notify(body=request["text"], title=request["title"], body_format=apprise.NotifyFormat.TEXT)
    return {"end": "sent" if is_sent else "failed", "status": statuses.last}


def main() -> None:
    """Set the limits, read, send, answer."""
    # Should the parent die while a service hangs, nobody else would end this process.
    signal.alarm(int(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever the library prints must not fall into the answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answers.write(json.dumps(answered(json.loads(sys.stdin.buffer.read()))).encode())
    answers.flush()


if __name__ == "__main__":
    main()
