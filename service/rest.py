"""REST: who asks is looked at before the body is read, and every error is told alike."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ParamSpec, TypeVar

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from service.access import Client, Scope
from service.core import Core
from service.logs import LOGGER, log
from service.messages import Code, Error, Message, ServiceError, told
from service.messages.wire import from_dict, read_json
from service.pool import Seat
from service.reception import arrival_of, refusal
from service.uploads import decoded
from speech.audio import Samples

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Message)

_FILES = 20
_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that was let in."""

    core: Core
    client: Client
    seat: Seat
    request: Request

    async def work(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do CPU work when it is this client's turn; for one that has left it is dropped."""
        loop = asyncio.get_running_loop()
        working = loop.run_in_executor(self.seat, partial(call, *args, **kwargs))
        leaving = asyncio.create_task(self._left())
        try:
            await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                working.cancel()
                raise ServiceError(Code.GOING_AWAY, "the client has left")
            return working.result()
        finally:
            leaving.cancel()

    async def _left(self) -> None:
        """Return once the client has left; what is left of the body is read meanwhile."""
        self.request.state.read = True
        while (await self.request.receive())["type"] != "http.disconnect":
            pass

    async def message(self, kind: type[M]) -> M:
        """The message in the body, in which ``type`` may be left out; raises ServiceError."""
        try:
            async with self._soon():
                text = (await self.request.body()).decode()
        except UnicodeDecodeError as error:
            raise ServiceError(Code.BAD_MESSAGE, "the body is no UTF-8") from error
        return from_dict({"type": kind.TYPE, **read_json(text)}, [kind])

    @asynccontextmanager
    async def form(self) -> AsyncIterator[FormData]:
        """The form in the body; raises ServiceError."""
        kind = self.request.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            raise ServiceError(Code.BAD_REQUEST, "send a form: multipart/form-data")
        try:
            async with self._soon():
                form = await self.request.form(max_files=_FILES, max_fields=_FIELDS)
        except HTTPException as error:
            raise ServiceError(Code.BAD_MESSAGE, f"the form: {error.detail}") from error
        try:
            yield form
        finally:
            await form.close()

    @asynccontextmanager
    async def _soon(self) -> AsyncIterator[None]:
        """Raise ServiceError if the body takes longer than a session may be silent, or the client
        leaves before it is there."""
        patience = self.core.settings.idle
        try:
            async with asyncio.timeout(patience):
                yield
        except TimeoutError as error:
            raise ServiceError(
                Code.TIMEOUT, f"the body did not come within {patience:g} seconds"
            ) from error
        except ClientDisconnect as error:
            raise ServiceError(Code.GOING_AWAY, "the client has left") from error

    async def recording(self, file: UploadFile) -> Samples:
        """The audio in an uploaded file; raises AudioError or ServiceError."""
        data = await file.read()
        return await self.work(decoded, data)


def guarded(door: str, needs: Scope | None) -> type[APIRoute]:
    """A class of routes that only clients with a scope may use; errors are told as JSON."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def guard(request: Request) -> Response:
                core: Core = request.app.state.core
                began = time.monotonic()
                client: Client | None = None
                try:
                    client = core.gate.admit(arrival_of(request), needs)
                    with core.gate.session(client), core.pool.seat() as seat:
                        request.state.visit = Visit(core, client, seat, request)
                        response = await handle(request)
                except Exception as error:
                    response = _failed(request, door, core, error)
                    if response.status_code != ServiceError(Code.TIMEOUT, "").status:
                        await _drained(request, core.settings.slow)
                core.metrics.requests.labels(door, response.status_code).inc()
                log(
                    logging.DEBUG if door == "metrics" else logging.INFO,
                    "request",
                    door=door,
                    client=None if client is None else client.token or "local",
                    status=response.status_code,
                    seconds=round(time.monotonic() - began, 3),
                )
                return response

            return guard

    return Guarded


def _visit(request: Request) -> Visit:
    visit: Visit = request.state.visit
    return visit


Visitor = Annotated[Visit, Depends(_visit)]
"""A parameter of a route: the request that was let in."""


def answer(message: Message, status: int = 200) -> Response:
    """A message as the body of an answer."""
    return Response(message.to_json(), status, media_type="application/json")


def takes(kind: type[Message]) -> dict[str, Any]:
    """What OpenAPI says of a body."""
    schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def takes_form(required: list[str], **fields: Any) -> dict[str, Any]:
    """What OpenAPI says of a form."""
    schema = {"type": "object", "required": required, "properties": fields}
    content = {"multipart/form-data": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


def flag(name: str, value: object) -> bool:
    """``true`` or ``false`` of a form; raises ServiceError where it could be meant as either."""
    if value not in ("true", "false"):
        raise ServiceError(Code.BAD_MESSAGE, f"{name} is true or false", field=name)
    return value == "true"


def _invalid(error: RequestValidationError) -> ServiceError:
    first = error.errors()[0]
    field = str(first["loc"][-1])
    return ServiceError(Code.BAD_MESSAGE, f"{field}: {first['msg']}", field=field)


def _failed(request: Request, door: str, core: Core, problem: Exception) -> Response:
    error = _invalid(problem) if isinstance(problem, RequestValidationError) else told(problem)
    if error.code is Code.INTERNAL:
        LOGGER.exception("a request failed", extra={"about": {"door": door}})
    core.metrics.errors.labels(error.code).inc()
    if error.code in (Code.UNAUTHORIZED, Code.FORBIDDEN, Code.TOO_MANY):
        address = request.client.host if request.client is not None else ""
        log(logging.WARNING, "refused", door=door, code=error.code, address=address)
        core.metrics.refused.labels(door, error.code).inc()
    return refusal(error)


async def _drained(request: Request, patience: float) -> None:
    """Let a client finish: one that is cut off while it sends reads no answer."""
    if getattr(request.state, "read", False):
        return
    with suppress(TimeoutError, RuntimeError, ServiceError, ClientDisconnect):
        async with asyncio.timeout(patience):
            async for _ in request.stream():
                pass


async def not_routed(request: Request, problem: Exception) -> Response:
    """What is told where no route took the request: no such address, or no such method."""
    assert isinstance(problem, HTTPException)
    if problem.status_code == 404:
        error = ServiceError(Code.NOT_FOUND, "there is nothing at this address")
    else:
        error = ServiceError(Code.BAD_REQUEST, str(problem.detail))
    body = Error.of(error).to_json()
    return Response(body, problem.status_code, problem.headers, media_type="application/json")
