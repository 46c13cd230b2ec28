"""Whose report is an article, and by how many independent ones is a story told? Pure.

Forty outlets that print one agency's text are one witness. Whose text it is, is said by a credit, or shown by the
wording of an earlier article; failing both, the outlet's family answers for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitor.records.articles import Article
from monitor.records.chronicle import Origin, Source
from monitor.records.findings import Span
from monitor.records.stories import Repeat, Traced
from monitor.stories.agencies import Owner, Reporter, Reporters, owner, reporters
from monitor.stories.credits import Credit, credit

UNNAMED = "agency:unnamed"
"""The witness of articles that say no more than "with agencies"."""
COPIED = 0.55
"""So much of a text in another's words is no report of its own. Long quotations of one speech stay below."""
_WHOLE = 0.7
"""So much of an earlier text ..."""
_PART = 0.15
"""... that makes up so much of the new one: the same text, printed longer."""


def origin_of(
    source: Source,
    article: Article,
    repeats: Iterable[Repeat] = (),
    origins: Mapping[int, Origin] | None = None,
    known: Reporters | None = None,
) -> Traced:
    """Whose report ``article`` of ``source`` is.

    ``repeats`` is what the story index found, ``origins`` those of the articles named there; ``known`` who can be
    credited (see ``Reporters.plus``). An earlier article that printed the text before its owner is in ``revised``.
    """
    found, origins = credit(article, known or reporters()), origins or {}
    mine = _own(source, known or reporters())
    copies = [each for each in repeats if each.article_id in origins and _copied(each)]
    credited = _credited(found, mine)
    if credited is not None and credited.key != UNNAMED and found is not None and found.prints:
        origin = replace(credited, copy_of=_same(copies, origins, credited.key))
    elif copies and (credited is None or mine.kind != "agency"):
        origin = _inherited(copies, origins, credited or mine)
    else:
        origin = credited or mine
    revised = [each.article_id for each in copies if _gives_way(origins[each.article_id], origin)]
    return Traced(origin=origin, revised=tuple(revised))


def count(members: Iterable[tuple[Source, Origin]]) -> tuple[int, int, int]:
    """Of a story's members: outlets, independent origins that no state controls, origins that one controls."""
    members = list(members)
    keys: dict[str, bool] = {}
    for _, origin in members:
        # One that no state controls is enough: in which order they came must not count.
        keys[origin.key] = keys.get(origin.key, True) and origin.state_controlled
    # "With agencies" is most likely one of those that others name.
    if UNNAMED in keys and any(origin.kind == "agency" and origin.key != UNNAMED for _, origin in members):
        del keys[UNNAMED]
    outlets = {source.outlet or source.url for source, _ in members}
    state = sum(keys.values())
    return len(outlets), len(keys) - state, state


def _own(source: Source, known: Reporters) -> Origin:
    """The origin of what an outlet writes itself."""
    agency = known.named(source.outlet)
    if agency is not None and agency.agency:
        return _of_reporter(agency, None, state=source.state_controlled)
    house = owner(source)
    if house is None:
        return Origin(key=f"outlet:{source.outlet}", kind="outlet", state_controlled=source.state_controlled)
    return _of_owner(house, state=source.state_controlled)


def _of_owner(house: Owner, *, state: bool) -> Origin:
    return Origin(key=f"family:{house.name}", kind="family", state_controlled=state or house.state)


def _of_reporter(reporter: Reporter, evidence: Span | None, *, state: bool = False) -> Origin:
    kind = "agency" if reporter.agency else "family"
    return Origin(key=reporter.key, kind=kind, state_controlled=state or reporter.state, evidence=evidence)


def _credited(found: Credit | None, mine: Origin) -> Origin | None:
    """Who is credited, unless it is the house itself or its family."""
    if found is None:
        return None
    if found.reporter is None:
        return Origin(key=UNNAMED, kind="agency", evidence=found.span)
    return None if found.reporter.key == mine.key else _of_reporter(found.reporter, found.span)


def _copied(repeat: Repeat) -> bool:
    return repeat.of_new >= COPIED or (repeat.of_earlier >= _WHOLE and repeat.of_new >= _PART)


def _same(copies: list[Repeat], origins: Mapping[int, Origin], key: str) -> int | None:
    return next((each.article_id for each in copies if origins[each.article_id].key == key), None)


def _inherited(copies: list[Repeat], origins: Mapping[int, Origin], otherwise: Origin) -> Origin:
    """The origin of the earlier text, an agency's first; the new one's own where that is an agency."""
    best = min(copies, key=lambda each: (origins[each.article_id].kind != "agency", -each.of_new, each.article_id))
    theirs = origins[best.article_id]
    if otherwise.kind == "agency" and otherwise.key != UNNAMED and theirs.kind != "agency":
        return otherwise
    copy_of = theirs.copy_of if theirs.copy_of is not None else best.article_id
    return replace(theirs, copy_of=copy_of, evidence=otherwise.evidence)


def _gives_way(earlier: Origin, new: Origin) -> bool:
    """Whether an earlier article turns out to be the agency's whose text came only now."""
    return new.kind == "agency" and new.key not in {UNNAMED, earlier.key} and earlier.kind != "agency"
