"""The word lists behind the gloss: TOML rows and the knowledge base's Cyrillic names, unfolded into every form.

A row is ``English = "Ukrainian, Ukrainian / Russian, Russian"``; the head of ``knowledge/gloss.toml`` tells its marks.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monitor.understand.conjugation import participle_forms, verb_forms
from monitor.understand.english import participle, past, plural, third_person
from monitor.understand.inflection import adjective_forms, noun_forms, phrase_word_forms
from monitor.understand.knowledge import Known, entries

FILES = ("gloss_names.toml", "gloss.toml")
NAMES = {"people": "person", "places": "name", "organisations": "name", "weapons": "weapon"}
KNOWN = {"person": "person", "place": "name", "organisation": "name", "weapon": "weapon"}
# A name that never changes may stand in any case; a person's is better taken for an apposition.
_ANY_CASE = frozenset({"ns", "gs", "ds", "as", "is", "ls"})
_DATIVE = frozenset({"ds"})
_UKRAINIAN_ONLY = re.compile(r"[іїєґ']", re.IGNORECASE)
_RUSSIAN_ONLY = re.compile(r"[ыэёъ]", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яіїєґ]", re.IGNORECASE)
_LEMMA = re.compile(r"(?P<mark>[+=]?)(?P<lemma>[^()]+?)(?:\((?P<second>[^()]+)\))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one form may mean. ``kind``: noun, name, person, weapon, adjective, verb, number or word."""

    text: str
    many: str
    """The plural; of a verb the participle, for its reflexive form."""
    kind: str
    cases: frozenset[str]
    lemma: str
    """As the dictionary writes it: its capitals must be there in the text too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Several words that mean one thing; ``words`` holds the forms that each may take, with their cases."""

    text: str
    many: str
    kind: str
    lemmas: tuple[str, ...]
    words: tuple[Mapping[str, frozenset[str]], ...]
    head: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """All that is known of one language; ``phrases`` are listed under every form of their first word."""

    readings: Mapping[str, tuple[Reading, ...]]
    prepositions: Mapping[str, tuple[tuple[str, str], ...]]
    phrases: Mapping[str, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lemma:
    english: str
    section: str
    word: str
    second: str
    mark: str


def folded(word: str, language: str) -> str:
    """Fold case, apostrophes and ё, which nobody writes reliably."""
    word = word.casefold().replace("’", "'").replace("ʼ", "'").replace("`", "'").replace("‑", "-")
    return word.replace("ё", "е") if language == "ru" else word


@cache
def dictionary(language: str) -> Dictionary:
    """Unfold the word lists of ``uk`` or ``ru``; half a second, once, and 26 MB."""
    readings: defaultdict[str, list[Reading]] = defaultdict(list)
    phrases: defaultdict[str, list[Phrase]] = defaultdict(list)
    prepositions: dict[str, tuple[tuple[str, str], ...]] = {}
    for lemma in (*_written(language), *_from_knowledge(language)):
        if lemma.section == "prepositions":
            senses = (sense.split(" ", 1) for sense in lemma.english.split(", "))
            prepositions[lemma.word] = tuple((case, english) for case, english in senses)
        elif " " in lemma.word:
            phrase = _phrase(lemma, language)
            for form in phrase.words[0]:
                phrases[form].append(phrase)
        else:
            for form, reading in _readings(lemma, language):
                if all(reading.text != other.text for other in readings[form]):
                    readings[form].append(reading)
    return Dictionary(
        readings={form: tuple(found) for form, found in readings.items()},
        prepositions=prepositions,
        phrases={form: tuple(sorted(found, key=lambda one: -len(one.words))) for form, found in phrases.items()},
    )


def _written(language: str) -> Iterator[_Lemma]:
    """Yield the rows of the word lists; words that never change first, for they are the surest."""
    tables: dict[str, dict[str, str]] = {}
    for file in FILES:
        text = (Path(__file__).resolve().parent / "knowledge" / file).read_text(encoding="utf-8")
        tables.update(tomllib.loads(text))
    order = ("words", "numbers", "prepositions", "phrases", *NAMES, "nouns", "verbs", "adjectives")
    for section in order:
        for english, row in tables[section].items():
            side = row.partition("/")[0 if language == "uk" else 2]
            for written in filter(None, (part.strip() for part in side.split(","))):
                yield _lemma(written, english, section)


def _lemma(written: str, english: str, section: str) -> _Lemma:
    if " " in written:
        return _Lemma(english=english, section=section, word=re.sub(r"\([^)]*\)", "", written), second="", mark="")
    parts = _LEMMA.fullmatch(written)
    if parts is None:
        raise ValueError(f"the word list's entry {written!r} for {english!r} is not word, word(stem), +word or =word")
    return _Lemma(
        english=english, section=section, word=parts["lemma"], second=parts["second"] or "", mark=parts["mark"]
    )


def _from_knowledge(language: str) -> Iterator[_Lemma]:
    other = _RUSSIAN_ONLY if language == "uk" else _UKRAINIAN_ONLY
    sections = {kind: section for section, kind in (("people", "person"), ("weapons", "weapon"), ("places", "name"))}
    for known in entries():
        for alias in known.aliases:
            if _CYRILLIC.search(alias) and not other.search(alias):
                section = sections[KNOWN[known.type]]
                mark = "=" if alias.isupper() else ""
                yield _Lemma(english=_short(known, alias), section=section, word=alias, second="", mark=mark)
                _, _, last = alias.partition(" ")
                if known.type == "person" and last and " " not in last and known.name.count(" ") == 1:
                    yield _Lemma(english=known.name.split()[-1], section=section, word=last, second="", mark="")


def _short(known: Known, alias: str) -> str:
    """Name an entry as a newspaper would: the surname for a surname, Patriot for MIM-104 Patriot."""
    if known.type == "person":
        return known.name if " " in alias else known.name.split()[-1]
    latin = (name for name in known.aliases if not _CYRILLIC.search(name) and not any(map(str.isdigit, name)))
    official = "," in known.name or any(map(str.isdigit, known.name)) or known.name.count(" ") > 2
    return next(latin, known.name) if official else known.name


def _readings(lemma: _Lemma, language: str) -> Iterator[tuple[str, Reading]]:
    word, second = folded(lemma.word, language), folded(lemma.second, language)
    one, many = _numbers(lemma)
    kind = {"nouns": "noun", "verbs": "verb", "adjectives": "adjective", "numbers": "number"}.get(lemma.section, "word")
    kind = "noun" if lemma.section == "phrases" and lemma.mark != "=" else NAMES.get(lemma.section, kind)
    if kind == "verb":
        yield from _verb(lemma, word, second, language)
        return
    forms: Mapping[str, frozenset[str]]
    if lemma.mark == "=" or kind in ("word", "number"):
        forms = {word: _ANY_CASE if kind == "name" else frozenset()}
    elif kind == "adjective":
        forms = adjective_forms(word, language) if word[-1] in "йь" else {word: frozenset()}
    else:
        forms = noun_forms(word, second, language, surname=kind == "person")
    shared = {
        cases: Reading(text=one, many=many, kind=kind, cases=cases, lemma=lemma.word)
        for cases in {*forms.values(), _DATIVE}
    }
    for form, cases in forms.items():
        yield form, shared[_DATIVE if kind == "person" and form == f"{word}у" else cases]


def _numbers(lemma: _Lemma) -> tuple[str, str]:
    """English singular and plural; names, and words that a row gives in the plural, have only one form."""
    one, slash, many = lemma.english.partition("/")
    if lemma.section in NAMES or lemma.section not in ("nouns", "phrases"):
        return (lemma.english, lemma.english) if lemma.section in NAMES else (one, one)
    if slash:
        return one, many or one
    return one, plural(one)


def _verb(lemma: _Lemma, word: str, second: str, language: str) -> Iterator[tuple[str, Reading]]:
    english = lemma.english
    base = english.partition("/")[0]
    perfective = lemma.mark == "+"
    texts = {
        "infinitive": base,
        "past": past(english),
        "future": f"will {base}",
        "one": f"will {base}" if perfective else third_person(base),
        "many": f"will {base}" if perfective else base,
        "passive": participle(english),
    }
    done = texts["passive"]
    shared = {
        tense: Reading(text=text, many=done, kind="verb", cases=frozenset(), lemma=lemma.word)
        for tense, text in texts.items()
    }
    yield from ((form, shared[tense]) for form, tense in verb_forms(word, second, language).items())
    if perfective:
        for form, cases in participle_forms(word, second, language).items():
            yield form, Reading(text=done, many=done, kind="adjective", cases=cases, lemma=lemma.word)


@cache
def _word_forms(word: str, language: str) -> Mapping[str, frozenset[str]]:
    return phrase_word_forms(folded(word, language), language)


def _phrase(lemma: _Lemma, language: str) -> Phrase:
    one, many = _numbers(lemma)
    written = lemma.word.split()
    moving = [at for at, word in enumerate(written) if not word.startswith("=")]
    fixed: frozenset[str] = _ANY_CASE if lemma.section in ("places", "organisations") else frozenset()
    words = tuple(
        {folded(word[1:], language): fixed} if word.startswith("=") else _word_forms(word, language) for word in written
    )
    kind = NAMES.get(lemma.section, "noun" if moving and lemma.section in ("nouns", "phrases") else "word")
    kind = {"verbs": "verb", "adjectives": "adjective"}.get(lemma.section, kind)
    return Phrase(
        text=one,
        many=many,
        kind=kind,
        lemmas=tuple(word.removeprefix("=") for word in written),
        words=words,
        head=moving[-1] if moving else (0 if fixed else None),
    )


def capitals_fit(written: str, lemma: str) -> bool:
    """Tell whether a word of the text has the capitals that its dictionary form demands: Трамп, США."""
    if not lemma[:1].isupper():
        return True
    return written[:1].isupper() and (not lemma[1:2].isupper() or written[1:2].isupper())


def all_lemmas(language: str) -> Iterable[str]:
    """Every word and phrase of the word lists and the knowledge base, as written there."""
    return (lemma.word for lemma in (*_written(language), *_from_knowledge(language)))
