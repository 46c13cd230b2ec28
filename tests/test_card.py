"""The card that comes with weights: read whole from what we ship, and in part from what is damaged."""

import json
from pathlib import Path

import pytest

from monitor import weights
from monitor.config import Settings
from monitor.understand import card
from monitor.understand.folder import shipped_folder


def test_the_shipped_model_brings_its_card() -> None:
    found = card.read(shipped_folder())
    assert found.problem == ""
    assert found.name.startswith("minilm-talks")
    assert found.text.startswith("# minilm-talks")
    assert [topic for topic, _ in found.thresholds] == ["talks", "missile_aid"]
    assert {row.name for row in found.figures} == {"talks", "missile_aid", "match"}
    assert all(0 < row.precision <= 1 and row.positive <= row.n for row in found.figures)
    assert [gate for gate, _, _ in found.gate] == sorted(gate for gate, _, _ in found.gate)


def test_the_settings_name_the_folder_whose_card_is_read(tmp_path: Path) -> None:
    (tmp_path / "CARD.md").write_text("# Another\n")
    found = weights.card(Settings(model=str(tmp_path)))
    assert (found.name, found.text) == (tmp_path.name, "# Another\n")
    assert "metrics.json cannot be read" in found.problem
    assert weights.card(Settings(models_folder=str(tmp_path))).name == card.read(shipped_folder()).name


@pytest.mark.parametrize(
    "text",
    ["{", "[1]", '"x"', "[" * 100_000, "\udcff".encode("utf-8", "surrogatepass").decode("latin-1")],
    ids=["cut", "list", "text", "deep", "bytes"],
)
def test_damaged_figures_are_named_and_nothing_breaks(tmp_path: Path, text: str) -> None:
    (tmp_path / "CARD.md").write_text("# A card\n")
    (tmp_path / "labels.json").write_text('{"name": "mine", "thresholds": {"talks": 0.4, "odd": "high"}}')
    (tmp_path / "metrics.json").write_text(text)
    found = card.read(tmp_path)
    assert (found.name, found.thresholds, found.figures) == ("mine", (("talks", 0.4),), ())
    assert found.problem == "metrics.json is damaged. `monitor model list` names the models there are."


def test_figures_of_another_shape_are_left_out(tmp_path: Path) -> None:
    whole = {
        "name": "talks", "n": 9, "positive": 4, "precision": 0.9, "recall": 0.8, "f1": 0.85,
        "average_precision": 0.9, "calibration_error": 0.01,
    }  # fmt: skip
    broken = [whole | {"precision": "good"}, {"name": "talks"}, 7, None]
    metrics = {
        "model": "m@1",
        "a.jsonl": {"topics": [whole, *broken], "gate": [{"gate": 0.1}]},
        "b": 3,
        "c": {"topics": 1},
    }
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    found = card.read(tmp_path, problem="The promoted model is gone.")
    assert [row.measured_on for row in found.figures] == ["a.jsonl"]
    assert found.gate == ()
    assert found.problem.startswith("The promoted model is gone. ")
