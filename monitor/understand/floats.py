"""The shipped network for graphics cards, which have no kernels for its products of whole numbers.

The whole numbers stay: they are kept, and multiplied, as floats. A product of 8-bit numbers summed over some hundred
columns fits a float's 24 bits but for the last one, so the answers are the processor's to about the sixth place.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.errors import ModelError

_STEPS = 255.0
_LEAST = 1e-30
"""Of a step: a vector of zeros has none, and nothing is divided by it."""


def in_floats(path: Path) -> bytes:
    """The network of ``path``, with floats that hold whole numbers in place of integers. Raises ModelError."""
    try:
        import onnx
    except ImportError as error:
        raise ModelError(
            "a model on a graphics card needs the package onnx. Install the program with the extra 'gpu'."
        ) from error
    try:
        model = onnx.load(str(path))
    except Exception as error:  # protobuf's errors have no common root
        raise ModelError(
            f"{path} is not a network ({error}). Take the model's folder from the release again."
        ) from error
    graph = model.graph
    weights = {each.name: each for each in graph.initializer}
    products = {node.output[0]: node for node in graph.node if node.op_type == "MatMulInteger"}
    nodes: list[Any] = []
    for node in graph.node:
        if node.op_type == "DynamicQuantizeLinear":
            nodes += _rounded(onnx, *node.input, *node.output)
        elif node.op_type == "Cast" and node.input[0] in products:
            product = products[node.input[0]]
            numbers = _numbers(onnx, weights, product)
            weights[numbers.name] = numbers
            nodes.append(onnx.helper.make_node("MatMul", [product.input[0], numbers.name], [node.output[0]]))
        elif node.op_type != "MatMulInteger":
            nodes.append(node)
    constants = [onnx.numpy_helper.from_array(_float(value), name) for name, value in _CONSTANTS.items()]
    used = {name for node in nodes for name in node.input}
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend([each for each in (*weights.values(), *constants) if each.name in used])
    whole: bytes = model.SerializeToString()
    return whole


_ZERO, _MOST, _TINY = "zero in floats", "steps in floats", "least step"
_CONSTANTS = {_ZERO: 0.0, _MOST: _STEPS, _TINY: _LEAST}


def _rounded(onnx: Any, source: str, numbers: str, step: str, zero: str) -> Iterator[Any]:
    """What DynamicQuantizeLinear does (ONNX operators, version 11), less the zero point that its product takes away."""

    def made(kind: str, inputs: list[str], output: str, **options: Any) -> Any:
        return onnx.helper.make_node(kind, inputs, [output], **options)

    low, high, shifted = (f"{numbers} {word}" for word in ("low", "high", "shifted"))
    yield made("ReduceMin", [source], f"{low} found", keepdims=0)
    yield made("ReduceMax", [source], f"{high} found", keepdims=0)
    yield made("Min", [f"{low} found", _ZERO], low)
    yield made("Max", [f"{high} found", _ZERO], high)
    yield made("Sub", [high, low], f"{numbers} range")
    yield made("Div", [f"{numbers} range", _MOST], f"{step} found")
    yield made("Max", [f"{step} found", _TINY], step)
    yield made("Sub", [_ZERO, low], f"{low} turned")
    yield made("Div", [f"{low} turned", step], f"{zero} found")
    yield made("Round", [f"{zero} found"], zero)
    yield made("Div", [source, step], f"{numbers} divided")
    yield made("Round", [f"{numbers} divided"], f"{numbers} rounded")
    yield made("Add", [f"{numbers} rounded", zero], shifted)
    yield made("Clip", [shifted, _ZERO, _MOST], f"{numbers} clipped")
    yield made("Sub", [f"{numbers} clipped", zero], numbers)


def _numbers(onnx: Any, weights: dict[str, Any], product: Any) -> Any:
    """A product's weights, less their zero point; their scale is multiplied in behind it, as before."""
    name, *zero = (each for each in (product.input[1], *product.input[3:]) if each)
    numbers = _array(onnx, weights[name])
    for each in zero:
        numbers = numbers - _array(onnx, weights[each])
    return onnx.numpy_helper.from_array(numbers, f"{name} in floats")


def _array(onnx: Any, weights: Any) -> Any:
    import numpy as np

    return onnx.numpy_helper.to_array(weights).astype(np.float32)


def _float(value: float) -> Any:
    import numpy as np

    return np.asarray(value, dtype=np.float32)
