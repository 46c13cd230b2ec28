"""The subject: the news itself, in words that an editor would take from the same facts. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from monitor.chronicle import phrases
from monitor.chronicle.sides import LEADERS, fold
from monitor.digest import house_style as style
from monitor.digest import naming, stories
from monitor.digest.gathering import UNDECIDED, News, Tier
from monitor.digest.ladder import move
from monitor.digest.sections import independent, standing
from monitor.records.chronicle import Happening, Rung, Statement
from monitor.records.telling.digests import Facts, StoryNews

LONGEST = 110
_PARTS = 3
_MOST_OF_PART = 70
_WIDELY = 3
"""Independent origins of a story that comes before what matters least."""
_TWICE = 2


def headline(facts: Facts, news: Sequence[News], top: Sequence[StoryNews]) -> str:
    """At most ``LONGEST`` characters on one line; ``news`` and ``top`` have the most important first."""
    told = [each for each in news if not each.state_only] or list(news)
    parts = list(_parts(facts, told))
    big = next((each for each in top if each.is_new and each.story.origins >= _WIDELY), None)
    if big is not None and (not told or told[0].tier >= Tier.OTHERS):
        parts = [stories.title(big), *parts]
    if not parts:
        return _joined([_without_changes(facts, top)])
    text = _joined(parts + list(_still(facts, told)))
    return _joined([f"State media only: {text}"]) if told and told[0].state_only and big is None else text


def _joined(parts: Sequence[str]) -> str:
    """The first part, cut if need be, and as many of the others as there is room for."""
    clean = [part for part in (style.shown(part, LONGEST) for part in parts) if part]
    text = clean[0] if clean else "No change"
    text = text[:1].upper() + text[1:]
    for number, part in enumerate(clean[1:], 2):
        if number <= _PARTS and len(text) + len(part) + 2 <= LONGEST:
            text = f"{text}; {part}"
    return text


def _parts(facts: Facts, news: Sequence[News]) -> Iterator[str]:
    """The best of each of the first tiers, then the others."""
    names = _names(facts)
    best = {each.tier: each for each in reversed(news)}
    first = [best[tier] for tier in (Tier.TURN, Tier.EVENT, Tier.LADDER) if tier in best]
    # Whom the parts before this one named.
    named: tuple[str, ...] = ()
    for each in [*first, *(each for each in news if each not in first)][:_PARTS]:
        yield _part(each, names, facts.period.end.year, named)
        if each.happening:
            named = each.happening.participants


def _part(news: News, names: dict[str, str], year: int, named: tuple[str, ...]) -> str:
    if news.happening is not None:
        return _event(news.happening, news.reached, year, named, was_off=news.was_off)
    if news.rung is not None:
        return _weapon(news, news.rung)
    if news.tier is Tier.FIRST_WORDS and len(news.change.names) > 1:
        speaker, subject = news.change.names[:2]
        return f"{naming.person(speaker)}’s first words on {naming.weapon(subject)}"
    what = news.change.what.partition(", ")[0] if news.tier is Tier.SILENCE else news.change.what
    if news.tier is Tier.SILENCE and ": " in what:
        # A day that passed: who plans it is told, and that nobody reports of it.
        what = f"no report of the {what[:1].lower()}{what.partition(': ')[0][1:]}"
    return style.shown(naming.abridged(what, names), _MOST_OF_PART)


def _event(happening: Happening, reached: str, year: int, named: tuple[str, ...] = (), *, was_off: bool = False) -> str:
    subject = naming.event(happening)
    if happening.where and set(named) == set(happening.participants) and happening.type != "visit":
        subject = naming.event(happening, alone=True)
    days = naming.days(happening.when, year)
    if reached == "where" or (reached == "when" and days):
        return f"{subject} moved to {happening.where if reached == 'where' else days}"
    status = naming.status(happening.status if reached == "when" else reached)
    if reached == "postponed" and days and _has_new_day(happening):
        return f"{subject} put off to {days}"
    if was_off and status in {"planned", "proposed"}:
        return f"{subject} back on for {days}" if days else f"{subject} back on"
    return f"{subject} {status} for {days}" if days and status in {"planned", "proposed"} else f"{subject} {status}"


def _has_new_day(happening: Happening) -> bool:
    put_off = [step.at for step in happening.history if step.after == "postponed"]
    return any(step.field == "when" and put_off and step.at >= put_off[-1] for step in happening.history)


def _weapon(news: News, rung: Rung) -> str:
    item = naming.weapon(rung.item)
    step = news.turn.partition(" (")[0].partition(", was ")[0] or phrases.step(rung.step)
    if step.endswith(" denied"):
        who = news.change.names[3:] or ("somebody",)
        return f"{naming.person(who[0])} denies that {item} are {step.removesuffix(' denied')}"
    down = move(rung, news)[1] == "down" and step == phrases.step(rung.step) and step not in {"refused", "paused"}
    return f"{item} back to {step}" if down else f"{item} {step}"


def _still(facts: Facts, news: Sequence[News]) -> Iterator[str]:
    """The weapon that leaders spoke of most, and whose decision did not move."""
    moved = {(each.rung.item, each.rung.donor) for each in news if each.rung}
    spoken = Counter(
        fold(name) for each in facts.statements if fold(each.speaker) in LEADERS for name in set(each.about)
    )
    waiting = [
        rung for rung in facts.rungs if (rung.item, rung.donor) not in moved and spoken[fold(rung.item)] >= _TWICE
    ]
    if waiting:
        rung = max(waiting, key=lambda rung: (spoken[fold(rung.item)], rung.since, rung.item))
        yield _standing(rung)


def _standing(rung: Rung) -> str:
    return f"{naming.weapon(rung.item)} still {'only ' if rung.step in UNDECIDED else ''}{phrases.step(rung.step)}"


def _names(facts: Facts) -> dict[str, str]:
    people = [name for each in (*facts.planned, *facts.turned) for name in each.participants]
    people += [name for change in facts.changes for name in change.names]
    return naming.short_names(people) | {
        rung.item: naming.weapon(rung.item) for rung in facts.rungs if len(rung.item.split()) > 1
    }


def _without_changes(facts: Facts, top: Sequence[StoryNews]) -> str:
    """What there is where nothing changed: a story, a leader's words, or how things stand."""
    independents = [each for each in top if each.is_new and each.story.origins]
    words = _words(facts.statements)
    if independents and (independents[0].story.origins >= _TWICE or words is None):
        return stories.title(independents[0])
    if words is not None:
        return f"{naming.person(words.speaker)}: {style.quoted(words.text) if words.kind == 'direct' else words.text}"
    return f"No change: {_as_it_stands(facts)}"


def _words(statements: Sequence[Statement]) -> Statement | None:
    def rank(statement: Statement) -> tuple[object, ...]:
        origins = independent((each.source, each.origin) for each in statement.witnesses)
        return (standing((statement.speaker,)), origins, statement.kind == "direct", -statement.id)

    told = [
        each
        for each in statements
        if fold(each.speaker) in LEADERS and independent((w.source, w.origin) for w in each.witnesses)
    ]
    return max(told, key=rank, default=None)


def _as_it_stands(facts: Facts) -> str:
    """The next thing that leaders plan and the weapon that moved last; else how much was looked at."""
    ahead = [each for each in facts.planned if standing(each.participants) and each.when]
    parts = [_event(each, each.status, facts.period.end.year) for each in ahead[:1]]
    # What is still to be decided is looked for first.
    rungs = sorted(facts.rungs, key=lambda rung: (rung.step not in UNDECIDED, -rung.since.timestamp(), rung.item))
    parts += [_standing(rung) for rung in rungs[:1]]
    if parts:
        return "; ".join(parts)
    seen = facts.coverage.seen
    return f"nothing new in {style.many(seen, 'entry')}" if seen else "no source brought anything"
