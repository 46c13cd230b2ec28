"""``monitor model train``: a candidate from people's labels, beside the weights it started from."""

import re
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.model import frozen
from monitor.cli.model.inventory import SHIPPED, shown
from monitor.cli.model.promote import measured
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import Settings
    from monitor.records.feedback import Candidate, Figures, FrozenArticle, JudgedArticle
    from monitor.store import Store

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
EXTRA = ("torch", "onnx")


@click.command("train")
@click.option("--from-feedback", is_flag=True, help="Learn from the stored labels; the only way here.")
@click.option(
    "--frozen",
    "frozen_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Frozen set, in place of the setting.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write; its name is the model's."
)
@click.option(
    "--epochs",
    default=4.0,
    show_default=True,
    type=click.FloatRange(0, 100, min_open=True),
    help="Passes over the labels.",
)
@click.option(
    "--seed", default=13, show_default=True, type=int, help="What chance begins with: the same gives the same."
)
@click.pass_obj
def train(
    settings: "Settings", from_feedback: bool, frozen_path: Path | None, out: Path | None, epochs: float, seed: int
) -> None:
    """Train a candidate from the labels that `monitor label` stored, measure it and register it.

    It starts from the shipped weights, or from the folder that the setting 'model' names. Needs the train extra and a
    checkout of the repository. The candidate decides nothing until it is promoted.
    """
    from monitor import wiring
    from monitor.store import Store

    if not from_feedback:
        raise click.UsageError("Say --from-feedback. `make model` in a checkout rebuilds the shipped weights.")
    parent = _parent(settings)
    path = frozen.path_of(settings, frozen_path)
    articles = frozen.load(path) if path else ()
    with Store.open(settings.database_url) as store:
        now = wiring.utc_now()
        folder = out or Path(settings.models_folder) / f"feedback-{now:%Y%m%d-%H%M%S}"
        _free(folder, store.candidates.get(folder.name) is not None)
        judged = _learnable(store.labels.judged(), articles)
        # After the labels: nobody installs gigabytes to hear that there is nothing to learn.
        _installed()
        lesson = _Lesson(settings, parent, folder, judged, articles, epochs, seed)
        figures = lesson.made(frozen.named(path) if path else "")
        _register(store, lesson.candidate(figures, now), folder)
    _tell(folder, figures)


def _register(store: "Store", candidate: "Candidate", folder: Path) -> None:
    """Write the candidate down; a folder that nothing knows of is taken away again."""
    try:
        store.candidates.add(candidate)
    except MonitorError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


class _Lesson:
    """One training: from the labels to a folder that is whole, or no folder at all."""

    def __init__(
        self,
        settings: "Settings",
        parent: Path,
        folder: Path,
        judged: "Sequence[JudgedArticle]",
        articles: "Sequence[FrozenArticle]",
        epochs: float,
        seed: int,
    ) -> None:
        from monitor import weights

        self._settings, self._parent, self._folder = weights.with_all_cores(settings), parent, folder
        self._judged, self._articles, self._epochs, self._seed = judged, articles, epochs, seed
        self._parent_name = ""

    def made(self, frozen_set: str) -> "Figures":
        """Train beside the final place, measure, and move the folder there."""
        scratch = self._folder.with_name(f".{self._folder.name}.part")
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            scratch.mkdir(parents=True)
            figures = self._measured(scratch, self._trained(scratch), frozen_set)
            (scratch / "CARD.md").write_text(_card(self._folder.name, self._parent_name, figures), encoding="utf-8")
            scratch.rename(self._folder)
        except OSError as error:
            raise ConfigError(
                f"cannot write the model {self._folder}: {error}. Name another folder with --out."
            ) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return figures

    def candidate(self, figures: "Figures", now: "datetime") -> "Candidate":
        """Return the row to register."""
        from monitor.jobs import pointer
        from monitor.records.feedback import Candidate, CandidateState

        return Candidate(
            name=self._folder.name,
            folder=pointer.stored_as(Path(self._settings.models_folder), self._folder),
            sha256=dict(pointer.sums(self._folder))["model.onnx"],
            state=CandidateState.CANDIDATE,
            parent=self._parent_name,
            labels=sum(item.labels for item in self._judged),
            made_at=now,
            figures=figures,
        )

    def _trained(self, scratch: Path) -> int:
        recipe = _recipe()
        plan = recipe.Plan(seed=self._seed, epochs=self._epochs)
        known = recipe.rehearsal(
            max(64, 4 * len(self._judged)), self._seed, without=[item.article for item in self._articles]
        )
        click.echo(f"{len(self._judged)} judged articles, {len(known)} to rehearse", err=True)
        steps: int = recipe.make(self._parent, self._judged, known, scratch, self._folder.name, plan, report=_progress)
        return steps

    def _measured(self, scratch: Path, steps: int, frozen_set: str) -> "Figures":
        from monitor.jobs.weighing import judgements
        from monitor.records.feedback import Figures

        right_before, frozen_before, self._parent_name = self._decided(self._parent)
        right, after, _ = self._decided(scratch)
        return Figures(
            steps=steps,
            seed=self._seed,
            judged=judgements(self._judged),
            judged_right_before=right_before,
            judged_right=right,
            frozen_set=frozen_set,
            frozen_before=frozen_before,
            frozen=after,
        )

    def _decided(self, folder: Path) -> Any:
        from monitor import weights
        from monitor.jobs.weighing import right
        from monitor.understand.reader import Reader

        reader = Reader(weights.folder_classifier(self._settings, folder))
        count = right(self._judged, reader.understand([item.article for item in self._judged]))
        if self._articles:
            return count, measured(reader, self._articles), reader.model
        reader.close()
        return count, (), reader.model


