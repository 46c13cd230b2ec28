"""Style, script and fonts of our own, and Vega's bundle; each under an address that names its content."""

import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.responses import FileResponse, Response

from monitor.dashboard.page import NotFoundError
from monitor.dashboard.rendering import FOLDER, VEGA, static
from monitor.errors import ChartError

log = structlog.get_logger()
MEDIA = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
KEPT = "public, max-age=31536000, immutable"
# The page asks Vega for its interpreter, which needs no eval: our policy forbids that.
_MAKE = "import sys, vl_convert; sys.stdout.write(vl_convert.javascript_bundle())"
_DEADLINE = 60.0


def add(app: FastAPI) -> None:
    """Put the routes into the application."""

    @app.get("/static/{version}/{name}", include_in_schema=False)
    def file(version: str, name: str) -> Response:
        path = FOLDER / "static" / name
        if Path(name).name != name or path.suffix not in MEDIA or not path.is_file():
            raise NotFoundError(f"There is no file {name[:100]!r}.")
        current = static(name).split("/")[2] == version
        headers = {"Cache-Control": KEPT if current else "no-cache"}
        return FileResponse(path, media_type=MEDIA[path.suffix], headers=headers)

    @app.get(VEGA, include_in_schema=False)
    def vega() -> Response:
        return Response(bundle(), media_type=MEDIA[".js"], headers={"Cache-Control": KEPT})


_making = threading.Lock()


def bundle() -> bytes:
    """Vega, Vega-Lite and their embedder as one script. Made once, in a process of its own (1.7 s, 0.9 MB)."""
    with _making:
        return _bundle()


@lru_cache(maxsize=1)
def _bundle() -> bytes:
    command = [sys.executable, "-c", _MAKE]
    try:
        made = subprocess.run(command, capture_output=True, timeout=_DEADLINE, check=True)  # noqa: S603 -- our own words
    except (OSError, subprocess.SubprocessError) as error:
        raise ChartError(f"the script for interactive charts could not be made: {error}") from error
    log.info("vega_bundle_made", bytes=len(made.stdout))
    return made.stdout
