"""What somebody said once, with everybody who reports it: utterances of articles, woven into statements. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import groupby

from monitor.chronicle.shelf import Shelf
from monitor.chronicle.sides import fold
from monitor.chronicle.wording import Likeness, alike, close_enough, length
from monitor.records.chronicle import Statement, Told, Witness
from monitor.records.findings import Quote, Report, Span

WINDOW = timedelta(days=7)
"""What the same speaker said within it may be the same statement."""
MOST_VARIANTS = 20
MOST_PARTS = 12
"""Places of one article that can be one statement; a page that says the same a thousand times says it often."""


def told(article: Told) -> tuple[Statement, ...]:
    """An article's utterances as statements with id 0. What nobody is named for is left out."""
    found = [
        *(_statement(article, parts, "direct") for parts in _utterances(article.findings.quotes)),
        *(_statement(article, (report,), "reported") for report in article.findings.reports if report.speaker),
    ]
    return tuple(sorted(found, key=lambda statement: statement.witnesses[0].span.start))


def weave(near: Sequence[Statement], new: Sequence[Statement]) -> tuple[Statement, ...]:
    """Put new statements into those near them; every one that is new (id 0) or changed, whole.

    Statements whose witnesses are there already change nothing.
    """
    pool = list(near)
    shelf = Shelf(pool)
    own = {witness.source.article_id for statement in new for witness in statement.witnesses}
    carried = (witness for statement in pool for witness in statement.witnesses)
    known = {_place(witness) for witness in carried if witness.source.article_id in own}
    changed: set[int] = set()
    # The longest first: a headline's few words then find the sentence they were taken from.
    for statement in sorted(new, key=lambda statement: (statement.kind != "direct", -length(statement.text))):
        if all(_place(witness) in known for witness in statement.witnesses):
            continue
        place = _best(pool, shelf.near(statement.text), statement)
        if place is None:
            place = len(pool)
            pool.append(statement)
        else:
            pool[place] = _joined(pool[place], statement)
        shelf.add(place, statement.text)
        changed.add(place)
    return tuple(pool[place] for place in sorted(changed))


def without(statement: Statement, article_id: int) -> Statement | None:
    """The statement without what that article carries; None when nobody else does."""
    left = [witness for witness in statement.witnesses if witness.source.article_id != article_id]
    return _settled(statement, left, statement.text) if left else None


def _utterances(quotes: Iterable[Quote]) -> list[tuple[Quote, ...]]:
    """Quotations of named speakers; those that one attribution splits together."""
    spoken = sorted((quote for quote in quotes if quote.speaker), key=lambda quote: quote.start)
    alone = [(quote,) for quote in spoken if not quote.part_of]
    split = sorted((quote for quote in spoken if quote.part_of), key=lambda quote: quote.part_of)
    return alone + [
        tuple(parts) for _, parts in groupby(split, key=lambda quote: (quote.part_of, fold(quote.speaker or "")))
    ]


def _statement(article: Told, parts: Sequence[Quote | Report], kind: str) -> Statement:
    first = parts[0]
    witnesses = tuple(
        Witness(
            source=article.source,
            origin=article.origin,
            span=Span(start=part.start, end=part.end, text=part.text),
            channel=part.channel,
        )
        for part in parts
    )
    text = " ".join(part.text for part in parts)
    statement = Statement(
        id=0,
        speaker=first.speaker or "",
        speaker_id=first.speaker_id,
        kind=kind,
        text=text,
        said_on=_day(witnesses[0]),
        channel=next((part.channel for part in parts if part.channel), None),
        about=tuple(dict.fromkeys(name for part in parts for name in part.about)),
        witnesses=witnesses,
    )
    return _settled(statement, witnesses, text)


def _best(pool: Sequence[Statement], near: Iterable[int], new: Statement) -> int | None:
    found = [(_likeness(pool[place], new), -place) for place in near]
    score, place = max(found, default=(0.0, 0))
    return -place if score > 0 else None


