"""A model folder that is not what it should be is refused at start, with the reason."""

import shutil
from pathlib import Path

import pytest

from monitor.errors import ModelError
from monitor.understand.folder import load_domain, load_labels, load_tokenizer, shipped_folder
from monitor.understand.model import OnnxClassifier
from monitor.understand.session import open_session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "model"
    shutil.copytree(shipped_folder(), copy)
    return copy


def test_weights_changed_on_disk_are_refused(folder: Path) -> None:
    with (folder / "model.onnx").open("r+b") as file:
        file.seek(100_000)
        file.write(b"\x00\x01\x02\x03\x04")
    with pytest.raises(ModelError, match=r"model\.onnx is damaged"):
        OnnxClassifier(folder)


def test_a_file_that_is_no_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json is not a tokenizer"):
        load_tokenizer(folder)


def test_a_tokenizer_of_another_kind_of_model_is_refused(folder: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    Tokenizer(WordLevel({"a": 0, "?": 1}, unk_token="?")).save(str(folder / "tokenizer.json"))
    with pytest.raises(ModelError, match=r"no \[CLS\] and \[SEP\]"):
        load_tokenizer(folder)


def test_labels_of_another_shape_are_refused(folder: Path) -> None:
    (folder / "labels.json").write_text('{"name": "x"}')
    with pytest.raises(ModelError, match="not a model's label file"):
        load_labels(folder)


def test_a_damaged_domain_is_refused(folder: Path) -> None:
    (folder / "domain.npz").write_bytes(b"PK nothing")
    with pytest.raises(ModelError, match=r"cannot read .*domain\.npz"):
        load_domain(folder, load_labels(folder))


def test_weights_that_are_no_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match="ONNX Runtime cannot load"):
        open_session(path)


def test_weights_made_for_another_version_are_refused(tmp_path: Path) -> None:
    import onnx

    model = onnx.load(shipped_folder() / "model.onnx")
    for place in model.graph.input:
        if place.name == "cases":
            place.name = "mask"
    for node in model.graph.node:
        for at, name in enumerate(node.input):
            if name == "cases":
                node.input[at] = "mask"
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    with pytest.raises(ModelError, match="takes ids, mask where this version gives cases, ids"):
        open_session(path)
