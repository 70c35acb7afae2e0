"""What the device skill says, and the sentences of its own that it understands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from skills import replies
from skills.plan import Named
from skills.replies import Replies

_MOST, _SHOWN = 6, 3
"""Nobody listens to more names than that; of a longer list so many are said."""
SENTENCES = Path(__file__).with_name("sentences.yaml")


def load() -> None:
    """Read the replies now rather than with the first of them."""
    _replies()


def say(key: str, language: str, **values: object) -> str:
    """The sentence ``key`` of ``skills/devices/replies.yaml``, else of the common ones."""
    return _replies().say(key, language, **values)


def listed(things: Sequence[Named], language: str, joint: str | None = None) -> str:
    """``the lamp, the fan and the tv``, or of many: ``the lamp, the fan, the tv and 9 more``."""
    if len(things) <= _MOST:
        return replies.listed(things, language, joint)
    named = [replies.listed([thing], language) for thing in things[:_SHOWN]]
    comma = "、" if replies.spoken(language) == "zh-CN" else ", "
    rest = len(things) - _SHOWN
    more = {"named": comma.join(named), "rest": rest, "count": len(things)}
    return _replies().phrase("many", language, **more)


@cache
def _replies() -> Replies:
    return Replies.load(Path(__file__).with_name("replies.yaml"))
