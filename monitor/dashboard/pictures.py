"""Charts as files: drawn once by the process that draws, then remembered."""

import json
import threading
from collections import OrderedDict

from monitor.charts import Painter, Spec
from monitor.charts.theme import themed
from monitor.text import body_digest

MOST_BYTES = 16 * 2**20
"""Of remembered pictures."""
MEDIA = {"svg": "image/svg+xml", "png": "image/png", "json": "application/json"}


class Pictures:
    """Usable from any thread. Raises ChartError where a chart cannot be drawn."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def drawn(self, spec: Spec, *, kind: str, dark: bool) -> tuple[bytes, str]:
        """The chart as ``svg``, ``png`` or, as its specification, ``json``; and its media type."""
        if kind == "json":
            return json.dumps(themed(spec, dark=dark)).encode(), MEDIA[kind]
        key = f"{kind}{dark}{body_digest(json.dumps(spec, sort_keys=True).encode())}"
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        if found is None:
            draw = self._painter.svg if kind == "svg" else self._painter.png
            found = draw({"chart": themed(spec, dark=dark)})["chart"]
            self._keep(key, found)
        return found, MEDIA[kind]

    def close(self) -> None:
        """End the process that draws."""
        self._painter.close()

    def _keep(self, key: str, picture: bytes) -> None:
        with self._lock:
            self._size += len(picture) - len(self._kept.pop(key, b""))
            self._kept[key] = picture
            while self._size > MOST_BYTES and self._kept:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest)
