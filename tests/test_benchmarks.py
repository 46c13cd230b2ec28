"""The parts of the benchmarks that decide what a figure means; no figure is taken here."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import __main__ as command
from benchmarks import coldstart, latency, machine, throughput
from benchmarks.batching import difference, other_names
from benchmarks.figures import cells, percentile, ratios, row, table
from benchmarks.material import Scale, model_folder, one_window, spread
from benchmarks.peers import NO_SPACY
from monitor.records.articles import Article
from monitor.records.findings import Tagged
from monitor.understand.folder import load_tokenizer, shipped_folder
from monitor.understand.model import Reading
from monitor.understand.windows import LENGTH, windows

lengths = st.lists(st.integers(min_value=1, max_value=5000), min_size=1, max_size=60)


def reading(score: float = 0.5, shares: tuple[float, ...] = (0.25,), name: str = "Kyiv") -> Reading:
    spans = tuple((at, at + 1, share) for at, share in enumerate(shares))
    tag = Tagged(start=0, end=4, text=name, type="place", score=0.9)
    return Reading(scores={"talks": score}, shares={"talks": spans}, tagged=(tag,), embedding=(0.6, 0.8))


@settings(deadline=None)
@given(lengths, st.integers(min_value=1, max_value=70), st.integers(min_value=0, max_value=9))
def test_a_spread_takes_one_of_each_stretch_of_the_sorted_lengths(found: list[int], number: int, turn: int) -> None:
    chosen = spread(found, number, turn)
    assert len(chosen) == len(set(chosen)) == min(number, len(found))
    assert [found[at] for at in chosen] == sorted(found[at] for at in chosen)


@settings(deadline=None)
@given(lengths)
def test_turns_come_round_to_every_article(found: list[int]) -> None:
    seen = {at for turn in range(len(found)) for at in spread(found, 3, turn)}
    assert seen == set(range(len(found)))


def test_the_same_answers_differ_by_nothing() -> None:
    assert difference([reading()], [reading()]) == 0.0
    assert other_names([reading()], [reading()]) == 0


def test_another_score_share_or_name_is_seen() -> None:
    assert difference([reading()], [reading(score=0.75)]) == 0.25
    assert difference([reading()], [reading(shares=(0.75,))]) == 0.5
    assert difference([reading()], [reading(shares=(0.25, 0.25))]) == math.inf
    assert other_names([reading()], [reading(name="Lviv")]) == 1


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios([10.0, 30.0], [5.0, 10.0]) == [2.0, 3.0]


def test_rows_show_the_smallest_middle_and_largest() -> None:
    lines = table("articles/s", [row("ours", [3.0, 1.0, 2.0]), cells("theirs", (1.25,) * 3, 2)])
    assert lines == [
        "| articles/s | min | median | max |",
        "|---|---|---|---|",
        "| ours | 1.0 | 2.0 | 3.0 |",
        "| theirs | 1.25 | 1.25 | 1.25 |",
    ]


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 50.0), (0.95, 95.0), (1.0, 100.0)])
def test_a_percentile_is_a_value_that_occurred(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == pytest.approx(value, abs=1.0)


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text("# Results\n\n## analysis\n\nold\n\n## startup\n\nkept\n", encoding="utf-8")
    monkeypatch.setattr(command, "RESULTS", path)
    command.write("analysis", Scale(rounds=1), ["new"])
    command.write("latency", Scale(), ["added"])
    text = path.read_text(encoding="utf-8")
    assert "old" not in text
    assert text.index("new") < text.index("kept") < text.index("added")
    assert '`make bench ARGS="analysis --rounds 1"`' in text
    assert machine.described() in text


@pytest.mark.parametrize(
    ("title", "text", "tokens"),
    [
        ("Ferry waits", "A short one.", None),
        ("Ferry waits", "The wind would not drop. " * 200, LENGTH),
        ("Unübersetzbar " * 120, "The wind would not drop. " * 200, LENGTH),
        ("", "Ljubljanica " * 300, LENGTH),
        ("A title alone", "", None),
    ],
)
def test_an_article_is_cut_to_what_one_window_holds(title: str, text: str, tokens: int | None) -> None:
    article = Article(id="a", title=title, text=text.strip())
    (cut,) = one_window([article])
    encode, marks = load_tokenizer(model_folder())
    (window,) = windows(cut, encode, marks)
    assert article.text.startswith(cut.text)
    assert cut == article if tokens is None else tokens - 4 <= len(window.ids) <= tokens


def test_the_weights_that_a_variable_names_are_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MONITOR_MODEL", raising=False)
    assert model_folder() == shipped_folder()
    monkeypatch.setenv("MONITOR_MODEL", str(tmp_path))
    assert model_folder() == tmp_path


def test_without_spacy_its_rows_are_a_line_that_says_so() -> None:
    rates = throughput.Rates(whole=[50.0, 60.0], cut=[75.0, 90.0], zero_shot=[0.5, 0.5])
    rows = throughput._rows(rates)
    assert NO_SPACY in rows[-1]
    assert [line.split(" | ")[1:3] for line in rows[3:5]] == [["100", "110"], ["150", "165"]]
    rates.small.extend([25.0, 30.0])
    rates.small_cut.extend([50.0, 60.0])
    assert [line.split(" | ")[1] for line in throughput._rows(rates)[-3::2]] == ["2.00", "1.50"]


def test_a_peers_latency_is_divided_by_ours_round_by_round() -> None:
    rows = latency._rows({latency.OURS: [[10.0] * 20, [20.0] * 20], "peer": [[100.0], [400.0]]})
    assert [line for line in rows if "ratio" in line] == [
        "| ratio, p50 | 10.0 | 15.0 | 20.0 |",
        "| ratio, p95 | 10.0 | 15.0 | 20.0 |",
    ]


def test_a_peers_cold_start_is_divided_by_ours() -> None:
    rows = coldstart._rows("seconds", {coldstart.OURS: [0.5, 0.5], "peer": [5.0, 6.0]}, 1)
    assert rows == [
        "| talks-monitor: seconds | 0.5 | 0.5 | 0.5 |",
        "| peer: seconds | 5.0 | 5.5 | 6.0 |",
        "| ratio | 10.0 | 11.0 | 12.0 |",
    ]


def test_a_child_that_fails_is_told_with_its_command() -> None:
    with pytest.raises(RuntimeError, match=r"benchmarks\.answer nothing ended with 1"):
        coldstart._child("nothing")


def test_the_peak_of_memory_is_at_least_what_an_interpreter_takes() -> None:
    assert machine.peak_megabytes() > 5 or not Path("/proc/self/status").exists()


def test_the_machine_is_told_with_its_cores_and_vector_instructions() -> None:
    told = machine.described()
    assert f"{machine.cores()} cores" in told
    assert "Python 3" in told
