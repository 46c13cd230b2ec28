"""``monitor model shadow``: a candidate beside the model in use, on stored articles and on labels."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.model.inventory import in_use
from monitor.cli.model.promote import known
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.articles import Article
    from monitor.records.feedback import Candidate, Disagreement, JudgedArticle, Shift
    from monitor.records.findings import Findings

MOST_SHOWN = 30


@click.command("shadow")
@click.argument("name")
@click.option(
    "--days", default=7.0, show_default=True, type=click.FloatRange(0, 36500), help="Articles of so many days."
)
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(0, 100_000), help="Articles at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with every disagreement.")
@click.pass_obj
def shadow(settings: "Settings", name: str, days: float, limit: int, as_json: bool) -> None:
    """Score the candidate NAME beside the model in use; nothing is stored and no match is touched.

    Both read the newest stored articles and the labelled ones. Shown are agreements, how far scores move, and the
    articles on which the two decide differently.
    """
    from monitor import wiring
    from monitor.pipeline.reading import is_for_the_model
    from monitor.store import Store

    live = in_use(settings)[0]
    with Store.open(settings.database_url) as store:
        candidate = known(store, name)
        if name == live:
            raise ConfigError(f"{name} is the model in use: beside itself it shows nothing. See `monitor model list`.")
        since = wiring.utc_now() - timedelta(days=days)
        stored = [row.as_read for row in store.candidates.recent_articles(since=since, limit=limit)]
        recent = [article for article in stored if is_for_the_model(article)]
        judged = [item for item in store.labels.judged() if is_for_the_model(item.article)]
    found = _beside(settings, candidate, recent, judged)
    found |= {"candidate": name, "live": live, "days": days}
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False, default=asdict))
    else:
        _show(found)


def _beside(
    settings: "Settings", candidate: "Candidate", recent: "Sequence[Article]", judged: "Sequence[JudgedArticle]"
) -> dict[str, Any]:
    from monitor import weights
    from monitor.jobs import weighing
    from monitor.understand.reader import Reader

    many = weights.with_all_cores(settings)
    texts = [*recent, *(item.article for item in judged)]
    new = _understood(weights.candidate_reader(many, candidate), texts)
    old = _understood(Reader(weights.classifier(many)), texts)
    cut = len(recent)
    said = {(item.article.id, topic): grade for item in judged for topic, grade in item.grades}
    return {
        "articles": cut,
        "shifts": weighing.shifts(old[:cut], new[:cut]),
        "disagreements": weighing.disagreements(recent, old[:cut], new[:cut], said),
        "judged": weighing.judgements(judged),
        "judged_right_live": weighing.right(judged, old[cut:]),
        "judged_right_candidate": weighing.right(judged, new[cut:]),
        "judged_disagreements": weighing.disagreements(texts[cut:], old[cut:], new[cut:], said),
    }


def _understood(reader: Any, texts: "Sequence[Article]") -> "list[Findings]":
    try:
        found: list[Findings] = reader.understand(texts)
        return found
    finally:
        reader.close()


def _show(found: dict[str, Any]) -> None:
    from monitor.cli import show

    click.echo(f"{found['candidate']} beside {found['live']}: {found['articles']} articles of {found['days']:g} days")
    shifts: Sequence[Shift] = found["shifts"]
    columns = ("topic", "both match", "neither", "only live", "only candidate", "mean shift", "mean |shift|", "largest")
    show.as_table(
        columns,
        [
            (
                row.topic,
                row.both,
                row.neither,
                row.only_live,
                row.only_candidate,
                f"{row.mean:+.4f}",
                f"{row.mean_absolute:.4f}",
                f"{row.largest:.4f}",
            )
            for row in shifts
        ],
    )
    click.echo(
        f"Labels: of {found['judged']} judgements the live model decides {found['judged_right_live']} as the people "
        f"did, the candidate {found['judged_right_candidate']}."
    )
    apart: list[Disagreement] = [*found["disagreements"]]
    apart += [row for row in found["judged_disagreements"] if row not in apart]
    if apart:
        names = ("article", "topic", "live", "candidate", "matches now", "people say", "title")
        show.as_table(names, [_row(row) for row in apart[:MOST_SHOWN]])
    if not found["articles"]:
        click.echo("No article was published in these days; --days looks further back.", err=True)
    if len(apart) > MOST_SHOWN:
        click.echo(f"{len(apart) - MOST_SHOWN} more disagreements; --json shows all.", err=True)


def _row(row: "Disagreement") -> tuple[object, ...]:
    people = {None: "", 0: "no", 2: "yes"}[row.person]
    now = f"{'yes' if row.candidate_matches else 'no'}, was {'no' if row.candidate_matches else 'yes'}"
    return row.article_id, row.topic, f"{row.live:.3f}", f"{row.candidate:.3f}", now, people, row.title
