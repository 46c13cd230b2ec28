"""The newest candidate scores beside the live model what that has just analysed; it decides and changes nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from monitor.errors import MonitorError, TransientError
from monitor.records.articles import StoredArticle
from monitor.records.feedback import Candidate, ShadowScore
from monitor.store import Store
from monitor.understand.reader import Reader

log = structlog.get_logger()


class Shadow:
    """Loads the candidate when there is one and lets it go when another takes its place. For one thread.

    Whatever goes wrong ends here: the candidate that failed is left alone until there is another, or a new start.
    """

    def __init__(self, open_candidate: Callable[[Candidate], Reader]) -> None:
        self._open = open_candidate
        self._name = ""
        self._reader: Reader | None = None
        self._failed = ""

    def score(self, store: Store, stored: Sequence[StoredArticle], *, now: datetime) -> int:
        """Score the articles with the newest candidate and store what it says; the number of articles. Never raises."""
        try:
            return self._score(store, stored, now)
        except TransientError as error:
            log.warning("shadow_left_out", articles=[row.article_id for row in stored], error=str(error))
        except MonitorError as error:
            self._give_up(str(error))
        except Exception:
            # The net under the live path: what a candidate breaks must not cost a match.
            log.exception("shadow_broke", candidate=self._name)
            self._give_up("a fault; its traceback is above")
        return 0

    def close(self) -> None:
        """Let go of the candidate."""
        reader, self._reader, self._name = self._reader, None, ""
        if reader is not None:
            reader.close()

    def _score(self, store: Store, stored: Sequence[StoredArticle], now: datetime) -> int:
        candidate = store.candidates.shadowed()
        if candidate is None or candidate.name == self._failed or not stored:
            if candidate is None:
                self.close()
            return 0
        reader = self._reader_of(candidate)
        found = reader.understand([row.article for row in stored])
        scores = [
            ShadowScore(
                article_id=row.article_id,
                candidate=candidate.name,
                topic=topic.name,
                score=topic.score,
                match=topic.match,
            )
            for row, findings in zip(stored, found, strict=True)
            for topic in findings.topics
        ]
        store.candidates.record_shadow(scores, now=now)
        return len(stored)

    def _reader_of(self, candidate: Candidate) -> Reader:
        if self._reader is None or self._name != candidate.name:
            self.close()
            self._name = candidate.name
            self._reader = self._open(candidate)
            log.info("shadow_began", candidate=candidate.name)
        return self._reader

    def _give_up(self, problem: str) -> None:
        self._failed = self._name
        log.error("shadow_failed", candidate=self._name, error=problem, what_now="live analysis goes on without it")
        try:
            self.close()
        except Exception:
            log.exception("shadow_not_closed", candidate=self._failed)
