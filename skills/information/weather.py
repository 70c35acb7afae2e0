"""The weather out of an answer in the format of Open-Meteo (``current`` and ``daily``)."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

_WAIT = 6.0
"""Seconds."""
_SKIES = (
    # WMO code 4677, as far as Open-Meteo uses it: the last code of each to the key of the reply.
    (0, "clear"),
    (2, "partly_cloudy"),
    (3, "overcast"),
    (48, "fog"),
    (57, "drizzle"),
    (67, "rain"),
    (77, "snow"),
    (82, "showers"),
    (86, "snow"),
    (99, "thunderstorm"),
)


@dataclass(frozen=True, slots=True)
class Weather:
    """The weather of one day."""

    sky: str
    """Key of the reply that names it."""
    low: int
    """Degrees, in the unit that the source was asked for."""
    high: int
    now: int | None = None
    """The temperature now; None for another day."""


def fetch(url: str, ahead: int) -> Weather:
    """The weather of today (0) or tomorrow (1).

    Raises
    ------
    OSError
        The source cannot be reached, or answers with something else.
    """
    with urllib.request.urlopen(url, timeout=_WAIT) as answer:
        text = answer.read(1_000_000)
    try:
        return _read(json.loads(text), ahead)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise OSError(f"the weather source answers in another format: {error!r}") from error


def _read(content: Any, ahead: int) -> Weather:
    daily = content["daily"]
    low = round(float(daily["temperature_2m_min"][ahead]))
    high = round(float(daily["temperature_2m_max"][ahead]))
    if ahead:
        return Weather(_sky(daily["weather_code"][ahead]), low, high)
    current = content["current"]
    now = round(float(current["temperature_2m"]))
    return Weather(_sky(current["weather_code"]), low, high, now)


def _sky(code: Any) -> str:
    return next(key for last, key in _SKIES if int(code) <= last)
