"""``monitor feeds check``: the feed doctor, everything about one feed on one screen."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from monitor.cli.feeds.lines import Line, Tone, print_lines

if TYPE_CHECKING:
    from monitor.cli.feeds.examine import Examination
    from monitor.config import Settings
    from monitor.errors import FetchError
    from monitor.polling import NextPoll, PollPolicy, Rhythm
    from monitor.records.feeds import Document, ParsedFeed

_CHALLENGED = frozenset({401, 403, 406, 429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The doctor's word."""

    status: str
    """``ok``, ``doubts`` or ``unusable``."""
    text: str
    doubts: tuple[str, ...] = ()


@click.command("check")
@click.argument("url")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object: verdict, doubts, facts, and the lines as shown."
)
@click.pass_obj
def check(settings: "Settings", url: str, as_json: bool) -> None:
    """Ask for the feed at URL and tell all about it, with a verdict. Exit status 1 when it cannot be used.

    At most three requests go to its site, redirects not counted: the feed, the feed again with its validators, and
    the robots.txt of its articles. Nothing is stored.
    """
    from monitor.cli.feeds.asking import require_web
    from monitor.cli.feeds.examine import examine

    examination = examine(settings, require_web(url), now=datetime.now(UTC))
    lines = list(findings(settings, examination))
    verdict = judged(examination, lines)
    if as_json:
        click.echo(json.dumps(_as_json(examination, lines, verdict), indent=2, ensure_ascii=False))
    else:
        tone = {"ok": Tone.GOOD, "doubts": Tone.DOUBT}.get(verdict.status, Tone.BAD)
        print_lines([*lines, Line(name="verdict", text=verdict.text, tone=tone)])
    if verdict.status == "unusable":
        sys.exit(1)


def _shown(url: str) -> str:
    """The address without a password: one that has some is refused, and shown to nobody."""
    from monitor.fetch.answers import public_form

    return public_form(url) if "@" in url.partition("://")[2].partition("/")[0] else url


def findings(settings: "Settings", examination: "Examination") -> Iterator[Line]:
    """Every line of the screen but the verdict."""
    from monitor.cli.feeds.answer_facts import answer_lines
    from monitor.errors import FetchError, ParseError

    shown = _shown(examination.url)
    yield Line(name="address", text=shown, facts={"url": shown})
    answer, feed = examination.answer, examination.feed
    if isinstance(answer, FetchError):
        told = str(answer).partition(": ")[2] or str(answer)
        facts = {"error": str(answer), "error_kind": answer.kind, "status": answer.status}
        yield Line(name="answer", text=told, tone=Tone.BAD, facts=facts)
        return
    yield from answer_lines(answer, examination.again) if not isinstance(feed, ParseError) else _first(answer)
    if isinstance(feed, ParseError):
        # What to do is the verdict's to say, which knows more than the parser.
        told = (str(feed).partition(": ")[2] or str(feed)).partition(" `monitor")[0]
        yield Line(name="feed", text=told, tone=Tone.BAD, facts={"error": str(feed), "wall": examination.wall})
        if examination.wall:
            yield Line(name="page", text=examination.wall, tone=Tone.BAD)
        for offer in examination.offers[:5]:
            yield Line(name="offers", text=offer)
    elif feed is not None:
        yield from _of_feed(settings, examination, answer, feed)


def _first(document: "Document") -> Iterator[Line]:
    """The lines of an answer that was asked for once."""
    from monitor.cli.feeds.answer_facts import answer_lines

    return (line for line in answer_lines(document, None) if line.name != "validators")


