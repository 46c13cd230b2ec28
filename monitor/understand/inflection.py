"""Ukrainian and Russian words to their forms: enough grammar to know a headline's words again, and no more. Pure.

A form is given with what it may be: case and number of a noun or an adjective (``gs`` genitive singular, ``np``
nominative plural ...), or the tense of a verb. Too many forms do no harm, for a wrong one is never written; so rules
with few exceptions are kept, and a word that needs another stem brings it along in the dictionary.
"""

from collections.abc import Iterator, Mapping
from functools import cache

CONSONANTS = frozenset("бвгґджзйклмнпрстфхцчшщ")
_HUSHES = ("ж", "ч", "ш", "щ")
# ``а:gs,np`` means: the stem with -а is genitive singular or nominative plural; ``*`` softens the stem's last letter.
_PLURAL_HARD = " ам:dp ами:ip ах:lp"
_PLURAL_SOFT = " ям:dp ями:ip ях:lp"
Pattern = tuple[tuple[str, ...], int, str]

_UKRAINIAN_NOUNS: tuple[Pattern, ...] = (
    (("ння", "ття", "лля", "ччя", "ззя", "ддя", "сся"), 1, "я:ns,gs,np,as ю:ds і:ls ям:is,dp ями:ip ях:lp"),
    (("ія", "ея", "оя", "уя", "'я"), 1, "я:ns ї:gs,ds,ls,np,ap ю:as єю:is й:gp" + _PLURAL_SOFT),
    (("я",), 1, "я:ns і:gs,ds,ls,np,ap ю:as ею:is ь:gp" + _PLURAL_SOFT),
    (("жа", "ча", "ша", "ща"), 1, "а:ns і:gs,ds,ls,np,ap у:as ею:is :gp" + _PLURAL_HARD),
    (("а",), 1, "а:ns и:gs,np,ap *і:ds,ls у:as ою:is :gp" + _PLURAL_HARD),
    (("о",), 1, "о:ns,as а:gs,np,ap у:ds ом:is *і:ls :gp" + _PLURAL_HARD),
    (("ще", "че", "же", "ше"), 1, "е:ns,as а:gs,np,ap у:ds ем:is і:ls :gp" + _PLURAL_HARD),
    (("е",), 1, "е:ns,as я:gs,np,ap ю:ds ем:is і:ls ів:gp ь:gp" + _PLURAL_SOFT),
    (("ї",), 1, "ї:np,ap їв:gp й:gp" + _PLURAL_SOFT),
    (("и", "і"), 1, "и:np,ap і:np,ap ів:gp ей:gp :gp" + _PLURAL_HARD + _PLURAL_SOFT),
)
_RUSSIAN_NOUNS: tuple[Pattern, ...] = (
    (("ия",), 1, "я:ns и:gs,ds,ls,np,ap ю:as ей:is й:gp" + _PLURAL_SOFT),
    (("я",), 1, "я:ns и:gs,np,ap е:ds,ls ю:as ей:is ь:gp й:gp" + _PLURAL_SOFT),
    (("га", "ка", "ха", "жа", "ча", "ша", "ща"), 1, "а:ns и:gs,np,ap е:ds,ls у:as ой:is ей:is :gp" + _PLURAL_HARD),
    (("а",), 1, "а:ns ы:gs,np,ap е:ds,ls у:as ой:is ей:is :gp" + _PLURAL_HARD),
    (("о",), 1, "о:ns,as а:gs,np,ap у:ds ом:is е:ls :gp" + _PLURAL_HARD),
    (("ие",), 1, "е:ns,as я:gs,np,ap ю:ds ем:is и:ls й:gp" + _PLURAL_SOFT),
    (("ще", "че", "же", "це"), 1, "е:ns,as,ls а:gs,np,ap у:ds ем:is :gp" + _PLURAL_HARD),
    (("е",), 1, "е:ns,as,ls я:gs,np,ap ю:ds ем:is ей:gp" + _PLURAL_SOFT),
    (("ы",), 1, "ы:np,ap ов:gp ев:gp :gp" + _PLURAL_HARD),
    (("и",), 1, "и:np,ap ов:gp ев:gp ей:gp й:gp :gp" + _PLURAL_HARD + _PLURAL_SOFT),
)
# Nouns that end in a consonant or a soft sign; the first matching row counts.
_UKRAINIAN_MEN: tuple[Pattern, ...] = (
    (("сть", "дь", "рть", "вь", "зь", "іль"), 1, "ь:ns,as і:gs,ds,ls,np,ap ю:is ей:gp ом:is" + _PLURAL_SOFT),
    (("ь",), 1, "ь:ns я:gs,as ю:ds еві:ds ем:is і:ls,np ів:gp" + _PLURAL_SOFT),
    (("й",), 1, "й:ns я:gs,as ю:ds єві:ds єм:is ї:ls,np їв:gp" + _PLURAL_SOFT),
    (_HUSHES, 0, ":ns,as а:gs,as у:ds еві:ds ем:is і:gs,ds,ls,np,ap ю:is ів:gp ей:gp" + _PLURAL_HARD),
    (("ц",), 0, "я:gs,as ю:ds еві:ds ем:is і:ls,np ів:gp" + _PLURAL_SOFT),
    (("",), 0, ":ns а:gs,as у:gs,ds,ls ові:ds,ls ом:is *і:ls и:np,ap ів:gp ам:dp ами:ip ах:lp ям:dp ями:ip"),
)
_RUSSIAN_MEN: tuple[Pattern, ...] = (
    (("ь",), 1, "ь:ns,as я:gs,as ю:ds ью:is ем:is е:ls и:gs,ds,ls,np,ap ей:gp ам:dp ами:ip ах:lp" + _PLURAL_SOFT),
    (("й",), 1, "й:ns я:gs,as ю:ds ем:is е:ls и:ls,np,ap ев:gp" + _PLURAL_SOFT),
    ((*_HUSHES, "ц"), 0, ":ns,as а:gs,as у:ds ем:is ом:is е:ls и:np,ap ы:np,ap ей:gp ев:gp ов:gp" + _PLURAL_HARD),
    (("",), 0, ":ns,as а:gs,as у:ds ом:is е:ls ы:np,ap и:np,ap ов:gp" + _PLURAL_HARD),
)
_UKRAINIAN_ADJECTIVE = (
    "ий:ns,as ого:gs,as ому:ds,ls им:is,dp ім:ls а:ns ої:gs ій:ds,ls у:as ою:is е:ns,as і:np,ap их:gp,ap,lp ими:ip о:"
)
_UKRAINIAN_SOFT = (
    "ій:ns,as,ds,ls ього:gs,as ьому:ds,ls ім:is,dp,ls я:ns ьої:gs ю:as ьою:is є:ns,as і:np,ap іх:gp,ap,lp іми:ip ьо:"
)
_RUSSIAN_ADJECTIVE = (
    "ый:ns,as ий:ns,as ой:ns,as,gs,ds,is,ls ого:gs,as ому:ds ым:is,dp им:is,dp ом:ls ая:ns ую:as ою:is ое:ns,as "
    "ые:np,ap ие:np,ap ых:gp,ap,lp их:gp,ap,lp ыми:ip ими:ip о: "
    "его:gs,as ему:ds ем:ls ей:gs,ds,is,ls ее:ns,as яя:ns юю:as"
)
# Endings that a phrase's adjective may have in the dictionary, being in agreement with its noun.
_AGREEING_ENDS = {
    "uk": ("ий", "ій", "а", "я", "е", "є", "і"),
    "ru": ("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие"),
}
_ADJECTIVE_ENDS = {"uk": ("ий",), "ru": ("ый", "ий", "ой")}
_SURNAME_ENDS = ("ов", "ев", "єв", "ін", "їн", "ин", "ын")