def _likeness(statement: Statement, new: Statement) -> float:
    """How surely ``new`` was said when ``statement`` was."""
    if not _same_speaker(statement, new) or abs(statement.said_on - new.said_on) > WINDOW:
        return 0.0
    reported = "reported" in {statement.kind, new.kind}
    wordings = [
        wording
        for wording in (statement.text, *statement.variants)
        if alike(wording, new.text, reported=reported) is not Likeness.OTHER
    ]
    article = new.witnesses[0].source.article_id
    if not wordings or sum(witness.source.article_id == article for witness in statement.witnesses) >= MOST_PARTS:
        return 0.0
    # Told first on one day and again on others, it is near to all of them.
    apart = min(abs((_day(witness) - new.said_on).days) for witness in statement.witnesses)
    return max(close_enough(wording, new.text, apart=apart, reported=reported) for wording in wordings)


def _same_speaker(one: Statement, other: Statement) -> bool:
    if one.speaker_id and other.speaker_id:
        return one.speaker_id == other.speaker_id
    return fold(one.speaker) == fold(other.speaker)


def _joined(one: Statement, other: Statement) -> Statement:
    """Both as one. A direct quotation's words come before a writer's, then the fuller ones before the shorter."""
    first, second = sorted((one, other), key=lambda said: (said.kind != "direct", -length(said.text), said.text))
    whole = replace(
        one,
        speaker_id=one.speaker_id or other.speaker_id,
        kind=first.kind,
        about=_common(one, other),
    )
    return _settled(whole, (*one.witnesses, *other.witnesses), first.text if first.text else second.text)


def _common(one: Statement, other: Statement) -> tuple[str, ...]:
    """What it is about: the names of the statement told first come first."""
    early, late = sorted((one, other), key=lambda said: (_first(said.witnesses), said.text))
    return tuple(dict.fromkeys((*early.about, *late.about)))


def _settled(statement: Statement, witnesses: Iterable[Witness], text: str) -> Statement:
    """The statement as these witnesses carry it; ``text`` stays its wording while one of them has it."""
    ordered = tuple(sorted(dict.fromkeys(witnesses), key=_order))
    wordings = _wordings(ordered)
    if not any(_bare(text) in wording.casefold() for wording in wordings):
        text = max(wordings, key=lambda wording: (length(wording), wording))
    channels = Counter(witness.channel for witness in ordered if witness.channel)
    return replace(
        statement,
        text=text,
        said_on=_day(ordered[0]),
        channel=max(channels, key=lambda channel: channels[channel], default=None),
        witnesses=ordered,
        variants=tuple(wording for wording in wordings if wording != text)[:MOST_VARIANTS],
    )


def _wordings(witnesses: Sequence[Witness]) -> tuple[str, ...]:
    """In which words articles carry it, each once, the oldest first: an article's parts together are one wording."""
    parts: dict[int, list[str]] = defaultdict(list)
    for witness in witnesses:
        texts = parts[witness.source.article_id]
        held = f" {' '.join(texts)} ".casefold()
        if _bare(witness.span.text) not in held:
            fuller = witness.span.text.casefold()
            texts[:] = [text for text in texts if _bare(text) not in fuller]
            texts.append(witness.span.text)
    return tuple(dict.fromkeys(" ".join(texts) for texts in parts.values()))


def _bare(text: str) -> str:
    return text.casefold().strip(" .,;:!?…")


def _day(witness: Witness) -> date:
    return witness.source.published.astimezone(UTC).date()


def _first(witnesses: Sequence[Witness]) -> tuple[object, ...]:
    return min(_order(witness) for witness in witnesses)


def _order(witness: Witness) -> tuple[object, ...]:
    source, span = witness.source, witness.span
    return (source.published, source.article_id, span.start, span.end, span.text, witness.channel or "")


def _place(witness: Witness) -> tuple[int, int, int]:
    return witness.source.article_id, witness.span.start, witness.span.end
