"""How well embeddings keep stories apart: the shipped model's against the untouched base encoder's, same windows.

``python -m models.recipe.similarity CLUSTERS.jsonl``: rows with title, text and cluster. All pairs of articles are
ranked by cosine; printed are the area under the ROC curve and the average precision of "same cluster".
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.recipe.network import base_folder
from models.recipe.teachers import BaseVectors
from monitor.records.articles import Article
from monitor.text import clean, one_line
from monitor.understand.folder import load_tokenizer, shipped_folder
from monitor.understand.model import OnnxClassifier
from monitor.understand.windows import windows


def main() -> None:
    """Read the clusters and print a row per encoder."""
    parser = argparse.ArgumentParser(prog="python -m models.recipe.similarity", description=__doc__)
    parser.add_argument("clusters", type=Path)
    parser.add_argument("--model", type=Path, default=None, help="model folder; the shipped one when not given")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.clusters.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if not row.get("damaged")]
    articles = [Article(id="", title=one_line(row["title"]), text=clean(row["text"])) for row in rows]
    groups = [str(row["cluster"]) for row in rows]
    classifier = OnnxClassifier(options.model or shipped_folder(), sessions=2)
    ours = np.array([reading.embedding for reading in classifier.read(articles)])
    classifier.close()
    print(f"{len(articles)} articles in {len(set(groups))} stories")
    for name, vectors in (("base encoder", base_vectors(articles)), (classifier.name, ours)):
        area, precision = separation(vectors, groups)
        print(f"{name}: ROC area {area:.4f}, average precision {precision:.4f}")


def base_vectors(articles: Sequence[Article]) -> npt.NDArray[np.float64]:
    """(articles, D): the mean over a document's windows of the untouched encoder's mean vectors."""
    encode, marks = load_tokenizer(base_folder())
    teacher = BaseVectors("cpu")
    found = [teacher.vectors(windows(article, encode, marks)).mean(0).numpy() for article in articles]
    return np.array(found, dtype=np.float64)


def separation(vectors: npt.NDArray[np.float64], groups: Sequence[str]) -> tuple[float, float]:
    """ROC area and average precision of "same group" over all pairs ranked by cosine."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    first, second = np.triu_indices(len(groups), 1)
    names = np.array(groups)
    same = names[first] == names[second]
    cosines = (vectors @ vectors.T)[first, second]
    return float(roc_auc_score(same, cosines)), float(average_precision_score(same, cosines))


if __name__ == "__main__":
    main()
