"""What every door says: hello, the start of audio, its end, and errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.messages.errors import Code, ServiceError
from service.messages.wire import Message

PROTOCOL = 1
"""Version of the protocol: it changes when something old no longer works."""

SUBPROTOCOL = "sonorant.v1"
"""Websocket subprotocol of that version."""

Language = Annotated[str, Field(min_length=2, max_length=35, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
"""BCP 47: ``en``, ``zh-CN``."""

Text = Annotated[str, Field(min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Message):
    """The service is there and has admitted the client; the first message on every connection."""

    TYPE: ClassVar[str] = "hello"
    protocol: int
    """Version of the protocol."""
    service: str
    """Name and version of the program, for people."""
    session: str
    """Id of the session: the log names it."""
    message: int
    """Bytes that a message may have at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioStart(Message):
    """What the first message of every client says of the audio that follows."""

    protocol: Literal[1] = 1
    """Version of the protocol that the client speaks."""
    rate: Annotated[int, Field(ge=8000, le=192_000)] = 16_000
    """Samples a second; an Ogg says that itself."""
    format: Literal["pcm16", "float32", "ogg"] = "pcm16"
    """Of binary messages: samples (mono, little-endian, 16-bit integers or floats), or the bytes of
    one Ogg file of Opus or Vorbis as it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Message):
    """From the client: no more audio comes; the results do, then the connection is closed."""

    TYPE: ClassVar[str] = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Message):
    """All results were sent; the service closes the connection."""

    TYPE: ClassVar[str] = "done"
    audio: Annotated[float, Field(ge=0)]
    """Seconds of audio that were heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(Message):
    """Something cannot be done; also the body of every REST answer that is no success."""

    TYPE: ClassVar[str] = "error"
    code: Code
    message: str
    """For people: what is wrong, and what to do about it."""
    field: str | None = None
    """Which field of a message it is about."""
    retry_after: float | None = None
    """Seconds after which the same may succeed."""
    final: bool = True
    """Whether the connection is closed now."""

    @classmethod
    def of(cls, error: ServiceError, *, final: bool = True) -> Error:
        """What tells a client of an error."""
        return cls(
            code=error.code,
            message=error.message,
            field=error.field,
            retry_after=error.retry_after,
            final=final,
        )

    def to_error(self) -> ServiceError:
        """The error that this tells of, for the client's side to raise."""
        return ServiceError(self.code, self.message, field=self.field, retry_after=self.retry_after)
