"""Ukrainian and Russian headlines word for word into English, so that the English model can read them. Pure.

No translation: a dictionary of the subject's names and words, phrases first, and as much grammar as is cheap. Cases
become prepositions (``візит Зеленського``, visit of Zelensky; ``допомога Україні``, aid to Ukraine), and what no list
knows is spelt in Latin letters. Text without a Cyrillic letter stays as it is.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace

from monitor.records.articles import Article
from monitor.understand.glosswords import CYRILLIC, NAMES, NOUNS, Token, cut, spelt

LANGUAGES = ("uk", "ru")
_QUOTES = str.maketrans({"«": '"', "»": '"', "„": '"', "“": '"', "”": '"'})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One word or phrase: where it stands in the gloss, and where in the text that was glossed."""

    start: int
    end: int
    source_start: int
    source_end: int

    def moved(self, by: int, source_by: int) -> "Piece":
        """Return the piece as it stands behind other text."""
        return Piece(
            start=self.start + by,
            end=self.end + by,
            source_start=self.source_start + source_by,
            source_end=self.source_end + source_by,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gloss:
    """Rough English, and where each word of it comes from; ``pieces`` stand in order of the gloss."""

    text: str
    pieces: tuple[Piece, ...] = ()

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Bounds in the glossed text of what ``text[start:end]`` renders, in whole words. O(log pieces)."""
        first = self._origin(start)[0]
        return first, self._origin(end - 1)[1] if end > start else first

    def _origin(self, at: int) -> tuple[int, int]:
        """Where one character comes from; what stands between the pieces is the same in both texts."""
        number = bisect_right(self.pieces, at, key=lambda piece: piece.start) - 1
        if number < 0:
            return at, at + 1
        piece = self.pieces[number]
        if at < piece.end:
            return piece.source_start, piece.source_end
        place = piece.source_end + at - piece.end
        return place, place + 1


@dataclass(slots=True)
class _State:
    """Where the walk over the tokens stands: what came last, and what waits for its noun."""

    last: Token | None = None
    preposition: Token | None = None
    adjectives: list[Token] = field(default_factory=list)
    counted: bool = False

    def reset(self) -> None:
        self.last, self.preposition, self.adjectives, self.counted = None, None, [], False


def gloss(text: str, language: str) -> Gloss:
    """Render ``text`` word for word into English. Raises ValueError for a language other than ``uk`` and ``ru``.

    Takes time in proportion to the text, and is never longer than twelve times the text and twenty characters.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no gloss for language {language!r}: there are word lists for 'uk' and 'ru' only")
    if not CYRILLIC.search(text):
        return Gloss(text=text)
    tokens, rest = cut(text, language)
    _related(tokens)
    parts, pieces, at = list[str](), list[Piece](), 0
    for token in _reordered(tokens):
        said, start = spelt(token), at + len(token.before)
        at = start + len(said)
        parts += token.before.translate(_QUOTES), said
        pieces.append(Piece(start=start, end=at, source_start=token.start, source_end=token.end))
    return Gloss(text="".join(parts) + rest.translate(_QUOTES), pieces=tuple(pieces))


def article_gloss(article: Article) -> tuple[Article, Gloss]:
    """Return the article in rough English, and the gloss of its document: the findings' offsets lead back through it.

    An article in a language without word lists stays as it is.
    """
    if article.language not in LANGUAGES:
        return article, Gloss(text=article.document)
    title, text = gloss(article.title, article.language), gloss(article.text, article.language)
    english = replace(article, title=title.text, text=text.text)
    by = len(english.document) - len(text.text)
    source_by = len(article.document) - len(article.text)
    # An empty piece where the text begins, so that a text without pieces is counted from there.
    body = (Piece(start=0, end=0, source_start=0, source_end=0), *text.pieces)
    moved = (piece.moved(by, source_by) for piece in body)
    return english, Gloss(text=english.document, pieces=(*title.pieces, *moved))


def _related(tokens: list[Token]) -> None:
    """Walk the tokens and say in English what their cases say: of, to, with, and which sense a preposition has."""
    state = _State()
    for token in tokens:
        if token.before.strip() or "\n" in token.before:
            state.reset()
        if token.kind == "preposition":
            state.reset()
            state.preposition = token
        elif token.kind == "adjective":
            state.adjectives.append(token)
        elif token.kind == "number":
            state.counted = token.text not in ("one", "1")
        elif token.kind in NOUNS:
            _settle(token, state)
        else:
            state.reset()


def _settle(token: Token, state: _State) -> None:
    """Settle case and number of a noun, and with them the small word before it and its adjectives."""
    cases = {case for case in token.cases if token.kind != "person" or case[1] == "s"}
    state.adjectives = [adjective for adjective in state.adjectives if cases & adjective.cases]
    for adjective in state.adjectives:
        cases = (cases & adjective.cases) or cases
    case, small = "", ""
    if state.preposition is not None:
        case, small = _governed(state.preposition, cases, token.kind in NAMES)
    elif not state.counted:
        case, small = _free(token, cases, state.last)
    numbers = {found[1] for found in cases if not case or found[0] == case}
    unsure = not case and numbers == {"s", "p"} and "ns" not in cases
    if state.counted or numbers == {"p"} or unsure:
        token.text = token.many or token.text
    if small and state.preposition is not None:
        state.preposition.text = small
    elif small:
        (state.adjectives[0] if state.adjectives else token).link = small
    state.last, state.preposition, state.adjectives, state.counted = token, None, [], False


def _governed(preposition: Token, cases: set[str], named: bool) -> tuple[str, str]:
    """The sense that fits the case of the noun; one marked with a capital letter is for names alone."""
    for case, english in preposition.senses:
        if (named or case.islower()) and any(found[0] == case.lower() for found in cases):
            return case.lower(), english
    return "", ""


def _free(token: Token, cases: set[str], last: Token | None) -> tuple[str, str]:
    """Case of a noun without a preposition, and the English word for it after the noun (or verb) before it."""
    letters = {found[0] for found in cases}
    subject = bool(letters & {"n", "a"})
    if last is not None and last.kind in NOUNS and "g" in letters:
        owned = last.kind == "noun" or (last.kind == "name" and not subject)
        if owned and token.kind != "weapon":
            return "g", "of"
    if subject:
        return "", ""
    if "d" in letters:
        return "d", "to"
    if "i" in letters and last is not None and last.kind in NOUNS and token.kind != "person":
        return "i", "with"
    return "", ""


def _reordered(tokens: list[Token]) -> list[Token]:
    """Join pairs that English puts the other way round: missiles Patriot, Patriot missiles; not will, will not."""
    kept = list[Token]()
    for token in tokens:
        last = kept[-1] if kept else None
        if last is None or token.before != " ":
            kept.append(token)
        elif last.kind == "noun" and token.kind == "weapon":
            head = spelt(last, bare=True)
            last.text = f"{spelt(token, bare=True)} {head[:1].lower()}{head[1:]}"
            last.kind, last.written, last.end = "weapon", "", token.end
        elif last.text == "not" and token.text.startswith("will"):
            last.text, last.kind, last.end = f"will not{token.text.removeprefix('will')}", "verb", token.end
        else:
            kept.append(token)
    return kept
