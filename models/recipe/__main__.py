"""``python -m models.recipe``: train, export, calibrate and describe the shipped weights, in one command.

Needs the ``train`` extra. The outside data lie in a folder of the layout that CARD.md names; without it the model is
trained from ``models/data`` alone and keeps its raw probabilities.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from models.recipe import data
from models.recipe.export import best_threshold, calibrated, export, write_labels
from models.recipe.train import Plan, train
from monitor.records.findings import TOPICS
from monitor.understand.model import OnnxClassifier, load_tokenizer

DEFAULT_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def main() -> None:
    """Parse the arguments and run every step."""
    parser = argparse.ArgumentParser(prog="python -m models.recipe", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with articles/ and ner/")
    parser.add_argument("--out", type=Path, default=Path("models/minilm-talks"), help="folder to write")
    parser.add_argument("--name", default="minilm-talks-1", help="name that every analysis carries")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--topic-epochs", type=float, default=4.0)
    parser.add_argument("--tag-epochs", type=float, default=1.5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--own-only", action="store_true", help="use models/data alone")
    parser.add_argument("--calibrate-only", action="store_true", help="keep the weights in --out, calibrate anew")
    options = parser.parse_args()
    started = time.monotonic()
    if not options.calibrate_only:
        _train(options)
        print(f"trained and exported in {(time.monotonic() - started) / 60:.0f} min", flush=True)
    if (options.data / "articles" / "dev.jsonl").exists():
        _calibrate(options)


def _train(options: argparse.Namespace) -> None:
    from models.recipe.network import base_folder

    encode, marks = load_tokenizer(base_folder())
    articles, sentences = data.own_articles(), data.own_sentences() * data.OWN_WEIGHT
    if not options.own_only:
        articles += data.graded(options.data / "articles" / "train.jsonl")
        sentences += data.outside_sentences(options.data / "ner")
    print(f"{len(articles)} articles, {len(sentences)} sentences", flush=True)
    plan = Plan(
        seed=options.seed,
        topic_epochs=options.topic_epochs,
        tag_epochs=options.tag_epochs,
        threads=options.threads,
    )
    network = train(articles, sentences, encode, marks, plan, report=lambda line: print(line, flush=True))
    import torch

    torch.save(network.state_dict(), options.out.with_suffix(".pt"))
    export(network, options.out, options.name)


def _calibrate(options: argparse.Namespace) -> None:
    """Fit probabilities and thresholds on the development articles, with the exported network's own scores."""
    row = json.loads((options.out / "labels.json").read_text(encoding="utf-8"))
    write_labels(options.out, row["name"], {topic: [1.0, 0.0] for topic in TOPICS}, dict.fromkeys(TOPICS, 0.5))
    items = list(data.graded(options.data / "articles" / "dev.jsonl"))
    classifier = OnnxClassifier(options.out, sessions=options.threads)
    readings = classifier.read([item.article for item in items])
    classifier.close()
    calibration, thresholds = {}, {}
    for at, topic in enumerate(TOPICS):
        kept = [number for number, item in enumerate(items) if item.grades[at] != 1]
        raw = np.array([readings[number].scores[topic] for number in kept]).clip(1e-12, 1 - 1e-12)
        truth = np.array([items[number].grades[at] == 2 for number in kept])
        logits = np.log(raw / (1 - raw))
        slope, offset = calibrated(logits, truth)
        calibration[topic] = [round(slope, 4), round(offset, 4)]
        thresholds[topic] = best_threshold(1 / (1 + np.exp(-(slope * logits + offset))), truth)
        print(f"{topic}: probability = sigmoid({slope:.3f} * logit + {offset:.3f}), threshold {thresholds[topic]}")
    write_labels(options.out, row["name"], calibration, thresholds)


if __name__ == "__main__":
    main()
