"""Names of colours, and what lights call them: red, green and blue, hue and saturation, or x and y.

Lights report a colour in their own terms and rounding, so that names are compared by
chromaticity: what is left of a colour when its brightness is taken away.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping

from skills.backends.contract import BackendError, Failure

Rgb = tuple[int, int, int]
"""0-255 each."""
Xy = tuple[float, float]
"""CIE 1931 chromaticity."""

NAMES: Mapping[str, Rgb] = {
    # The names are those of home-assistant-intents; the values are for lamps, and far enough
    # from each other to be told apart by chromaticity.
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "orange": (255, 128, 0),
    "yellow": (255, 220, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (160, 0, 255),
    "brown": (165, 42, 42),
    "pink": (255, 80, 160),
    "turquoise": (0, 255, 200),
}


def named(name: object) -> Rgb:
    """The colour of a name; raises BackendError if it is none of :data:`NAMES`."""
    if name not in NAMES:
        raise BackendError(f"there is no light for the colour {name}", Failure.UNFIT)
    return NAMES[str(name)]


def nearest(xy: Xy) -> str:
    """The name whose chromaticity is the nearest."""
    return min(NAMES, key=lambda name: math.dist(xy, to_xy(NAMES[name])))


def to_xy(rgb: tuple[float, float, float]) -> Xy:
    """The chromaticity of sRGB (IEC 61966-2-1, white D65); that of white for black."""
    red, green, blue = (_linear(value / 255) for value in rgb)
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    total = x + y + z
    return (x / total, y / total) if total else (0.3127, 0.3290)


def hs_to_xy(hue: float, saturation: float) -> Xy:
    """The chromaticity of a hue in degrees and a saturation in percent."""
    red, green, blue = colorsys.hsv_to_rgb(hue / 360 % 1, saturation / 100, 1)
    return to_xy((red * 255, green * 255, blue * 255))


def to_hs(rgb: Rgb) -> tuple[float, float]:
    """Hue in degrees and saturation in percent."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(value / 255 for value in rgb))
    return round(hue * 360, 1), round(saturation * 100, 1)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
