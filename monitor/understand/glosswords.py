"""A text cut into words and phrases, each with what a dictionary says of it: the gloss's first step. Pure."""

import re
from dataclasses import dataclass

from monitor.understand.dictionary import Dictionary, Phrase, Reading, capitals_fit, dictionary, folded
from monitor.understand.entities import link
from monitor.understand.romanise import romanised

CYRILLIC = re.compile(r"[\u0400-\u04ff]")
NOUNS = frozenset({"noun", "name", "person", "weapon"})
NAMES = frozenset({"name", "person", "weapon"})
# The stress mark that some write over a vowel.
_STRESS = "\u0301"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|{_STRESS})*(?:['’ʼ`‑-](?:[^\W_]|{_STRESS})+)*")
# A sentence or a quotation begins after these, but not after a quotation's closing mark.
_OPENS = re.compile(r"[.!?:…][\"“”»)]*\s+$|[\"“„«(|–—]$|[|–—-]\s+$")
_SURNAME = re.compile(r"(?P<stem>.{2,}[сцз]ьк|.{2,}[сц]к)(?P<ending>ий|ого|ому|им|ім|ом|ой|ої|ій|ою|ая|ую|а|у)")
_PREFIXES = (
    ("екс", "ex-"),
    ("экс", "ex-"),
    ("анти", "anti-"),
    ("контр", "counter-"),
    ("спец", "special "),
    ("віце", "vice-"),
    ("вице", "vice-"),
    ("авіа", "air "),
    ("авиа", "air "),
    ("кібер", "cyber-"),
    ("кибер", "cyber-"),
    ("проти", "anti-"),
    ("не", "not "),
)
# Phrases that end so are followed by a genitive, as prepositions are.
_GOVERNING = (" of", " to", "during")
_GENITIVE = ("ого", "ої", "ой")


@dataclass(slots=True, kw_only=True)
class Token:
    """One word or phrase of the text on its way to English."""

    before: str
    """What stands between the previous token and this one."""
    written: str
    text: str
    many: str = ""
    kind: str = "word"
    cases: frozenset[str] = frozenset()
    senses: tuple[tuple[str, str], ...] = ()
    link: str = ""
    opens: bool = False
    """It opens a sentence, a quotation or a line."""
    start: int = 0
    end: int = 0
    """Where in the text it was found."""


def cut(text: str, language: str) -> tuple[list[Token], str]:
    """Cut the text into words and phrases, the longest phrase first; also return what follows the last of them."""
    known, found = dictionary(language), list(_WORD.finditer(text))
    words = [word.group().replace(_STRESS, "") for word in found]
    forms = [folded(word, language) for word in words]
    tokens, at, end = list[Token](), 0, 0
    while at < len(found):
        start, written = found[at].start(), words[at]
        before = text[end:start]
        opens = not tokens or "\n" in before or bool(_OPENS.search(before[-8:]))
        phrase = _phrase_at(text, found, forms, at, known)
        if phrase is not None:
            tokens.append(_phrase_token(phrase, before, written, forms[at : at + len(phrase.words)]))
            at += len(phrase.words)
        else:
            tokens.append(_word_token(before, written, forms[at], known, language, opens, tokens))
            at += 1
        end = found[at - 1].end()
        tokens[-1].opens, tokens[-1].start, tokens[-1].end = opens, start, end
    return tokens, text[end:]


def _phrase_at(text: str, found: list[re.Match[str]], forms: list[str], at: int, known: Dictionary) -> Phrase | None:
    for phrase in known.phrases.get(forms[at], ()):
        last = at + len(phrase.words)
        if last <= len(found) and all(
            form in words and capitals_fit(word.group(), lemma)
            for form, words, word, lemma in zip(
                forms[at:last], phrase.words, found[at:last], phrase.lemmas, strict=True
            )
        ):
            gaps = (
                text[one.end() : two.start()] for one, two in zip(found[at:last], found[at + 1 : last], strict=False)
            )
            if all(gap.isspace() and "\n" not in gap for gap in gaps):
                return phrase
    return None


def _phrase_token(phrase: Phrase, before: str, written: str, forms: list[str]) -> Token:
    if phrase.kind == "word" and phrase.text.endswith(_GOVERNING):
        return _governor(before, written, phrase.text)
    cases: frozenset[str] = frozenset()
    if phrase.head is not None:
        cases = phrase.words[phrase.head][forms[phrase.head]]
    return Token(before=before, written=written, text=phrase.text, many=phrase.many, kind=phrase.kind, cases=cases)


def _governor(before: str, written: str, text: str) -> Token:
    """A phrase that works as a preposition: ``за словами``, according to."""
    return Token(before=before, written=written, text=text, kind="preposition", senses=(("g", text),))


def _word_token(
    before: str, written: str, form: str, known: Dictionary, language: str, opens: bool, tokens: list[Token]
) -> Token:
    if not CYRILLIC.search(written):
        return _latin(before, written)
    if form in known.prepositions:
        senses = known.prepositions[form]
        return Token(before=before, written=written, text=senses[0][1], kind="preposition", senses=senses)
    after_preposition = not opens and bool(tokens) and tokens[-1].kind in ("preposition", "adjective")
    reading = _reading(form, written, known, opens, after_preposition)
    if reading is not None and reading.kind == "word" and reading.text.endswith(_GOVERNING):
        return _governor(before, written, reading.text)
    if reading is not None:
        return Token(
            before=before,
            written=written,
            text=reading.text,
            many=reading.many,
            kind=reading.kind,
            cases=reading.cases,
        )
    if form.endswith(("ся", "сь")):
        reading = _reading(form[:-2], written, known, opens, False)
        if reading is not None and reading.kind == "verb":
            return Token(before=before, written=written, text=reading.many, kind="verb")
    if "-" in form:
        return _compound(before, written, known, language, opens)
    return _prefixed(before, written, form, known) or _unknown(before, written, language)


def _reading(form: str, written: str, known: Dictionary, opens: bool, wants_noun: bool) -> Reading | None:
    """Choose among what a form may mean: a name for a capital inside a sentence, a noun after a preposition."""
    fits = [reading for reading in known.readings.get(form, ()) if capitals_fit(written, reading.lemma)]
    if len(fits) < 2:
        return fits[0] if fits else None
    named = [reading for reading in fits if reading.lemma[:1].isupper()]
    plain = [reading for reading in fits if not reading.lemma[:1].isupper()]
    ordered = (plain + named) if opens else (named + plain)
    if wants_noun:
        ordered.sort(key=lambda reading: reading.kind not in NOUNS and reading.kind != "adjective")
    return ordered[0]


def _latin(before: str, written: str) -> Token:
    if any(character.isdigit() for character in written) and not written[:1].isalpha():
        return Token(before=before, written="", text=written, kind="number")
    weapon = written[:1].isupper() and link(written, "weapon") is not None
    kind = "weapon" if weapon else "person" if written[:1].isupper() else "word"
    return Token(before=before, written="", text=written, many=written, kind=kind)


def _compound(before: str, written: str, known: Dictionary, language: str, opens: bool) -> Token:
    """Gloss the parts of a hyphenated word; the last one tells kind and case."""
    parts = [
        _word_token("", part, folded(part, language), known, language, opens, []) for part in re.split("[-‑]", written)
    ]
    joined, last = "-".join(spelt(part) for part in parts), parts[-1]
    many = "-".join([*(spelt(part) for part in parts[:-1]), last.many or last.text])
    kind = "word" if last.kind == "preposition" else last.kind
    return Token(before=before, written=written, text=joined, many=many, kind=kind, cases=last.cases)


def _prefixed(before: str, written: str, form: str, known: Dictionary) -> Token | None:
    """Take a common prefix off a word that is known without it: ексміністр, ex-minister."""
    for prefix, english in _PREFIXES:
        reading = _reading(form.removeprefix(prefix), written, known, True, True) if form.startswith(prefix) else None
        if reading is not None and reading.kind in ("noun", "adjective"):
            text, many = f"{english}{reading.text}", f"{english}{reading.many}"
            return Token(before=before, written=written, text=text, many=many, kind=reading.kind, cases=reading.cases)
    return None


def _unknown(before: str, written: str, language: str) -> Token:
    """Spell a word that no list knows; a capital makes it a name, and -ського tells its case."""
    capital = written[:1].isupper()
    spelt, cases = romanised(written, language), frozenset[str]()
    surname = _SURNAME.fullmatch(written) if capital else None
    if surname is not None:
        spelt = romanised(surname["stem"], language) + "y"
        cases = frozenset({"gs", "as"} if surname["ending"] in _GENITIVE else ())
    return Token(
        before=before, written=written, text=spelt, many=spelt, kind="person" if capital else "word", cases=cases
    )


def spelt(token: Token, *, bare: bool = False) -> str:
    """The token's English with its small word, and the capital that the source has."""
    text = token.text if bare or not token.link else f"{token.link} {token.text}"
    return text[:1].upper() + text[1:] if _opens_large(token) else text


def _opens_large(token: Token) -> bool:
    """Capitals of abbreviations (ППО) and of names after a small word are the dictionary's own business."""
    if not token.written[:1].isupper():
        return False
    return token.opens or not (token.written.isupper() or token.link)
