"""An invented article on its way from the feed to the model's answer: the rows that it leaves."""

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table

from benchmarks.board_feeds import Outlet
from benchmarks.board_plots import Row
from monitor.store.keys import hashed
from monitor.store.tables import analyses, article_versions, articles, entries
from monitor.text import digest

MODEL = "invented@000000000000"
THRESHOLDS = {"talks": 0.365, "missile_aid": 0.28}
ANALYSED = timedelta(seconds=40)
Rows = defaultdict[Table, list[Row]]
_THRESHOLDS = json.dumps(THRESHOLDS)
_GROUP = "talks N < N, missile_aid N < N"


@dataclass(slots=True, kw_only=True)
class Arrived:
    """One article while its rows are made."""

    id: int
    outlet: Outlet
    title: str
    text: str
    at: datetime
    """When it was first seen."""
    published: datetime
    is_dated: bool
    is_backfill: bool
    topics: tuple[str, ...]
    """Those that it matches."""
    embedding: bytes
    scores: dict[str, float]
    old_version: int | None
    """The id of the text that it had before."""
    url: str = ""
    key: str = ""
    fingerprint: str = ""

    def __post_init__(self) -> None:
        self.url = f"https://{self.outlet.host}/{self.published:%Y/%m}/{self.id}"
        self.key = hashed(self.url)
        self.fingerprint = digest(f"{self.id} {self.title}".encode())


def put(rows: Rows, article: Arrived) -> None:
    """Add the rows of the article itself, its versions, its analysis and the entry that led to it."""
    rows[articles].append(_article(article))
    version = {"article_id": article.id, "seen_at": article.at, "fingerprint": article.fingerprint}
    version["text_source"] = "page"
    rows[article_versions].append(version | {"id": article.id, "number": 1 if article.old_version is None else 2})
    if article.old_version is not None:
        before = {"id": article.old_version, "number": 1, "title": article.title, "text": article.text[:-60]}
        rows[article_versions].append(version | before)
    rows[analyses].append(
        {
            "id": article.id,
            "article_id": article.id,
            "version_id": article.id,
            "model": MODEL,
            "language": "en",
            "scores": json.dumps(article.scores),
            "thresholds": _THRESHOLDS,
            "embedding": article.embedding,
            "analysed_at": article.at + ANALYSED,
        }
    )
    rows[entries].append(_entry(article))
    if article.id % 10 == 0:
        rows[entries].append(_ruled_out(article))


def _article(article: Arrived) -> Row:
    return {
        "id": article.id,
        "url": article.url,
        "url_key": article.key,
        "feed_id": article.outlet.feed_id,
        "outlet": article.outlet.name,
        "title": article.title,
        "text": article.text,
        "language": "en",
        "published_at": article.published if article.is_dated else None,
        "fresh_at": article.published if article.is_dated else article.at,
        "text_source": "page",
        "fingerprint": article.fingerprint,
        "version": 1 if article.old_version is None else 2,
        "created_at": article.at,
        "updated_at": article.at,
        "pending": False,
        "unwoven": False,
        "revisits": 0,
    }


def score(source: random.Random, *, matched: bool) -> float:
    """A score above every threshold, or below."""
    return round(source.triangular(0.37, 1, 0.98) if matched else source.betavariate(0.5, 12) * 0.27, 6)


def _entry(article: Arrived) -> Row:
    state = "matched" if article.topics else "unmatched"
    held = article.at + timedelta(hours=30)
    shown = "≥" if state == "matched" else "<"
    reason = ", ".join(
        f"{topic} {score:.2f} {shown} {THRESHOLDS[topic]:.2f}" for topic, score in article.scores.items()
    )
    return {
        "feed_id": article.outlet.feed_id,
        "identity": article.key,
        "url": article.url,
        "url_key": article.key,
        "guid": article.url,
        "guid_key": article.key,
        "title": article.title,
        "summary": article.text[:160],
        "content": "",
        "fingerprint": article.fingerprint,
        "authors": "",
        "source": "",
        "language": "en",
        "published_raw": f"{article.published:%a, %d %b %Y %H:%M:%S GMT}" if article.is_dated else "",
        "published_at": article.published if article.is_dated else None,
        "date_quality": "given" if article.is_dated else "missing",
        "first_seen_at": article.at,
        "last_seen_at": held,
        "fresh_at": article.published,
        "changes": 0,
        "backfill": article.is_backfill,
        "state": state,
        "state_at": article.at + ANALYSED,
        "reason": reason,
        "reason_group": _GROUP.replace("<", shown),
        "attempts": 0,
        "gate_score": 0.4 if state == "matched" else 0.03,
        "screened_at": article.at,
        "screen_reason": "gate: talks 0.026 >= 0.020",
        "read_at": article.at,
        "page_kind": "article",
        "text_source": "page",
        "article_id": article.id,
    }


def _ruled_out(article: Arrived) -> Row:
    url = f"{article.url}/other"
    key = hashed(url)
    changed = {"url": url, "guid": url, "identity": key, "url_key": key, "guid_key": key, "article_id": None}
    why = {"reason": "gate: 0.004 < 0.020", "reason_group": "gate: N < N", "page_kind": None, "read_at": None}
    return _entry(article) | changed | why | {"state": "ruled_out", "gate_score": 0.004, "text_source": ""}
