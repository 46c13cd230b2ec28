"""``monitor ladder``: where each weapon's decision stands, with the sentence that says so."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.chronicle import LadderStep, Rung


@click.command("ladder")
@click.option("--item", help="Only this weapon or package, by a part of its name.")
@click.option("--donor", help="Only this donor.")
@click.option("--recipient", help="Only this recipient.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, with each rung's whole history.")
@click.pass_obj
def command(settings: "Settings", item: str | None, donor: str | None, recipient: str | None, as_json: bool) -> None:
    """Show the rung that each weapon from each donor has reached, and how it came there.

    requested, considered, announced, approved, delivered, in use; refused and paused are steps down. A step needs a
    sentence that says it, and who says it.
    """
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.chronicle.ladder(item=item, donor=donor, recipient=recipient)
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: no aid step in the store yet, or none that fits the options.", err=True)
    elif sys.stdout.isatty():
        for rung in found:
            _show(rung)
    else:
        _table(found)


def _table(found: "tuple[Rung, ...]") -> None:
    from monitor.cli import show

    show.as_table(
        ("item", "donor", "recipient", "step", "firmness", "since (UTC)", "origins", "steps", "said by", "evidence",
         "outlet", "address"),
        [
            (
                rung.item, rung.donor, rung.recipient, rung.step, rung.firmness, rung.since, rung.origins,
                " > ".join(told.step.step for told in rung.history),
                rung.history[-1].step.by if rung.history else "",
                rung.history[-1].step.evidence.text if rung.history else "",
                rung.history[-1].source.outlet if rung.history else "",
                rung.history[-1].source.url if rung.history else "",
            )
            for rung in found
        ],
    )  # fmt: skip


def _show(rung: "Rung") -> None:
    from monitor.cli.chronicle import told
    from monitor.text import one_line

    way = f"{rung.donor or 'donor not named'} → {rung.recipient}"
    firm = rung.firmness.replace("_", " ")
    click.echo(f"{told.word(rung.step, 11)} {click.style(one_line(rung.item), bold=True)}  {one_line(way)}")
    click.echo(told.dim(f"{' ' * 12}since {rung.since:%d %b %Y %H:%M}, {firm}, {_origins(rung.origins)}"))
    for step in rung.history:
        click.echo(f"{' ' * 12}{_line(step, down=step in rung.regressions)}")
    click.echo()


def _origins(number: int) -> str:
    return "1 origin" if number == 1 else f"{number} origins"


def _line(step: "LadderStep", *, down: bool) -> str:
    from monitor.cli.chronicle import told

    sign = click.style("↓", fg="red") if down else "·"
    manner = f" ({step.step.manner})" if step.step.manner else ""
    name = f"{step.step.by}: " if step.step.by else ""
    said = f"{name}{told.quoted(step.step.evidence.text)} {told.dim(told.by(step.source))}"
    return f"{sign} {step.source.published:%d %b} {told.word(step.step.step)}{manner}  {said}"
