"""The exported file read back: every weight in its place, and a file that does not fit told from one that does."""

from pathlib import Path

import onnx
import pytest
import torch

from models.recipe.dequantise import dequantised, disagreement
from models.recipe.network import Network
from monitor.errors import ModelError
from tests.recipe_builders import SMALL, copied, small_network, small_parent


@pytest.fixture(scope="module")
def network() -> Network:
    return small_network()


@pytest.fixture(scope="module")
def parent() -> Path:
    return small_parent()


def test_every_weight_comes_back_to_its_place_within_a_rounding_step(network: Network, parent: Path) -> None:
    found = dequantised(parent)
    assert found.shape == SMALL
    again = found.state_dict()
    for name, value in network.state_dict().items():
        # Seven bits per column or table; what has one dimension is kept as it is.
        step = 0.0 if value.dim() == 1 else float(value.abs().max()) / 60
        torch.testing.assert_close(again[name], value, atol=step + 1e-6, rtol=0, msg=name)


def test_network_and_file_say_the_same_of_a_text(parent: Path) -> None:
    logits, embeddings = disagreement(dequantised(parent), parent)
    assert logits < 0.2
    assert embeddings < 0.02


def test_a_matrix_in_another_s_place_is_noticed(parent: Path, tmp_path: Path) -> None:
    folder = copied(parent, tmp_path / "changed")
    model = onnx.load(folder / "model.onnx")
    by_name = {node.name: node for node in model.graph.node}
    for one, other in (("query", "value"), ("value", "query")):
        by_name[f"/network/{one}/MatMul_quant"].name = f"/network/{other}/MatMul_quant"
    onnx.save(model, folder / "model.onnx")
    with pytest.raises(ModelError, match=r"network and file part by \d.* mend models/recipe/dequantise\.py"):
        dequantised(folder)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ids", r"it reads \['cases', 'other'\], not \['cases', 'ids'\]"),
        ("intermediate.dense.bias", "it holds no layer of the encoder"),
        ("case.weight_quantized", r"no weights found for 1 of the network's \d+ parts \(first: case\.weight\)"),
    ],
)
def test_a_file_of_another_make_is_told_with_what_it_lacks(parent: Path, tmp_path: Path, name: str, words: str) -> None:
    folder = copied(parent, tmp_path / "foreign")
    model = onnx.load(folder / "model.onnx")
    for item in (*model.graph.input, *model.graph.initializer):
        if item.name.endswith(name):
            item.name = "other"
    onnx.save(model, folder / "model.onnx")
    with pytest.raises(ModelError, match=words + r".*take the model folder of the same version"):
        dequantised(folder)
