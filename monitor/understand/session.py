"""The weights opened in ONNX Runtime, as the project's exports are made: one window in, no padding, one thread."""

import os
from pathlib import Path
from typing import Any

from monitor.errors import ModelError

INPUTS = frozenset({"ids", "cases"})


def open_session(path: Path) -> Any:
    """Open ``path``; raises ModelError when it cannot be loaded or was exported for another version of the program."""
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
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as error:  # ONNX Runtime raises its own unrelated types from C++
        raise ModelError(f"ONNX Runtime cannot load {path}: {error}. Install the program again.") from error
    if (found := {item.name for item in session.get_inputs()}) != INPUTS:
        raise ModelError(
            f"{path} takes {', '.join(sorted(found))} where this version gives {', '.join(sorted(INPUTS))}. "
            "It was made for another version of the program: train it again, or use the shipped model."
        )
    return session
