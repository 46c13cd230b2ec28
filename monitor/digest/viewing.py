"""A digest made ready for the eye: texts cleaned and cut, links checked, days and numbers in words. Pure."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from monitor.digest import house_style as style
from monitor.digest import periods
from monitor.digest.view import CalendarEntry, Cite, DarkEntry, LadderEntry, StoryEntry, Utterance, View, Voice
from monitor.records.chronicle import Source
from monitor.records.telling.digests import CalendarLine, Cited, Digest, LadderLine, SaidLine, StoryLine
from monitor.records.telling.subscribers import Cadence, Selection

_NAMES = {
    Cadence.HOURLY: "Hourly digest",
    Cadence.DAILY: "Daily digest",
    Cadence.WEEKDAYS: "Weekday digest",
    Cadence.WEEKLY: "Weekly digest",
}
_UNITS = {Cadence.HOURLY: "hour", Cadence.DAILY: "day", Cadence.WEEKDAYS: "working day", Cadence.WEEKLY: "week"}
_MARKS = {"proposed": "◇", "planned": "○", "under way": "◐", "held": "●", "postponed": "→", "called off": "✕"}
_MOVES = {"up": "▲", "down": "▼", "new": "✦"}
_FIRMNESS = {"hint": "a hint, no more", "official_act": "official act", "denial": "denied"}
STEPS = ("requested", "considered", "announced", "approved", "delivered", "in use")
"""The rungs, the lowest first; refused and paused stand beside the ladder."""
MOST_CHARACTERS = {
    "headline": 160, "lead": 420, "evidence": 340, "quote": 460, "title": 180, "name": 80, "what": 170, "detail": 130,
}  # fmt: skip


def viewed(digest: Digest) -> View:
    """The digest for the eye."""
    return View(
        name=_NAMES[digest.schedule.cadence],
        headline=headline(digest),
        period=period(digest),
        gap=_gap(digest),
        lead=tuple(_cite(line, "lead") for line in digest.lead),
        calendar=tuple(_calendar(line, _year(digest)) for line in digest.calendar),
        said=_voices(digest.said, _year(digest)),
        ladder=tuple(_ladder(line, digest.schedule.zone) for line in digest.ladder),
        stories=tuple(map(_story, digest.stories)),
        more={section: left for section, left in digest.more if left > 0},
        coverage=coverage(digest),
        unread=_unread(digest),
        dark=_dark(digest),
        selection=_selection(digest.selection),
        is_empty=digest.is_empty,
    )


def headline(digest: Digest) -> str:
    """The news itself; the digest's name where there is none."""
    return _text(digest.headline, "headline") or _NAMES[digest.schedule.cadence]


def period(digest: Digest) -> str:
    """What it answers for, in words."""
    return periods.in_words(digest.period, digest.schedule.zone)


def coverage(digest: Digest) -> str:
    """How much was looked at: "212 entries seen, 18 articles matched, 31 feeds, 2 of them dark"."""
    told = digest.coverage
    dark = f", {len(told.dark):,} of them dark" if told.dark else ", none of them dark"
    feeds = style.many(told.feeds, "feed") + (dark if told.feeds else "")
    return f"{style.many(told.seen, 'entry')} seen, {style.many(told.matched, 'article')} matched, {feeds}"


def _year(digest: Digest) -> int:
    return digest.period.end.year


def _gap(digest: Digest) -> str:
    if digest.missed <= 0:
        return ""
    covered = style.in_letters(digest.missed + 1)
    one = digest.missed == 1
    earlier = "the digest before it was" if one else f"the {style.in_letters(digest.missed)} digests before it were"
    return (
        f"This digest covers {covered} {_UNITS[digest.schedule.cadence]}s, from "
        f"{style.moment(digest.covers_from, digest.schedule.zone)} on: {earlier} not sent."
    )


def _text(text: str, kind: str) -> str:
    return style.shown(text, MOST_CHARACTERS[kind])


def _outlet(source: Source) -> str:
    outlet = _text(source.outlet, "name") or _text(source.url, "name")
    return f"{outlet} (state-controlled)" if source.state_controlled else outlet


def _cite(line: Cited, kind: str = "evidence") -> Cite:
    text = _text(line.text, kind)
    if line.source is None:
        return Cite(text=text, outlet="", url="")
    told = style.quoted(text) if line.is_quote and text else text
    return Cite(text=told, outlet=_outlet(line.source), url=style.link(line.source.url))


