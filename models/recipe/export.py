"""From the trained network to the shipped folder: ONNX, int8 per channel, labels with calibration, sums."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.recipe.network import TAGS, Alone, Network, base_folder
from monitor.records.findings import TOPICS
from monitor.understand.folder import DOMAIN

OUTPUTS = ("topics", "shares", "tags", "embedding")


def export(network: Network, folder: Path, name: str, tokenizer: Path | None = None) -> None:
    """Write ``folder``/model.onnx (int8 weights, per channel), tokenizer.json and an uncalibrated labels.json.

    Without ``tokenizer`` the base encoder's is copied.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        _to_onnx(network, full)
        quantize_dynamic(full, folder / "model.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    shutil.copy(tokenizer or base_folder() / "tokenizer.json", folder / "tokenizer.json")
    calibration = {topic: [1.0, 0.0] for topic in TOPICS}
    write_labels(folder, name, calibration, dict.fromkeys(TOPICS, 0.5))


def _to_onnx(network: Network, path: Path) -> None:
    ids = torch.randint(1000, 20000, (1, 24))
    network.eval()
    network.encoder.set_attn_implementation("eager")
    torch.onnx.export(
        Alone(network),
        (ids, torch.zeros_like(ids)),
        str(path),
        input_names=["ids", "cases"],
        output_names=list(OUTPUTS),
        dynamic_axes={name: {1: "length"} for name in ("ids", "cases", "shares", "tags")},
        opset_version=17,
        dynamo=False,
    )


def write_labels(
    folder: Path, name: str, calibration: dict[str, list[float]], thresholds: dict[str, float], **more: Any
) -> None:
    """Write labels.json and SHA256SUMS."""
    row = {
        "name": name,
        "topics": list(TOPICS),
        "tags": list(TAGS),
        "calibration": calibration,
        "thresholds": thresholds,
        **more,
    }
    (folder / "labels.json").write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")
    lines = [
        f"{hashlib.sha256((folder / file).read_bytes()).hexdigest()}  {file}"
        for file in ("model.onnx", "tokenizer.json", "labels.json", DOMAIN)
        if (folder / file).exists()
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")


def calibrated(logits: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Fit Platt's two numbers (Platt 1999): probability = sigmoid(slope * logit + offset)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1.0).fit(logits.reshape(-1, 1), truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def best_threshold(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Return the middle of the plateau of thresholds whose F1 is within half a point of the best."""
    grid = np.linspace(0.1, 0.9, 161)
    figures = []
    for threshold in grid:
        said = probabilities >= threshold
        hits = float((said & truth).sum())
        figures.append(2 * hits / max(1.0, float(said.sum() + truth.sum())))
    near = grid[np.array(figures) >= max(figures) - 0.005]
    return round(float(np.median(near)), 3)
