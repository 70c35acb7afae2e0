"""``/v1/speech``: a text, for which the assistant's voice comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from service.messages.common import Language, Text
from service.messages.wire import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak(Message):
    """What is to be spoken; the answer is a WAV file."""

    TYPE: ClassVar[str] = "speak"
    text: Text
    language: Language | None = None
    """BCP 47; the service's own where it is left out."""


FROM_CLIENT: tuple[type[Message], ...] = (Speak,)
