"""Charts from one definition: Vega-Lite specifications, and pictures of them.

Altair is imported when a chart is made, vl-convert only in the process that draws: what merely imports this room pays
for neither.
"""

from monitor.charts.company import company, named_on
from monitor.charts.coverage import coverage
from monitor.charts.drawing import Painter, png, svg
from monitor.charts.funnel import funnel
from monitor.charts.ladder import ladder
from monitor.charts.ladder_history import ladder_history
from monitor.charts.places import places
from monitor.charts.rhythm import polled, rhythm
from monitor.charts.said import said
from monitor.charts.scores import reliability, scores
from monitor.charts.theme import Spec
from monitor.charts.timeline import timeline
from monitor.charts.volume import volume

__all__ = [
    "Painter",
    "Spec",
    "company",
    "coverage",
    "funnel",
    "ladder",
    "ladder_history",
    "named_on",
    "places",
    "png",
    "polled",
    "reliability",
    "rhythm",
    "said",
    "scores",
    "svg",
    "timeline",
    "volume",
]
