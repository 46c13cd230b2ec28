"""From the exported int8 file back to the float network: the shipped weights are the only ones there are.

What is read is what ``export`` writes: initialisers with their own names, or ``<name>_quantized`` beside ``_scale``
and ``_zero_point``; matrices known by the node that multiplies with them. Whether all of it landed in its place is not
taken on trust: both must give the same topic logits and embeddings.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

from models.recipe.batches import batch_of
from models.recipe.network import Network, Shape
from monitor.errors import ModelError
from monitor.records.articles import Article
from monitor.understand.folder import WEIGHTS, load_tokenizer
from monitor.understand.windows import windows

Floats = npt.NDArray[np.float32]
Tensors = Mapping[str, Floats]
QUANTIZED = "_quantized"
# The network is exported inside another module that gives it no mask.
OUTER = "network"
INPUTS = {"ids", "cases"}
SELF_ATTENTION = ("query", "key", "value")
# The file rounds activations too and this network does not: measured on 60 texts, logits part by 0.5 at most. One
# matrix in another's place moves them by several.
TOLERANCE = 1.5
# One minus the cosine of both embeddings: 0.01 at most on the same texts.
EMBEDDING_TOLERANCE = 0.1
PROBES = (
    Article(id="", title="Leaders agree to meet", text="Trump and Putin will meet in Budapest, the Kremlin said."),
    Article(id="", title="Bread prices rise", text="A loaf costs a tenth more than in spring, the bakers' guild said."),
    Article(id="", title="Missiles for Kyiv", text="Berlin will send two more Patriot launchers to Ukraine in May."),
)


def dequantised(folder: Path) -> Network:
    """Return the network with the weights of ``folder``'s file; raises ModelError when they do not fit it."""
    path = folder / WEIGHTS
    model = onnx.load(path)
    if (inputs := {value.name for value in model.graph.input}) != INPUTS:
        raise ModelError(f"{path}: {_foreign(f'it reads {sorted(inputs)}, not {sorted(INPUTS)}')}")
    tensors = _tensors(model)
    network = Network(_shape(path, tensors), empty=True)
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    found = mapped(model, tensors, shapes)
    if missing := sorted(set(shapes) - set(found)):
        lacking = f"no weights found for {len(missing)} of the network's {len(shapes)} parts (first: {missing[0]})"
        raise ModelError(f"{path}: {_foreign(lacking)}")
    network.load_state_dict({name: torch.tensor(np.ascontiguousarray(value)) for name, value in found.items()})
    network.eval()
    logits, embeddings = disagreement(network, folder)
    if logits > TOLERANCE or embeddings > EMBEDDING_TOLERANCE:
        raise ModelError(
            f"{path}: the weights were read, but network and file part by {logits:.1f} in their topic logits "
            f"({TOLERANCE} at most) and by {embeddings:.2f} in their embeddings ({EMBEDDING_TOLERANCE} at most). "
            "The export has changed its layout: mend models/recipe/dequantise.py."
        )
    return network


def _foreign(what: str) -> str:
    return f"{what}. The file was not written by this recipe's export; take the model folder of the same version."


def _shape(path: Path, tensors: Tensors) -> Shape:
    inner = [len(value) for name, value in tensors.items() if name.endswith(".intermediate.dense.bias")]
    if not inner:
        raise ModelError(f"{path}: {_foreign('it holds no layer of the encoder')}")
    return Shape(layers=len(inner), inner=inner[0])


def mapped(model: "onnx.ModelProto", tensors: Tensors, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Floats]:
    """Find the array of each part: by its name, by the node that multiplies with it, then by place in the graph."""
    found = {name: tensors[name] for name, shape in shapes.items() if name in tensors and tensors[name].shape == shape}
    left: list[Floats] = []
    for module, matrix in _multiplied(model, {name: value for name, value in tensors.items() if name not in found}):
        name = f"{module}.weight"
        if shapes.get(name) == matrix.T.shape and name not in found:
            found[name] = matrix.T
        else:
            left.append(matrix)
    _split_attention(left, tensors, shapes, found)
    for name, shape in shapes.items():
        at = next((at for at, matrix in enumerate(left) if matrix.T.shape == shape), None)
        if name not in found and at is not None:
            found[name] = left.pop(at).T
    return found


