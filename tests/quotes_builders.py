"""Articles for the tests of referents and quotations: names are tagged where they stand, without the model."""

import re
from datetime import UTC, datetime

from monitor.records.articles import Article
from monitor.records.findings import Entity, Quote, Report, Span
from monitor.understand import quotes
from monitor.understand.names import link
from monitor.understand.prose import Prose
from monitor.understand.refer import Referents

PUBLISHED = datetime(2025, 10, 14, 9, 0, tzinfo=UTC)
PEOPLE = (
    "Donald Trump",
    "Volodymyr Zelensky",
    "Vladimir Putin",
    "Dmitry Peskov",
    "Sergei Lavrov",
    "Marco Rubio",
    "Kaja Kallas",
    "Ursula von der Leyen",
    "Mark Rutte",
    "Keir Starmer",
    "Emmanuel Macron",
    "Olena Marchuk",
    "Ivor Stanbridge",
    "Clara Whitcombe",
)
ORGANISATIONS = ("Kremlin", "White House", "NATO", "BBC", "CNN", "Fox News", "Reuters", "State Department")
PLACES = ("Ukraine", "Russia", "United States", "Kyiv", "Moscow", "Washington", "Berlin", "Istanbul", "Budapest")


def prose(text: str, title: str = "Talks go on", published: datetime | None = PUBLISHED) -> Prose:
    """An article in which the names above were found, and a person's surname too."""
    article = Article(id="a", title=title, text=text, published=published, source="Brightwater Wire", language="en")
    return Prose(article, _entities(article.document))


def read(text: str, title: str = "Talks go on") -> tuple[tuple[Quote, ...], tuple[Report, ...]]:
    """Quotations and reported speech of a text."""
    document = prose(text, title)
    return quotes.find(document, Referents(document))


def said(text: str, title: str = "Talks go on") -> list[tuple[str, str | None]]:
    """Each quotation's words and speaker."""
    return [(quote.text, quote.speaker) for quote in read(text, title)[0]]


def speakers(text: str, title: str = "Talks go on") -> list[str | None]:
    """Each quotation's speaker."""
    return [speaker for _, speaker in said(text, title)]


def meant(text: str, phrase: str, title: str = "Talks go on", published: datetime | None = PUBLISHED) -> str | None:
    """Whom the last occurrence of a phrase stands for."""
    document = prose(text, title, published)
    start = document.document.rindex(phrase)
    entity = Referents(document).at(start, start + len(phrase))
    return entity.name if entity is not None else None


def _entities(document: str) -> tuple[Entity, ...]:
    found = [_entity(document, name, "person", rf"(?:{re.escape(name)}|{name.split()[-1]})") for name in PEOPLE]
    found += [_entity(document, name, "organisation", re.escape(name)) for name in ORGANISATIONS]
    found += [_entity(document, name, "place", re.escape(name)) for name in PLACES]
    return tuple(entity for entity in found if entity is not None)


def _entity(document: str, name: str, kind: str, pattern: str) -> Entity | None:
    places = [found.span() for found in re.finditer(rf"\b{pattern}\b", document)]
    known = link(name, kind)
    mentions = tuple(Span(start=start, end=end, text=document[start:end]) for start, end in places)
    canonical, identity = (known.name, known.id or None) if known is not None else (name, None)
    return Entity(name=canonical, type=kind, id=identity, mentions=mentions) if mentions else None
