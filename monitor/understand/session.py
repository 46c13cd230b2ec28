"""The weights opened in ONNX Runtime, as the project's exports are made: one window in, no padding, one thread."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor.errors import ModelError
from monitor.understand.floats import in_floats

INPUTS = frozenset({"ids", "cases"})
CUDA = "CUDAExecutionProvider"


def open_session(path: Path, device: str = "cpu") -> Any:
    """Open ``path`` on the processor, or on a card (``cuda``).

    Raises ModelError when it cannot be loaded, was exported for another version of the program, or there is no card.
    """
    # Set before the import: otherwise the library looks its maker's host up and writes below the home folder.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the largest window's memory for good; without it a session gives memory back.
    options.enable_cpu_mem_arena = False
    try:
        # Its fused kernel is slower than addition and normalisation one after the other (8 % of a window's time).
        session = onnxruntime.InferenceSession(
            str(path) if device == "cpu" else _for_card(path, onnxruntime.get_available_providers()),
            options,
            # The card's shorter floats would round the whole numbers that in_floats keeps in them.
            providers=["CPUExecutionProvider"] if device == "cpu" else [(CUDA, {"use_tf32": "0"})],
            disabled_optimizers=["SkipLayerNormFusion"],
        )
    except ModelError:
        raise
    except Exception as error:  # ONNX Runtime raises its own unrelated types from C++
        raise ModelError(f"ONNX Runtime cannot load {path}: {error}. Install the program again.") from error
    if device != "cpu" and CUDA not in session.get_providers():
        raise ModelError(_no_card("the card or its driver was not found"))
    if (found := {item.name for item in session.get_inputs()}) != INPUTS:
        raise ModelError(
            f"{path} takes {', '.join(sorted(found))} where this version gives {', '.join(sorted(INPUTS))}. "
            "It was made for another version of the program: train it again, or use the shipped model."
        )
    return session


def _for_card(path: Path, providers: Sequence[str]) -> bytes:
    if CUDA not in providers:
        raise ModelError(_no_card(f"this ONNX Runtime has only {', '.join(providers)}"))
    return in_floats(path)


def _no_card(why: str) -> str:
    return (
        f"model_device is cuda, but {why}. Put onnxruntime-gpu in place of onnxruntime (docs/scaling.md says how), "
        "or set model_device = cpu."
    )
