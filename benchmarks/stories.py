"""The story index at full size: what an insert takes and what the window weighs, beside what else one would build.

The articles are made up: sentences of the bundled newsroom shuffled, embeddings scattered around stories' centres.
Every fifth repeats an earlier one's text. The peers do less: one only compares embeddings, the other only looks for
copies.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import percentile, table
from benchmarks.material import Scale
from monitor.records.findings import Entity, Span
from monitor.records.stories import Arrival
from monitor.stories.index import StoryIndex
from monitor.stories.policy import Policy

ARTICLES = 100_000
DIMENSIONS = 384
PER_STORY = 8
_SENTENCES = 18
_COPIED = 0.2
_START = datetime(2026, 1, 1, tzinfo=UTC)
NO_DATASKETCH = "datasketch: not installed (pip install '.[bench]')"

Insert = Callable[[Arrival], object]


def run(scale: Scale) -> list[str]:
    count = scale.articles or ARTICLES
    peers: list[tuple[str, Callable[[], Insert]]] = [
        ("talks-monitor: stories, copies, excerpts", _ours),
        ("every embedding compared, float32 (stories only)", _brute_force),
    ]
    if find_spec("datasketch"):
        peers.append(("datasketch MinHashLSH, 128 hashes (copies only)", _datasketch))
    rows = [_alone(name, make, count) for name, make in peers]
    columns = ("first tenth, ms", "last tenth, ms", "p99 of it, ms", "memory, MB")
    missing = [] if find_spec("datasketch") else ["", NO_DATASKETCH]
    return [
        f"{count:,} articles of about 420 words, one after another; milliseconds of processor time for an insert.",
        "Wanted: 3 ms and 200 MB at 100,000.",
        "",
        *table("story index", rows, columns),
        *missing,
    ]


def _alone(name: str, make: Callable[[], Insert], count: int) -> str:
    """In a process of its own, so that no other's memory is counted."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(_measured, name, make, count).result()


def _measured(name: str, make: Callable[[], Insert], count: int) -> str:
    list(arrivals(1))
    before = _resident_megabytes()
    insert, taken = make(), []
    for arrival in arrivals(count):
        started = time.process_time()
        insert(arrival)
        taken.append((time.process_time() - started) * 1e3)
    weight = _resident_megabytes() - before
    tenth = max(1, count // 10)
    first, last = taken[:tenth], taken[-tenth:]
    figures = (sum(first) / tenth, sum(last) / tenth, percentile(last, 0.99))
    return f"| {name} | {' | '.join(f'{figure:.2f}' for figure in figures)} | {weight:.0f} |"


def _resident_megabytes() -> float:
    """Memory that this process holds now; only where /proc is, else 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    rows = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(rows["VmRSS"].split()[0]) / 1024


def arrivals(count: int, seed: int = 5) -> Iterator[Arrival]:
    """So many made-up articles, the same every time."""
    chance, numbers = random.Random(seed), np.random.default_rng(seed)
    sentences = _sentences()
    words = sorted({word for sentence in sentences for word in sentence.split()})
    centres = numbers.standard_normal((max(1, count // PER_STORY), DIMENSIONS))
    recent: list[str] = []
    for article_id in range(count):
        story = min(int(chance.betavariate(1, 1.3) * len(centres)), len(centres) - 1)
        text = chance.choice(recent) if recent and chance.random() < _COPIED else _text(chance, sentences, words)
        recent = [*recent[-200:], text]
        vector = centres[story] + 0.8 * numbers.standard_normal(DIMENSIONS)
        yield Arrival(
            article_id=article_id,
            title=" ".join(chance.sample(words, 9)),
            text=text,
            published=_START + timedelta(minutes=4 * article_id),
            entities=_entities(chance, story),
            embedding=tuple((vector / np.sqrt(np.einsum("i,i->", vector, vector))).tolist()),
            model="made up",
        )


def _text(chance: random.Random, sentences: list[str], words: list[str]) -> str:
    made = []
    for sentence in chance.choices(sentences, k=_SENTENCES):
        said = sentence.split()
        for _ in range(4):
            said[chance.randrange(len(said))] = chance.choice(words)
        made.append(" ".join(said))
    return "\n\n".join(made)


def _entities(chance: random.Random, story: int) -> tuple[Entity, ...]:
    names = [f"person {story}", *(f"name {int(chance.paretovariate(0.7))}" for _ in range(7))]
    mention = Span(start=0, end=4, text="name")
    return tuple(Entity(name=name, type="person", id=None, mentions=(mention,)) for name in dict.fromkeys(names))


def _sentences() -> list[str]:
    week = files("monitor.replay") / "week" / "talks.jsonl"
    rows = [json.loads(line) for line in week.read_text(encoding="utf-8").splitlines()]
    paragraphs = [paragraph for row in rows for paragraph in row["body"]]
    return sorted({paragraph for paragraph in paragraphs if len(paragraph.split()) > 8})


def _ours() -> Insert:
    return StoryIndex(Policy()).place


def _brute_force() -> Insert:
    vectors: NDArray[np.float32] = np.zeros((ARTICLES, DIMENSIONS), np.float32)
    state = {"count": 0}

    def insert(arrival: Arrival) -> object:
        count = state["count"]
        vectors[count] = arrival.embedding
        state["count"] += 1
        return np.argpartition(vectors[: count + 1] @ vectors[count], -min(count + 1, 6))[-6:]

    return insert


def _datasketch() -> Insert:
    from datasketch import MinHash, MinHashLSH

    lsh: Any = MinHashLSH(threshold=0.6, num_perm=128)

    def insert(arrival: Arrival) -> object:
        words = arrival.text.split()
        runs = {" ".join(words[at : at + 4]).encode() for at in range(len(words) - 3)}
        signature = MinHash(num_perm=128)
        signature.update_batch(list(runs))
        found = lsh.query(signature)
        lsh.insert(str(arrival.article_id), signature)
        return found

    return insert