def _of_feed(
    settings: "Settings", examination: "Examination", document: "Document", feed: "ParsedFeed"
) -> Iterator[Line]:
    from monitor.cli.feeds.answer_facts import wish_line
    from monitor.cli.feeds.feed_facts import feed_lines, hub_line, rhythm_bars, rhythm_lines, robots_line
    from monitor.pipeline.polling import dated
    from monitor.sources.notes import entry_notes
    from monitor.wiring import poll_policy

    now = examination.at
    # What the parser noticed of the entries, the lines below tell better.
    told = entry_notes(feed.entries, now)
    notes = tuple(note for note in feed.notes if note not in told)
    # As the polls do it: a date in the future is marked and taken as now.
    feed = replace(feed, entries=dated(feed.entries, now), notes=notes)
    rhythm, following = paced(document, feed, poll_policy(settings), now)
    yield wish_line(document, feed, following, (following.at - now).total_seconds())
    routes = {code: language.route for code, language in settings.languages.items()}
    yield from feed_lines(document, feed, routes)
    yield from filter(None, (robots_line(examination.robots), hub_line(document, feed, settings.websub_callback)))
    yield from rhythm_lines(feed.entries, rhythm, following, now)
    if sys.stdout.isatty() and (bars := rhythm_bars(rhythm)):
        yield Line(name="by hour", text=f"{bars}  0 to 23 h UTC")


def paced(document: "Document", feed: "ParsedFeed", policy: "PollPolicy", now: datetime) -> "tuple[Rhythm, NextPoll]":
    """What the dates say of the feed's rhythm, and when it would be polled next."""
    from monitor.cli.feeds.feed_facts import given
    from monitor.polling import PollFacts, Rhythm, learn, next_poll

    rhythm = learn(Rhythm(), given(feed.entries), now=now)
    facts = PollFacts(
        new_entries=len(feed.entries),
        rhythm=rhythm,
        ttl=feed.ttl,
        fresh_for=document.fresh_for,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
    )
    return rhythm, next_poll(facts, policy, now=now, jitter=0.0)


def judged(examination: "Examination", lines: list[Line]) -> Verdict:
    """The verdict on an examination and its lines."""
    from monitor.errors import FetchError, ParseError

    if isinstance(examination.answer, FetchError):
        return Verdict(status="unusable", text=f"not usable. {_unreached(examination.answer, examination.url)}")
    if isinstance(examination.feed, ParseError):
        return Verdict(status="unusable", text=f"not usable. {_no_feed(examination)}")
    doubts = tuple(line.doubt for line in lines if line.doubt)
    if doubts:
        return Verdict(status="doubts", text=f"works, with doubts: {'; '.join(doubts)}", doubts=doubts)
    return Verdict(status="ok", text="ok")


def _front_page(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _unreached(error: "FetchError", url: str) -> str:
    """What to do about an address that brought nothing."""
    look = f"`monitor feeds discover {_front_page(url)}` shows what feeds the site offers."
    if error.kind == "status" and error.status == 410:
        return f"The server says that it is gone for good. {look}"
    if error.kind == "status" and error.status in _CHALLENGED:
        return f"The server refuses this program. If a browser gets it, the site wants people only. {look}"
    if error.kind == "status":
        return f"The server has no feed to give there. {look}"
    if error.kind in {"dns", "connect", "timeout"}:
        return "Nobody answered. Check the spelling and your own connection, and try again later."
    return "See the answer above for what to do about it."


def _no_feed(examination: "Examination") -> str:
    if examination.offers:
        return f"It is a page that offers feeds: check {examination.offers[0]}."
    look = f"`monitor feeds discover {_front_page(examination.url)}` shows what feeds the site offers."
    if examination.wall:
        return f"A {examination.wall.partition(':')[0]} stands in front of it, which a program cannot pass. {look}"
    return f"There is no feed at this address. {look}"


def _as_json(examination: "Examination", lines: list[Line], verdict: Verdict) -> dict[str, object]:
    facts: dict[str, object] = {}
    for line in lines:
        facts |= line.facts
    return {
        "url": _shown(examination.url),
        "verdict": verdict.status,
        "text": verdict.text,
        "doubts": list(verdict.doubts),
        "offers": list(examination.offers),
        "facts": facts,
        "lines": [{"name": line.name, "text": line.text, "tone": str(line.tone)} for line in lines],
    }
