"""The figures for dates."""

from datetime import UTC, date, datetime

import pytest

from monitor.records.articles import Article
from monitor.records.findings import When
from monitor.understand.dates_measure import Answer, DatedEvent, answer_figures, days_of, event_figures, figures
from monitor.understand.prose import Prose

TEXT = "The ministers met on Monday in Vienna. A second round will be held next week, aides said."


def prose() -> Prose:
    return Prose(Article(id="1", title="Ministers meet", text=TEXT, published=datetime(2025, 10, 15, 9, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2025-08-15", (date(2025, 8, 15), date(2025, 8, 15))),
        ("2025-08", (date(2025, 8, 1), date(2025, 8, 28))),
        ("2025-08-11/2025-08-17", (date(2025, 8, 11), date(2025, 8, 17))),
        ("2025-05-20T10:00:00", (date(2025, 5, 20), date(2025, 5, 20))),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_annotated_days_are_read(text: str | None, days: tuple[date, date] | None) -> None:
    assert days_of(text) == days


def test_figures_count_what_is_found_right_and_the_same() -> None:
    day, week = date(2025, 10, 13), date(2025, 10, 19)
    counted = figures(
        [
            ((day, day), When(start=day, end=day, certainty="exact")),
            ((day, day), When(start=day, end=week, certainty="exact")),
            ((day, day), When(start=week, end=week, certainty="exact")),
            ((day, day), None),
        ]
    )
    assert (counted.gold, counted.found, counted.right, counted.same) == (4, 3, 2, 1)
    assert counted.share == 0.5
    assert figures([]).share == 0.0


def test_events_are_measured_by_their_clauses() -> None:
    document = prose().document
    events = [
        DatedEvent(start=start, end=start + len(clause), status=status, days=days)
        for clause, status, days in [
            ("ministers met", "held", (date(2025, 10, 13), date(2025, 10, 13))),
            ("second round", "planned", (date(2025, 10, 20), date(2025, 10, 26))),
        ]
        for start in [document.index(clause)]
    ]
    counted = event_figures([(prose(), events)])
    assert (counted.gold, counted.same) == (2, 2)


def test_answers_are_measured_where_the_text_gives_them() -> None:
    answers = [
        Answer(text="Monday in Vienna", day=date(2025, 10, 13)),
        Answer(text="Vienna", day=date(2025, 10, 13)),
        Answer(text="not in the text", day=date(2025, 10, 13)),
    ]
    counted = answer_figures([(prose(), answers)])
    assert (counted.gold, counted.found, counted.right) == (2, 1, 1)
