"""``monitor model promote|rollback``: let a candidate in when it does no worse on the frozen set, and the way back."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.model import frozen
from monitor.cli.model.inventory import SHIPPED
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.config import Settings
    from monitor.jobs.pointer import LiveModel
    from monitor.records.feedback import Candidate, Figures, FrozenArticle, Tally
    from monitor.store import Store
    from monitor.understand.reader import Reader

RESTART = "A running daemon keeps the model it has loaded: restart it."


@click.command("promote")
@click.argument("name")
@click.option(
    "--frozen",
    "frozen_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Frozen set, in place of the setting.",
)
@click.pass_obj
def promote(settings: "Settings", name: str, frozen_path: Path | None) -> None:
    """Make the candidate NAME the model in use, if it does no worse.

    Both models are measured on the frozen set. Neither precision nor recall, of any topic or of the match, may fall; a
    tie is allowed. Exit status 1 when the candidate is refused.
    """
    from dataclasses import replace

    from monitor import weights
    from monitor.jobs.weighing import falls
    from monitor.store import Store

    _only_when_it_counts(settings)
    path = frozen.required(settings, frozen_path)
    articles = frozen.load(path)
    with Store.open(settings.database_url) as store:
        candidate = known(store, name)
        before = weights.live_choice(settings)
        if before.name == name:
            _catch_up(store, candidate)
            click.echo(f"{name} is in use already.")
            return
        live, new = measured_both(settings, candidate, articles)
        click.echo(f"{name} beside {before.name or SHIPPED} on {len(articles)} articles of {frozen.named(path)}")
        _show_both(live, new)
        if worse := falls(live, new):
            click.echo(
                f"{name} stays out: {'; '.join(worse)}. "
                "Label more articles of that kind, or train with fewer --epochs.",
                err=True,
            )
            sys.exit(1)
        figures = replace(candidate.figures, frozen_set=frozen.named(path), frozen_before=live, frozen=new)
        _switch(settings, store, candidate, figures, before.name or None)
    click.echo(f"{name} is the model in use now, in place of {before.name or SHIPPED}. {RESTART}")


@click.command("rollback")
@click.pass_obj
def rollback(settings: "Settings") -> None:
    """Return to the model that was in use before the last promotion."""
    from monitor import wiring
    from monitor.jobs import pointer
    from monitor.store import Store

    _only_when_it_counts(settings)
    folder = Path(settings.models_folder)
    with Store.open(settings.database_url) as store:
        current = _current(store, folder)
        if current is None:
            raise ConfigError("the shipped model is in use: there is no promotion to take back.")
        chosen, skipped = _before(store, folder, current)
        for problem in skipped:
            click.echo(f"monitor: passed over: {problem}", err=True)
        pointer.write(folder, chosen)
        store.candidates.go_back(chosen.name if chosen else None, now=wiring.utc_now())
    click.echo(f"{chosen.name if chosen else SHIPPED} is the model in use again, in place of {current}. {RESTART}")


def known(store: "Store", name: str) -> "Candidate":
    """Return the candidate of that name; raises ConfigError that lists those there are."""
    candidate = store.candidates.get(name)
    if candidate is None:
        names = ", ".join(each.name for each in store.candidates.all()[:5])
        raise ConfigError(
            f"there is no model {name!r} in {store.name}. "
            + (f"The newest are: {names}." if names else "`monitor model train --from-feedback` makes one.")
        )
    return candidate


def measured_both(
    settings: "Settings", candidate: "Candidate", articles: "Sequence[FrozenArticle]"
) -> "tuple[tuple[Tally, ...], tuple[Tally, ...]]":
    """Tallies of the model in use and of the candidate on the same articles."""
    from monitor import weights
    from monitor.understand.reader import Reader

    many = weights.with_all_cores(settings)
    new = measured(weights.candidate_reader(many, candidate), articles)
    return measured(Reader(weights.classifier(many)), articles), new


def measured(reader: "Reader", articles: "Sequence[FrozenArticle]") -> "tuple[Tally, ...]":
    """Tallies of one model, which is closed afterwards."""
    from monitor.jobs.weighing import tallies

    try:
        return tallies(articles, reader.understand([item.article for item in articles]))
    finally:
        reader.close()


def _show_both(live: "Sequence[Tally]", candidate: "Sequence[Tally]") -> None:
    """Print the figures of both with the counts behind them."""
    from monitor.cli import show

    columns = ("", "graded", "about it", "precision live", "candidate", "recall live", "candidate")
    show.as_table(
        columns,
        [
            (
                before.name,
                before.n,
                before.about,
                _share(before.right, before.said),
                _share(after.right, after.said),
                _share(before.right, before.about),
                _share(after.right, after.about),
            )
            for before, after in zip(live, candidate, strict=True)
        ],
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else f"none ({part}/0)"


def _only_when_it_counts(settings: "Settings") -> None:
    if settings.model:
        raise ConfigError(
            f"the setting 'model' names {settings.model!r}, and it wins over any promotion. Empty it first; "
            "then promote or roll back."
        )


def _catch_up(store: "Store", candidate: "Candidate") -> None:
    """Write the history down when a promotion was cut off after the pointer was."""
    from monitor import wiring
    from monitor.records.feedback import CandidateState

    if candidate.state is not CandidateState.LIVE:
        live = next((each.name for each in store.candidates.all() if each.state is CandidateState.LIVE), None)
        store.candidates.promote(candidate.name, candidate.figures, replaces=live, now=wiring.utc_now())


def _switch(
    settings: "Settings", store: "Store", candidate: "Candidate", figures: "Figures", replaces: str | None
) -> None:
    """Pointer first, for it decides; put back when the history cannot be written."""
    from monitor import wiring
    from monitor.errors import ModelError
    from monitor.jobs import pointer

    folder = Path(settings.models_folder)
    try:
        old = pointer.read(folder)
    except ModelError:
        old = None
    pointer.write(folder, _pointed(folder, candidate))
    try:
        store.candidates.promote(candidate.name, figures, replaces=replaces, now=wiring.utc_now())
    except MonitorError:
        pointer.write(folder, old)
        raise


def _pointed(folder: Path, candidate: "Candidate") -> "LiveModel":
    from monitor.jobs import pointer

    return pointer.LiveModel(name=candidate.name, folder=candidate.folder, sums=pointer.sums(folder / candidate.folder))


def _current(store: "Store", folder: Path) -> str | None:
    """The promoted model, by the pointer; by the history when the pointer is damaged."""
    from monitor.errors import ModelError
    from monitor.jobs import pointer
    from monitor.records.feedback import CandidateState

    try:
        live = pointer.read(folder)
    except ModelError:
        found = store.candidates.all()
        return next((each.name for each in found if each.state is CandidateState.LIVE), "a damaged live.json")
    return live.name if live else None


def _before(store: "Store", folder: Path, current: str) -> "tuple[LiveModel | None, list[str]]":
    """Walk back to the first model before ``current`` whose files are whole; None is the shipped one."""
    from monitor.errors import ModelError

    skipped: list[str] = []
    for row in _predecessors(store, current):
        try:
            found = _pointed(folder, row)
        except ModelError as error:
            skipped.append(f"{row.name}: {error}")
            continue
        if dict(found.sums)["model.onnx"] == row.sha256:
            return found, skipped
        skipped.append(f"{row.name}: its weights in {folder / row.folder} are not those that were trained")
    return None, skipped


def _predecessors(store: "Store", current: str) -> "Iterator[Candidate]":
    """Models promoted before ``current``, each the one that the last took the place of.

    One that was promoted again later than the model it stands before is passed over, or two rollbacks would lead
    forward again.
    """
    row = store.candidates.get(current)
    seen, promoted_at = {current}, row.promoted_at if row else None
    while row is not None and row.replaces is not None and row.replaces not in seen:
        seen.add(row.replaces)
        row = store.candidates.get(row.replaces)
        if row is not None and row.promoted_at and promoted_at and row.promoted_at < promoted_at:
            promoted_at = row.promoted_at
            yield row
