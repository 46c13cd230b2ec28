"""/health and /metrics over HTTP, for probes, Prometheus and people. GET only; answers come from memory."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from monitor.daemon.metrics import Metrics
from monitor.errors import ConfigError

OK, DEGRADED, BROKEN = "ok", "degraded", "broken"
_ORDER = (OK, DEGRADED, BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part's state, in a word and a sentence."""

    status: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The whole process: as bad as its worst part."""

    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Return ok, degraded (works, with trouble a person should see) or broken."""
        return max((part.status for part in self.parts.values()), key=_ORDER.index, default=OK)

    def as_json(self) -> bytes:
        """Return the body of /health."""
        parts = {name: {"status": part.status, "detail": part.detail} for name, part in self.parts.items()}
        return json.dumps({"status": self.status, "parts": parts}, indent=2).encode()


class HealthServer:
    """Serves on its own threads until closed."""

    def __init__(self, host: str, port: int, health: Callable[[], Health], metrics: Metrics) -> None:
        handler = _handler(health, metrics)
        try:
            self._server = ThreadingHTTPServer((host, port), handler)
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {host}:{port} for /health: {error.strerror or error}. "
                "Stop what uses that port, or set health_port (0 picks a free one)."
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Return http://host:port as bound."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(2)


def _handler(health: Callable[[], Health], metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5
        server_version = "talks-monitor"
        sys_version = ""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/health":
                found = health()
                self._send(503 if found.status == BROKEN else 200, "application/json", found.as_json())
            elif path == "/metrics":
                self._send(200, "text/plain; version=0.0.4; charset=utf-8", metrics.page())
            else:
                self._send(404, "text/plain; charset=utf-8", b"Only /health and /metrics are here.\n")

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing: probes come every few seconds."""

    return Handler
