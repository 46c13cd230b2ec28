"""What came of every part, with date and commit: kept in a file, and written into ``docs/promises.md``."""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

from proof.promise import Figure, Part, Promise

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "promises.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one part; ``broken`` is the last of what it raised."""

    at: str
    commit: str
    share: float
    seconds: float
    figures: tuple[Figure, ...]
    broken: str = ""

    @property
    def holds(self) -> bool:
        """Whether everything that was wanted is so."""
        return not self.broken and all(figure.holds for figure in self.figures)


def commit() -> str:
    """The commit that is tried, with a plus where files differ from it."""
    found = subprocess.run(["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True)
    return found.stdout.strip() or "no commit"


class Ledger:
    """Outcomes by promise and part, in one JSON file that is whole or the one before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self._outcomes = {key: _outcome(values) for key, values in kept.items()}

    def get(self, promise: Promise, part: Part) -> Outcome | None:
        """What is known of a part."""
        return self._outcomes.get(f"{promise.key}/{part.name}")

    def put(
        self, promise: Promise, part: Part, figures: Sequence[Figure], *, share: float, seconds: float, broken: str
    ) -> Outcome:
        """Write down what came of a part."""
        outcome = Outcome(
            at=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
            commit=commit(),
            share=share,
            seconds=round(seconds, 1),
            figures=tuple(figures),
            broken=broken,
        )
        self._outcomes[f"{promise.key}/{part.name}"] = outcome
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({key: asdict(kept) for key, kept in self._outcomes.items()}, indent=1))
        new.replace(self._path)
        return outcome


def _outcome(values: Mapping[str, object]) -> Outcome:
    figures = values["figures"]
    assert isinstance(figures, list)
    return Outcome(**{**values, "figures": tuple(Figure(**figure) for figure in figures)})  # type: ignore[arg-type]


def publish(promises: Iterable[Promise], ledger: Ledger, page: Path = PAGE) -> None:
    """Put the figures between the marks ``<!-- figures: KEY -->`` and ``<!-- end -->`` of every promise.

    Raises ``ValueError`` when the page has no place for a promise.
    """
    text = page.read_text(encoding="utf-8")
    for promise in promises:
        mark = f"<!-- figures: {promise.key} -->"
        pattern = re.compile(rf"{re.escape(mark)}\n.*?<!-- end -->", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{page.name} has no {mark} … <!-- end -->: add it where the figures are to stand")
        figures = "\n".join([mark, "", *_table(promise, ledger), "", "<!-- end -->"])
        text = pattern.sub(lambda _, figures=figures: figures, text)  # type: ignore[misc]
    page.write_text(text, encoding="utf-8")


def _table(promise: Promise, ledger: Ledger) -> list[str]:
    lines = ["| trial | measured | wanted | |", "|---|---|---|---|"]
    for part in promise.parts:
        outcome = ledger.get(promise, part)
        if outcome is None:
            lines.append(f"| {part.name} | not run yet | | |")
            continue
        whole = "" if outcome.share == 1 else f", {outcome.share:.0%} of the whole"
        lines.append(f"| **{part.name}** ({outcome.at}, {outcome.commit}{whole}, {outcome.seconds:,.0f} s) | | | |")
        for figure in outcome.figures:
            word = "" if not figure.wanted else "holds" if figure.holds else "**missed**"
            lines.append(f"| {figure.what} | {_placeless(figure.measured)} | {figure.wanted} | {word} |")
        if outcome.broken:
            lines.append(f"| broken off | {_cell(_placeless(outcome.broken))} | | **missed** |")
    return lines


def _placeless(text: str) -> str:
    """Without the folders of the machine on which it ran; names of files stay."""
    # A user without a home has the root for one.
    folders = {str(ROOT), gettempdir(), str(Path.home())} - {"/"}
    places = "|".join(map(re.escape, sorted(folders)))
    return re.sub(rf"(?:{places})/(?:[^\s/]+/)*", "", text)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")[:300]
