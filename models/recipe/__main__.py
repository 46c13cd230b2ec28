"""``python -m models.recipe``: train, export, calibrate and describe the shipped weights, in one command.

Needs the ``train`` extra. The outside data lie in a folder of the layout that CARD.md names; without it the model is
trained from ``models/data`` alone and keeps its raw probabilities.
"""

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.recipe import data
from models.recipe.domain import learnt_domain, stacked, write_domain
from models.recipe.export import best_threshold, calibrated, export, write_labels
from models.recipe.losses import NEAR, device
from models.recipe.narrow import narrowed
from models.recipe.network import Network, base_folder
from models.recipe.plan import Plan, student_plan, teacher_plans
from models.recipe.teachers import Ensemble
from models.recipe.train import train
from monitor.records.findings import TOPICS
from monitor.understand.annotated import TaggedSentence
from monitor.understand.folder import DOMAIN, load_tokenizer
from monitor.understand.model import OnnxClassifier
from monitor.understand.scoring import Domain
from monitor.understand.windows import as_document, windows

DEFAULT_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

# Training articles that stand for all of them when the model's domain is learnt.
SAMPLE = 4_000
# Articles whose first windows say which inner units of a network do most.
WORTH_SAMPLE = 400


def main() -> None:
    """Parse the arguments and run every step."""
    parser = argparse.ArgumentParser(prog="python -m models.recipe", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with articles/ and ner/")
    parser.add_argument("--out", type=Path, default=Path("models/minilm-talks"), help="folder to write")
    parser.add_argument("--name", default="minilm-talks-2", help="name that every analysis carries")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--teachers", type=int, default=3, choices=range(4), help="0: one full network, no ensemble")
    parser.add_argument("--layers", type=_numbers, default=(0, 1, 3, 5), help="layers of the first teacher to keep")
    parser.add_argument("--inner", type=int, default=768, help="inner units to keep in each layer")
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


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _train(options: argparse.Namespace) -> None:
    articles, sentences = _material(options)
    print(f"{len(articles)} articles, {len(sentences)} sentences", flush=True)
    encode, marks = load_tokenizer(base_folder())
    plan = Plan(seed=options.seed, threads=options.threads)

    def taught(network: Network, run: Plan, ensemble: Ensemble | None = None) -> Network:
        return train(network, articles, sentences, encode, marks, run, ensemble, lambda line: print(line, flush=True))

    teachers = [taught(Network(dropout=run.encoder_dropout), run) for run in teacher_plans(plan)[: options.teachers]]
    if teachers:
        dice = random.Random(plan.seed)
        sample = [
            windows(item.article, encode, marks, limit=1)[0]
            for item in dice.sample(articles, min(WORTH_SAMPLE, len(articles)))
        ]
        small = narrowed(teachers[0], options.layers, options.inner, sample)
        network = taught(small, student_plan(plan), Ensemble(teachers, device()))
    else:
        network = taught(Network(), plan)
    export(network, options.out, options.name)


def _material(options: argparse.Namespace) -> tuple[list[data.Graded], list[TaggedSentence]]:
    articles, sentences = data.own_articles(), data.own_sentences() * data.OWN_WEIGHT
    if not options.own_only:
        articles += list(data.graded(options.data / "articles" / "train.jsonl")) * data.REAL_WEIGHT
        sentences += data.outside_sentences(options.data / "ner")
    return articles, sentences


def _calibrate(options: argparse.Namespace) -> None:
    """Fit domain, probabilities and thresholds on the development articles, with the exported file's own answers."""
    row = json.loads((options.out / "labels.json").read_text(encoding="utf-8"))
    (options.out / DOMAIN).unlink(missing_ok=True)
    write_labels(options.out, row["name"], {topic: [1.0, 0.0] for topic in TOPICS}, dict.fromkeys(TOPICS, 0.5))
    items = list(data.graded(options.data / "articles" / "dev.jsonl"))
    classifier = OnnxClassifier(options.out, sessions=options.threads)
    readings = classifier.read([item.article for item in items])
    domain = write_domain(options.out, _domain(options, classifier, [reading.embedding for reading in readings]))
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
    write_labels(options.out, row["name"], calibration, thresholds, domain=domain)


def _domain(options: argparse.Namespace, classifier: OnnxClassifier, home: Sequence[Sequence[float]]) -> Domain:
    """Learn where the model is at home from a sample of what it was trained on."""
    seen = data.own_articles() + list(data.graded(options.data / "articles" / "train.jsonl")) * data.REAL_WEIGHT
    sample = random.Random(options.seed).sample(seen, min(len(seen), SAMPLE))
    ordinary = [item for item in data.outside_sentences(options.data / "ner") if not NEAR.search(item.text)]
    elsewhere = [as_document(item.text) for item in ordinary[: SAMPLE // 3]]
    vectors = [
        stacked([reading.embedding for reading in classifier.read(articles)])
        for articles in ([item.article for item in sample], elsewhere)
    ]
    return learnt_domain(vectors[0], stacked(home), vectors[1], options.seed)


if __name__ == "__main__":
    main()
