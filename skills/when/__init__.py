"""When: times of day, days and lengths of time, as they are said in English, Mandarin and Korean.

>>> parse("tomorrow at half past seven in the morning", "en")
When(hours=(7,), minute=30, ahead=1)
>>> split("turn off the heater in ten minutes", "en")
(When(delay=600), 'turn off the heater')
"""

from __future__ import annotations

from skills.when.moment import When, next_time
from skills.when.parsing import leads, parse, split
from skills.when.saying import (
    spoken_date,
    spoken_delay,
    spoken_duration,
    spoken_moment,
    spoken_repeat,
    spoken_time,
    spoken_when,
)

__all__ = [
    "When",
    "leads",
    "next_time",
    "parse",
    "split",
    "spoken_date",
    "spoken_delay",
    "spoken_duration",
    "spoken_moment",
    "spoken_repeat",
    "spoken_time",
    "spoken_when",
]
