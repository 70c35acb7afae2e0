"""``/v1/models``: what the catalogue knows, what is on this machine, and what is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from service.messages.common import Error, Hello
from service.messages.wire import Message
from speech.models import ModelStore


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the catalogue."""

    name: str
    role: str
    """What it is for: `recognition`, `synthesis`, `voiceprint` …"""
    languages: tuple[str, ...]
    """BCP 47; empty where it does not depend on language."""
    licence: str
    size: int
    """Bytes that a pull downloads."""
    here: bool
    """Whether it is on the service's machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models(Message):
    """The whole catalogue, and what runs."""

    TYPE: ClassVar[str] = "models"
    models: tuple[Model, ...]
    loaded: tuple[str, ...]
    """Engines that were loaded: the others are when they are first needed."""

    @classmethod
    def of(cls, store: ModelStore, loaded: tuple[str, ...]) -> Models:
        """The catalogue of a store, and the engines of a service."""
        return cls(
            loaded=loaded,
            models=tuple(
                Model(
                    card.name,
                    card.role,
                    card.languages,
                    card.licence,
                    card.size,
                    store.locate(card) is not None,
                )
                for card in store.catalogue
            ),
        )


@dataclass(frozen=True, slots=True)
class Pull:
    """One model that is, or was, fetched."""

    name: str
    state: Literal["running", "done", "cancelled", "failed"]
    done: int
    """Bytes that came."""
    total: int | None
    """Bytes in all; None while that is unknown."""
    error: str | None = None
    """Why it failed, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullState(Message):
    """A model that is, or was, fetched."""

    TYPE: ClassVar[str] = "pull"
    pull: Pull


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulls(Message):
    """What is being fetched, and what came of the last pulls."""

    TYPE: ClassVar[str] = "pulls"
    pulls: tuple[Pull, ...]


FROM_CLIENT: tuple[type[Message], ...] = ()
FROM_SERVICE: tuple[type[Message], ...] = (Hello, Pulls, PullState, Error)
