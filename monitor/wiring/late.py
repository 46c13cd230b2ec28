"""The model and the routes to it, loaded when they are first asked for: a process that only polls needs none."""

import threading
from collections.abc import Callable, Mapping, Sequence

from monitor.config import Settings
from monitor.records.articles import Article
from monitor.records.findings import Findings, Unread
from monitor.understand.routes import Routes
from monitor.weights import loaded, routes


class LateReader:
    """Reads as ``Routes`` does. Usable from many threads."""

    def __init__(self, settings: Settings, *, patience: float, stopping: Callable[[], bool]) -> None:
        self._settings = settings
        self._patience = patience
        self._stopping = stopping
        self._routes: Routes | None = None
        self._lock = threading.Lock()
        self.problem = ""
        """Why the shipped model works in place of the promoted one, once it is loaded."""

    def open(self) -> Routes:
        """Load it, the first time. Raises ModelError and ConfigError."""
        with self._lock:
            if self._routes is None:
                live = loaded(self._settings)
                self._routes = routes(self._settings, live.classifier, patience=self._patience, stopping=self._stopping)
                self.problem = live.problem
            return self._routes

    @property
    def model(self) -> str:
        """Name of the model that reads English, with its weights' hash; empty while none is loaded."""
        return "" if self._routes is None else self._routes.model

    def understand(self, articles: Sequence[Article]) -> Sequence[Findings | Unread]:
        """Understand articles, in order; one that cannot be read is a value."""
        return self.open().understand(articles)

    def screen(self, articles: Sequence[Article]) -> Sequence[Mapping[str, float] | Unread]:
        """Score titles with summaries per topic, in order; one that cannot be read is a value."""
        return self.open().screen(articles)

    def close(self) -> None:
        """Let go of what was loaded."""
        if self._routes is not None:
            self._routes.close()
