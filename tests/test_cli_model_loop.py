"""From labels to a model in use and back, as a person types it: train, list, shadow, promote, refuse, roll back."""

import json
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.errors import ConfigError, ModelError, StoreError
from monitor.jobs import pointer
from monitor.records.feedback import CandidateState, Verdict
from monitor.store import Store
from monitor.store.feedback.candidates import Candidates
from monitor.understand.folder import shipped_folder
from tests.feedback_builders import candidate, label, registered
from tests.recipe_builders import small_parent
from tests.store_builders import MINUTE, NOW, matched

FROZEN = (
    ("Trump and Putin agree to meet", "The two leaders will meet in Budapest to end the war in Ukraine.", 2, 0),
    ("Zelensky flies to talks with Trump", "The presidents will talk about a truce with Russia on Friday.", 2, 0),
    ("Berlin sends Patriot missiles to Kyiv", "Two more launchers and missiles will go to Ukraine in May.", 0, 2),
    ("Bread is dear", "A loaf costs a tenth more than in spring, the bakers of Ljubljana said.", 0, 0),
    ("Rain spoils the cup final", "The match in Graz was called off after an hour.", 0, 0),
    ("Envoys may or may not meet", "A diplomat hinted at something in Geneva.", 1, 0),
)


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    path = tmp_path / "frozen.jsonl"
    names = ("title", "text", "talks", "missile_aid")
    rows = [{"id": f"f{number}", **dict(zip(names, row, strict=True))} for number, row in enumerate(FROZEN)]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def url(sqlite_url: str, models: Path, frozen: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MONITOR_MODELS_FOLDER", str(models))
    monkeypatch.setenv("MONITOR_FROZEN_SET", str(frozen))
    return sqlite_url


def run(url: str, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["--db", url, *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def listed(url: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(url, "model", "list", "--json").stdout)
    return found


def states(url: str) -> dict[str, str]:
    return {row["name"]: row["state"] for row in listed(url)["models"]}


def two_labels(url: str) -> None:
    with Store.open(url) as store:
        matched(store, 1)
        matched(store, 2, text="A loaf of bread costs a tenth more than in spring.")
        label(store, 1)
        label(store, 2, Verdict.REJECT)


def same_as_shipped(url: str, models: Path, *names: str) -> None:
    """Candidates with the shipped weights: they do no worse."""
    with Store.open(url) as store:
        for at, name in enumerate(names):
            registered(store, models, name, made_at=NOW + at * MINUTE)


def test_labels_become_a_candidate_that_is_listed_tried_and_refused(
    url: str, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_labels(url)
    monkeypatch.setenv("MONITOR_MODEL", str(small_parent()))
    trained = run(url, "model", "train", "--from-feedback", "--out", str(models / "first"))
    assert "2 judged articles, 64 to rehearse" in trained.stderr
    assert "first is registered as a candidate" in trained.stdout
    assert {path.name for path in (models / "first").iterdir()} == {
        "model.onnx", "tokenizer.json", "labels.json", "domain.npz", "SHA256SUMS", "CARD.md",
    }  # fmt: skip
    monkeypatch.delenv("MONITOR_MODEL")
    (row,) = listed(url)["models"]
    assert (row["name"], row["folder"], row["state"], row["labels"]) == ("first", "first", "candidate", 2)
    assert row["parent"].startswith("small@")
    assert row["figures"]["frozen_set"].startswith("frozen.jsonl@")
    assert "first\tcandidate" in run(url, "model", "list").stdout
    tried = json.loads(run(url, "model", "shadow", "first", "--days", "36500", "--json").stdout)
    assert (tried["live"], tried["articles"], tried["judged"]) == ("shipped", 2, 2)
    refused = run(url, "model", "promote", "first")
    assert refused.exit_code == 1
    assert "first stays out: recall of talks falls from 2 to " in refused.stderr
    assert (listed(url)["in_use"], states(url), pointer.read(models)) == ("shipped", {"first": "candidate"}, None)


def test_who_does_no_worse_is_promoted_used_by_every_command_and_rolled_back(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first", "second")
    done = run(url, "model", "promote", "first").stdout
    assert "first beside shipped on 6 articles of frozen.jsonl@" in done
    assert "talks\t5\t2\t1.000 (2/2)\t1.000 (2/2)" in done
    assert "first is the model in use now, in place of shipped." in done
    assert run(url, "model", "promote", "first").stdout == "first is in use already.\n"
    assert "in place of first" in run(url, "model", "promote", "second").stdout
    said = CliRunner().invoke(cli, ["analyze"], input="Bread\nis dear.")
    assert json.loads(said.stdout)["model"].startswith("second@")
    assert states(url) == {"second": "live", "first": "retired"}
    assert "first is the model in use again, in place of second." in run(url, "model", "rollback").stdout
    assert "shipped is the model in use again, in place of first." in run(url, "model", "rollback").stdout
    with pytest.raises(ConfigError, match="there is no promotion to take back"):
        run(url, "model", "rollback")


def test_rollbacks_end_at_the_shipped_model_also_after_one_was_promoted_twice(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first", "second")
    for name in ("first", "second", "first"):
        run(url, "model", "promote", name)
    assert "second is the model in use again" in run(url, "model", "rollback").stdout
    assert "shipped is the model in use again" in run(url, "model", "rollback").stdout


def test_a_rollback_passes_over_a_model_that_is_gone(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first", "second")
    for name in ("first", "second"):
        run(url, "model", "promote", name)
    (models / "first/model.onnx").unlink()
    done = run(url, "model", "rollback")
    assert "passed over: first: cannot read the model in" in done.stderr
    assert "shipped is the model in use again, in place of second." in done.stdout


def test_a_promotion_that_cannot_be_written_down_leaves_the_old_model_in_use(
    url: str, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_as_shipped(url, models, "first")

    def locked(*_: object, **__: object) -> None:
        raise StoreError("locked")

    with monkeypatch.context() as broken:
        broken.setattr(Candidates, "promote", locked)
        with pytest.raises(StoreError):
            run(url, "model", "promote", "first")
    assert (pointer.read(models), states(url)) == (None, {"first": "candidate"})


def test_a_promotion_cut_off_after_the_pointer_is_told_and_caught_up(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first")
    pointer.write(models, pointer.LiveModel(name="first", folder="first", sums=pointer.sums(models / "first")))
    assert "the database says that shipped is live, live.json says first" in run(url, "model", "list").stderr
    assert "in use already" in run(url, "model", "promote", "first").stdout
    assert states(url) == {"first": CandidateState.LIVE.value}


def test_a_model_taught_on_weights_that_the_program_no_longer_brings_is_told(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first")
    run(url, "model", "promote", "first")
    assert "first was trained from minilm@0123456789ab; the shipped model is" in run(url, "model", "list").stderr


def test_the_setting_that_names_a_model_is_not_overruled(
    url: str, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_as_shipped(url, models, "first")
    monkeypatch.setenv("MONITOR_MODEL", str(shipped_folder()))
    for arguments in (("promote", "first"), ("rollback",)):
        with pytest.raises(ConfigError, match=r"the setting 'model' names .* wins over any promotion\. Empty it"):
            run(url, "model", *arguments)


@pytest.mark.parametrize("command", ["promote", "shadow"])
def test_an_unknown_model_is_told_with_those_there_are(url: str, models: Path, command: str) -> None:
    with pytest.raises(ConfigError, match=r"no model 'x' in .*`monitor model train --from-feedback` makes one"):
        run(url, "model", command, "x")
    same_as_shipped(url, models, "first")
    with pytest.raises(ConfigError, match=r"no model 'x' in .*The newest are: first\."):
        run(url, "model", command, "x")


def test_a_shadow_of_the_model_in_use_is_refused_and_no_article_is_told(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first")
    assert "--days looks further back" in run(url, "model", "shadow", "first").stderr
    run(url, "model", "promote", "first")
    with pytest.raises(ConfigError, match="beside itself it shows nothing"):
        run(url, "model", "shadow", "first")


def test_a_candidate_whose_weights_were_exchanged_is_not_promoted(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first")
    with (models / "first/model.onnx").open("ab") as stream:
        stream.write(b" ")
    with pytest.raises(ModelError, match="is not the file that was trained as 'first'"):
        run(url, "model", "promote", "first")


def test_two_who_do_not_agree_and_texts_of_the_frozen_set_are_not_learnt_from(
    url: str, frozen: Path, models: Path
) -> None:
    with Store.open(url) as store:
        matched(store, 1, text=FROZEN[0][1])
        matched(store, 2)
        label(store, 1)
        label(store, 2)
        label(store, 2, Verdict.REJECT, person="ben")
    row = json.loads(frozen.read_text().splitlines()[0]) | {"title": "Story 1"}
    frozen.write_text("\n".join([json.dumps(row), *frozen.read_text().splitlines()[1:]]))
    with pytest.raises(ConfigError, match=r"no label to learn from \(2 labelled articles, 1 of them in the frozen set"):
        run(url, "model", "train", "--from-feedback")
    assert not models.exists()


@pytest.mark.parametrize("missing", ["torch", "onnx"])
def test_without_the_extra_it_says_what_to_install(url: str, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    two_labels(url)
    # By name: the package's attribute is the command.
    module = import_module("monitor.cli.model.train")
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == missing else find_spec(name))
    with pytest.raises(ConfigError, match=rf"not installed: {missing}\. In a checkout .*pip install -e '\.\[train\]'"):
        run(url, "model", "train", "--from-feedback")


def test_training_says_what_it_needs_before_anything_is_written(
    url: str, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Say --from-feedback" in run(url, "model", "train").stderr
    with pytest.raises(ConfigError, match=r"no label to learn from \(0 labelled"):
        run(url, "model", "train", "--from-feedback")
    for name, words in ((".hidden", "is no name for a model"), ("shipped", "is no name"), ("", "is no name")):
        with pytest.raises(ConfigError, match=words):
            run(url, "model", "train", "--from-feedback", "--out", f"/{name}" if not name else str(models / name))
    with pytest.raises(ConfigError, match=r"the folder exists\. Name another folder with --out"):
        run(url, "model", "train", "--from-feedback", "--out", str(tmp_path))
    monkeypatch.setenv("MONITOR_MODEL", "some-hub/model")
    with pytest.raises(ConfigError, match=r"names 'some-hub/model', which is no model folder of this program"):
        run(url, "model", "train", "--from-feedback")
    assert not models.exists()


def test_what_cannot_be_registered_leaves_no_folder(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first")
    with Store.open(url) as store, pytest.raises(ConfigError, match="'first' already"):
        import_module("monitor.cli.model.train")._register(store, candidate("first"), models / "first")
    assert list(models.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 7: JSONDecodeError"),
        ("[]", "line 7: "),
        ('{"id": "x", "title": "t", "text": "t", "talks": 2}', "line 7: KeyError: 'missile_aid'"),
        ('{"id": "x", "title": "t", "text": "t", "talks": 3, "missile_aid": 0}', r"line 7: the grades are \(3, 0\)"),
        ('{"id": "x", "title": "t", "text": "t", "talks": true, "missile_aid": 0}', r"line 7: the grades are \(True"),
        ("[" * 100_000, "line 7: RecursionError"),
    ],
)
def test_a_frozen_set_that_is_damaged_is_told_with_its_line(
    url: str, models: Path, frozen: Path, line: str, words: str
) -> None:
    same_as_shipped(url, models, "first")
    frozen.write_text(f"{frozen.read_text()}\n{line}")
    with pytest.raises(ConfigError, match=words):
        run(url, "model", "promote", "first")


def test_a_frozen_set_that_would_notice_nothing_or_is_not_there_is_refused(
    url: str, models: Path, frozen: Path, tmp_path: Path
) -> None:
    same_as_shipped(url, models, "first")
    with pytest.raises(ConfigError, match=r"cannot read the frozen set .*No such file"):
        run(url, "model", "promote", "first", "--frozen", str(tmp_path / "none"))
    frozen.write_text(frozen.read_text().splitlines()[0])
    with pytest.raises(ConfigError, match=r"no article about missile_aid \(grade 2\) among its 1"):
        run(url, "model", "promote", "first")


def test_the_card_of_the_model_in_use_is_shown(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first")
    (models / "first/CARD.md").write_text("# first\n")
    run(url, "model", "promote", "first")
    assert run(url, "model", "card").stdout == "# first\n\n"


def test_figures_of_a_later_version_are_left_out_when_read(url: str, models: Path) -> None:
    same_as_shipped(url, models, "first")
    with Store.open(url) as store:
        first = store.candidates.get("first")
        assert first is not None
        store.candidates.promote("first", replace(first.figures, seed=5), replaces=None, now=NOW)
    assert listed(url)["models"][0]["figures"]["seed"] == 5
