"""``monitor model card|list``: the model in use, and every model trained from feedback."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.config import Settings
    from monitor.records.feedback import Candidate, Tally

SHIPPED = "shipped"


@click.command("card")
@click.pass_obj
def card(settings: "Settings") -> None:
    """Print the card of the model in use: data, training, figures, limits."""
    from monitor import weights
    from monitor.errors import ModelError

    folder = Path(settings.model) if settings.model else weights.live_choice(settings).folder
    path = folder / "CARD.md"
    if not path.exists():
        raise ModelError(f"{path} does not exist: this model came without a card.")
    click.echo(path.read_text(encoding="utf-8"))


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def list_(settings: "Settings", as_json: bool) -> None:
    """Show every model trained from feedback, the newest first, and which model is in use."""
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.candidates.all()
    used, problem = in_use(settings)
    if as_json:
        rows = [asdict(candidate) for candidate in found]
        click.echo(json.dumps({"in_use": used, "problem": problem, "models": rows}, indent=2, default=_plain))
        return
    columns = ("in use", "model", "state", "made (UTC)", "labels", "judged right", "frozen set", "promoted (UTC)")
    first = ("*" if used == SHIPPED else "", SHIPPED, "", None, None, "", "", None)
    show.as_table(columns, [*(_row(candidate, used) for candidate in found), first])
    if used not in {SHIPPED, *(candidate.name for candidate in found)}:
        click.echo(f"In use: {used}", err=True)
    if problem:
        click.echo(f"monitor: {problem}", err=True)
    for line in (*_apart(found, used), *_older(found, used)):
        click.echo(f"monitor: {line}", err=True)


def in_use(settings: "Settings") -> tuple[str, str]:
    """Return the name of the model in use, and what is wrong when it is a fallback."""
    from monitor import weights

    if settings.model:
        return f"{settings.model} (the setting 'model')", ""
    choice = weights.live_choice(settings)
    return choice.name or SHIPPED, choice.problem


def shown(tallies: "Sequence[Tally]") -> str:
    """Tallies in one cell: what of those said was right, what of those about it was found."""
    return ", ".join(f"{tally.name} P {tally.right}/{tally.said} R {tally.right}/{tally.about}" for tally in tallies)


def _row(candidate: "Candidate", used: str) -> tuple[object, ...]:
    figures = candidate.figures
    return (
        "*" if candidate.name == used else "",
        candidate.name,
        candidate.state.value,
        candidate.made_at,
        candidate.labels,
        f"{figures.judged_right_before} -> {figures.judged_right} of {figures.judged}",
        shown(figures.frozen[-1:]) or "not measured",
        candidate.promoted_at,
    )


def _apart(found: "Sequence[Candidate]", used: str) -> list[str]:
    """Say so when table and pointer name different models: a promotion was cut off, or another database made it."""
    from monitor.records.feedback import CandidateState

    live = next((candidate.name for candidate in found if candidate.state is CandidateState.LIVE), SHIPPED)
    known = {SHIPPED, *(candidate.name for candidate in found)}
    if live == used or used not in known:
        return []
    return [
        f"the database says that {live} is live, live.json says {used}, and that counts. Promote or roll back again."
    ]


def _older(found: "Sequence[Candidate]", used: str) -> list[str]:
    """Say so when the model in use was taught on other weights than those that the program brings now."""
    from monitor.understand.folder import load_labels, shipped_folder, verified_hash

    parent = next((candidate.parent for candidate in found if candidate.name == used), None)
    if parent is None:
        return []
    folder = shipped_folder()
    shipped = f"{load_labels(folder).name}@{verified_hash(folder)[:12]}"
    if parent == shipped:
        return []
    return [
        f"{used} was trained from {parent}; the shipped model is {shipped}. `monitor model train --from-feedback` "
        "teaches that one the same labels; `monitor model rollback` uses it as it is."
    ]


def _plain(value: object) -> str:
    from datetime import datetime

    return value.isoformat() if isinstance(value, datetime) else str(value)
