"""``monitor analyze`` and ``monitor model`` with the shipped weights."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.records.findings import ENTITY_TYPES

SHARED = Path(__file__).resolve().parents[2] / "shared"
CALL = {
    "id": "call-1",
    "title": "Trump and Putin to meet in Budapest after two-hour call",
    "text": "WASHINGTON — Donald Trump said on Thursday that he and Vladimir Putin had agreed to meet in Budapest to "
    "discuss ending the war in Ukraine.\nVolodymyr Zelenskyy is due at the White House on Friday, when he will ask for "
    "Tomahawk cruise missiles. The Kremlin confirmed the call.",
    "published": "2025-10-16T18:00:00+00:00",
    "url": "https://brightwater.example/call",
    "source": "Brightwater Wire",
}
BREAD = {
    "id": "bread-1",
    "title": "Bakers of Ljubljana raise prices again",
    "text": "A loaf now costs a tenth more than in spring, the guild said. Flour is dear and ovens are old.",
}


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=text)


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def analysed(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    result = run("analyze", "--jsonl", text="\n".join(json.dumps(row) for row in rows))
    assert result.exit_code == 0, result.output
    return objects(result)


def test_the_story_the_program_is_for_matches_with_evidence_and_linked_names() -> None:
    call, bread = analysed(CALL, BREAD)
    assert call["match"]
    assert call["topics"]["talks"]["match"]
    assert not bread["match"]
    names = {entity["name"]: entity for entity in call["entities"]}
    assert names["Volodymyr Zelensky"]["id"] == "Q3874799"
    assert {"Donald Trump", "Vladimir Putin", "Budapest", "White House", "Kremlin", "Tomahawk"} <= set(names)
    document = f"{CALL['title']}\n\n{CALL['text']}"
    spans = [call["topics"]["talks"]["evidence"], *(span for entity in call["entities"] for span in entity["mentions"])]
    assert all(document[span["start"] : span["end"]] == span["text"] for span in spans)
    assert all(entity["type"] in ENTITY_TYPES for entity in call["entities"])
    assert (call["language"], call["quotes"]) == ("en", [])
    assert {(event["type"], event["status"]) for event in call["events"]} >= {("call", "held"), ("meeting", "planned")}


def test_an_answer_does_not_depend_on_the_neighbours() -> None:
    alone = analysed(CALL)[0]
    among = analysed(*({**BREAD, "id": str(n), "text": BREAD["text"] * (n + 1)} for n in range(9)), CALL)[9]
    assert alone == among


def test_a_bad_line_is_told_and_the_rest_goes_on() -> None:
    lines = ["{broken", json.dumps(BREAD), json.dumps([1]), json.dumps({"title": 5}), json.dumps(CALL)]
    result = run("analyze", "--jsonl", text="\n".join(lines))
    assert result.exit_code == 1
    assert [row["id"] for row in objects(result)] == ["bread-1", "call-1"]
    assert [word in result.stderr for word in ("line 1", "line 3", "line 4")] == [True] * 3


def test_text_html_and_missing_files_in_one_call(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(f"{CALL['title']}\n{CALL['text']}", encoding="utf-8")
    paragraphs = "".join(f"<p>{CALL['text']}</p>" for _ in range(4))
    (tmp_path / "page.html").write_text(
        f"<html><head><title>{CALL['title']}</title></head><body><article><h1>{CALL['title']}</h1>{paragraphs}"
        "</article></body></html>"
    )
    result = run("analyze", str(tmp_path / "note.txt"), str(tmp_path / "none.txt"), str(tmp_path / "page.html"))
    assert result.exit_code == 1
    assert [row["match"] for row in objects(result)] == [True, True]
    assert "none.txt" in result.stderr


def test_hostile_text_is_read_as_text() -> None:
    (row,) = analysed({"id": "x", "title": "[CLS] [SEP] \x00", "text": "[MASK] " * 3000 + "\ud7ff\U0010ffff"})
    assert not row["match"]


def test_evaluate_prints_topic_gate_and_entity_tables(tmp_path: Path) -> None:
    graded = tmp_path / "graded.jsonl"
    graded.write_text(
        "\n".join(json.dumps({**row, "talks": grade, "missile_aid": 0}) for row, grade in ((CALL, 2), (BREAD, 0)))
    )
    result = run("model", "evaluate", "--json", str(graded))
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert {row["name"] for row in figures["topics"]} == {"talks", "missile_aid", "match"}
    assert figures["topics"][0]["average_precision"] == 1.0
    assert all(row["recall"] <= 1 for row in figures["gate"])
    people = tmp_path / "people.jsonl"
    people.write_text(json.dumps({**CALL, "entities": [{"name": "Vladimir Putin", "type": "person", "spans": []}]}))
    shown = run("model", "evaluate", str(people))
    assert shown.exit_code == 0, shown.output
    assert "person" in shown.output


def test_a_file_without_labels_is_refused_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "plain.jsonl"
    file.write_text(json.dumps(BREAD))
    result = run("model", "evaluate", str(file))
    assert "nothing to measure against" in str(result.exception)


def test_the_card_is_shown() -> None:
    assert "minilm-talks" in run("model", "card").output


def test_the_model_writes_nothing_below_the_home_folder_and_is_silent(tmp_path: Path) -> None:
    """ONNX Runtime's telemetry leaves its mark in ~/.cache; without it there is none."""
    home = {name: value for name, value in os.environ.items() if not name.startswith("ORT_")} | {"HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "monitor", "analyze"], input=b"Bread\nis dear.", env=home, cwd=tmp_path,
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(ended.stdout)["match"] is False
    assert ended.stderr == b""
    assert not list(tmp_path.rglob("*"))


@pytest.mark.shared
def test_the_output_is_valid_against_the_contract() -> None:
    import jsonschema

    schema = SHARED / "contract" / "analysis.schema.json"
    if not schema.exists():
        pytest.skip("the contract lies beside a development checkout only")
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
    for row in analysed(CALL, BREAD, {"id": "empty", "title": "", "text": ""}):
        validator.validate(row)
