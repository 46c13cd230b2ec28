"""Words that say where an aid decision stands, in all their forms: ``cues.toml``, unfolded once.

A cue is a kind (what the words do to the step) and a form: ``base`` "send", ``third`` "sends", ``past`` "sent", ``ing``
"sending", ``noun`` "delivery", ``plain`` for words without forms.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class Kind(StrEnum):
    """What a cue does."""

    ASK = "ask"
    WANT = "want"
    DUTY = "duty"
    WEIGH = "weigh"
    TALK = "talk"
    MAYBE = "maybe"
    WOULD = "would"
    WILL = "will"
    PLAN = "plan"
    READY = "ready"
    PROMISE = "promise"
    DECIDE = "decide"
    ALLOW = "allow"
    REFUSE = "refuse"
    LIMIT = "limit"
    DENY = "deny"
    STOP = "stop"
    RESUME = "resume"
    GIVE = "give"
    GET = "get"
    ARRIVE = "arrive"
    USE = "use"
    MAKE = "make"
    WARN = "warn"
    SUPPORT = "support"
    THANK = "thank"
    HOLD = "hold"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """``manner`` is what kind of step the words make, where they say so."""

    kind: Kind
    form: str
    manner: str = ""


LONGEST_PHRASE = 4
_CUES = Path(__file__).resolve().parent / "cues.toml"
_VOWELS = frozenset("aeiou")
_DOUBLED = frozenset(
    "bar ban beg bid commit cut deter drop equip get hit let permit plan prod put scrap ship shut slam step "
    "stop transfer".split()
)


@cache
def phrases() -> dict[str, Cue]:
    """Every cue by its words in small letters, a space between them."""
    tables = tomllib.loads(_CUES.read_text(encoding="utf-8"))
    found: dict[str, Cue] = {}
    for row in tables["verbs"]:
        for words, form in (unfolded for entry in row["words"] for unfolded in _forms(entry)):
            found.setdefault(words, Cue(kind=Kind(row["kind"]), form=form, manner=row.get("manner", "")))
    for row in tables["words"]:
        cue = Cue(kind=Kind(row["kind"]), form=row["form"], manner=row.get("manner", ""))
        found.update(dict.fromkeys(row["words"], cue))
    return found


@cache
def openings() -> frozenset[str]:
    """The first words of the cues that have several."""
    return frozenset(words.split()[0] for words in phrases() if " " in words)


def _forms(entry: str) -> Iterator[tuple[str, str]]:
    head, *parts = entry.split("/")
    base, _, rest = head.partition(" ")
    pasts = [part.partition(" ") for part in parts]
    rest = f" {rest}" if rest else next((f" {tail}" for _, _, tail in pasts if tail), "")
    yield base + rest, "base"
    yield _third(base) + rest, "third"
    yield _stem(base) + "ing" + rest, "ing"
    for past in [word for word, _, _ in pasts] or [_past(base)]:
        yield past + rest, "past"


def _third(base: str) -> str:
    if base.endswith(("s", "sh", "ch", "x")):
        return base + "es"
    return base[:-1] + "ies" if base.endswith("y") and base[-2] not in _VOWELS else base + "s"


def _stem(base: str) -> str:
    if base in _DOUBLED:
        return base + base[-1]
    return base[:-1] if base.endswith("e") and not base.endswith("ee") else base


def _past(base: str) -> str:
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ied"
    return base + "d" if base.endswith("e") else _stem(base) + "ed"
