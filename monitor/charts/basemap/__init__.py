"""The land and its borders under a map: ``outline.json`` beside this file, from Natural Earth. Pure.

README.md tells where it comes from, what was changed, and how borders are drawn that are not agreed on.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def outline() -> dict[str, Any]:
    """``land``, ``borders`` and ``disputed``: a TopoJSON topology each, with one object of that name.

    It is shared: change nothing.
    """
    read: dict[str, Any] = json.loads((Path(__file__).resolve().parent / "outline.json").read_text(encoding="utf-8"))
    return read