def _calendar(line: CalendarLine, year: int) -> CalendarEntry:
    status = style.shown(style.worded(line.status), 20)
    return CalendarEntry(
        what=_text(line.what, "what"),
        status=status,
        mark=_MARKS.get(status, "·"),
        day=style.days(line.when, year),
        about=line.when is not None and not line.is_certain,
        turn=_turn(status, _text(line.turn, "what")),
        cite=_cite(line.evidence),
        support=style.many(line.origins, "independent origin") if line.origins > 1 else "",
    )


def _turn(status: str, turn: str) -> str:
    """What changed, without repeating the status beside which it stands."""
    if turn.endswith(f"now {status}"):
        before = turn.removesuffix(f"now {status}").rstrip(" ,;:")
        return f"was {before}" if before else ""
    return turn.removeprefix(status).strip(" ,;:") if turn.startswith(status) else turn


def _voices(lines: Sequence[SaidLine], year: int) -> tuple[Voice, ...]:
    told = ((_text(line.speaker, "name"), _utterance(line, year)) for line in lines)
    return tuple(
        Voice(speaker=speaker, lines=tuple(line for _, line in group))
        for speaker, group in groupby(told, key=lambda pair: pair[0])
    )


def _utterance(line: SaidLine, year: int) -> Utterance:
    text = _text(line.text, "quote")
    return Utterance(
        cite=Cite(
            text=style.quoted(text) if line.is_direct else text,
            outlet=_outlet(line.source),
            url=style.link(line.source.url),
        ),
        is_direct=line.is_direct,
        day=style.day(line.said_on, year),
        channel=_text(line.channel or "", "name"),
        about=", ".join(style.shown(name, 40) for name in line.about[:4]),
        support=style.support(line.outlets, line.origins),
    )


def _ladder(line: LadderLine, zone: str) -> LadderEntry:
    step = style.shown(style.worded(line.step), 20)
    since = style.moment(line.since, zone).partition(",")[0]
    height = STEPS.index(step) + 1 if step in STEPS else 0
    recipient = _text(line.recipient, "name")
    return LadderEntry(
        item=_text(line.item, "name"),
        parties=f"{_text(line.donor, 'name')} → {recipient}" if line.donor else f"for {recipient}",
        step=step,
        height=height,
        rungs="●" * height + "○" * (len(STEPS) - height),
        before=style.shown(style.worded(line.before), 20),
        moved=line.moved if line.moved in _MOVES else "",
        mark=_MOVES.get(line.moved, ""),
        move=_move(line, since),
        firmness=_FIRMNESS.get(line.firmness, ""),
        by=_text(line.by or "", "name"),
        since=since,
        cite=_cite(line.evidence),
        support=style.many(line.origins, "independent origin") if line.origins > 1 else "",
    )


def _move(line: LadderLine, since: str) -> str:
    before = style.shown(style.worded(line.before), 20)
    if line.moved in {"up", "down"} and before:
        return f"{line.moved} from {before} on {since}"
    return {"new": f"new on {since}", "up": f"up on {since}", "down": f"down on {since}"}.get(
        line.moved, f"since {since}"
    )


def _story(line: StoryLine) -> StoryEntry:
    return StoryEntry(
        title=_text(line.title, "title"),
        url=style.link(line.url),
        outlet=_text(line.outlet, "name"),
        support=style.support(line.outlets, line.origins, line.state_origins),
        topics=", ".join(style.shown(style.topic(topic), 40) for topic in line.topics[:3]),
        cite=_cite(line.evidence),
        is_new=line.is_new,
    )


def _unread(digest: Digest) -> str:
    waiting = digest.coverage.unread
    if waiting <= 0:
        return ""
    verb, pronoun = ("waits", "it") if waiting == 1 else ("wait", "them")
    return f"{style.many(waiting, 'entry')} still {verb} to be read; the next digest has what comes of {pronoun}."


def _dark(digest: Digest) -> tuple[DarkEntry, ...]:
    zone = digest.schedule.zone
    return tuple(
        DarkEntry(
            title=_text(feed.title, "name"),
            state=style.shown(feed.state, 20),
            since=style.moment(feed.since, zone) if feed.since else "",
            detail=_text(feed.detail, "detail"),
        )
        for feed in digest.coverage.dark
    )


def _selection(selection: Selection) -> str:
    told = [
        *_named("topics", map(style.topic, selection.topics)),
        *_named("search", [selection.search] if selection.search.strip() else []),
        *_named("languages", selection.languages),
    ]
    return "; ".join(told) or "everything that matches"


def _named(name: str, values: Iterable[str]) -> list[str]:
    told = ", ".join(style.shown(value, 100) for value in list(values)[:8])
    return [f"{name}: {told}"] if told else []
