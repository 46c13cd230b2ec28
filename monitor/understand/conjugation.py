"""Ukrainian and Russian verbs to their forms, each with what it says of the time. Pure; see ``inflection``.

``infinitive``; ``past``; ``future`` of an imperfective verb; ``one`` and ``many`` for the present of an imperfective
verb and the future of a perfective one; ``passive`` for what has been done. Reflexive verbs are given with their -ся.
"""

import re
from collections.abc import Iterator

from monitor.understand.inflection import CONSONANTS, adjective_forms

_ONE = {"uk": ("е", "є", "ить", "їть", "еть", "єть"), "ru": ("ет", "ит")}
_MANY = {
    "uk": ("уть", "ють", "ять", "ать", "емо", "ємо", "имо", "у", "ю"),
    "ru": ("ут", "ют", "ят", "ат", "ем", "им", "у", "ю"),
}
_FUTURE = ("ме", "муть", "мемо")
# Give and its kin have a present of their own: передасть, передадут.
_GIVING = re.compile(r"(?:про|пере|від|от|ви|вы|на|по|до|роз|раз|під|под|при|з|с|за|соз)?дат[иь]")
_LABIALS = ("п", "б", "в", "м", "ф")
# What the last letters of a stem become before -ен: підтвердити, підтверджений; обсудить, обсужденный.
_PASSIVE_CHANGES = (
    ("ст", "щ"),
    ("д", "дж"),
    ("д", "жд"),
    ("д", "ж"),
    ("т", "ч"),
    ("т", "щ"),
    ("с", "ш"),
    ("з", "ж"),
    *((letter, f"{letter}л") for letter in _LABIALS),
)


def verb_forms(lemma: str, second: str, language: str) -> dict[str, str]:
    """Forms with their tense. ``second`` is the stem of the present where it cannot be told from the infinitive."""
    reflexive = lemma.endswith(("ся", "сь"))
    plain = lemma[:-2] if reflexive else lemma
    found: dict[str, str] = {}
    for form, tense in (*_finite(plain, second, language), *_passive(plain, second, language)):
        if not reflexive:
            found.setdefault(form, tense)
        elif tense != "passive":
            found.setdefault(f"{form}ся", tense)
            found.setdefault(f"{form}сь", tense)
    return found


def participle_forms(lemma: str, second: str, language: str) -> dict[str, frozenset[str]]:
    """Forms of the passive participles, which stand before nouns as adjectives do: ``збитий``, ``сбитый``."""
    found: dict[str, frozenset[str]] = {}
    for stem in _passive_stems(lemma, second):
        long = {"uk": "ий", "ru": "ный" if stem.endswith("н") else "ый"}[language]
        found.update(adjective_forms(stem + long, language))
    return found


def _finite(plain: str, second: str, language: str) -> Iterator[tuple[str, str]]:
    base = plain[:-2]
    yield plain, "infinitive"
    if language == "uk":
        yield from ((f"{plain}{end}", "future") for end in _FUTURE)
    yield from ((form, "past") for form in _past(plain, second, language))
    gives = _GIVING.fullmatch(plain)
    for stem in [second] if second else () if gives else _present_stems(base, language):
        yield from ((stem + end, "one") for end in _ONE[language])
        yield from ((stem + end, "many") for end in _MANY[language])
        if stem.endswith(_LABIALS):
            yield from ((f"{stem}л{end}", "many") for end in ("ять", "ят", "ю"))
    if gives:
        yield from ((base + end, "one") for end in ("сть", "ст"))
        yield from ((base[:-1] + end, "many") for end in ("адуть", "адут", "амо"))
    if plain.endswith("повісти"):
        yield from ((f"{base}ть", "one"), (f"{base[:-1]}дять", "many"))


def _past(plain: str, second: str, language: str) -> Iterator[str]:
    """Past forms; the masculine one has its own vowel (провів, допоміг) or no ending (привез, отверг)."""
    base = plain[:-2]
    if plain.endswith("йти"):
        stem = base[:-1]
        yield from (f"{stem}{link}{end}" for link in ("й", "") for end in ("шов", "шел", "шла", "шло", "шли"))
        return
    last = "в" if language == "uk" else "л"
    if plain.endswith("повісти"):
        yield from (f"{base[:-1]}{end}" for end in (last, "ла", "ло", "ли"))
        return
    if plain.endswith(("сти", "сть", "чь", "гти")) and (second or plain.endswith("гти")):
        stem = _past_stem(second or base)
        yield from (f"{stem}{end}" for end in ("ла", "ло", "ли", last, ""))
        yield from (f"{_raised(stem)}{end}" for end in ("в", "") if language == "uk")
        return
    yield from (f"{base}{end}" for end in (last, "ла", "ло", "ли"))
    if language == "ru":
        yield from (f"{base}{end}" for end in ("вший", "вшая", "вшие", "вшего", "вших"))
        if base.endswith("ну"):
            yield from (f"{base[:-2]}{end}" for end in ("", "ла", "ло", "ли"))


def _past_stem(second: str) -> str:
    """From the present's stem: провед- is прове-, вырост- is вырос-, допомож- is допомог-."""
    if second.endswith(("д", "т")):
        return second[:-1]
    return f"{second[:-1]}г" if second.endswith("ж") else second


def _raised(stem: str) -> str:
    """Ukrainian closed syllables: прове- is провів, допомог- is допоміг."""
    for at in range(len(stem) - 1, -1, -1):
        if stem[at] in "ео":
            return f"{stem[:at]}і{stem[at + 1 :]}"
    return stem


def _present_stems(base: str, language: str) -> Iterator[str]:
    """Stems of the present: обговорюва- is обговорю-, зупини- is зупин-; others stand in the dictionary."""
    if base.endswith(("ува", "юва")):
        yield base[:-2]
    if base.endswith(("ова", "ева")):
        yield base[:-3] + ("ю" if base[-3] == "е" and base[-4:-3] not in "цчшж" else "у")
    if base.endswith(("а", "я", "і")) or (language == "ru" and base.endswith("е")):
        yield base
    if base.endswith(("и", "і", "ну", "е")):
        yield base[:-1]


def _passive(plain: str, second: str, language: str) -> Iterator[tuple[str, str]]:
    ends = ("о", "а") if language == "uk" else ("о", "а", "ы", "")
    yield from ((f"{stem}{end}", "passive") for stem in _passive_stems(plain, second) for end in ends)


def _passive_stems(plain: str, second: str) -> Iterator[str]:
    base = plain[:-2]
    if second and base[-1] in CONSONANTS:
        yield f"{second}ен"
    if base.endswith("ува"):
        yield f"{base[:-3]}ован"
    if base.endswith(("а", "я")):
        yield f"{base}н"
    if base.endswith("и"):
        stem = base[:-1]
        yield from (f"{base}т", f"{stem}ен")
        yield from (f"{stem[: -len(old)]}{new}ен" for old, new in _PASSIVE_CHANGES if stem.endswith(old))
    if base.endswith("у"):
        yield f"{base}т"
    if base.endswith(("і", "е")):
        yield f"{base[:-1]}ен"
