"""What the aid is: named systems, general words for missiles and air defence, packages, and words that stand for them.

General words give way to the named system that they stand for: "the missiles" behind Tomahawks, "long-range missiles"
in an article about ATACMS.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from monitor.understand.aid import generals, systems
from monitor.understand.aid.generals import FIRST, LOOSE, SAME
from monitor.understand.aid.item import DEFENCE, PACKAGE, STRIKE, Item
from monitor.understand.prose import Prose

# What may follow "missile" where it is no part of another noun.
_ALONE = re.compile(
    r"[.,;:!?)\"'”’]|$| (?:is|was|to|for|that|which|would|could|will|may|has|had|and|in|from|if|but|can|suppl(?:y|ies)|"
    r"deliver(?:y|ies)|requests?|aid|sales?|packages?|transfers?|support|shipments?|talks|decision|deal)\b"
)
_DEFINITE = re.compile(
    r"\b(?:the|these|those|such|sought[- ]after|its|their|more|additional|supplied|of the)\W+(?:\w+\W+)?$",
    re.IGNORECASE,
)
# Between a name and its short form or its other name.
_SAME_THING = frozenset(("(", "/", ", or", ", known as"))


def find(prose: Prose) -> tuple[Item, ...]:
    """Every place of the document that names or stands for aid, in order."""
    named = systems.find(prose)
    named = [item for item in named if prose.document[item.start : item.end].casefold() not in FIRST]
    # A sentence that begins "Air defence ..." may be tagged as if "Air" were a name.
    taken = [(one.start, one.end) for one in prose.mentions if one.text.casefold() not in FIRST]
    taken += [(one.start, one.end) for one in named]
    found = [*named, *generals.find(prose.document, prose.sentences, taken)]
    found.sort(key=lambda item: item.start)
    return tuple(_resolved(prose, _without_doubles(prose.document, found)))


def _without_doubles(document: str, found: Sequence[Item]) -> list[Item]:
    """One item for a name with its short form or its other name behind it: "Army Tactical Missile System (ATACMS)"."""
    kept: list[Item] = []
    for item in found:
        between = document[kept[-1].end : item.start] if kept else ""
        if kept and (item.start < kept[-1].end or (len(between) < 16 and between.strip(" s") in _SAME_THING)):
            continue
        kept.append(item)
    return kept


def _resolved(prose: Prose, found: Sequence[Item]) -> list[Item]:
    """Put the named system in place of the general words that stand for it."""
    strikers = Counter(item.name for item in reversed(found) if item.named and item.family == STRIKE)
    striking = max(strikers, key=lambda name: strikers[name], default=STRIKE)
    last: Item | None = None
    defence: Item | None = None
    package = False
    done: list[Item | None] = []
    for item in found:
        package = package or item.family == PACKAGE
        if item.named:
            last = item
        elif item.family == DEFENCE:
            defence = item
        if item.name == SAME:
            done.append(replace(item, name=PACKAGE, family=PACKAGE) if package else None)
        elif item.name == LOOSE:
            done.append(_standing_for(prose, item, last or defence))
        else:
            done.append(item)
    return [replace(item, name=striking) if item.name == STRIKE else item for item in done if item is not None]


def _standing_for(prose: Prose, item: Item, last: Item | None) -> Item | None:
    """The system that "the missiles" mean; missiles of no system where none was named; None for all else."""
    word = prose.document[item.start : item.end].casefold()
    missiles = word.startswith(("missile", "rocket"))
    if word == "missile" and not _ALONE.match(prose.document, item.end):
        return None
    definite = _DEFINITE.search(prose.document[max(0, item.start - 30) : item.start])
    if last is not None and definite and (missiles or last.family == DEFENCE):
        return replace(item, name=last.name, family=last.family, loose=True)
    if word != "missile" and missiles and last is None:
        return replace(item, name=STRIKE, family=STRIKE, loose=True)
    return None
