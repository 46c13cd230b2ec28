"""Which model is in use: the pointer, what happens when it or the model is damaged, and what that shows."""

import hashlib
import json
import logging
import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor import weights, wiring
from monitor.cli import cli
from monitor.config import Settings
from monitor.daemon.service import Daemon
from monitor.errors import ConfigError, ModelError
from monitor.jobs import pointer
from monitor.store import Store
from monitor.understand.folder import shipped_folder
from tests.feedback_builders import model_folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A models' folder with one whole model in it, promoted."""
    folder = tmp_path / "models"
    model_folder(folder / "mine", thresholds={"talks": 0.9, "missile_aid": 0.9})
    pointer.write(folder, pointer.LiveModel(name="mine", folder="mine", sums=pointer.sums(folder / "mine")))
    return folder


def settings(models: Path, **more: str) -> Settings:
    return Settings(models_folder=str(models), **more)  # type: ignore[arg-type]


def name_in_use(models: Path, **more: str) -> str:
    loaded = weights.classifier(settings(models, **more))
    loaded.close()
    return loaded.name.partition("@")[0]


def test_what_was_written_is_read(models: Path) -> None:
    live = pointer.read(models)
    assert live is not None
    assert (live.name, live.folder) == ("mine", "mine")
    assert pointer.usable(models, live) == models / "mine"
    pointer.write(models, None)
    assert pointer.read(models) is None
    pointer.write(models, None)


def test_nothing_is_promoted_where_there_is_no_folder(tmp_path: Path) -> None:
    assert pointer.read(tmp_path / "none") is None
    assert weights.live_choice(settings(tmp_path / "none")).folder == shipped_folder()


def test_a_reader_sees_the_old_or_the_new_and_never_half(models: Path) -> None:
    live = pointer.read(models)
    assert live is not None
    done, seen = threading.Event(), []

    def look() -> None:
        while not done.is_set():
            found = pointer.read(models)
            seen.append(found.name if found else "")

    thread = threading.Thread(target=look)
    thread.start()
    for number in range(100):
        other = pointer.LiveModel(name=f"m{number}" * 200, folder="mine", sums=live.sums)
        pointer.write(models, other)
    done.set()
    thread.join()
    assert seen
    assert {len(name) for name in seen} <= {4, 400, 600}
    assert [path.name for path in models.glob(".live-*")] == []


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match=r"cannot write .*file/live\.json.*rights"):
        pointer.write(tmp_path / "file", pointer.LiveModel(name="x", folder="x", sums=()))


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"name": "x"}', '{"name": "x", "folder": "x", "sums": []}', "\xff"]
)
def test_a_damaged_pointer_is_told_with_what_to_do(models: Path, content: str) -> None:
    (models / pointer.LIVE).write_bytes(content.encode("latin-1"))
    with pytest.raises(ModelError, match=r"live\.json is damaged .*[Pp]romote again, or delete it"):
        pointer.read(models)


@pytest.mark.parametrize("name", ["a" * 5000, "x\0y", "not-there"])
def test_a_folder_that_cannot_be_is_told_and_breaks_nothing(models: Path, name: str) -> None:
    with pytest.raises(ModelError, match="cannot read the model in"):
        pointer.usable(models, pointer.LiveModel(name="mine", folder=name, sums=(("model.onnx", "0"),)))


def test_a_folder_inside_is_written_down_relative_and_any_other_absolute(tmp_path: Path) -> None:
    assert pointer.stored_as(tmp_path / "models", tmp_path / "models" / "a") == "a"
    assert pointer.stored_as(tmp_path / "models", tmp_path / "b") == str(tmp_path / "b")


def test_both_may_move_together(models: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    os.rename(models, moved)  # noqa: PTH104
    assert weights.live_choice(settings(moved)).name == "mine"


def test_the_setting_wins_over_the_promoted_and_that_over_the_shipped(models: Path, tmp_path: Path) -> None:
    own = model_folder(tmp_path / "own")
    assert name_in_use(models, model=str(own)) == "own"
    assert name_in_use(models) == "mine"
    pointer.write(models, None)
    assert name_in_use(models) == json.loads((shipped_folder() / "labels.json").read_text())["name"]


@pytest.mark.parametrize("damage", ["model.onnx", "labels.json", "tokenizer.json", "gone", "pointer"])
def test_a_damaged_promoted_model_gives_way_to_the_shipped_one_with_a_loud_line(
    models: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    if damage == "gone":
        os.rename(models / "mine", models / "lost")  # noqa: PTH104
    elif damage == "pointer":
        (models / pointer.LIVE).write_text("{")
    else:
        with (models / "mine" / damage).open("ab") as stream:
            stream.write(b" ")
    with caplog.at_level(logging.ERROR):
        assert name_in_use(models) == json.loads((shipped_folder() / "labels.json").read_text())["name"]
    (line,) = [record.getMessage() for record in caplog.records if record.name == "monitor.weights"]
    assert "the SHIPPED one works instead" in line
    assert damage in line or str(models) in line


def test_the_fallback_goes_to_stderr_and_leaves_the_answer_alone(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (models / pointer.LIVE).write_text("{")
    monkeypatch.setenv("MONITOR_MODELS_FOLDER", str(models))
    done = CliRunner().invoke(cli, ["analyze"], input="Bread\nis dear.")
    assert json.loads(done.stdout)["match"] is False


def test_status_and_health_say_which_model_works_and_what_is_wrong(
    models: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_MODELS_FOLDER", str(models))
    shown = CliRunner().invoke(cli, ["--db", sqlite_url, "status", "--json"])
    assert json.loads(shown.stdout)["model"] == {"in_use": "mine", "problem": ""}
    (models / pointer.LIVE).write_text("{")
    shown = CliRunner().invoke(cli, ["--db", sqlite_url, "status"])
    assert "Model   shipped" in shown.stdout
    assert "is damaged" in shown.stdout
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(sqlite_url))
        services = stack.enter_context(
            wiring.services(settings(models), store, holder="here:1:a", stopping=threading.Event())
        )
        daemon = Daemon(services, health_host="127.0.0.1", health_port=0, drain_seconds=1)
        part = daemon.health().parts["model"]
    assert part.status == "degraded"
    assert "is damaged" in part.detail


def test_a_promoted_model_of_another_version_gives_way_to_the_shipped_one_and_the_reason_is_kept(models: Path) -> None:
    import onnx

    path = models / "mine" / "model.onnx"
    old = onnx.load(path)
    for place in (place for place in old.graph.input if place.name == "cases"):
        place.name = "mask"
    for node in old.graph.node:
        for at in (at for at, name in enumerate(node.input) if name == "cases"):
            node.input[at] = "mask"
    onnx.save(old, path)
    sums = models / "mine" / "SHA256SUMS"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    others = [line for line in sums.read_text().splitlines() if not line.endswith("model.onnx")]
    sums.write_text("\n".join([f"{digest}  model.onnx", *others]) + "\n")
    pointer.write(models, pointer.LiveModel(name="mine", folder="mine", sums=pointer.sums(models / "mine")))
    found = weights.loaded(settings(models))
    found.classifier.close()
    assert found.classifier.name.startswith("minilm-talks")
    assert "made for another version" in found.problem
