"""From a websocket that knocks to a session that is served, and to its end."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket

from service.access import Arrival, Client, Scope
from service.core import VERSION, Core
from service.line import GoneError, Line
from service.logs import LOGGER, log
from service.messages import PROTOCOL, SUBPROTOCOL, Code, Error, Hello, Message, ServiceError, told
from service.sessions import Session
from speech.errors import SonorantError

Serve = Callable[[Line, Core], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Door:
    """What is behind an address."""

    name: str
    """For logs and measures."""
    needs: Scope
    accepts: tuple[type[Message], ...]
    """What clients may send."""
    serve: Serve
    """Called with the line once the client is in; when it returns, all was said."""
    typed: bool = True
    """Whether the client speaks this protocol, and is greeted in it."""
    endless: bool = False
    """Whether a session may last for ever."""


def arrival_of(connection: HTTPConnection) -> Arrival:
    """What a client shows at the door."""
    headers = dict(connection.headers.items())
    return Arrival(
        connection.client.host if connection.client is not None else "",
        headers,
        frozenset(name.lower() for name in connection.query_params),
        tuple(connection.scope.get("subprotocols", ())),
    )


def refusal(error: ServiceError) -> Response:
    """The HTTP answer that tells of an error."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if error.code is Code.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    body = Error.of(error).to_json()
    return Response(body, error.status, headers, media_type="application/json")


async def receive(websocket: WebSocket, door: Door, core: Core) -> None:
    """Let a client in, serve it, and say goodbye."""
    with ExitStack() as stack:
        try:
            arrival = arrival_of(websocket)
            client = core.gate.admit(arrival, door.needs)
            subprotocol = _subprotocol(arrival, door)
            stack.enter_context(core.gate.session(client))
            seat = stack.enter_context(core.pool.seat())
            session = Session(secrets.token_hex(8), door.name, client, _current())
            stack.enter_context(core.sessions.entered(session))
        except SonorantError as error:
            await _refuse(websocket, door, core, told(error))
            return
        await websocket.accept(subprotocol)
        line = Line(
            websocket, session.id, door.accepts, client, seat, core.settings, _current().cancel
        )
        stack.enter_context(core.metrics.sessions.labels(door.name).track_inprogress())
        began = time.monotonic()
        how = await _served(line, door, core, session)
        core.metrics.ended.labels(door.name, how).inc()
        log(
            logging.INFO,
            "session",
            session=session.id,
            door=door.name,
            client=_named(client),
            how=how,
            seconds=round(time.monotonic() - began, 3),
        )


async def _served(line: Line, door: Door, core: Core, session: Session) -> str:
    """Serve a session to its end; how it ended."""
    error: ServiceError | None = None
    try:
        if door.typed:
            await line.send(_hello(session, core))
        async with asyncio.timeout(None if door.endless else core.settings.session):
            await door.serve(line, core)
    except asyncio.CancelledError:
        _current().uncancel()
        if session.ending is None:
            await line.close()
            return "gone"
        error = session.ending
    except GoneError:
        await line.close()
        return "gone"
    except TimeoutError:
        error = ServiceError(
            Code.TIMEOUT, f"a session lasts {core.settings.session:g} seconds at most"
        )
    except SonorantError as problem:
        error = told(problem)
        if error.code is Code.INTERNAL:
            _log_failure(session)
    except Exception:
        error = told(Exception())
        _log_failure(session)
    if error is None:
        await line.close()
        return "done"
    core.metrics.errors.labels(error.code).inc()
    try:
        await _farewell(line, error)
    except asyncio.CancelledError:  # it left, or the service ends, meanwhile
        _current().uncancel()
    return str(error.code)


async def _farewell(line: Line, error: ServiceError) -> None:
    """Tell a client of an error, and close the connection."""
    line.stop_reading()
    with suppress(GoneError):
        await line.send(Error.of(error))
    await line.close(error.close_code, error.message)


async def _refuse(websocket: WebSocket, door: Door, core: Core, error: ServiceError) -> None:
    core.metrics.refused.labels(door.name, error.code).inc()
    address = websocket.client.host if websocket.client is not None else ""
    log(logging.WARNING, "refused", door=door.name, code=error.code, address=address)
    await websocket.send_denial_response(refusal(error))


def _subprotocol(arrival: Arrival, door: Door) -> str | None:
    offered = arrival.subprotocols
    if SUBPROTOCOL in offered:
        return SUBPROTOCOL
    if offered and door.typed:
        raise ServiceError(Code.WRONG_VERSION, f"the service speaks {SUBPROTOCOL}: offer that")
    return None


def _hello(session: Session, core: Core) -> Hello:
    return Hello(
        protocol=PROTOCOL, service=VERSION, session=session.id, message=core.settings.message
    )


def _named(client: Client) -> str:
    return client.token or "local"


def _current() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task


def _log_failure(session: Session) -> None:
    about = {"session": session.id, "door": session.door}
    LOGGER.exception("a session failed", extra={"about": about})
