"""What the device skill says, and the sentences of its own that it understands."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from skills.replies import Replies

SENTENCES = Path(__file__).with_name("sentences.yaml")


def say(key: str, language: str, **values: object) -> str:
    """The sentence ``key`` of ``skills/devices/replies.yaml``, else of the common ones."""
    return _replies().say(key, language, **values)


@cache
def _replies() -> Replies:
    return Replies.load(Path(__file__).with_name("replies.yaml"))
