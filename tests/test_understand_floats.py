"""The network for graphics cards, tried on the processor: the same answers, or a refusal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnxruntime
import pytest

from monitor.errors import ModelError
from monitor.understand.floats import in_floats
from monitor.understand.folder import shipped_folder
from monitor.understand.model import ALIKE, TRIAL, OnnxClassifier
from monitor.understand.session import open_session

Open = Callable[[Path, str], Any]


def opener(change: Callable[[bytes], bytes] = lambda network: network) -> Open:
    """Opens what a card would be given on the processor."""

    def opened(path: Path, device: str) -> Any:
        if device == "cpu":
            return open_session(path, device)
        return onnxruntime.InferenceSession(change(in_floats(path)), providers=["CPUExecutionProvider"])

    return opened


def otherwise(network: bytes) -> bytes:
    """The network with its last weights turned round."""
    import onnx

    model = onnx.load_from_string(network)
    for weights in model.graph.initializer:
        if weights.name.endswith("in floats") and weights.dims:
            turned = -onnx.numpy_helper.to_array(weights)
            weights.CopyFrom(onnx.numpy_helper.from_array(turned, weights.name))
    whole: bytes = model.SerializeToString()
    return whole


def test_floats_that_hold_whole_numbers_give_the_same_answers() -> None:
    here = OnnxClassifier(shipped_folder(), device="cuda", open_=opener())
    plain = OnnxClassifier(shipped_folder())
    for ours, theirs in zip(here.read(TRIAL), plain.read(TRIAL), strict=True):
        assert ours.scores == pytest.approx(theirs.scores, abs=ALIKE / 2)
        assert [span.text for span in ours.tagged] == [span.text for span in theirs.tagged]
    assert here.name == plain.name
    here.close()
    plain.close()


def test_a_card_that_answers_otherwise_is_refused() -> None:
    with pytest.raises(ModelError, match=r"away from the processor's.*model_device = cpu"):
        OnnxClassifier(shipped_folder(), device="cuda", open_=opener(otherwise))


def test_without_a_card_the_message_says_what_is_missing() -> None:
    with pytest.raises(ModelError, match=r"model_device is cuda, but .*onnxruntime-gpu.*or set model_device = cpu"):
        OnnxClassifier(shipped_folder(), device="cuda")


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="is not a network"):
        in_floats(tmp_path / "model.onnx")
