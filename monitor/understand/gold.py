"""Annotated documents to figures: quotes, speakers, events, dates and aid steps. Pure.

What counts as right is what the annotation guide's scorer counts: a quotation whose ends differ by at most two
characters; an event of the same family that shares its two main participants and does not contradict the date; an aid
step of an item, donor and step.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from monitor.records.findings import AidStep, Event, Findings, Quote

LEEWAY = 2
"""Characters by which the ends of a quotation may differ."""
FAMILIES = (frozenset({"meeting", "visit", "talks_round"}), frozenset({"offer", "ceasefire"}))
_ZELENSKY = re.compile(r"zelens?k(?:yy|iy|y|iyy)\b")
_MARKS = re.compile(r"[^a-z0-9 ]")
_LEFT_OUT = re.compile(r"\b(?:the|president|mr|us|u s)\b")
Row = Mapping[str, Any]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """Precision, recall and F1 of what was paired; ``right`` says how many of ``asked`` pairs also agree further."""

    name: str
    gold: int
    found: int
    precision: float
    recall: float
    f1: float
    right: int = 0
    asked: int = 0

    @property
    def accuracy(self) -> float:
        """The share of pairs that agree further (speaker, status, date)."""
        return self.right / max(1, self.asked)


def gold_figures(rows: Sequence[Row], findings: Sequence[Findings]) -> list[PairFigures]:
    """Compare annotated documents with what was found, in the same order; only kinds that the rows annotate."""
    tables = []
    if any("quotes" in row for row in rows):
        tables.append(_quotes(rows, findings))
    if any("events" in row for row in rows):
        tables += _events(rows, findings)
    if any("aid" in row for row in rows):
        tables.append(_aid(rows, findings))
    return tables


def _quotes(rows: Sequence[Row], findings: Sequence[Findings]) -> PairFigures:
    pairs = _paired(rows, findings, "quotes", lambda found: found.quotes, _same_quote)
    asked = [(row, quote) for row, quote in pairs if row["speaker"]]
    right = sum(bool(quote.speaker) and same_name(str(quote.speaker), row["speaker"]) for row, quote in asked)
    wanted, given = _totals(rows, findings, "quotes", lambda found: found.quotes)
    return _figures("quotes: speaker", len(pairs), wanted, given, right, len(asked))


def _events(rows: Sequence[Row], findings: Sequence[Findings]) -> list[PairFigures]:
    pairs = _paired(rows, findings, "events", lambda found: found.events, _same_event)
    wanted, given = _totals(rows, findings, "events", lambda found: found.events)
    statuses = sum(row["status"] == event.status for row, event in pairs)
    dated = [(row, event) for row, event in pairs if _days(row.get("when"))]
    dates = sum(event.when is not None for _, event in dated)
    return [
        _figures("events: status", len(pairs), wanted, given, statuses, len(pairs)),
        _figures("events: date", len(pairs), wanted, given, dates, len(dated)),
    ]


def _aid(rows: Sequence[Row], findings: Sequence[Findings]) -> PairFigures:
    pairs = _paired(rows, findings, "aid", lambda found: found.aid, _same_step)
    return _figures("aid", len(pairs), *_totals(rows, findings, "aid", lambda found: found.aid))


def _paired(
    rows: Sequence[Row],
    findings: Sequence[Findings],
    kind: str,
    taken: Callable[[Findings], Sequence[Found]],
    same: Callable[[Row, Found], bool],
) -> list[tuple[Row, Found]]:
    """Give each annotation the first thing found that is the same and not yet given away."""
    pairs = []
    for row, found in zip(rows, findings, strict=True):
        left = list(taken(found))
        for wanted in row.get(kind, ()):
            hit = next((at for at, thing in enumerate(left) if same(wanted, thing)), None)
            if hit is not None:
                pairs.append((wanted, left.pop(hit)))
    return pairs


def _totals(
    rows: Sequence[Row], findings: Sequence[Findings], kind: str, taken: Callable[[Findings], Sequence[Any]]
) -> tuple[int, int]:
    return sum(len(row.get(kind, ())) for row in rows), sum(len(taken(found)) for found in findings)


def _figures(name: str, hits: int, gold: int, found: int, right: int = 0, asked: int = 0) -> PairFigures:
    precision, recall = hits / max(1, found), hits / max(1, gold)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return PairFigures(
        name=name, gold=gold, found=found, precision=precision, recall=recall, f1=f1, right=right, asked=asked
    )


def _same_quote(row: Row, quote: Quote) -> bool:
    starts, ends = int(row["start"]), int(row["end"])
    return abs(quote.start - starts) <= LEEWAY and abs(quote.end - ends) <= LEEWAY


def _same_event(row: Row, event: Event) -> bool:
    kinds = {row["type"], event.type}
    if len(kinds) > 1 and not any(kinds <= family for family in FAMILIES):
        return False
    shared = sum(any(same_name(name, other) for other in event.participants) for name in row["participants"])
    if shared < min(2, len(row["participants"])):
        return False
    wanted = _days(row.get("when"))
    return wanted is None or event.when is None or (wanted[0] <= event.when.end and event.when.start <= wanted[1])


def _same_step(row: Row, step: AidStep) -> bool:
    if row["step"] != step.step or not name_words(row["item"]) & name_words(step.item):
        return False
    return not row.get("donor") or not step.donor or same_name(row["donor"], step.donor)


def same_name(one: str, other: str) -> bool:
    """Whether the words of one name are all in the other."""
    mine, theirs = name_words(one), name_words(other)
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def name_words(name: str) -> frozenset[str]:
    """The words of a name without accents, titles, and the ways to spell Zelensky."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return frozenset(_LEFT_OUT.sub(" ", _MARKS.sub(" ", _ZELENSKY.sub("zelensky", plain))).split())


def _days(when: str | None) -> tuple[date, date] | None:
    """The first and last day of "2025-08-15", "2025-08-11/2025-08-17" or "2025-08"; None for anything else."""
    first, _, last = (when or "").partition("/")
    try:
        return _day(first, "01"), _day(last or first, "28")
    except ValueError:
        return None


def _day(text: str, of_month: str) -> date:
    return date.fromisoformat(text if len(text) == len("2025-08-15") else f"{text}-{of_month}")
