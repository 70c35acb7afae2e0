"""Numbers as people read them, and the bands that colour them. Nothing here trusts its input."""

from __future__ import annotations

import math

GOOD, FAIR = 80.0, 60.0
"""From which score on a sound or word counts as good, and as fair; below it needs work."""

MISSING = "–"

BANDS = ("good", "fair", "weak", "none")
MARKS = {"good": "●", "fair": "▲", "weak": "■", "none": "○"}
"""A shape for each band, so that colour never stands alone."""


def finite(value: object) -> float | None:
    """The number, or None where it is none: a string, a list, NaN, infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def percent(value: object) -> float | None:
    """A score held within 0 to 100."""
    number = finite(value)
    return None if number is None else min(100.0, max(0.0, number))


def band(score: object) -> str:
    """The band of a score: ``good``, ``fair``, ``weak`` or ``none``."""
    number = percent(score)
    if number is None:
        return "none"
    # The band follows the figure that is shown, so that no 80 is ever called fair.
    return "good" if round(number) >= GOOD else "fair" if round(number) >= FAIR else "weak"


def whole(score: object) -> str:
    """A score as people read it: no decimals."""
    number = percent(score)
    return MISSING if number is None else str(round(number))


def decimal(value: object, digits: int = 2) -> str:
    """A number with this many decimals."""
    number = finite(value)
    return MISSING if number is None else f"{number:.{digits}f}"


def shorten(string: str, length: int) -> str:
    """The string, cut with an ellipsis where it is longer."""
    return string if len(string) <= length else string[: length - 1] + "…"
