"""The charts of sources, system and classifier: what they show, and that odd material does not spoil them."""

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.charts import Painter, coverage, funnel, polled, reliability, rhythm, scores
from monitor.charts.scores import wilson
from monitor.charts.theme import Spec
from monitor.records.board.classifier import JudgedBin, ScoreBin, TopicScores
from monitor.records.board.sources import HourCount, PollHour
from monitor.records.board.story import Covered
from monitor.records.board.system import Dropped, Stage
from tests.test_charts_chronicle import rows

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVIL = "</svg><script>alert(1)</script>'\"]; datum"


@pytest.fixture(scope="module")
def painter() -> Iterator[Painter]:
    with Painter() as painter:
        yield painter


def topic(name: str = "talks", threshold: float = 0.365, judged: int = 3) -> TopicScores:
    return TopicScores(
        topic=name,
        threshold=threshold,
        bins=tuple(ScoreBin(start=place / 40, count=max(0, 400 - 20 * place)) for place in range(40)),
        judged=tuple(JudgedBin(start=n / 10, mean=n / 10 + 0.05, kept=n, judged=2 * n) for n in range(1, judged + 1)),
    )


def stages(reason: str = "language: fr") -> list[Stage]:
    lost = (
        Dropped(state="skipped", reason=reason, count=500),
        Dropped(state="ruled_out", reason="gate N < N", count=80),
        Dropped(state="ruled_out", reason="gate N < N again", count=20),
        Dropped(state="failed", reason="HTTP 500", count=7),
    )
    return [Stage(name="seen", count=1234, lost=lost, waiting=3), Stage(name="matched", count=624)]


def covered(hours: int, kind: str = "agency", articles: int = 1, *, step: timedelta = HOUR) -> Covered:
    return Covered(at=NOW + hours * step, kind=kind, articles=articles)


def everything() -> dict[str, Spec]:
    plot = reliability([topic(), topic("missile_aid", judged=0)])
    assert plot is not None
    return {
        "rhythm": rhythm([HourCount(weekday=0, hour=9, entries=12), HourCount(weekday=6, hour=23, entries=1)]),
        "polled": polled([PollHour(at=NOW.replace(minute=0), failed=1, brought=2)], now=NOW),
        "funnel": funnel(stages()),
        "scores": scores([topic(), topic("missile_aid", 0.28)], looked_at={"talks": 0.5}),
        "reliability": plot,
        "coverage": coverage([covered(0), covered(1, "state", 2), covered(20, "outlet")], by="hour"),
    }


def test_the_specifications_are_valid_and_the_same_every_time() -> None:
    import altair as alt

    for name, spec in everything().items():
        alt.Chart.from_dict(spec, validate=True)
        assert json.dumps(spec) == json.dumps(everything()[name])


def test_a_drawing_says_what_it_shows(painter: Painter) -> None:
    drawn = {name: picture.decode() for name, picture in painter.svg(everything()).items()}
    for name, words in {
        "rhythm": (">Mon<", ">12<", ">21<"),
        "polled": (">Thu 26<", ">failed<", ">brought news<", ">×<"),
        "funnel": (">seen<", "1\u202f234", "−500 language: fr", "−100 not about it by title and summary", "3 wait"),
        "scores": (">threshold 0.365<", ">at 0.5<", ">threshold 0.28<", ">Missile aid<"),
        "coverage": (">09:00<", ">26 Nov<", ">27 Nov<", ">agencies<", ">outlets<", ">state-controlled<"),
        "reliability": (">Talks<", ">kept by people<", ">100%<", ">6<"),
    }.items():
        for word in words:
            assert word in drawn[name], (name, word)


def test_empty_material_is_drawn_as_nothing_and_breaks_nothing(painter: Painter) -> None:
    empty = TopicScores(topic="talks", threshold=0.5, bins=(), judged=())
    specs = {
        "rhythm": rhythm([]),
        "polled": polled([], now=NOW),
        "funnel": funnel([Stage(name="seen", count=0)]),
        "scores": scores([empty]),
        "coverage": coverage([], by="hour"),
    }
    assert all(picture.startswith(b"<svg") for picture in painter.svg(specs).values())
    assert reliability([empty]) is None


def test_hostile_words_stay_words(painter: Painter) -> None:
    picture = painter.svg({"funnel": funnel(stages(EVIL))})["funnel"].decode()
    assert "<script" not in picture


def test_the_busiest_hour_is_darkest_and_empty_hours_are_bare() -> None:
    cells = rows(rhythm([HourCount(weekday=2, hour=h, entries=h + 1) for h in range(4)]), "weight")
    assert [cell["weight"] for cell in cells] == sorted(cell["weight"] for cell in cells)
    assert [cell["most"] for cell in cells] == [False, False, False, True]
    assert {row["day"]: row["sum"] for row in rows(rhythm([HourCount(weekday=2, hour=1, entries=5)]), "sum")}[
        "Wed"
    ] == 5


def test_an_hour_of_polls_is_named_after_the_worst_of_it_and_old_ones_are_left_out() -> None:
    hours = [
        PollHour(at=NOW, brought=3, same=1, failed=1),
        PollHour(at=NOW - HOUR, brought=1, put_off=2),
        PollHour(at=NOW - 2 * HOUR, same=1, put_off=1),
        PollHour(at=NOW - 3 * HOUR, same=1),
        PollHour(at=NOW - timedelta(days=14), failed=1),
    ]
    found = rows(polled(hours, now=NOW), "what")
    assert [row["what"] for row in found] == ["failed", "brought news", "put off", "nothing new"]
    assert found[0]["polls"] == 5


def test_a_long_story_shows_its_newest_days_and_kinds_nobody_knows_are_outlets() -> None:
    told = [covered(n, "unheard" if n else "agency", step=timedelta(days=1)) for n in range(120)]
    found = rows(coverage(told, by="day"), "slot")
    assert [row["slot"] for row in found] == list(range(96))
    assert {row["kind"] for row in found} == {"outlets"}
    assert found[-1]["when"] == "25 Mar 09:00"


def test_a_bin_is_cut_where_the_threshold_goes_through_it() -> None:
    found = rows(scores([topic(threshold=0.36)]), "fill")
    cut = [row for row in found if 0.35 <= row["start"] < 0.375]
    assert [(row["start"], row["end"]) for row in cut] == [(0.35, 0.36), (0.36, pytest.approx(0.375))]
    assert cut[0]["fill"] != cut[1]["fill"]


def test_one_threshold_that_is_also_looked_at_has_one_rule() -> None:
    assert len(rows(scores([topic()], looked_at={"talks": 0.365}), "words")) == len(rows(scores([topic()]), "words"))


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_narrows_with_more_judgements(counted: tuple[int, int]) -> None:
    kept, judged = counted
    low, high = wilson(kept, judged)
    share = kept / judged
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    wider = wilson(kept, judged)[1] - wilson(kept, judged)[0]
    narrower = wilson(kept * 10, judged * 10)[1] - wilson(kept * 10, judged * 10)[0]
    assert narrower < wider
    assert not math.isnan(low)
