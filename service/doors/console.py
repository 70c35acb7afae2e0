"""``/`` for browsers: the console. The files are open to everybody; what they ask for is not."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter, Response

from service.messages import Code, ServiceError
from service.reception import refusal

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}

FILES = {
    file.name: file.read_bytes()
    for file in resources.files("service.console").iterdir()
    if file.name[file.name.rfind(".") :] in _TYPES
}
"""What there is, by name: nothing else is ever read for a client."""

console = APIRouter(include_in_schema=False)


@console.head("/", response_class=Response)
@console.get("/", response_class=Response)
async def page() -> Response:
    """The page."""
    return _file("index.html")


@console.head("/console/{name}", response_class=Response)
@console.get("/console/{name}", response_class=Response)
async def part(name: str) -> Response:
    """A script, a style or a picture of the page."""
    if name not in FILES:
        return refusal(ServiceError(Code.NOT_FOUND, "there is nothing at this address"))
    return _file(name)


def _file(name: str) -> Response:
    return Response(FILES[name], media_type=_TYPES[name[name.rfind(".") :]], headers=_HEADERS)
