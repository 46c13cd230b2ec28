"""Which weights are in use, loaded: those that are set, promoted or shipped, and the readers of other languages.

Apart from ``wiring``, because a command that reads one text need not load databases, feed parsers and fetchers.
"""

import logging
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.config import Settings
from monitor.errors import ConfigError, ModelError
from monitor.extract.language import LANGUAGES, MEANT
from monitor.jobs import pointer
from monitor.records.board.classifier import ModelCard
from monitor.records.feedback import Candidate
from monitor.records.findings import TOPICS
from monitor.understand import card as cards
from monitor.understand.extraction import extracted, extracted_from_matches
from monitor.understand.folder import shipped_folder
from monitor.understand.model import Classifier, OnnxClassifier
from monitor.understand.reader import Reader
from monitor.understand.route_loading import load
from monitor.understand.routes import Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChoice:
    """Which of our models is in use while the setting ``model`` is empty, and what was wrong when it is a fallback."""

    folder: Path
    name: str = ""
    """The promoted model's name; empty for the shipped one."""
    problem: str = ""


def live_choice(settings: Settings) -> LiveChoice:
    """Return the promoted model, whole as it was promoted, else the shipped one."""
    models_folder = Path(settings.models_folder)
    try:
        live = pointer.read(models_folder)
        if live is not None:
            return LiveChoice(folder=pointer.usable(models_folder, live), name=live.name)
    except ModelError as error:
        return LiveChoice(folder=shipped_folder(), problem=str(error))
    return LiveChoice(folder=shipped_folder())


def card(settings: Settings) -> ModelCard:
    """What came with the model in use, without loading it; what of it cannot be read is named."""
    if settings.model:
        return cards.read(Path(settings.model))
    choice = live_choice(settings)
    return cards.read(choice.folder, problem=choice.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The model in use, and what was wrong with the promoted one when it is a fallback."""

    classifier: Classifier
    problem: str = ""


def with_all_cores(settings: Settings) -> Settings:
    """The settings with a model session per core, for a command beside which nothing else runs."""
    return settings.model_copy(update={"model_sessions": max(settings.model_sessions, min(16, os.cpu_count() or 1))})


def classifier(settings: Settings) -> Classifier:
    """Load the model in use: the one that the settings name, else the promoted one, else the shipped one."""
    return loaded(settings).classifier


def loaded(settings: Settings) -> Loaded:
    """Load the model in use, and keep what was wrong when the promoted one cannot be."""
    if settings.model:
        return Loaded(classifier=_named(settings))
    choice = live_choice(settings)
    if not choice.name:
        if choice.problem:
            _fell_back(choice.problem)
        return Loaded(classifier=folder_classifier(settings, choice.folder), problem=choice.problem)
    try:
        return Loaded(classifier=folder_classifier(settings, choice.folder))
    except ModelError as error:
        # Whole as it was promoted, and still of no use: made for another version of the program.
        _fell_back(str(error))
        return Loaded(classifier=folder_classifier(settings, shipped_folder()), problem=str(error))


def _fell_back(problem: str) -> None:
    # Not structlog: before a daemon sets it up that writes to stdout, where commands print their answers.
    logging.getLogger(__name__).error("the promoted model cannot be used; the SHIPPED one works instead: %s", problem)


def folder_classifier(settings: Settings, folder: Path) -> Classifier:
    """Load the model in one folder of ours, with the sessions and thresholds that are set."""
    if wrong := set(settings.thresholds) - set(TOPICS):
        raise ConfigError(f"setting 'thresholds' names {sorted(wrong)}, which are no topics. Use {list(TOPICS)}.")
    return OnnxClassifier(
        folder, sessions=settings.model_sessions, thresholds=settings.thresholds, device=settings.model_device
    )


def _named(settings: Settings) -> Classifier:
    """Load the folder or, with the torch extra, the transformers model that the setting ``model`` names."""
    folder = Path(settings.model)
    if (folder / "labels.json").exists():
        return folder_classifier(settings, folder)
    if folder.is_absolute() and not folder.exists():
        raise ModelError(f"the model folder {folder} does not exist. Mend the setting 'model', or leave it empty.")
    from monitor.understand.brought import BroughtClassifier

    return BroughtClassifier(settings.model, thresholds=settings.thresholds)


def candidate_reader(settings: Settings, candidate: Candidate) -> Reader:
    """Load a candidate; raises ModelError when its weights are not those that were registered."""
    folder = Path(settings.models_folder) / candidate.folder
    if dict(pointer.sums(folder))["model.onnx"] != candidate.sha256:
        raise ModelError(f"{folder}/model.onnx is not the file that was trained as {candidate.name!r}. Train anew.")
    return Reader(folder_classifier(settings, folder))


def routes(
    settings: Settings,
    model: Classifier | None = None,
    *,
    every_article: bool = False,
    patience: float = math.inf,
    stopping: Callable[[], bool] = lambda: False,
) -> Routes:
    """Load what every language with a route is read by: translators, classifiers of their own, and the model.

    Quotes, events and aid steps are told of matches; of ``every_article`` where that is asked for.

    Raises ConfigError for a language that is never told, ModelError for what cannot be loaded.
    """
    for code in set(settings.languages) - set(LANGUAGES):
        meant = MEANT.get(code)
        hint = f"Did you mean {meant!r}?" if meant else f"Use one of {', '.join(LANGUAGES)}."
        raise ConfigError(f"setting 'languages' names {code!r}, a language that no text is recognised as. {hint}")
    parts = load(settings.languages, stopping=stopping)
    return Routes(
        Reader(model or classifier(settings)),
        translators=parts.translators,
        readers=parts.readers,
        glossed=parts.glossed,
        extract=extracted if every_article else extracted_from_matches,
        patience=patience,
    )
