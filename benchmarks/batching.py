"""Whether an article gets the same answer whatever it is read with: alone, in a crowd, in another order."""

import math
import random
from collections.abc import Sequence

from benchmarks.figures import table
from benchmarks.machine import cores
from benchmarks.material import Scale, articles, model_folder, source
from monitor.records.articles import Article
from monitor.understand.model import OnnxClassifier, Reading

BATCH = 8
MOST = 200


def run(scale: Scale) -> list[str]:
    chosen = articles(min(scale.articles or MOST, MOST))
    single, crowd = (OnnxClassifier(model_folder(), sessions=number) for number in (1, cores()))
    alone = [single.read([article])[0] for article in chosen]
    mixed = list(range(len(chosen)))
    random.Random(5).shuffle(mixed)
    ways = {
        f"all at once on {cores()} sessions": _in_batches(crowd, chosen, range(len(chosen)), len(chosen)),
        f"in batches of {BATCH}, shuffled": _in_batches(crowd, chosen, mixed, BATCH),
        "all at once, backwards": _in_batches(crowd, chosen, range(len(chosen) - 1, -1, -1), len(chosen)),
    }
    single.close()
    crowd.close()
    rows = [
        f"| {name} | {difference(alone, found):.3g} | {other_names(alone, found)} |" for name, found in ways.items()
    ]
    head = f"{len(chosen)} articles of {source()}, against each read alone; 0 is expected everywhere."
    columns = ("largest difference of scores, shares, embedding", "articles with other names")
    return [head, "", *table("read", rows, columns)]


def difference(alone: Sequence[Reading], found: Sequence[Reading]) -> float:
    """Return the largest difference of any number that a reading holds; infinite when they are not as many."""
    return max((_apart(_numbers(one), _numbers(other)) for one, other in zip(alone, found, strict=True)), default=0.0)


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    if len(one) != len(other):
        return math.inf
    return max((abs(mine - theirs) for mine, theirs in zip(one, other, strict=True)), default=0.0)


def other_names(alone: Sequence[Reading], found: Sequence[Reading]) -> int:
    """Return how many articles had other spans, types or scores of names."""
    return sum(one.tagged != other.tagged for one, other in zip(alone, found, strict=True))


def _numbers(reading: Reading) -> list[float]:
    shares = [share for topic in sorted(reading.shares) for _, _, share in reading.shares[topic]]
    return [*(reading.scores[topic] for topic in sorted(reading.scores)), *shares, *reading.embedding]


def _in_batches(
    classifier: OnnxClassifier, chosen: Sequence[Article], order: Sequence[int], size: int
) -> list[Reading]:
    """Read in the given order, so many at once; the readings are in the articles' own order again."""
    found: dict[int, Reading] = {}
    for at in range(0, len(order), size):
        part = order[at : at + size]
        found.update(zip(part, classifier.read([chosen[number] for number in part]), strict=True))
    return [found[number] for number in range(len(chosen))]