@cache
def _cases(endings: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Read a row of endings; the same few sets serve every word."""
    pairs = (part.split(":") for part in endings.split(" "))
    return tuple((ending, frozenset(tags.split(",")) if tags else frozenset()) for ending, tags in pairs)


def noun_forms(lemma: str, second: str, language: str, *, surname: bool = False) -> dict[str, frozenset[str]]:
    """Forms of a noun with their cases. ``second`` is the stem of the oblique cases, or the whole genitive plural."""
    found: dict[str, frozenset[str]] = {}
    if lemma.endswith(_ADJECTIVE_ENDS[language]) and len(lemma) > 4:
        found = adjective_forms(lemma, language)
        if not surname and not (language == "ru" and lemma.endswith(("ий", "ой"))):
            return found
    for form, cases in _plain_noun(lemma, second, language):
        found[form] = found.get(form, frozenset()) | cases
    found.setdefault(lemma, frozenset({"ns"}))
    if surname and lemma.endswith(_SURNAME_ENDS):
        found[f"{lemma}им"] = found[f"{lemma}ым"] = frozenset({"is"})
    if surname and lemma.endswith(tuple(f"{end}а" for end in _SURNAME_ENDS)):
        found = _added(found, adjective_forms(lemma[:-1] + ("ий" if language == "uk" else "ый"), language))
    return found


def _plain_noun(lemma: str, second: str, language: str) -> Iterator[tuple[str, frozenset[str]]]:
    men = lemma[-1] in CONSONANTS or lemma[-1] == "ь"
    if men:
        table = _UKRAINIAN_MEN if language == "uk" else _RUSSIAN_MEN
        for stem in dict.fromkeys((lemma, *_oblique(lemma, second, language))):
            yield from ((form, cases) for form, cases in _by_table(stem, table) if form == lemma or "ns" not in cases)
        if lemma.endswith("сть") and language == "uk" and lemma[-4] == "і":
            yield f"{lemma[:-1]}ю", frozenset({"is"})
        if lemma.endswith(_HUSHES) and language == "uk":
            yield f"{lemma}{lemma[-1]}ю", frozenset({"is"})
        return
    yield from _by_table(lemma, _UKRAINIAN_NOUNS if language == "uk" else _RUSSIAN_NOUNS)
    yield from ((form, frozenset({"gp"})) for form in ([second] if second else _genitive_plural(lemma[:-1])))


def _by_table(lemma: str, table: tuple[Pattern, ...]) -> Iterator[tuple[str, frozenset[str]]]:
    for suffixes, cut, endings in table:
        if lemma.endswith(suffixes):
            stem = lemma[: len(lemma) - cut]
            for ending, cases in _cases(endings):
                yield (_softened(stem) + ending[1:] if ending.startswith("*") else stem + ending), cases
            return


def _softened(stem: str) -> str:
    return stem[:-1] + {"г": "з", "к": "ц", "х": "с"}.get(stem[-1:], stem[-1:])


def _oblique(lemma: str, second: str, language: str) -> Iterator[str]:
    """Stems before endings: день is дн-, Київ is Києв-, українець is українц-, внесок is внеск-."""
    if second:
        yield second + (lemma[-1] if lemma[-1] in "ьй" else "")
        return
    if lemma.endswith(("ець", "ец")):
        yield lemma.removesuffix("ь")[:-2] + "ц"
    if lemma.endswith(("ень", "ель", "оть")):
        yield lemma[:-3] + lemma[-2:]
    if lemma.endswith(("ок", "ек")):
        yield f"{lemma[:-2]}к"
    if language == "uk" and "і" in lemma[-4:] and not lemma.endswith("й"):
        before, _, after = lemma.rpartition("і")
        yield from (f"{before}о{after}", f"{before}е{after}")
    if language == "uk" and lemma.endswith("їв"):
        yield f"{lemma[:-2]}єв"
    if language == "uk" and lemma.endswith("ій"):
        yield f"{lemma[:-2]}ой"
    if language == "uk" and lemma.endswith("ар"):
        yield f"{lemma}ь"


def _genitive_plural(stem: str) -> Iterator[str]:
    """Genitive plurals with a vowel put in or doubled letters undone: підтримок, питань, поддержек."""
    if len(stem) < 3:
        return
    if stem[-1] == stem[-2]:
        yield f"{stem[:-1]}ь"
    if stem[-1] in "кв" and stem[-2] in CONSONANTS | {"ь"}:
        base = stem[:-1].removesuffix("ь") if stem[-2] == "ь" else stem[:-1]
        yield from (f"{base}о{stem[-1]}", f"{base}е{stem[-1]}")
    if stem[-1] in "нлр" and stem[-2] in CONSONANTS:
        yield from (f"{stem[:-1]}е{stem[-1]}", f"{stem[:-1]}о{stem[-1]}")


def adjective_forms(lemma: str, language: str) -> dict[str, frozenset[str]]:
    """Forms of an adjective with their cases; the form in -о, used in compounds, has none."""
    if language == "uk":
        soft = lemma.endswith("ій")
        return {
            lemma[:-2] + ending: cases for ending, cases in _cases(_UKRAINIAN_SOFT if soft else _UKRAINIAN_ADJECTIVE)
        }
    found = {lemma[:-2] + ending: cases for ending, cases in _cases(_RUSSIAN_ADJECTIVE)}
    # Short forms, as in "готов", "готова", "готовы".
    for ending, cases in (("", {"ns"}), ("а", {"ns"}), ("ы", {"np"})):
        found.setdefault(lemma[:-2] + ending, frozenset(cases))
        if lemma.endswith("нный"):
            found.setdefault(lemma[:-3] + ending, frozenset(cases))
    return found


def phrase_word_forms(word: str, language: str) -> Mapping[str, frozenset[str]]:
    """Forms of a word in a phrase, which may be a noun, or an adjective that agrees with one."""
    if len(word) < 3 or (word[-1] not in CONSONANTS and word[-1] in "уюэ"):
        return {word: frozenset()}
    found = dict(noun_forms(word, "", language, surname=True))
    for end in _AGREEING_ENDS[language]:
        if word.endswith(end) and len(word) - len(end) > 2:
            hard = "ий" if language == "uk" else "ый"
            soft = language == "uk" and (end in ("ій", "я", "є") or word.endswith("ні"))
            for lemma in (word[: -len(end)] + hard, *([f"{word[: -len(end)]}ій"] if soft else [])):
                found = _added(found, adjective_forms(lemma, language))
    return found


def _added(found: dict[str, frozenset[str]], more: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    for form, cases in more.items():
        found[form] = found.get(form, frozenset()) | cases
    return found