def disagreement(network: Network, folder: Path) -> tuple[float, float]:
    """Compare the network with the folder's file on a few texts.

    Returns the largest difference between topic logits, and the largest of one minus the cosine of both embeddings.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(folder / WEIGHTS), providers=["CPUExecutionProvider"])
    encode, marks = load_tokenizer(folder)
    gaps, turns = [], []
    for article in PROBES:
        ids, mask, cases = batch_of(windows(article, encode, marks, limit=1))
        with torch.no_grad():
            ours, _, _, embedding = network(ids, mask, cases)
        theirs, _, _, other = session.run(None, {"ids": ids.numpy(), "cases": cases.numpy()})
        gaps.append(float(np.abs(ours.numpy() - theirs).max()))
        turns.append(1.0 - float((embedding.numpy() * other).sum()))
    return max(gaps), max(turns)


def _tensors(model: "onnx.ModelProto") -> dict[str, Floats]:
    """Every weight of the file in floating point, by its name in the network before quantisation."""
    raw = {item.name.removeprefix(f"{OUTER}."): numpy_helper.to_array(item) for item in model.graph.initializer}
    found: dict[str, Floats] = {}
    for name, array in raw.items():
        base = name.removesuffix(QUANTIZED)
        if base != name:
            scale, zero = (_along(raw[f"{base}{part}"], array) for part in ("_scale", "_zero_point"))
            found[base] = (array.astype(np.float32) - zero) * scale
        elif array.dtype == np.float32 and not name.endswith("_scale"):
            found[name] = array
    return found


def _along(values: npt.NDArray[np.generic], array: npt.NDArray[np.generic]) -> Floats:
    """Shape scales or zero points so that they meet the rows or columns they belong to; columns are the rule."""
    flat = values.astype(np.float32).reshape(-1)
    by_row = array.ndim == 2 and len(flat) == array.shape[0] != array.shape[1]
    return flat.reshape(-1, 1) if by_row else flat


def _multiplied(model: "onnx.ModelProto", tensors: Tensors) -> Iterator[tuple[str, Floats]]:
    """Yield ``(module, (in, out) matrix)`` of each multiplication, in graph order; the node's name tells the module."""
    for node in model.graph.node:
        if node.op_type in {"Gather", "DequantizeLinear"}:
            continue
        turned = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
        for name in node.input:
            matrix = tensors.get(name.removeprefix(f"{OUTER}.").removesuffix(QUANTIZED))
            if matrix is not None and matrix.ndim == 2:
                module = node.name.strip("/").removeprefix(f"{OUTER}/").rpartition("/")[0]
                yield module.replace("/", "."), matrix.T if turned else matrix


def _split_attention(
    left: list[Floats],
    tensors: Tensors,
    shapes: Mapping[str, tuple[int, ...]],
    found: dict[str, Floats],
) -> None:
    """Cut matrices and biases that hold query, key and value side by side, one per layer in the order of the layers."""
    end = f".{SELF_ATTENTION[0]}.weight"
    places = {name.removesuffix(end): shape for name, shape in shapes.items() if name.endswith(f"self{end}")}
    width = next(iter(places.values()), (0, 0))[0]
    matrices = [matrix for matrix in left if matrix.shape == (width, 3 * width)]
    biases = [tensor for tensor in tensors.values() if tensor.shape == (3 * width,)]
    for kind, joined in (("weight", [matrix.T for matrix in matrices]), ("bias", biases)):
        for place, rows in zip(places, joined, strict=False):
            for part, piece in zip(SELF_ATTENTION, np.split(rows, len(SELF_ATTENTION)), strict=True):
                found.setdefault(f"{place}.{part}.{kind}", piece)
    left[:] = [matrix for matrix in left if matrix.shape != (width, 3 * width)]
