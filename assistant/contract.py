"""What the parts of a conversation know of it, and what answers its requests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol

from assistant.events import Event, Stamp
from assistant.settings import ConversationSettings
from assistant.states import State
from skills.contract import Reply, Request


class Router(Protocol):
    """What answers requests; see ``skills.open_skills``."""

    async def answer(self, request: Request) -> Reply:
        """Act on a request and say so."""
        ...


class Host(Protocol):
    """The conversation as its turns see it: who owns the state, the clock and the events."""

    @property
    def id(self) -> str:
        """A name that no other conversation has."""
        ...

    @property
    def settings(self) -> ConversationSettings:
        """How the conversation is to be led."""
        ...

    @property
    def state(self) -> State:
        """What the conversation is doing."""
        ...

    @property
    def pool(self) -> Executor:
        """The workers for CPU work."""
        ...

    def post(self, control: Callable[[], object]) -> None:
        """Have something done in the conversation's own task, before any more audio."""
        ...

    def enter(self, state: State) -> None:
        """Go to another state, if that is legal from here."""
        ...

    def new_utterance(self) -> str:
        """Begin an utterance: the events from now on belong to it."""
        ...

    def stamp(self) -> Stamp:
        """Now, in the utterance under way."""
        ...

    def emit(self, event: Event) -> None:
        """Hand an event to everyone who listens."""
        ...

    def broken(self, where: str, error: Exception) -> None:
        """An engine has failed for good: the conversation ends."""
        ...
