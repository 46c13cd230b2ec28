"""What the week's script says (tests/data/week_truth.toml) held against what a chronicle tells. Pure."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from monitor.chronicle.alike import CONTACT, PROPOSAL
from monitor.jobs.weaving import country_of
from monitor.records.chronicle import Happening, LadderStep, Rung, Statement

Row = dict[str, Any]
_COUNTRIES = {"United States": "US", "Russia": "RU", "Ukraine": "UA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How much of the truth was told, and how much of what was told is true; what is missing or wrong, in words."""

    name: str
    wanted: int
    told: int
    found: int
    right: int
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def recall(self) -> float:
        """Share of the truth that was told."""
        return self.told / self.wanted

    @property
    def precision(self) -> float:
        """Share of what was told that is true."""
        return self.right / self.found

    def __str__(self) -> str:
        lines = [f"{self.name}: recall {self.told}/{self.wanted}, precision {self.right}/{self.found}"]
        return "\n".join([*lines, *(f"  missing {it}" for it in self.missing), *(f"  wrong {it}" for it in self.wrong)])


def truth(path: Path = Path(__file__).parent / "data" / "week_truth.toml") -> dict[str, list[Row]]:
    """The script's events, steps, false reports and statements."""
    found: dict[str, list[Row]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


# Events.


def event_figures(wanted: Sequence[Row], found: Sequence[Happening]) -> Figures:
    """The script's events among all happenings; of those that two origins tell, how many are true."""
    asked = [row for row in wanted if "key" in row]
    missing = [row for row in asked if told_as(row, found) is None]
    carried = [happening for happening in found if _origins(happening) > 1]
    wrong = [happening for happening in carried if not any(_is_told_by(row, happening) for row in wanted)]
    return Figures(
        name="events",
        wanted=len(asked),
        told=len(asked) - len(missing),
        found=len(carried),
        right=len(carried) - len(wrong),
        missing=tuple(f"{row['key']}: {row['type']} of {', '.join(row['who'])}" for row in missing),
        wrong=tuple(_line(happening) for happening in wrong),
    )


def told_as(row: Row, found: Iterable[Happening]) -> Happening | None:
    """The happening that tells of the script's event: of several that with most origins, dated as it is."""
    told = [happening for happening in found if _is_told_by(row, happening)]
    return max(told, key=lambda happening: (_origins(happening), is_dated_right(row, happening)), default=None)


def is_dated_right(row: Row, happening: Happening) -> bool:
    """A day where the script has one lies in its days; where it has none, none is told."""
    days = _days(row)
    if days is None or happening.when is None:
        return days is None and happening.when is None
    return days[0] <= happening.when[0] and happening.when[1] <= days[1]


def _is_told_by(row: Row, happening: Happening) -> bool:
    """The same kind, two names in common, no other days; one name alone is enough with the same day and place.

    A country stands for its people when the day is the same too.
    """
    if _family(row["type"]) != _family(happening.type) or not _can_be_on(row, happening):
        return False
    names = set(happening.participants) & set(row["who"])
    is_the_place = happening.where is not None and row.get("where", "?") in happening.where
    if len(row["who"]) == 1:
        return bool(names) and (is_the_place or len(happening.participants) == 1 or row["type"] == "offer")
    if len(names) > 1:
        return True
    is_the_day = _days(row) is not None and happening.when is not None
    countries = {country_of(name) for name in row["who"]} - {None}
    if names:
        others = all(_COUNTRIES.get(name) in countries for name in set(happening.participants) - names)
        return others and is_the_day and is_the_place
    return is_the_day and len(countries & {_COUNTRIES.get(name) for name in happening.participants}) > 1


def _can_be_on(row: Row, happening: Happening) -> bool:
    days = _days(row)
    if days is None or happening.when is None:
        return True
    return days[0] <= happening.when[1] and happening.when[0] <= days[1]


def _family(kind: str) -> str:
    return next((min(group) for group in (CONTACT, PROPOSAL) if kind in group), kind)


def _days(row: Row) -> tuple[date, date] | None:
    days = [date.fromisoformat(day) for day in row.get("days", ())]
    return (days[0], days[-1]) if days else None


def _origins(happening: Happening) -> int:
    return len({report.origin.key for report in happening.reports})


def _line(happening: Happening) -> str:
    days = "/".join(map(str, happening.when or ())) or "undated"
    said = happening.reports[0].event.evidence.text
    return f"{happening.type} of {', '.join(happening.participants)}, {days}, {happening.where}: {said!r}"


# The ladder.


def step_figures(wanted: Sequence[Row], steps: Sequence[LadderStep], rungs: Sequence[Rung]) -> Figures:
    """The script's steps among all that were reported; of the moves that were believed, how many are true."""
    asked = [row for row in wanted if "key" in row]
    missing = [row for row in asked if not any(_is_step(row, step) for step in steps)]
    moves = [step for rung in rungs for step in rung.history]
    wrong = [step for step in moves if not any(_is_step(row, step) for row in wanted)]
    return Figures(
        name="steps",
        wanted=len(asked),
        told=len(asked) - len(missing),
        found=len(moves),
        right=len(moves) - len(wrong),
        missing=tuple(f"{row['item']} from {row['donor']}: {row['step']}" for row in missing),
        wrong=tuple(_step_line(step) for step in wrong),
    )


def rung_of(rungs: Iterable[Rung], item: str, donor: str) -> Rung:
    """The rung of one weapon from one donor; of several that which moved last."""
    return max(
        (rung for rung in rungs if rung.item.startswith(item) and rung.donor == donor), key=lambda rung: rung.since
    )


def _is_step(row: Row, told: LadderStep) -> bool:
    day = date.fromisoformat(row["day"])
    # What is said late in the evening is printed on the next day; what is asked for, is asked for again.
    late = timedelta(days=6 if row["step"] in {"requested", "considered"} else 2)
    return (
        row["item"].casefold() in told.step.item.casefold()
        and row["step"] == told.step.step
        and row.get("donor", told.step.donor) == told.step.donor
        and timedelta(0) <= told.source.published.date() - day <= late
    )


def _step_line(told: LadderStep) -> str:
    step = told.step
    return f"{step.item} from {step.donor}: {step.step} ({told.source.outlet}): {step.evidence.text[:120]!r}"


# Statements.


def statement_figures(wanted: Sequence[Row], found: Sequence[Statement]) -> Figures:
    """The script's statements; of all direct ones with their words, how many are the script's: one for each."""
    missing: list[str] = []
    wrong: list[int] = []
    carrying: dict[int, Statement] = {}
    for row in wanted:
        said = [each for each in found if each.kind == "direct" and _carries(row["words"], each)]
        true = sorted((each for each in said if _is_said(row, each)), key=lambda each: -len(each.witnesses))
        missing += [] if true else [f"{row['speaker']}: {row['words']!r}"]
        carrying |= {each.id: each for each in said}
        wrong += [each.id for each in said if each not in true[:1]]
    return Figures(
        name="statements",
        wanted=len(wanted),
        told=len(wanted) - len(missing),
        found=len(carrying),
        right=len(carrying) - len(set(wrong)),
        missing=tuple(missing),
        wrong=tuple(f"{carrying[id_].speaker}, {carrying[id_].said_on}: {carrying[id_].text[:80]!r}" for id_ in wrong),
    )


def said_as(row: Row, found: Iterable[Statement]) -> Statement | None:
    """The direct statement that the script's is told as: of several that with most witnesses."""
    said = [each for each in found if each.kind == "direct" and _carries(row["words"], each) and _is_said(row, each)]
    return max(said, key=lambda each: len(each.witnesses), default=None)


def _is_said(row: Row, statement: Statement) -> bool:
    return statement.speaker == row["speaker"] and statement.said_on.isoformat() in row["days"]


def _carries(words: str, statement: Statement) -> bool:
    return any(_plain(words) in _plain(text) for text in (statement.text, *statement.variants))


def _plain(text: str) -> str:
    return text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
