"""Colours and type of the charts, for light and dark paper.

The series colours are from Okabe and Ito (2008), told apart by all kinds of colour vision; beside colour there is
always a second sign: order, shape or words. Charts are made for light paper; dark is the same with other colours.
"""

import json
import re
from dataclasses import astuple, dataclass
from typing import Any

Spec = dict[str, Any]
"""A Vega-Lite specification."""

ON_DARK = "-dark"
"""Ends the name of a picture for dark paper."""
WIDTH = 520
"""Pixels of a picture, at scale 1. A mail shows it 576 wide and a phone 350: letters are legible on both."""
# Not the renderer's: where labels are words of ours.
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# vl-convert brings Liberation Sans along; a browser that shows an SVG has one of the others.
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One set of colours."""

    back: str
    ink: str
    soft: str
    """Axis labels: still 4.5 to 1 on the paper."""
    rule: str
    up: str
    down: str
    series: tuple[str, ...]


LIGHT = Paper(
    back="#fffefb", ink="#1c1b19", soft="#5a5650", rule="#dedad1", up="#0072b2", down="#c14a00",
    series=("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"),
)  # fmt: skip
DARK = Paper(
    back="#1a1d20", ink="#e9e6df", soft="#b9b4aa", rule="#3b3f44", up="#56b4e9", down="#f0946a",
    series=("#56b4e9", "#e69f00", "#2fc79a", "#e39cc4", "#8a9ab0"),
)  # fmt: skip


def _colours(paper: Paper) -> list[str]:
    *single, series = astuple(paper)
    return [*single, *series]


_IN_THE_DARK = dict(zip(_colours(LIGHT), _colours(DARK), strict=True))
_COLOUR = re.compile("|".join(_IN_THE_DARK))


def darkened(text: str) -> str:
    """A specification or a drawing, as text, in the colours for dark paper."""
    return _COLOUR.sub(lambda found: _IN_THE_DARK[found[0]], text)


def themed(spec: Spec, *, dark: bool) -> Spec:
    """``spec`` as it is, or for dark paper."""
    if not dark:
        return spec
    turned: Spec = json.loads(darkened(json.dumps(spec)))
    return turned


def dressed(chart: Any) -> Spec:
    """The chart's specification, in the house's type and colours."""
    # Checking it against the schema takes longer than making it; the tests check every chart.
    spec: Spec = chart.to_dict(validate=False)
    return spec | {
        "background": LIGHT.back,
        "padding": {"left": 0, "right": 4, "top": 4, "bottom": 4},
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": LIGHT.soft, "labelFontSize": 12, "domainColor": LIGHT.ink, "tickColor": LIGHT.rule,
                "gridColor": LIGHT.rule,
            },
            "legend": {
                "labelColor": LIGHT.ink, "labelFontSize": 12, "title": None, "orient": "top", "symbolType": "square",
                "symbolSize": 110, "padding": 0, "offset": 8, "columnPadding": 18,
            },
        },
    }  # fmt: skip
