"""The language of a text; py3langid lives here."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# The languages news is written in. The model also knows creoles and dialects that it takes short English headlines for.
_NEWS_LANGUAGES = (
    "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl ha he hi hr hu hy id is it ja ka kk km ko ku "
    "ky lo lt lv mk mn ms mt my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg th tl tr uk ur uz "
    "vi zh"
).split()
# One answer for the written forms of Norwegian.
_SAME = {"nb": "no", "nn": "no"}
LANGUAGES = tuple(sorted({_SAME.get(code, code) for code in _NEWS_LANGUAGES}))
"""What ``language_of`` may answer."""
# Codes of countries, and old ones, that people write for a language.
MEANT = _SAME | {"ua": "uk", "by": "be", "cz": "cs", "cn": "zh", "jp": "ja", "gr": "el", "dk": "da", "iw": "he"}
_SAMPLE = 400
_LEAST_LETTERS = 12
# Below this probability the answer is "cannot tell". Latin script is shared by most of the languages and names
# fill headlines, so it takes more there.
_SURE = 0.5
_SURE_LATIN = 0.75
# English is what the feeds are in; a name in a headline must not cost it.
_SURE_ENGLISH = 0.15
# A headline is too short for telling all the languages in Cyrillic letters apart, and two of them are the subject's.
_SURE_CYRILLIC = {"uk": 0.3, "ru": 0.3}
_SURE_OTHER_CYRILLIC = 0.75
_CYRILLIC = (0x400, 0x500)
_ALPHABETS = {
    "uk": frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "ru": frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
}
# Letters that the other has not.
_TELLING = {"uk": frozenset("ґєії"), "ru": frozenset("ёыэ")}


_MANY_LETTERS = 200
_MANY_WORDS = 40
_ENGLISH_WORDS = frozenset(
    "the of and to in a is that for it was on with as by at from this be are have he his said has an they not "
    "were which "
    "their but or who will would been had its we you she her".split()
)
_ENGLISH_SHARE = 0.18
# Other languages share some of the words, but not this one.
_ONLY_ENGLISH = "the"
_NEARLY_ALL = 0.9


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(set(_NEWS_LANGUAGES) & set(identifier.labels)))
    return identifier


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``, or None when it is too short or too mixed to tell.

    Looks at the first 400 characters. Names alone ("Trump, Putin, Zelensky") belong to no language.
    """
    sample = text[:_SAMPLE]
    if _is_plain_english(sample):
        return "en"
    letters = [character for character in sample if character.isalpha()]
    # A Chinese or Japanese character is about a word.
    if sum(1 if ord(character) < 0x2E80 else 4 for character in letters) < _LEAST_LETTERS:
        return _by_letters(letters)
    # Cyrillic text as long as that has letters which tell it; asking the detector costs more than reading a page.
    if (
        len(letters) >= _MANY_LETTERS
        and _most(letters, *_CYRILLIC, share=_NEARLY_ALL)
        and (code := _by_letters(letters))
    ):
        return code
    code, probability = _identifier().classify(sample)
    return _SAME.get(code, str(code)) if probability >= _enough(code, letters) else _by_letters(letters)


def _is_plain_english(sample: str) -> bool:
    """True for text that is English beyond doubt, by its commonest words."""
    words = sample.lower().split()
    if len(words) < _MANY_WORDS or words.count(_ONLY_ENGLISH) < 2:
        return False
    return sum(word in _ENGLISH_WORDS for word in words) >= _ENGLISH_SHARE * len(words)


def _enough(code: str, letters: list[str]) -> float:
    if code == "en":
        return _SURE_ENGLISH
    if _most(letters, 0, 0x250):
        return _SURE_LATIN
    return _SURE_CYRILLIC.get(code, _SURE_OTHER_CYRILLIC) if _most(letters, *_CYRILLIC) else _SURE


def _by_letters(letters: list[str]) -> str | None:
    """Ukrainian or Russian when its alphabet has all the letters, and one that the other lacks."""
    if not _most(letters, *_CYRILLIC):
        return None
    used = {letter.lower() for letter in letters if _CYRILLIC[0] <= ord(letter) < _CYRILLIC[1]}
    return next((code for code, own in _TELLING.items() if used & own and used <= _ALPHABETS[code]), None)


def _most(letters: list[str], first: int, end: int, share: float = 0.5) -> bool:
    return sum(first <= ord(letter) < end for letter in letters) > len(letters) * share
