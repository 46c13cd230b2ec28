"""The folder of a model: its labels, weights, domain and tokenizer, each checked as it is read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from monitor.errors import ModelError
from monitor.understand.scoring import Domain
from monitor.understand.windows import Encode, Marks

SHIPPED = "minilm-talks"
WEIGHTS = "model.onnx"
DOMAIN = "domain.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The model folder's ``labels.json``."""

    name: str
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    calibration: Mapping[str, tuple[float, float]]
    """Per topic (slope, offset): probability = sigmoid(slope * logit + offset)."""
    thresholds: Mapping[str, float]
    domain: Mapping[str, float]
    """``near``, ``far`` and ``prior`` of the model's domain (see scoring.Domain); empty when it has none."""


def shipped_folder() -> Path:
    """Return the folder of the weights that come with the program: in the package or beside it. Raises ModelError."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_models" / SHIPPED, package.parent / "models" / SHIPPED):
        if (folder / WEIGHTS).exists():
            return folder
    raise ModelError(
        f"the shipped model {SHIPPED!r} is not installed (looked beside {package}). "
        "Install the program again, or name a model folder in the setting 'model'."
    )


def load_labels(folder: Path) -> Labels:
    """Read ``labels.json``; raises ModelError when it is missing or not of this shape."""
    path = folder / "labels.json"
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Labels(
            name=row["name"],
            topics=tuple(row["topics"]),
            tags=tuple(row["tags"]),
            calibration={topic: (float(a), float(b)) for topic, (a, b) in row["calibration"].items()},
            thresholds={topic: float(value) for topic, value in row["thresholds"].items()},
            domain={key: float(row["domain"][key]) for key in ("near", "far", "prior")} if "domain" in row else {},
        )
    except OSError as error:
        raise ModelError(
            f"cannot read {path}: {error.strerror}. The setting 'model' must name a model folder."
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} is not a model's label file ({error}). Take the folder from the release again."
        ) from error


def verified_hash(folder: Path) -> str:
    """SHA-256 of the weights, checked against ``SHA256SUMS``; raises ModelError when they differ or cannot be read."""
    path = folder / WEIGHTS
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = {name: value for value, name in (line.split() for line in lines)}
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot read the weights in {folder}: {error}. Install the program again.") from error
    if sums.get(WEIGHTS) != found:
        raise ModelError(f"{path} is damaged: its SHA-256 {found[:12]} is not the one in SHA256SUMS. Install it again.")
    return found


def load_domain(folder: Path, labels: Labels) -> Domain | None:
    """Read ``domain.npz``, the arrays of scoring.Domain; None for a model that has none. Raises ModelError."""
    if not labels.domain:
        return None
    path = folder / DOMAIN
    try:
        with np.load(path) as arrays:
            told = {name: arrays[name].astype(np.float32) for name in ("mean", "spread", "centres")}
            near, far, prior = (labels.domain[name] for name in ("near", "far", "prior"))
            return Domain(**told, near=near, far=far, prior=prior)
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as error:
        raise ModelError(f"cannot read {path}: {error}. Take the model's folder from the release again.") from error


def load_tokenizer(folder: Path) -> tuple[Encode, Marks]:
    """Load the folder's tokenizer; text that looks like a special token is read as plain text. Raises ModelError.

    With ``tokenizers``, which transformers itself reads the file with: importing transformers for it costs a second.
    """
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.exists():
        raise ModelError(f"{path} is missing. Install the program again, or name a whole model folder.")
    try:
        backend = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelError(
            f"{path} is not a tokenizer ({error}). Take the model's folder from the release again."
        ) from error
    backend.no_truncation()
    backend.no_padding()
    backend.encode_special_tokens = True

    def encode(text: str) -> Any:
        return backend.encode(text, add_special_tokens=False)

    cls, sep = backend.token_to_id("[CLS]"), backend.token_to_id("[SEP]")
    if cls is None or sep is None:
        raise ModelError(f"{path} has no [CLS] and [SEP] tokens: it belongs to another kind of model.")
    return encode, Marks(cls=cls, sep=sep)
