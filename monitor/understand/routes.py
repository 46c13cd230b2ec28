"""Languages to their ways of being understood: as they are, in English, or by a classifier of their own.

English, and text in no language that can be told, goes to the model as it is. For another language there is a
translator into English, whose text the model then reads, or a gloss that it reads, or a reader of its own, or no way
at all.
"""

import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from monitor.errors import DocumentError
from monitor.records.articles import Article, Translation
from monitor.records.findings import Findings, Unread
from monitor.understand.glossed import GlossReader
from monitor.understand.reader import Reader

MODEL_LANGUAGE = "en"
Answer = TypeVar("Answer")
Extract = Callable[[Article, Findings], Findings]
"""What adds to findings all that an English article's words tell."""


class Translates(Protocol):
    """What makes English of an article."""

    def translate(self, article: Article) -> Translation:
        """Translate title and text apart. Raises DocumentError, saying why, when it cannot."""
        ...


class Reads(Protocol):
    """What understands articles in the languages it is for."""

    def understand(self, articles: Sequence[Article]) -> list[Findings]:
        """Return findings per article, in order."""
        ...

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        """Score titles with summaries per topic."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Routes:
    """Understands articles in every language that has a route.

    ``translators`` and ``readers`` go by ISO 639-1 code, ``glossed`` are the codes whose gloss ``reader`` reads;
    ``extract`` adds what English words tell; ``patience`` is for how many seconds translating goes on in one call, and
    what is not begun by then is left for later.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        translators: Mapping[str, Translates] | None = None,
        readers: Mapping[str, Reader] | None = None,
        glossed: Collection[str] = (),
        extract: Extract | None = None,
        patience: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._translators = translators or {}
        self._readers: dict[str, Reads] = {**(readers or {}), **dict.fromkeys(glossed, GlossReader(reader))}
        self._extract = extract
        self._patience = patience
        self._clock = clock

    @property
    def model(self) -> str:
        """Name of the model that reads English, with its weights' hash."""
        return self._reader.model

    def understand(self, articles: Sequence[Article]) -> list[Findings | Unread]:
        """Return findings per article, in order; one that cannot be read is a value, and does not touch the others."""
        return self._routed(articles, self._understood, _as_translated)

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float] | Unread]:
        """Score titles with summaries per topic, each by the route that the whole article would take."""
        return self._routed(articles, lambda reader, some: reader.screen(some), lambda scores, _a, _t: scores)

    def close(self) -> None:
        """Let go of every reader."""
        for reader in self._all():
            reader.close()

    def _understood(self, reader: Reads, articles: Sequence[Article]) -> list[Findings]:
        found = reader.understand(articles)
        if reader is not self._reader or self._extract is None:
            # What tells quotes and events knows English only, and a gloss is no English sentence.
            return found
        return [self._extract(article, findings) for article, findings in zip(articles, found, strict=True)]

    def _all(self) -> dict[Reads, None]:
        """Every reader once, also one for several languages."""
        return dict.fromkeys((self._reader, *self._readers.values()))

    def _routed(
        self,
        articles: Sequence[Article],
        ask: Callable[[Reads, Sequence[Article]], Sequence[Answer]],
        finish: Callable[[Answer, Article, Translation], Answer],
    ) -> list[Answer | Unread]:
        found: dict[int, Answer | Unread] = {}
        for reader, places in self._by_reader(articles):
            found |= zip(places, ask(reader, [articles[place] for place in places]), strict=True)
        # What takes long comes last: it must not hold up the rest when the time is up.
        for place, outcome in self._translated(articles):
            if isinstance(outcome, Unread):
                found[place] = outcome
            else:
                article = articles[place]
                (answer,) = ask(self._reader, [_in_english(article, outcome)])
                found[place] = finish(answer, article, outcome)
        return [found[place] for place in range(len(articles))]

    def _by_reader(self, articles: Sequence[Article]) -> Iterator[tuple[Reads, list[int]]]:
        """Each reader with the places of what it reads as it is."""
        for reader in self._all():
            places = [place for place, article in enumerate(articles) if self._reader_of(article) is reader]
            if places:
                yield reader, places

    def _reader_of(self, article: Article) -> Reads | None:
        """What reads the article's own words; None when nothing does."""
        return self._reader if article.language in {None, MODEL_LANGUAGE} else self._readers.get(article.language)

    def _translated(self, articles: Sequence[Article]) -> Iterator[tuple[int, Translation | Unread]]:
        """Every article that no reader reads as it is: in English, or why not."""
        began = self._clock()
        some = False
        for place, article in enumerate(articles):
            if self._reader_of(article) is not None:
                continue
            language = article.language or ""
            translator = self._translators.get(language)
            if translator is None:
                yield place, Unread(article_id=article.id, language=language, reason=f"language: {language}")
            elif some and self._clock() - began >= self._patience:
                reason = f"language: {language}, not translated yet"
                yield place, Unread(article_id=article.id, language=language, reason=reason, later=True)
            else:
                some = True
                yield place, _outcome(translator, article, language)


def _outcome(translator: Translates, article: Article, language: str) -> Translation | Unread:
    try:
        return translator.translate(article)
    except DocumentError as error:
        return Unread(article_id=article.id, language=language, reason=f"language: {language}, {error}")


def _in_english(article: Article, translation: Translation) -> Article:
    return replace(article, title=translation.title, text=translation.text, language=MODEL_LANGUAGE)


def _as_translated(findings: Findings, article: Article, translation: Translation) -> Findings:
    return replace(findings, language=article.language, translation=translation)
