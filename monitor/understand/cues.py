"""Cue words: verbs and phrases that tie what is said to who says it. Pure."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SAY, VIEW = "say", "view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One form of a cue word. ``participle``: the -ing form, whose subject is the clause's."""

    kind: str
    verb: str
    participle: bool = False


@cache
def cues() -> Mapping[str, Cue]:
    """Every form of every cue verb."""
    lists = _lists()
    found: dict[str, Cue] = {}
    for kind in (SAY, VIEW):
        for entry in lists[kind].split():
            verb, *irregular = entry.split("/")
            for form in {*_regular(verb, irregular), *irregular, verb}:
                found.setdefault(form, Cue(kind=kind, verb=verb, participle=form.endswith("ing") and form != verb))
    return found


@cache
def phrasal_cues() -> Mapping[str, Cue]:
    """Verbs of saying of two words, "shot back", by both words."""
    found = {}
    for entry in _lists()["phrasal"].split():
        forms, _, particle = entry.partition("+")
        for form in forms.split("/"):
            found[f"{form} {particle}"] = Cue(kind=SAY, verb=f"{form} {particle}", participle=form.endswith("ing"))
    return found


@cache
def sayings() -> frozenset[str]:
    """Verbs of saying, and "according to"."""
    verbs = (cue.verb for cue in (*cues().values(), *phrasal_cues().values()) if cue.kind == SAY)
    return frozenset(verbs) | {"according to"}


@cache
def _lists() -> Mapping[str, str]:
    path = Path(__file__).resolve().parent / "knowledge" / "cues.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _regular(verb: str, irregular: list[str]) -> Iterator[str]:
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        yield f"{verb}es"
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        yield f"{verb[:-1]}ies"
    else:
        yield f"{verb}s"
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    if not any(form.endswith("ing") for form in irregular):
        yield f"{stem}ing"
    if not irregular or all(form.endswith("ing") for form in irregular):
        yield f"{verb}d" if verb.endswith("e") else f"{verb}ed"
