"""Understanding a short answer that names one of several things: "in the kitchen", "the ten minute
one".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from skills.normalize import base, normalize

_FILLERS = {
    # What may stand around the name without meaning anything else.
    "en": r"\b(?:i|mean|it'?s|in|at|on|for|of|the|my|that|this|ones?|room|lights?|lamps?|timer)\b",
    "zh": r"我说|是|在|的|里面|[里裡]|那[个個]|这[个個]|這個|房[间間]|[灯燈]|[计計][时時]器",
    "ko": r"\s|에서|에|의|있는|이?요|이?에요|예요|거|것|쪽|을|를|으?로|불|조명|타이머",
}


def choose(text: str, language: str, things: Mapping[str, Iterable[str]]) -> str | None:
    """The key of the one thing that the text names, None if it names none or says more.

    Parameters
    ----------
    things
        Key to names. Where a name stands within another, the longer one is meant.

    >>> rooms = {"kitchen": ["kitchen"], "hall": ["hall", "hallway"]}
    >>> choose("In the kitchen, please.", "en", rooms)
    'kitchen'
    >>> choose("the kitchen is on fire", "en", rooms)
    """
    said = normalize(text, language)
    found: dict[int, set[str]] = {}
    for key, names in things.items():
        for name in names:
            if _is_named(said, normalize(name, language), language):
                found.setdefault(len(name), set()).add(key)
    best = found[max(found)] if found else set()
    return next(iter(best)) if len(best) == 1 else None


def _is_named(said: str, name: str, language: str) -> bool:
    if not name:
        return False
    tag = base(language)
    pattern = re.escape(name) if tag in ("zh", "ko") else rf"\b{re.escape(name)}\b"
    rest, count = re.subn(pattern, " ", said, count=1)
    fillers = _FILLERS.get(tag)
    return count == 1 and not (re.sub(fillers, " ", rest) if fillers else rest).strip()
