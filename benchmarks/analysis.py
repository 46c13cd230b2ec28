"""Articles a second through the shipped model, against the shape of a usual NER model (bert-base) on the same texts.

The peer has random weights: same arithmetic, no answers. It reads each text once, cut at 256 tokens, in torch on all
cores; ours gives topics, entities and an embedding of whole texts in windows, tokenizing and linking included.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from monitor.records.articles import Article
from monitor.understand.model import OnnxClassifier, shipped_folder
from monitor.understand.reader import Reader

ROUNDS = 5
OURS, PEER = 300, 24
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "articles" / "dev.jsonl"
OWN = Path(__file__).resolve().parents[1] / "models" / "data" / "articles"


def run() -> list[str]:
    articles = _articles()
    cores = os.cpu_count() or 1
    reader = Reader(OnnxClassifier(shipped_folder(), sessions=cores))
    peer = _bert_base(cores)
    reader.understand(articles[:20])
    peer(articles[:2])
    ours, theirs = [], []
    for at in range(ROUNDS):
        ours.append(_rate(lambda: reader.understand(articles[:OURS]), OURS))
        part = articles[at * PEER : (at + 1) * PEER]
        theirs.append(_rate(lambda part=part: peer(part), PEER))  # type: ignore[misc]
    reader.close()
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    source = "articles/dev.jsonl" if SHARED.exists() else "models/data"
    return [
        f"{OURS} texts of {source}, {cores} threads, {ROUNDS} rounds.",
        "",
        "| | min | median | max |",
        "|---|---|---|---|",
        _row("talks-monitor: topics, entities, embedding (articles/s)", ours),
        _row("bert-base shape, tags only, first 256 tokens, torch fp32 (articles/s)", theirs),
        _row("ratio", ratios),
    ]


def _articles() -> list[Article]:
    paths = [SHARED] if SHARED.exists() else sorted(OWN.glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.open(encoding="utf-8")]
    return [Article(id=row["id"], title=row["title"], text=row["text"]) for row in rows]


def _bert_base(threads: int) -> Callable[[Sequence[Article]], Any]:
    import torch
    from transformers import BertConfig, BertForTokenClassification

    from monitor.understand.model import load_tokenizer

    torch.set_num_threads(threads)
    model = BertForTokenClassification(BertConfig(num_labels=9)).eval()
    encode, marks = load_tokenizer(shipped_folder())

    def read(articles: Sequence[Article]) -> None:
        with torch.inference_mode():
            for article in articles:
                ids = [marks.cls, *encode(article.document[:2000]).ids[:254], marks.sep]
                model(torch.tensor([ids]))

    return read


def _rate(work: Callable[[], Any], number: int) -> float:
    started = time.perf_counter()
    work()
    return number / (time.perf_counter() - started)


def _row(name: str, figures: Sequence[float]) -> str:
    return f"| {name} | {min(figures):.1f} | {statistics.median(figures):.1f} | {max(figures):.1f} |"
