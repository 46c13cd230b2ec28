"""Whom articles credit, and who owns whom: ``agencies.toml`` and ``families.toml``. Pure, but for reading these."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from monitor.records.chronicle import Source
from monitor.urls import host

# What an agency's name may lack where it is credited: "Brightwater Wire" is credited as "(Brightwater)".
_SUFFIX = re.compile(r"(?<!\s)\s++(?:Wire|News Agency|News|Agency|Press)$")
_TOP_LEVELS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Somebody whose reports others print or retell."""

    name: str
    names: tuple[str, ...]
    """As articles write it."""
    family: str = ""
    """As the catalogue of feeds writes it."""
    state: bool = False
    agency: bool = True
    """Whether others print its text; otherwise they only retell it."""

    @property
    def key(self) -> str:
        """The witness it is: its family where it has one."""
        return f"family:{self.family}" if self.family else f"agency:{self.name.casefold().replace(' ', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A publisher's family."""

    name: str
    state: bool = False


class Reporters:
    """All that can be credited. The bundled ones and, with ``plus``, the agencies among one's own feeds."""

    def __init__(self, listed: Iterable[Reporter]) -> None:
        self._by_name: dict[str, Reporter] = {}
        for reporter in listed:
            for name in reporter.names:
                self._by_name.setdefault(name, reporter)

    def plus(self, wires: Iterable[tuple[str, str, bool]]) -> "Reporters":
        """With agencies more: name, family and whether a state controls it, of feeds whose kind is ``wire``."""
        more = [
            Reporter(name=name, names=_ways(name), family=family, state=state)
            for name, family, state in wires
            if name not in self._by_name
        ]
        return Reporters([*dict.fromkeys(self._by_name.values()), *more])

    def named(self, name: str) -> Reporter | None:
        """Who is called that."""
        return self._by_name.get(name)

    @cached_property
    def agencies(self) -> str:
        """A pattern of all names of agencies, the longest first."""
        return _alternatives(name for name, reporter in self._by_name.items() if reporter.agency)

    @cached_property
    def everybody(self) -> str:
        """A pattern of all names."""
        return _alternatives(self._by_name)


@lru_cache(maxsize=1)
def reporters() -> Reporters:
    """The bundled table."""
    table = _table("agencies.toml")
    listed = [(row, kind == "agency") for kind in ("agency", "outlet") for row in table[kind]]
    return Reporters(
        Reporter(
            name=str(row["name"]),
            names=tuple(row["names"]),
            family=str(row.get("family", "")),
            state=bool(row.get("state")),
            agency=agency,
        )
        for row, agency in listed
    )


def owner(source: Source) -> Owner | None:
    """The family that an article's outlet belongs to; None when nobody knows of another than itself."""
    if source.family and source.family != source.outlet:
        return Owner(name=source.family, state=source.state_controlled)
    labels = host(source.url).split(".")
    for start in range(max(0, len(labels) - _TOP_LEVELS), len(labels)):
        if (known := _owners().get(".".join(labels[start:]))) is not None:
            return known
    return None


@lru_cache(maxsize=1)
def _owners() -> dict[str, Owner]:
    return {
        name: Owner(name=str(row["name"]), state=bool(row.get("state")))
        for row in _table("families.toml")["family"]
        for name in row["hosts"]
    }


def _table(name: str) -> dict[str, list[dict[str, list[str]]]]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _ways(name: str) -> tuple[str, ...]:
    short = _SUFFIX.sub("", name)
    return (name,) if short == name else (name, short)


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(set(names), key=lambda name: (-len(name), name)))
