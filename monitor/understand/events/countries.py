"""Which country a word stands for when it acts: its name, its adjective, its capital, its seat of government. Pure."""

import tomllib
from functools import cache
from pathlib import Path

from monitor.records.findings import Entity
from monitor.understand import knowledge
from monitor.understand.knowledge import by_name, entries
from monitor.understand.names import remembering

# Short forms as papers write them, beside the adjectives of the knowledge base.
_SHORT = {"USA": "US", "U.S.": "US", "U.S.A.": "US", "U.K.": "GB", "E.U.": "EU"}
# "European leaders" are not the European Union, and the Kremlin is a seat.
_NO_STATE = frozenset({"European", "Kremlin"})
_ROOMS_OF_STATE = (
    "executive residence", "presidential administration", "government", "ministry", "advisory body", "legislature",
    "diplomatic",
)  # fmt: skip
_LEADERS = (
    "President of", "Prime Minister", "Chancellor of", "Pope", "Crown Prince", "Emir", "Secretary General",
    "Secretary-General",
)  # fmt: skip
_BODIES = (
    "alliance", "supranational", "EU institution", "coalition", "international organisation", "intergovernmental",
    "UN body",
)  # fmt: skip


@cache
def names() -> dict[str, str]:
    """Country code to name; ``EU`` counts as one."""
    countries = {known.country: known.name for known in reversed(entries()) if known.role == "country"}
    return {**countries, "EU": "European Union"}


@cache
def _nationalities() -> dict[str, dict[str, list[str]]]:
    path = Path(knowledge.__file__).resolve().parent / "nationalities.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def adjectives() -> dict[str, str]:
    """An adjective or short form, as written, to the country's name."""
    known = ((word, code) for code, row in _nationalities().items() for word in row["adjectives"])
    return {
        word: names()[code] for word, code in (*known, *_SHORT.items()) if code in names() and word not in _NO_STATE
    }


@cache
def _capital_of(name: str, country: str) -> str:
    """The code of the state for whose government a city's name stands; empty for other cities."""
    bare = name.partition(",")[0]
    return next(
        (code for code in ("EU", country) if bare in _nationalities().get(code, {}).get("capital", ())),
        "",
    )


def acting(entity: Entity) -> str | None:
    """The name under which a place or an organisation takes part in diplomacy; None when it is no party."""
    known = by_name().get((entity.type, entity.name))
    if known is None:
        return None
    if entity.type == "place":
        code = known.country if known.role == "country" else _capital_of(known.name, known.country)
        return names().get(code)
    if any(known.role.startswith(room) for room in _ROOMS_OF_STATE):
        return names().get(known.country)
    if known.role == "EU institution":
        return names()["EU"]
    return known.name if any(body in known.role for body in _BODIES) else None


def is_seat(entity: Entity) -> bool:
    """True for houses in which people meet: the White House, the Kremlin."""
    return entity.name in {"White House", "Kremlin", "Oval Office"}


def is_city(entity: Entity) -> bool:
    """True for a city, which before a noun says where, not who: "Moscow talks"."""
    known = by_name().get((entity.type, entity.name))
    return known is not None and known.role == "city"


@remembering
def country_of(name: str) -> str | None:
    """The country a known person acts for."""
    known = by_name().get(("person", name))
    return names().get(known.country) if known else None


@remembering
def role_of(name: str) -> str:
    """What office a known person holds, in the knowledge base's words; empty for the unknown."""
    known = by_name().get(("person", name))
    return known.role if known else ""


@remembering
def is_leader(name: str) -> bool:
    """True for those who lead a state, a government or an alliance, or did."""
    return role_of(name).startswith(_LEADERS)


@remembering
def speaks_for_others(name: str) -> bool:
    """True for spokespeople, who tell of contacts and have none."""
    role = role_of(name).lower()
    return "spokes" in role or "press secretary" in role


def party(name: str) -> str | None:
    """Who makes an offer, a truce or sanctions: an office holder, a state, a body; for a spokesman his state."""
    if speaks_for_others(name):
        return country_of(name)
    return name if country_of(name) or name in named() or ("organisation", name) in by_name() else None


@remembering
def country_of_place(name: str) -> str | None:
    """The country a known place lies in."""
    known = by_name().get(("place", name)) or by_name().get(("organisation", name))
    return names().get(known.country) if known else None


@cache
def plain() -> dict[str, str]:
    """One-word names of states, and of capitals that stand for them, as written: "Ukraine", "Kyiv", "Kiev"."""
    found: dict[str, str] = {}
    for known in reversed(entries()):
        code = known.country if known.role == "country" else _capital_of(known.name, known.country)
        if known.type == "place" and code in names():
            words = (known.name.partition(",")[0], *known.aliases)
            found.update(
                {word: names()[code] for word in words if word.isascii() and " " not in word and len(word) > 1}
            )
    return found


@cache
def named() -> frozenset[str]:
    """The names of all states."""
    return frozenset(names().values())
