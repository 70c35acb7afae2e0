"""Around the application: bodies within bounds, and headers that make browsers careful."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.messages import Code, ServiceError
from service.reception import refusal

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (b"cache-control", b"no-store"),
)
"""In every answer that has none of its own."""


class Edge:
    """Refuses bodies of more than ``most`` bytes, and adds :data:`HEADERS`."""

    def __init__(self, app: ASGIApp, most: int, *, secure: bool) -> None:
        self._app = app
        self._most = most
        self._headers = list(HEADERS)
        if secure:
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        too_large = ServiceError(Code.TOO_LARGE, f"a body has {self._most} bytes at most")
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        came = 0

        async def bounded() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._most:
                raise too_large
            return message

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                more = [header for header in self._headers if header[0] not in own]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        if length.isdigit() and int(length) > self._most:
            await _drained(receive, self._most)
            await refusal(too_large)(scope, receive, careful)
            return
        await self._app(scope, bounded, careful)


async def _drained(receive: Receive, most: int) -> None:
    """Let a client finish, within bounds: one that is cut off while it sends reads no answer."""
    came = 0
    while came <= most:
        message = await receive()
        came += len(message.get("body", b""))
        if not message.get("more_body"):
            return
