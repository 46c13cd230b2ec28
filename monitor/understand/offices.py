"""Who holds which office, and when: the knowledge base's roles, and descriptions matched with them. Pure."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from monitor.understand.knowledge import Known, entries
from monitor.understand.lexicon import PERSON_CLASSES
from monitor.understand.names import fold, remembering

_TERM = re.compile(r"\((?:from )?([\d, -]+)\)")
_INTERVAL = re.compile(r"(\d{4})(-?)(\d{4})?")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
FOR_EVER = 9999
SURE = 0.9
"""A fit from which on a description surely means somebody."""
_TODAY = FOR_EVER - 1
_SMALL = frozenset("of the for and to in on at us a an peace its s".split())
# Words by which British and American texts, and titles and talk, mean one thing.
_SAME = {
    "defence": "defense", "war": "defense", "presidency": "president", "presidential": "president", "un": "nations",
    "director": "chief", "head": "chief", "chair": "chief", "chairman": "chief", "labour": "labor",
    "external": "foreign",
    **dict.fromkeys("affairs affair national office permanent special top senior acting".split(), ""),
}  # fmt: skip
# Offices without a person noun in their title.
_TITLES = {
    "speaker": "chief",
    "supreme leader": "leader",
    "high representative": "chief",
    "press secretary": "spokesperson",
}
# How well a noun of one class may stand for an office of another.
_ALIKE = {
    ("chief", "secretary"): 0.7, ("chief", "president"): 0.7, ("chief", "commander"): 0.5, ("chief", "leader"): 0.5,
    ("ambassador", "minister"): 0.4, ("ambassador", "spokesperson"): 0.3, ("ambassador", "envoy"): 0.3,
    ("envoy", "adviser"): 0.3, ("envoy", "ambassador"): 0.3, ("adviser", "envoy"): 0.3, ("adviser", "chief"): 0.2,
    ("politician", "senator"): 0.6, ("politician", "lawmaker"): 0.6, ("lawmaker", "senator"): 0.7,
}  # fmt: skip
_FOREIGN = frozenset({"foreign"})
# The offices that "leader" may mean, by how likely it is.
_LEADING = {"president": 1.0, "chancellor": 1.0, "premier": 0.9, "king": 0.6, "leader": 1.0, "chief": 0.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One office of one person. ``kind`` is the class of its noun, ``words`` what qualifies it, years are closed."""

    kind: str
    words: frozenset[str]
    country: str
    first: int = 0
    last: int = FOR_EVER

    def held_on(self, day: date | None) -> float:
        """How surely the office was held then: half in the year it ended. On no known day: whether it is held still."""
        year = _TODAY if day is None else day.year
        return 0.0 if not self.first <= year <= self.last else 0.5 if year == self.last else 1.0

    def left_by(self, day: date | None) -> bool:
        """Whether it had ended by then, or in that year."""
        return self.last <= (_TODAY if day is None else day.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a description says of a person: ``the former Russian foreign minister``."""

    kind: str
    words: frozenset[str] = frozenset()
    country: str = ""
    former: bool = False


@cache
def countries() -> Mapping[str, str]:
    """Folded names, adjectives and capitals of countries, and the country's code. Blocs count as countries."""
    path = Path(__file__).resolve().parent / "knowledge" / "nationalities.toml"
    found = {
        fold(name): code
        for code, row in tomllib.loads(path.read_text(encoding="utf-8")).items()
        for name in (*row["adjectives"], *row["capital"])
    }
    for known in entries():
        if known.type == "place" and known.role == "country" and known.country:
            for name in (known.name, *known.aliases):
                found.setdefault(fold(name), known.country)
    return found | {"european union": "EU", "european commission": "EU", "united nations": "UN"}


@remembering
def qualifiers(text: str) -> frozenset[str]:
    """The words of a title that tell offices of one noun apart, in one spelling."""
    words = (word.casefold() for word in _WORD.findall(text))
    plain = (_SAME.get(word, word) for word in words if word not in _SMALL)
    return frozenset(word for word in plain if word and (word not in PERSON_CLASSES or word == "deputy"))


@cache
def offices(known: Known) -> tuple[Office, ...]:
    """The offices that a person's role names, the first one first."""
    return tuple(office for part in known.role.split(";") for office in _read(part.strip(), known.country))


def _read(part: str, country: str) -> list[Office]:
    term = _TERM.search(part)
    title = part[: term.start()].strip() if term else part
    former = title.casefold().startswith("former ")
    kind = _kind(title)
    if not kind or "(died" in part:
        return []
    bare = title[7:] if former else title
    country = _bloc(bare) or country
    words = qualifiers(bare) - country_words(country)
    if former:
        return [Office(kind=kind, words=words, country=country, last=0)]
    if not term:
        return [Office(kind=kind, words=words, country=country)]
    return [
        Office(kind=kind, words=words, country=country, first=int(first), last=_last(first, dash, last, term.group()))
        for first, dash, last in _INTERVAL.findall(term[1])
    ]


def _last(first: str, dash: str, last: str, term: str) -> int:
    return int(last) if last else FOR_EVER if dash or "from" in term else int(first)


def _kind(title: str) -> str:
    folded = title.casefold()
    for words, kind in _TITLES.items():
        if folded.find(words) >= 0 and "deputy" not in folded:
            return kind
    for word in _WORD.findall(folded):
        if word == "prime":
            return "premier"
        if word in PERSON_CLASSES and word != "deputy":
            return PERSON_CLASSES[word]
    return ""


def _bloc(title: str) -> str:
    for word, code in (("NATO", "NATO"), ("EU", "EU"), ("European", "EU"), ("UN", "UN"), ("United Nations", "UN")):
        if re.search(rf"\b{word}\b", title):
            return code
    return ""


@cache
def country_words(code: str) -> frozenset[str]:
    """The words that only say which country is meant; the Kremlin is an office besides."""
    return frozenset(word for name, country in countries().items() if country == code for word in name.split()) - {
        "kremlin"
    }


def fits(described: Described, office: Office, day: date | None) -> float:
    """How well a description fits an office on a day: 0 where it cannot be meant."""
    if described.country and office.country and described.country != office.country:
        return 0.0
    sure = float(office.left_by(day)) if described.former else office.held_on(day)
    if not sure:
        return 0.0
    alike = _kind_alike(described, office)
    missing = described.words - office.words
    if (
        not alike
        or missing
        or ("vice" in office.words or "deputy" in office.words) != bool(described.words & {"vice", "deputy"})
    ):
        return 0.0
    named = 1.0 + len(described.words & office.words) + bool(described.country)
    return sure * alike * named / (1 + 0.3 * len(office.words - described.words))


def _kind_alike(described: Described, office: Office) -> float:
    kind = described.kind
    if kind == office.kind:
        return 1.0
    if kind == "leader":
        return _LEADING.get(office.kind, 0.0)
    if kind == "counterpart":
        return {**_LEADING, "minister": 0.5, "secretary": 0.4}.get(office.kind, 0.0)
    if {kind, office.kind} == {"minister", "secretary"}:
        return (
            0.9 if _FOREIGN & (described.words | office.words) or "defense" in described.words & office.words else 0.0
        )
    if kind == "official":
        return 0.3
    return _ALIKE.get((kind, office.kind), 0.0)


def fit(described: Described, known: Known, day: date | None) -> float:
    """How well a description fits a person of the knowledge base on a day; whoever is in office is not a former one."""
    held = offices(known)
    if described.former and any(
        office.held_on(day) == 1.0 and _kind_alike(described, office) == 1.0 for office in held
    ):
        return 0.0
    return max((fits(described, office, day) for office in held), default=0.0)


@cache
def office_holders() -> tuple[Known, ...]:
    """Everybody in the knowledge base who holds or held an office."""
    return tuple(known for known in entries() if known.type == "person" and offices(known))


@lru_cache(1_024)
def holder(described: Described, day: date | None) -> Known | None:
    """Who must be meant by a description with a country, whether or not the text names the person; None when unsure."""
    if not described.country or described.kind not in {*_LEADING, "minister", "secretary", "spokesperson", "pope"}:
        return None
    if described.kind in {"minister", "secretary", "spokesperson"} and not described.words:
        return None
    best, runner_up, who = 0.0, 0.0, None
    for known in office_holders():
        score = fit(described, known, day)
        if score > best:
            best, runner_up, who = score, best, known
        elif score > runner_up:
            runner_up = score
    return who if best > runner_up or described.kind == "leader" else None
