"""The check's report as tables for a terminal."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from models.recipe.check import Report
from models.recipe.diversity import QUANTILES, Balance
from models.recipe.leaks import Leak
from monitor.records.findings import TOPICS

MOST = 12
UNSQUEEZED = 160


def show(report: Report, console: Console | None = None) -> None:
    """Print figures first, then what a person should look at, and the faults last."""
    console = console or _console()
    _figures(report, console)
    _balance("Grades per file", report.diversity.by_file, console)
    _balance("Grades per style", report.diversity.by_style, console)
    _wording(report, console)
    _notes(report, console)
    _leaks("Wording shared with evaluation sets", [leak for leak in report.leaks if not leak.trained], console)
    _leaks("Wording shared with articles/train.jsonl", [leak for leak in report.leaks if leak.trained], console)
    if not report.compared:
        console.print("No outside sets were found: nothing to be kept apart from. Name their folder with --data.")
    _faults(report, console)


def _console() -> Console:
    console = Console()
    # A pipe or a log has no width of its own: tables are not squeezed into 80 columns there.
    return console if console.is_terminal else Console(width=UNSQUEEZED)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], console: Console) -> None:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    if table.row_count:
        console.print(table)


def _figures(report: Report, console: Console) -> None:
    names = ["min", *(f"p{share * 100:.0f}" for share in QUANTILES[1:-1]), "max"]
    _table(
        "Files: words per example, and distinct n-grams in the first 20,000 words",
        ["file", "examples", "words", *names, "1-grams", "2-grams", "3-grams"],
        (
            (file.file, file.items, file.words, *file.lengths, *(f"{ratio:.3f}" for ratio in file.distinct))
            for file in report.diversity.files
        ),
        console,
    )


def _balance(title: str, rows: Sequence[Balance], console: Console) -> None:
    grades = [f"{topic} {grade}" for topic in TOPICS for grade in (0, 1, 2)]
    _table(
        title,
        ["name", "articles", *grades, "neither"],
        (
            (row.name, row.items, *(number for topic in TOPICS for number in row.grades[topic]), _share(row))
            for row in rows
        ),
        console,
    )


def _share(row: Balance) -> str:
    return f"{row.neither / max(1, row.items):.0%}"


def _wording(report: Report, console: Console) -> None:
    figures = report.diversity
    _table("Most repeated openings of articles", ["first words", "articles"], figures.openings, console)
    _table("Most repeated runs of 6 words", ["words", "examples"], figures.phrases, console)
    once = sum(number == 1 for number in figures.clauses.values())
    title = f"Clauses: {len(figures.clauses)} in all, {once} with one article, the most frequent"
    _table(title, ["clause", "articles"], list(figures.clauses.items())[:MOST], console)


def _notes(report: Report, console: Console) -> None:
    counts = Counter(note.kind for note in report.notes)
    shown = [
        (note.kind, counts[note.kind], note.place, note.message)
        for kind in counts
        for note in [note for note in report.notes if note.kind == kind][:MOST]
    ]
    _table(f"Notes, at most {MOST} of a kind", ["kind", "in all", "place", "what"], shown, console)
    _table(
        "Near-duplicates",
        ["kind", "first", "second", "likeness", "texts"],
        ((pair.kind, pair.first, pair.second, f"{pair.likeness:.2f}", " | ".join(pair.texts)) for pair in report.near),
        console,
    )


def _leaks(title: str, leaks: Sequence[Leak], console: Console) -> None:
    _table(
        title,
        ["example", "set", "document", "kind", "over the bar", "shared"],
        ((leak.place, leak.set, leak.document, leak.kind, "yes" if leak.hard else "no", leak.shared) for leak in leaks),
        console,
    )


def _faults(report: Report, console: Console) -> None:
    _table("Faults", ["kind", "place", "what"], ((f.kind, f.place, f.message) for f in report.faults), console)
    apart = sum(report.compared.values())
    console.print(f"{len(report.faults)} faults; compared with {apart} documents of {len(report.compared)} sets.")
