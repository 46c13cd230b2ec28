"""What the program rests on: the packages that are installed for it, their versions and their licences."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from proof.ledger import ROOT

# What is said of licences in "License" or in classifiers, as its SPDX name; the first that fits counts.
_SPDX = (
    (r"lesser general public|\blgpl", "LGPL-2.1-or-later"),
    (r"mozilla public|mpl[- ]2", "MPL-2.0"),
    (r"\bapache\b", "Apache-2.0"),
    (r"\bisc\b", "ISC"),
    (r"bsd 2|bsd-2|2-clause", "BSD-2-Clause"),
    (r"\bbsd\b|3-clause", "BSD-3-Clause"),
    (r"\bmit\b", "MIT"),
    (r"python software|\bpsf\b", "PSF-2.0"),
    (r"public domain", "public domain"),
)
# Packages whose metadata says no licence; read in the file LICENSE that they bring.
_READ = {"axe-playwright-python": "MIT", "atheris": "Apache-2.0", "mergedeep": "MIT", "pgserver": "Apache-2.0"}
# A copyleft that reaches no further than the package's own files, as long as it stays a package of its own.
WEAK = ("LGPL", "MPL")
STRONG = ("GPL", "AGPL", "EUPL", "SSPL", "CC-BY-SA", "CC-BY-NC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An installed package, what it is needed for ("" is running the program) and its licence as an SPDX expression."""

    name: str
    version: str
    needed_by: tuple[str, ...]
    licence: str

    @classmethod
    def of(cls, metadata: Mapping[str, Any], needed_by: tuple[str, ...]) -> Self:
        """From a package's metadata in JSON (PEP 566), as ``pip install --report`` has it."""
        name = canonicalize_name(metadata["name"])
        said = (metadata.get("license_expression"), metadata.get("license"), metadata.get("classifier", ()))
        return cls(name=name, version=metadata["version"], needed_by=needed_by, licence=_licence(name, *said))

    @property
    def copyleft(self) -> str:
        """How far it reaches: "", "weak" or "strong"; the mildest of a choice, the strictest of several at once."""
        kinds = [_kind(choice) for choice in re.split(r"\s+OR\s+", self.licence)]
        return min(kinds, key=("", "weak", "strong").index)


def _kind(licence: str) -> str:
    found = re.split(r"\s+AND\s+|[()]", licence)
    if any(part.strip().startswith(STRONG) for part in found):
        return "strong"
    return "weak" if any(part.strip().startswith(WEAK) for part in found) else ""


def project() -> Mapping[str, list[str]]:
    """Requirements as pyproject.toml has them: by extra, "" for those of the program itself."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"": table["dependencies"], **table["optional-dependencies"]}


def installed(extras: Iterable[str] | None = None) -> tuple[tuple[Package, ...], tuple[str, ...]]:
    """The packages that are installed here for these extras (all when None), and the names of those that lack."""
    wanted = project()
    found: dict[str, importlib.metadata.Distribution] = {}
    needed: dict[str, list[str]] = {}
    lacking: set[str] = set()
    for extra in wanted if extras is None else extras:
        for name, distribution in closure(wanted[extra]):
            if distribution is None:
                lacking.add(name)
                continue
            found[name] = distribution
            if extra not in needed.setdefault(name, []):
                needed[name].append(extra)
    packages = (Package.of(found[name].metadata.json, needed_by=tuple(needed[name])) for name in sorted(found))
    return tuple(packages), tuple(sorted(lacking))


def closure(requirements: Sequence[str]) -> Iterator[tuple[str, importlib.metadata.Distribution | None]]:
    """All that requirements ask for here, with what that asks for; None for what is not installed."""
    environment: dict[str, str] = {key: str(value) for key, value in default_environment().items()}
    waiting: list[tuple[Requirement, tuple[str, ...]]] = [(Requirement(each), ("",)) for each in requirements]
    seen = set()
    while waiting:
        requirement, extras = waiting.pop()
        marker = requirement.marker
        if marker and not any(marker.evaluate({**environment, "extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            yield name, None
            continue
        yield name, distribution
        inner = (*requirement.extras, "")
        waiting.extend((Requirement(each), inner) for each in distribution.requires or ())


def _licence(name: str, expression: str | None, field: str | None, classifiers: Iterable[str]) -> str:
    if expression:
        return " ".join(expression.split())
    # The field may hold the whole text of a licence; its name is in the classifiers then.
    short = field if field and len(field) < 60 else ""
    for line in (short, *(each.rpartition("::")[2] for each in classifiers if each.startswith("License ::"))):
        if re.fullmatch(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)+", line):
            return line
        for pattern, spdx in _SPDX:
            if re.search(pattern, line, re.IGNORECASE):
                return spdx
    return _READ.get(name, "unknown")
