"""The knowledge base: people, places, organisations and weapons, with aliases and Wikidata ids, from TOML files."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILES = {"people": "person", "places": "place", "organisations": "organisation", "weapons": "weapon"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One canonical entity. ``id`` is a Wikidata id or empty; the smaller ``rank`` wins an alias that two share.

    ``at`` is latitude and longitude in degrees, of what stands somewhere; a country's are those of its capital.
    """

    name: str
    type: str
    id: str
    aliases: tuple[str, ...]
    country: str = ""
    role: str = ""
    rank: int = 1
    at: tuple[float, float] | None = None


@cache
def entries() -> tuple[Known, ...]:
    """Return every entry of the four files, in file order."""
    folder = Path(__file__).resolve().parent
    return tuple(
        Known(
            name=row["name"],
            type=kind,
            id=row.get("id", ""),
            aliases=tuple(row.get("aliases", ())),
            country=row.get("country", ""),
            role=row.get("role", ""),
            rank=int(row.get("rank", 1)),
            at=(float(row["lat"]), float(row["lon"])) if "lat" in row else None,
        )
        for file, kind in FILES.items()
        for row in tomllib.loads((folder / f"{file}.toml").read_text(encoding="utf-8"))["entry"]
    )


@cache
def by_name() -> Mapping[tuple[str, str], Known]:
    """Every entry by its type and canonical name; of several, the first in file order."""
    return {(known.type, known.name): known for known in reversed(entries())}


@cache
def demonyms() -> frozenset[str]:
    """Return words for peoples, faiths and compass points: capitalised in English, but no place and no organisation."""
    text = (Path(__file__).resolve().parent / "demonyms.txt").read_text(encoding="utf-8")
    return frozenset(word.casefold() for word in text.split())
