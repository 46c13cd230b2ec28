"""The parts of the polling benchmark that decide what a figure means; no figure of real feeds is taken here."""

from pathlib import Path

import pytest

from benchmarks import polling_chart, polling_simulation
from benchmarks.polling_methods import duplicate_band, entry_frequency, fixed, kept_live, ours
from benchmarks.polling_rhythms import BAND, FIXED, FREQUENCY, MEASURES, OURS, changed, chosen, verdict
from benchmarks.polling_simulation import DAY, HOUR, Days, Figures, at_budget, load, measured, replayed, stamped
from monitor.polling import expectation

DAYS = Days(first=2, last=4)
EVEN = {name: [at * 3600.0 + 60 * number for at in range(5 * 24)] for number, name in enumerate("abc")}


def test_without_the_times_the_benchmark_says_what_to_put_where(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"nothing was measured\. Put a CSV file"):
        load(tmp_path / "absent.csv")


def test_times_are_read_in_order_and_crawl_stamps_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    rows = ["b,2026-01-01T00:00:30+00:00", "a,2026-01-01T02:00:00+00:00", "a,2026-01-01T01:00:00+00:00"]
    path.write_text("\n".join(["feed,published", *rows, *["b,2026-01-01T00:00:30+00:00"] * 3]), encoding="utf-8")
    feeds = load(path)
    assert feeds == {"a": [3600.0, 7200.0], "b": [30.0] * 4}
    assert stamped(feeds) == ["b"]


def test_an_item_waits_for_the_first_poll_after_it_and_only_counted_days_count() -> None:
    found = replayed([DAY - 1, DAY + 10, DAY + 700, 4 * DAY + 5], fixed(600.0, ""), start=0.0, days=DAYS)
    assert list(found.delays) == [590.0, 500.0]
    assert (found.polls, found.missed) == (3 * 144, 0)


def test_items_that_fell_out_of_the_feed_are_missed_and_count_as_late() -> None:
    burst = [DAY + 1 + at for at in range(40)]
    found = replayed(burst, fixed(DAY / 2, ""), start=0.0, days=DAYS)
    assert (found.missed, len(found.delays)) == (10, 40)


def test_a_method_is_shown_only_what_its_own_poll_would_show() -> None:
    shown: list[tuple[float, int, int]] = []

    def watching(now: float, new: object, known: int) -> float:
        shown.append((now, len(list(new)), known))  # type: ignore[call-overload]
        return DAY

    replayed([float(at * HOUR) for at in range(24 * 4)], watching, start=DAY, days=Days(first=1, last=3))
    assert shown[0] == (DAY, 25, 0)
    assert shown[1] == (2 * DAY, 24, 6)


def test_every_method_is_brought_to_the_same_number_of_polls() -> None:
    for method, guess in ((fixed, 3000.0), (entry_frequency, 0.3), (duplicate_band(0.1), 0.7), (ours, 0.6)):
        assert at_budget(EVEN, method, 48, DAYS, guess=guess).polls == pytest.approx(48, rel=0.05)


def test_entry_frequency_is_a_week_over_the_weekly_count() -> None:
    interval = entry_frequency(1.0, "")
    assert interval(DAY, [0.0, HOUR, 2 * HOUR], 0) == pytest.approx(HOUR)
    assert entry_frequency(1.0, "")(DAY, [0.0], 0) == DAY
    assert entry_frequency(1e-6, "")(DAY, [0.0, HOUR], 0) == 300.0


def test_the_duplicate_band_shortens_by_an_hour_and_lengthens_by_ten_minutes() -> None:
    interval = duplicate_band(1.0)(1.0, "")
    assert [
        interval(0.0, new, known) / 60 for new, known in (([1.0] * 9, 0), ([1.0] * 9, 1), ([], 10), ([1.0], 1))
    ] == [
        360,
        300,
        310,
        310,
    ]


def test_our_scale_from_the_formula_keeps_the_budget_without_tuning() -> None:
    assert kept_live(EVEN, 48, DAYS) == pytest.approx(48, rel=0.05)


def test_the_same_run_gives_the_same_figures() -> None:
    assert measured(EVEN, ours, 0.5, DAYS) == measured(EVEN, ours, 0.5, DAYS)


def figures(mean: float, p95: float) -> Figures:
    return Figures(polls=24, mean=mean, p95=p95, feeds_mean=mean, feeds_p95=p95, missed=0)


def test_the_verdict_names_every_measure_that_is_lost() -> None:
    runs = {24.0: {OURS: figures(2, 5), FIXED: figures(3, 4), f"{BAND} 1": figures(9, 9)}}
    assert "lowest of all" in verdict({24.0: {OURS: figures(2, 3), FIXED: figures(3, 4)}})[0]
    assert verdict(runs)[1:] == [
        f"- p95 at 24: {FIXED} 4.00, ours 5.00",
        f"- feeds_p95 at 24: {FIXED} 4.00, ours 5.00",
    ]


def test_of_the_bands_the_one_with_the_lowest_mean_is_shown() -> None:
    runs = {name: figures(2, 5) for name in (OURS, FIXED, FREQUENCY)}
    shown = chosen(runs | {f"{BAND} 1": figures(9, 1), f"{BAND} 0.1": figures(8, 2)})
    assert list(shown) == [OURS, FIXED, FREQUENCY, BAND]
    assert shown[BAND].mean == 8
    assert len(MEASURES) == 4


def test_a_constant_is_only_changed_for_a_while() -> None:
    usual = expectation.EVEN_HOUR
    with changed(expectation, "EVEN_HOUR", 99.0):
        assert expectation.EVEN_HOUR == 99.0
    assert usual == expectation.EVEN_HOUR


def test_the_chart_names_each_curve_and_keeps_labels_apart() -> None:
    curves = {"ours": (20.0, 10.0), "theirs": (21.0, 10.1), "others": (90.0, 40.0)}
    svg = polling_chart.drawn({"mean": curves, "p95": curves}, (24, 48), "Delays")
    heights = [
        float(part.split('y="')[1].split('"')[0]) for part in svg.splitlines() if 'fill="#' in part and ">ours<" in part
    ]
    others = [float(part.split('y="')[1].split('"')[0]) for part in svg.splitlines() if ">theirs<" in part]
    assert len(heights) == len(others) == 1
    assert abs(heights[0] - others[0]) >= 14
    assert "theirs: 21.0 min" in svg
    assert polling_simulation.START.isoformat() not in svg


def test_the_terminal_chart_draws_the_longest_bar_of_a_budget_widest() -> None:
    lines = polling_chart.bars("mean", {"ours": (10.0,), "theirs": (40.0,)}, (24,))
    assert lines[0] == "mean"
    assert lines[2].count("█") * 4 == lines[3].count("█")
    assert lines[3].endswith("40.0 min")
