"""What came with the weights, for people: the card, its figures and thresholds. Loads no model."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.records.board.classifier import ModelCard, TopicFigures

LARGEST = 1_000_000
"""Bytes of one file."""


def read(folder: Path, *, problem: str = "") -> ModelCard:
    """The card of a model's folder. What is missing or damaged is left out, and ``problem`` says so."""
    said = [problem] if problem else []
    labels, metrics = _object(folder / "labels.json", said), _object(folder / "metrics.json", said)
    return ModelCard(
        name=str(metrics.get("model") or labels.get("name") or folder.name),
        text=_text(folder / "CARD.md", said),
        thresholds=tuple(_thresholds(labels)),
        figures=tuple(_figures(metrics)),
        gate=tuple(_gate(metrics)),
        problem=" ".join(said),
    )


def _text(path: Path, said: list[str]) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8", "replace")
    except OSError as error:
        said.append(f"{path.name} cannot be read ({error.strerror}): this model came without one.")
        return ""


def _object(path: Path, said: list[str]) -> Mapping[str, Any]:
    text = _text(path, said)
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    said.append(f"{path.name} is damaged. `monitor model list` names the models there are.")
    return {}


def _thresholds(labels: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    found = labels.get("thresholds")
    for topic, at in found.items() if isinstance(found, dict) else ():
        if isinstance(at, int | float):
            yield topic, float(at)


def _parts(metrics: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Rows of the lists called ``name``, with what they were measured on."""
    for measured_on, part in metrics.items():
        rows = part.get(name) if isinstance(part, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                yield measured_on, row


def _figures(metrics: Mapping[str, Any]) -> Iterator[TopicFigures]:
    shares = ("precision", "recall", "f1", "average_precision", "calibration_error")
    for measured_on, row in _parts(metrics, "topics"):
        if all(_is_number(row.get(name)) for name in (*shares, "n", "positive")):
            yield TopicFigures(
                measured_on=measured_on,
                name=str(row.get("name", "")),
                n=int(row["n"]),
                positive=int(row["positive"]),
                **{name: float(row[name]) for name in shares},
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _gate(metrics: Mapping[str, Any]) -> Iterator[tuple[float, float, float]]:
    names = ("gate", "recall", "fetched")
    for _, row in _parts(metrics, "gate"):
        if all(_is_number(row.get(name)) for name in names):
            gate, recall, fetched = (float(row[name]) for name in names)
            yield gate, recall, fetched
