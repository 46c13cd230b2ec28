"""The golden table of dates: each expression means these days, with this certainty and tense."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.records.articles import Article
from monitor.records.findings import When
from monitor.understand import dates
from monitor.understand.prose import Prose

TABLE = Path(__file__).parent / "data" / "dates" / "golden.txt"
ROWS = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(ROWS) >= 120


@pytest.mark.parametrize("row", ROWS)
def test_an_expression_means_its_days(row: str) -> None:
    published, outlet, sentence, days, certainty, tense = (cell.strip() for cell in row.split("|"))
    before, _, rest = sentence.partition("[")
    marked, _, after = rest.partition("]")
    article = Article(
        id="1",
        title="",
        text=f"{before}{marked}{after}",
        source=outlet,
        published=datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None,
    )
    found = [mention for mention in dates.find(Prose(article)) if mention.text == marked]
    assert [(mention.start, mention.when, mention.tense) for mention in found] == [
        (2 + len(before), _when(days, certainty), tense)
    ]


def _when(days: str, certainty: str) -> When | None:
    if days == "none":
        return None
    start, _, end = days.partition("..")
    return When(start=date.fromisoformat(start), end=date.fromisoformat(end or start), certainty=certainty)
