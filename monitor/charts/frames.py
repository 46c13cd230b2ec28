"""What part of the globe a map shows, and where a place lies on it. Pure."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

_EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
_MIDDLE = 46.0
"""Latitude around which the near map is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A part of the globe. The renderer projects land and lines; ``place`` does the same for single places."""

    width: int
    height: int
    scale: float
    """Pixels of a radian in the middle."""
    turned: tuple[float, float]
    """Longitude and latitude that the globe is turned to."""
    moved: tuple[float, float]
    """Pixels where that lies."""
    name: str
    """Of the projection, to the renderer."""
    largest: float
    """Pixels of the radius of the largest circle."""
    project: Callable[[float, float], tuple[float, float]]
    """Longitude from what the globe is turned to, and latitude, in radians, to right and up from there."""

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Pixels from the upper left corner; outside the frame for what it does not show."""
        east = math.radians((longitude - self.turned[0] + 180) % 360 - 180)
        right, up = self.project(east, math.radians(latitude))
        return self.moved[0] + self.scale * right, self.moved[1] - self.scale * up

    def shows(self, latitude: float, longitude: float) -> bool:
        """Whether the place lies in the frame."""
        x, y = self.place(latitude, longitude)
        return 0 <= x <= self.width and 0 <= y <= self.height

    @property
    def projection(self) -> dict[str, Any]:
        """For the renderer."""
        return {
            "type": self.name,
            "rotate": [-self.turned[0], -self.turned[1], 0],
            "scale": self.scale,
            "translate": list(self.moved),
            "clipExtent": [[0, 0], [self.width, self.height]],
        }


def _azimuthal(middle: float, east: float, north: float) -> tuple[float, float]:
    """Lambert's azimuthal equal-area projection around a latitude in the ``middle``."""
    towards = math.sin(middle) * math.sin(north) + math.cos(middle) * math.cos(north) * math.cos(east)
    k = math.sqrt(2 / max(1 + towards, 1e-9))
    up = math.cos(middle) * math.sin(north) - math.sin(middle) * math.cos(north) * math.cos(east)
    return k * math.cos(north) * math.sin(east), k * up


def _equal_earth(east: float, north: float) -> tuple[float, float]:
    """Equal Earth, by Šavrič, Patterson and Jenny (2018). The globe is turned around its axis alone."""
    a, b, c, d = _EQUAL_EARTH
    t = math.asin(math.sqrt(3) / 2 * math.sin(north))
    slope = 9 * d * t**8 + 7 * c * t**6 + 3 * b * t**2 + a
    return 2 * math.sqrt(3) * east * math.cos(t) / (3 * slope), d * t**9 + c * t**7 + b * t**3 + a * t


def _near(width: int, height: int, *, scale: float, moved: tuple[float, float], largest: float) -> Frame:
    return Frame(
        width=width, height=height, scale=scale, turned=(26.0, _MIDDLE), moved=moved, largest=largest,
        name="azimuthalEqualArea", project=partial(_azimuthal, math.radians(_MIDDLE)),
    )  # fmt: skip


def _wide(width: int, height: int, *, scale: float, moved: tuple[float, float], largest: float) -> Frame:
    return Frame(
        width=width, height=height, scale=scale, turned=(-8.0, 0.0), moved=moved, largest=largest, name="equalEarth",
        project=_equal_earth,
    )  # fmt: skip


NEAR = _near(1140, 620, scale=790, moved=(510, 310), largest=28)
"""From Lisbon to beyond the Urals, from Lapland to the Gulf."""
WIDE = _wide(1140, 340, scale=266, moved=(570, 344), largest=20)
"""The north of the globe, from Alaska to Japan."""
NEAR_SMALL = _near(380, 390, scale=390, moved=(188, 200), largest=16)
"""The same for a telephone, in letters of the same size."""
WIDE_SMALL = _wide(380, 130, scale=88, moved=(190, 122), largest=9)