def _installed() -> None:
    """Raise ConfigError that says what is missing and how to get it, before anything slow is begun."""
    if missing := [package for package in EXTRA if find_spec(package) is None]:
        raise ConfigError(
            f"training needs packages that are not installed: {', '.join(missing)}. "
            "In a checkout of the repository: pip install -e '.[train]'"
        )


def _recipe() -> Any:
    try:
        from models.recipe import candidate
    except ImportError as error:
        raise ConfigError(
            f"training needs the recipe of a checkout, and this program runs without one ({error}). Clone the "
            "repository, there `pip install -e '.[train]'`, and run `monitor model train` of that installation."
        ) from error
    return candidate


def _parent(settings: "Settings") -> Path:
    """Return the folder to start from, its weights whole; raises ConfigError or ModelError."""
    from monitor.understand.folder import shipped_folder, verified_hash

    folder = Path(settings.model) if settings.model else shipped_folder()
    if not (folder / "labels.json").exists():
        raise ConfigError(
            f"the setting 'model' names {settings.model!r}, which is no model folder of this program, and only such "
            "weights can learn from labels. Empty the setting to start from the shipped model."
        )
    verified_hash(folder)
    return folder


def _free(folder: Path, registered: bool) -> None:
    if not NAME.fullmatch(folder.name) or folder.name == SHIPPED:
        raise ConfigError(
            f"{folder.name!r} is no name for a model: letters, digits, points, hyphens, 80 at most. Mend --out."
        )
    if registered or folder.exists():
        what = "a model of that name is registered" if registered else "the folder exists"
        raise ConfigError(f"cannot make {folder}: {what}. Name another folder with --out.")


def _learnable(judged: "Sequence[JudgedArticle]", articles: "Sequence[FrozenArticle]") -> "tuple[JudgedArticle, ...]":
    """Leave out what people do not agree on, what the model never reads, and the frozen set: it must stay unseen."""
    from monitor.pipeline.reading import is_for_the_model
    from monitor.text import fingerprint

    unseen = {fingerprint(item.article.document) for item in articles}
    known = [item for item in judged if fingerprint(item.article.document) in unseen]
    if known:
        click.echo(f"{len(known)} labelled articles are in the frozen set and are not learnt from.", err=True)
    for item in judged:
        for topic in item.disputed:
            click.echo(f"article {item.article.id}: people do not agree on {topic}; it is not learnt from.", err=True)
    foreign = [item for item in judged if not is_for_the_model(item.article)]
    if foreign:
        click.echo(f"{len(foreign)} labelled articles are not in English and are not learnt from.", err=True)
    found = tuple(item for item in judged if item.grades and item not in known and item not in foreign)
    if not found:
        raise ConfigError(
            f"no label to learn from ({len(judged)} labelled articles, {len(known)} of them in the frozen set). "
            "`monitor label ARTICLE keep|reject` stores one."
        )
    return found


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _card(name: str, parent: str, figures: "Figures") -> str:
    return "\n".join(
        (
            f"# {name}",
            "",
            f"Trained from people's labels by `monitor model train --from-feedback`, starting from {parent}. Its card "
            "says what it is, how it was made and where it fails; calibration and thresholds are the same here.",
            "",
            f"- {figures.judged} judgements, {figures.steps} steps, seed {figures.seed}",
            f"- judgements decided as people did: {figures.judged_right_before} before, {figures.judged_right} after",
            f"- frozen set {figures.frozen_set or 'not measured'}",
            f"  - before: {shown(figures.frozen_before) or 'not measured'}",
            f"  - after: {shown(figures.frozen) or 'not measured'}",
            "",
        )
    )


def _tell(folder: Path, figures: "Figures") -> None:
    from monitor.jobs.weighing import falls

    click.echo(f"{folder.name} is registered as a candidate ({folder}).")
    click.echo(
        f"It decides {figures.judged_right} of the {figures.judged} judgements it learnt from as the people did, "
        f"its parent {figures.judged_right_before}."
    )
    if figures.frozen:
        click.echo(f"Frozen set before: {shown(figures.frozen_before)}")
        click.echo(f"Frozen set after:  {shown(figures.frozen)}")
        if worse := falls(figures.frozen_before, figures.frozen):
            click.echo(f"Worse than its parent there: {'; '.join(worse)}.")
    click.echo(f"Next: monitor model shadow {folder.name}; monitor model promote {folder.name}")
