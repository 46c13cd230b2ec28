"""The frozen set: graded articles that no model is trained on, by which a candidate is let in or not."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError
from monitor.records.feedback import FrozenArticle
from monitor.records.findings import TOPICS

if TYPE_CHECKING:
    from monitor.config import Settings

IN_CHECKOUT = Path("models/data/frozen.jsonl")
GRADES = (0, 1, 2)


def path_of(settings: "Settings", given: Path | None) -> Path | None:
    """Return the frozen set to use: given, set, or of the checkout around this program; None when there is none."""
    if given is not None:
        return given
    if settings.frozen_set:
        return Path(settings.frozen_set)
    here = Path(__file__).resolve().parents[3] / IN_CHECKOUT
    return here if here.exists() else None


def required(settings: "Settings", given: Path | None) -> Path:
    """Like ``path_of``, but raises ConfigError when there is none."""
    path = path_of(settings, given)
    if path is None:
        raise ConfigError(
            f"no frozen set: this installation has no {IN_CHECKOUT}. Name a file of graded JSON lines (id, title, "
            f"text, {', '.join(TOPICS)}) with --frozen or in the setting 'frozen_set'; without one none is promoted."
        )
    return path


def load(path: Path) -> tuple[FrozenArticle, ...]:
    """Read the set; raises ConfigError with the line for what is no graded article, or when a topic is not in it."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ConfigError(
            f"cannot read the frozen set {path}: {error.strerror}. Check the path and its rights."
        ) from error
    found = tuple(_article(path, number, line) for number, line in enumerate(lines, 1) if line.strip())
    for at, topic in enumerate(TOPICS):
        if not any(item.grades[at] == max(GRADES) for item in found):
            raise ConfigError(
                f"the frozen set {path} has no article about {topic} (grade 2) among its {len(found)}: "
                "a candidate that misses them all would not be noticed. Add some."
            )
    return found


def named(path: Path) -> str:
    """File name and the beginning of its hash, so that figures say on which articles they were measured."""
    return f"{path.name}@{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


def _article(path: Path, number: int, line: bytes) -> FrozenArticle:
    from monitor.cli.analyze import from_row

    try:
        row: Any = json.loads(line)
        article = from_row(row, number)
        grades = tuple(row[topic] for topic in TOPICS)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ConfigError(
            f"{path}, line {number}: {type(error).__name__}: {error}. Each line must be an object with id, title, text "
            f"and a grade for {' and '.join(TOPICS)}."
        ) from error
    if any(grade not in GRADES or isinstance(grade, bool) for grade in grades):
        raise ConfigError(
            f"{path}, line {number}: the grades are {grades}; each must be 0, 1 (ambiguous) or 2 (about it)."
        )
    return FrozenArticle(article=article, grades=grades)
