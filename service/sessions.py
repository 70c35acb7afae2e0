"""Who is connected, so that all can be told when the service ends or a token is revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from service.access import Client, Gate
from service.messages import Code, ServiceError

_EVERY = 2.0  # seconds between looks at which tokens were revoked


@dataclass(eq=False, slots=True)
class Session:
    """One connection that is served."""

    id: str
    door: str
    client: Client
    task: asyncio.Task[None]
    ending: ServiceError | None = None
    """Why it has to end now."""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, why: ServiceError) -> None:
        """Have it end with a message; the first reason counts."""
        if self.ending is None:
            self.ending = why
            self.task.cancel()


class Sessions:
    """All connections that are served."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._sessions: set[Session] = set()
        self._closing = False

    @contextmanager
    def entered(self, session: Session) -> Iterator[None]:
        """Be there meanwhile; raises ServiceError if the service is about to end."""
        if self._closing:
            raise ServiceError(Code.GOING_AWAY, "the service is about to end", retry_after=5.0)
        self._sessions.add(session)
        try:
            yield
        finally:
            self._sessions.discard(session)
            session.over.set()

    async def watch(self) -> None:
        """End the sessions of tokens that are revoked, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            for session in tuple(self._sessions):
                if not self._gate.still_knows(session.client):
                    session.end(ServiceError(Code.UNAUTHORIZED, "the token was revoked"))

    async def close(self, grace: float) -> None:
        """Admit nobody any more, and end those who are there within ``grace`` seconds."""
        self._closing = True
        left = tuple(self._sessions)
        for session in left:
            session.end(
                ServiceError(Code.GOING_AWAY, "the service ends: connect again", retry_after=5.0)
            )
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                for session in left:
                    await session.over.wait()
