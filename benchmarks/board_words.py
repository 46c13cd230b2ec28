"""Invented news in pieces: names, sentences that name them, titles; all from one random source."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from monitor.records.findings import Entity
from monitor.understand import knowledge

LEADERS = ("Donald Trump", "Vladimir Putin", "Volodymyr Zelensky")
SPEAKERS = (*LEADERS, "Dmitry Peskov", "Sergei Lavrov", "Marco Rubio", "Keir Starmer", "Emmanuel Macron")
WEAPONS = ("Tomahawk missiles", "Patriot air defence system", "ATACMS missiles", "Taurus missiles", "Storm Shadow")
CITIES = ("Budapest", "Istanbul", "Geneva", "Riyadh", "Washington", "Moscow", "Kyiv", "Abu Dhabi", "Anchorage")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SMALL = "the of to in a and that for on with said as by from at it has was is after over would its not who".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A sentence and where it names whom: (start, end, number of the entity)."""

    text: str
    names: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What articles are made of."""

    entities: tuple[Entity, ...]
    numbers: dict[str, int]
    """Where a name stands among the entities."""
    sentences: tuple[Piece, ...]
    heads: tuple[str, ...]
    tails: tuple[str, ...]


def words(source: random.Random, *, entities: int, sentences: int) -> Words:
    """Words of Zipf's frequencies, as those of a language have, and as many entities, known ones first."""
    vocabulary = _SMALL + sorted(sorted({_word(source) for _ in range(20_000)}), key=lambda _: source.random())
    weights = list(accumulate(1 / (rank + 4) for rank in range(len(vocabulary))))
    named = _entities(source, entities)
    shares = list(accumulate(1 / (rank + 1) for rank in range(len(named))))

    def run(low: int, high: int) -> list[str]:
        return source.choices(vocabulary, cum_weights=weights, k=source.randint(low, high))

    def sentence() -> Piece:
        many = source.choices((0, 1, 2), (4, 5, 1))[0]
        parts: list[str | int] = [*run(9, 15)]
        for number in source.choices(range(len(named)), cum_weights=shares, k=many):
            parts.insert(source.randrange(1, len(parts)), number)
        return joined(named, parts)

    return Words(
        entities=named,
        numbers={entity.name: number for number, entity in enumerate(named)},
        sentences=tuple(sentence() for _ in range(sentences)),
        heads=tuple(" ".join(run(2, 4)).capitalize() for _ in range(4_000)),
        tails=tuple(" ".join(run(2, 4)) for _ in range(4_000)),
    )


def joined(entities: Sequence[Entity], parts: Sequence[str | int], end: str = ".") -> Piece:
    """One sentence of words and of numbers of entities."""
    text, names = "", []
    for part in parts:
        start = len(text) + bool(text)
        text += " " * bool(text) + (part if isinstance(part, str) else entities[part].name)
        if isinstance(part, int):
            names.append((start, len(text), part))
    return Piece(text=text[0].upper() + text[1:] + end, names=tuple(names))


def _word(source: random.Random) -> str:
    syllables = (source.choice(_CONSONANTS) + source.choice(_VOWELS) for _ in range(source.randint(2, 3)))
    return "".join(syllables) + source.choice(("", "", "n", "s", "r"))


def _entities(source: random.Random, number: int) -> tuple[Entity, ...]:
    """The leaders, then weapons and cities, then all that is known, then invented people."""
    known = {
        each.name: Entity(name=each.name, type=each.type, id=each.id or None, mentions=())
        for each in knowledge.entries()
    }
    first = [
        known.pop(name, Entity(name=name, type="weapon", id=None, mentions=()))
        for name in (*SPEAKERS, *WEAPONS, *CITIES)
    ]
    found = {entity.id or entity.name.casefold(): entity for entity in [*first, *known.values()]}
    while len(found) < number:
        name = f"{_word(source)} {_word(source)}".title()
        found.setdefault(name.casefold(), Entity(name=name, type="person", id=None, mentions=()))
    return tuple(found.values())[:number]
