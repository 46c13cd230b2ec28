"""``monitor label``: a person's judgement on an article, for the next model to learn from."""

import getpass
from typing import TYPE_CHECKING

import click

from monitor.records.feedback import Verdict
from monitor.records.findings import TOPICS

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.feedback import Judgement, Label
    from monitor.store import Store

LONGEST_NUMBER = 40
LONGEST_TITLE = 60


@click.command("label")
@click.argument("article", required=False)
@click.argument("verdict", required=False, type=click.Choice([verdict.value for verdict in Verdict]))
@click.option("--topic", type=click.Choice(TOPICS), help="The topic that is judged; else those the article matches.")
@click.option("--to", "to_topic", type=click.Choice(TOPICS), help="For wrong-topic: what it is about instead.")
@click.option("--by", "person", help="Who judges; else the name you are logged in as.")
@click.option("--note", default="", help="Why, in a few words.")
@click.option("--list", "listed", is_flag=True, help="Show the labels that stand, the newest first.")
@click.option("--undo", type=click.IntRange(1), metavar="ID", help="Take back the label with that number.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array of labels.")
@click.pass_obj
def command(
    settings: "Settings",
    article: str | None,
    verdict: str | None,
    topic: str | None,
    to_topic: str | None,
    person: str | None,
    note: str,
    listed: bool,
    undo: int | None,
    as_json: bool,
) -> None:
    """Say whether ARTICLE (its number or address) is about a topic: keep, reject, or wrong-topic.

    Without --topic the topics that it matches are meant. `keep --topic` on an article that did not match marks a miss.
    A new judgement of the same person takes the place of the old one, which stays in the table. `monitor model train
    --from-feedback` learns from what stands.
    """
    from monitor.store import Store

    _one_thing(article, verdict, listed, undo)
    if to_topic and verdict != Verdict.WRONG_TOPIC.value:
        raise click.UsageError("--to goes with wrong-topic only: it says what the article is about instead.")
    with Store.open(settings.database_url) as store:
        if article is not None and verdict is not None:
            found = _add(store, _judgement(article, verdict, topic, to_topic, person, note))
        elif undo is not None:
            found = _undo(store, undo)
        else:
            found = store.labels.live()
    _show(found, listed=listed, as_json=as_json)


def _one_thing(article: str | None, verdict: str | None, listed: bool, undo: int | None) -> None:
    asked = (article is not None, listed, undo is not None)
    if sum(asked) != 1:
        raise click.UsageError("Give ARTICLE and keep, reject or wrong-topic; or --list; or --undo ID.")
    if article is not None and verdict is None:
        raise click.UsageError(f"What about {article}? Add keep, reject or wrong-topic.")


def _judgement(
    article: str, verdict: str, topic: str | None, to_topic: str | None, person: str | None, note: str
) -> "Judgement":
    from monitor.records.feedback import Judgement

    return Judgement(
        article=_article(article),
        verdict=Verdict(verdict),
        person=person if person is not None else _login(),
        topic=topic,
        to_topic=to_topic,
        note=note,
    )


def _article(given: str) -> int | str:
    """A number, or an address; what is too long for a number is called an address, and leads to nothing."""
    number = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER
    return int(given) if number else given


def _login() -> str:
    from monitor.errors import ConfigError

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise ConfigError(f"this user has no login name ({error}). Say with --by who judges.") from error


def _add(store: "Store", judgement: "Judgement") -> "tuple[Label, ...]":
    from monitor.wiring import utc_now

    return store.labels.add(judgement, now=utc_now())


def _undo(store: "Store", label_id: int) -> "tuple[Label, ...]":
    from monitor.wiring import utc_now

    return (store.labels.undo(label_id, now=utc_now()),)


def _show(found: "tuple[Label, ...]", *, listed: bool, as_json: bool) -> None:
    from monitor.cli import show

    if as_json:
        show.as_json(found)
    elif listed:
        if not found:
            click.echo("monitor: no label yet. `monitor label ARTICLE keep|reject` stores one.", err=True)
            return
        columns = ("label", "made (UTC)", "article", "topic", "verdict", "model said", "by", "title", "note")
        show.as_table(columns, map(_row, found))
    else:
        for label in found:
            click.echo(_sentence(label))


def _row(label: "Label") -> tuple[object, ...]:
    from monitor.text import shorten

    return (
        label.id,
        label.labelled_at.date(),
        label.article_id,
        label.topic,
        _verdict(label),
        _said(label),
        label.person,
        shorten(label.title, LONGEST_TITLE),
        label.note,
    )


def _sentence(label: "Label") -> str:
    from monitor.text import one_line

    end = " is taken back" if label.undone_at is not None else ""
    title = one_line(label.title)
    return (
        f"label {label.id}{end}: article {label.article_id} “{title}”, {label.topic}: {_verdict(label)} "
        f"by {one_line(label.person)} (model: {_said(label)})"
    )


def _verdict(label: "Label") -> str:
    return f"{label.verdict.value}, is {label.to_topic}" if label.to_topic else label.verdict.value


def _said(label: "Label") -> str:
    """What the model said then, and whether the person found it wrong."""
    if label.score is None:
        return "not analysed yet"
    about = label.verdict is Verdict.KEEP
    wrong = "" if about == label.matched else ", miss" if about else ", false alarm"
    return f"{label.score:.2f}{wrong}"
