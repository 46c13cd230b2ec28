"""The process that draws: reads specifications from stdin, writes pictures to stdout, may be killed at any moment.

Run as ``python -m monitor.charts.worker SECONDS``. A line of JSON asks ({"as": "png", "scale": 2, "dark": true,
"specs": {name: spec}}), a line of JSON answers ({"pictures": {name: base64}} or {"error": why}); it ends with the
input. vl-convert keeps a JavaScript engine and some hundred megabytes, which the program must not hold for a few
pictures a day.
"""

import base64
import json
import os
import resource
import signal
import sys
from typing import IO, Any

import vl_convert

from monitor.charts.shrinking import small
from monitor.charts.theme import ON_DARK, darkened

_NO_ADDRESS: list[str] = []
"""Specifications carry their data; none is fetched."""


def drawn(request: dict[str, Any]) -> dict[str, str]:
    """Each specification's picture as base64; with ``dark`` a second one for dark paper."""
    pictures: dict[str, bytes] = {}
    for name, spec in request["specs"].items():
        drawing = vl_convert.vegalite_to_svg(spec, allowed_base_urls=_NO_ADDRESS)
        pictures[name] = _picture(request["as"], drawing, request["scale"])
        if request["dark"]:
            # The engine takes most of the time, and the drawing differs in its colours alone.
            pictures[name + ON_DARK] = _picture(request["as"], darkened(drawing), request["scale"])
    return {name: base64.b64encode(picture).decode() for name, picture in pictures.items()}


def _picture(kind: str, drawing: str, scale: float) -> bytes:
    return drawing.encode() if kind == "svg" else small(vl_convert.svg_to_png(drawing, scale=scale))


def serve(requests: IO[bytes], answers: IO[bytes], seconds: int) -> None:
    """Answer until the input ends."""
    for line in requests:
        # Should the parent die while a drawing hangs, nobody else would end this process.
        signal.alarm(seconds)
        try:
            answer: dict[str, Any] = {"pictures": drawn(json.loads(line))}
        except ValueError as error:
            answer = {"error": str(error).strip().partition("\n")[0][:300]}
        signal.alarm(0)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def main() -> None:
    """Set the limits and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever the library prints must not fall into the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers, int(sys.argv[1]))


if __name__ == "__main__":
    main()
