"""Finding a part of what was said as it was written, out of what normalising left of it."""

from __future__ import annotations

import re

from skills.normalize import base, normalize

_MOST_MORE = 3
"""Words that normalising may have dropped from a part: fillers, politeness."""


def as_written(part: str, whole: str, language: str) -> str:
    """The shortest stretch of ``whole`` that normalises to ``part``; ``part`` itself if none does.

    >>> as_written("milk and earl gray", "Buy milk, and Earl Grey.", "en")
    'milk, and Earl Grey'
    """
    pattern = r"\S" if base(language) == "zh" else r"\S+"
    words = [found.span() for found in re.finditer(pattern, whole)]
    fewest = len(re.findall(pattern, part))
    for count in range(fewest, fewest + _MOST_MORE + 1):
        for first in range(len(words) - count + 1) if part else ():
            stretch = whole[words[first][0] : words[first + count - 1][1]]
            if normalize(stretch, language) == part:
                return stretch.strip(" .,!?;:。，！？；：、")
    return part
