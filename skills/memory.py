"""What each talk was about: the question that is open, what "it" means, what was said last."""

from __future__ import annotations

import time
from collections import OrderedDict

from skills.contract import Context, FollowUp, Reply

_QUESTION_LASTS = 60.0  # seconds
_CONTEXT_LASTS = 120.0  # seconds
_FLOOR_LASTS = 300.0  # seconds
_MOST_TALKS = 256  # kept; the one that was silent longest is forgotten first


class Memory:
    """What one talk was about."""

    def __init__(self) -> None:
        self.last: Reply | None = None
        """The latest reply that said something."""
        self._question: tuple[FollowUp, float] | None = None  # and until when it may be answered
        self._context: tuple[Context, float] | None = None  # and until when it holds
        self._floor: tuple[FollowUp, float] | None = None  # and until when it is kept

    @property
    def question(self) -> FollowUp | None:
        """What the last reply asked; None once it is too late for an answer."""
        if self._question is None or time.monotonic() > self._question[1]:
            return None
        return self._question[0]

    @question.setter
    def question(self, follow_up: FollowUp | None) -> None:
        self._question = follow_up and (follow_up, time.monotonic() + _QUESTION_LASTS)

    @property
    def floor(self) -> FollowUp | None:
        """What hears whatever is said; None once nothing was said to it for long."""
        if self._floor is None or time.monotonic() > self._floor[1]:
            return None
        return self._floor[0]

    @floor.setter
    def floor(self, follow_up: FollowUp | None) -> None:
        self._floor = follow_up and (follow_up, time.monotonic() + _FLOOR_LASTS)

    @property
    def context(self) -> Context | None:
        """What was talked about; None once that is too long ago."""
        if self._context is None or time.monotonic() > self._context[1]:
            return None
        return self._context[0]

    @context.setter
    def context(self, context: Context) -> None:
        self._context = context, time.monotonic() + _CONTEXT_LASTS


class Memories:
    """The memory of each talk, by its id."""

    def __init__(self) -> None:
        self._memories: OrderedDict[str, Memory] = OrderedDict()

    def of(self, talk: str) -> Memory:
        """The memory of a talk, a new one if it is unknown."""
        memory = self._memories.setdefault(talk, Memory())
        self._memories.move_to_end(talk)
        while len(self._memories) > _MOST_TALKS:
            self._memories.popitem(last=False)
        return memory
