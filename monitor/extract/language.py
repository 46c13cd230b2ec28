"""The language of a text; py3langid lives here."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# The languages news is written in. The model also knows creoles and dialects that it takes short English headlines for.
_LANGUAGES = (
    "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl ha he hi hr hu hy id is it ja ka kk km ko ku "
    "ky lo lt lv mk mn ms mt my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg th tl tr uk ur uz "
    "vi zh"
).split()
# One answer for the written forms of Norwegian.
_SAME = {"nb": "no", "nn": "no"}
_SAMPLE = 400
_LEAST_LETTERS = 12
# Below this probability the answer is "cannot tell". Latin script is shared by most of the languages and names
# fill headlines, so it takes more there.
_SURE = 0.5
_SURE_LATIN = 0.75
# English is what the feeds are in; a name in a headline must not cost it.
_SURE_ENGLISH = 0.15


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(set(_LANGUAGES) & set(identifier.labels)))
    return identifier


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``, or None when it is too short or too mixed to tell.

    Looks at the first 400 characters. Names alone ("Trump, Putin, Zelensky") belong to no language.
    """
    sample = text[:_SAMPLE]
    letters = [character for character in sample if character.isalpha()]
    # A Chinese or Japanese character is about a word.
    if sum(1 if ord(character) < 0x2E80 else 4 for character in letters) < _LEAST_LETTERS:
        return None
    code, probability = _identifier().classify(sample)
    return _SAME.get(code, str(code)) if probability >= _enough(code, letters) else None


def _enough(code: str, letters: list[str]) -> float:
    if code == "en":
        return _SURE_ENGLISH
    latin = sum(ord(character) < 0x250 for character in letters) > len(letters) / 2
    return _SURE_LATIN if latin else _SURE
