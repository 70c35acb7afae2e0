"""What can go wrong between a client and the service: codes, and how each is told.

On a websocket an error is a message ``error``; if it is final, the connection is closed behind it
with the close code of its own. In REST it is the body of an answer with its status.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from speech.errors import (
    AudioError,
    BusyError,
    ConfigError,
    EngineError,
    EnrolmentError,
    ModelError,
    SonorantError,
    UnknownPersonError,
)


class Code(StrEnum):
    """What went wrong, for programs."""

    BAD_MESSAGE = "bad_message"
    """The message cannot be understood; `field` names what is wrong."""
    BAD_REQUEST = "bad_request"
    """It was understood but cannot be done as asked: another value is needed."""
    BAD_AUDIO = "bad_audio"
    """The audio cannot be decoded or used."""
    WRONG_STATE = "wrong_state"
    """The message makes sense, but not now."""
    WRONG_VERSION = "wrong_version"
    """The client speaks another version of the protocol."""
    TOO_LARGE = "too_large"
    """A message, an upload or a recording is longer than allowed."""
    BUSY = "busy"
    """Too much is going on; come back after `retry_after` seconds."""
    TOO_MANY = "too_many"
    """This client asks too often, has too many connections, or gave too many wrong tokens; come
    back after `retry_after` seconds."""
    UNAUTHORIZED = "unauthorized"
    """There is no token, or it is unknown or revoked."""
    FORBIDDEN = "forbidden"
    """The token does not allow this, or the page or name by which the client came is unknown."""
    NOT_FOUND = "not_found"
    """There is no such thing, person or device."""
    TIMEOUT = "timeout"
    """Nothing came, or nothing was accepted, for too long; or the session is over its time."""
    UNAVAILABLE = "unavailable"
    """A model, an engine, a gallery or a device that it takes is not there."""
    GOING_AWAY = "going_away"
    """The service stops; connect again."""
    INTERNAL = "internal"
    """A mistake of ours; the log has it under the session's id."""


class _Told(NamedTuple):
    status: int
    close: int


_TOLD = {
    Code.BAD_MESSAGE: _Told(400, 1007),
    Code.BAD_REQUEST: _Told(422, 1008),
    Code.BAD_AUDIO: _Told(422, 1007),
    Code.WRONG_STATE: _Told(409, 1002),
    Code.WRONG_VERSION: _Told(400, 1002),
    Code.TOO_LARGE: _Told(413, 1009),
    Code.BUSY: _Told(503, 1013),
    Code.TOO_MANY: _Told(429, 1013),
    Code.UNAUTHORIZED: _Told(401, 1008),
    Code.FORBIDDEN: _Told(403, 1008),
    Code.NOT_FOUND: _Told(404, 1008),
    Code.TIMEOUT: _Told(408, 1008),
    Code.UNAVAILABLE: _Told(503, 1011),
    Code.GOING_AWAY: _Told(503, 1001),
    Code.INTERNAL: _Told(500, 1011),
}


class ServiceError(SonorantError):
    """Something that a client is told.

    Parameters
    ----------
    message
        For the person who wrote the client: what is wrong, and what to do about it.
    field
        The field of the message that it is about.
    retry_after
        Seconds after which the same may succeed.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        field: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """The status of an HTTP answer."""
        return _TOLD[self.code].status

    @property
    def close_code(self) -> int:
        """The close code of a websocket (RFC 6455, 7.4)."""
        return _TOLD[self.code].close


_CODES: tuple[tuple[type[SonorantError], Code], ...] = (
    (AudioError, Code.BAD_AUDIO),
    (UnknownPersonError, Code.NOT_FOUND),
    (EnrolmentError, Code.BAD_REQUEST),
    (ConfigError, Code.BAD_REQUEST),
    (ModelError, Code.UNAVAILABLE),
    (EngineError, Code.UNAVAILABLE),
)


def told(error: Exception) -> ServiceError:
    """What a client is told of an error: of ours only what was written for it."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, BusyError):
        return ServiceError(Code.BUSY, str(error), retry_after=error.retry_after or 1.0)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return ServiceError(code, str(error))
    return ServiceError(Code.INTERNAL, "something went wrong here; the log says what")
