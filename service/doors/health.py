"""``/healthz``, ``/readyz``, ``/metrics``: for whoever watches over the service."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from service.core import Core
from service.metrics import CONTENT_TYPE
from service.rest import Visitor, guarded

health = APIRouter(tags=["health"])
"""Open to everybody: it tells nothing but that."""

metrics = APIRouter(tags=["health"], route_class=guarded("metrics", None))
"""For clients of this machine, and for any token."""


@health.head("/healthz", response_class=Response, include_in_schema=False)
@health.get("/healthz", response_class=Response)
async def healthz() -> Response:
    """The service answers."""
    return _told(True)


@health.head("/readyz", response_class=Response, include_in_schema=False)
@health.get("/readyz", response_class=Response)
async def readyz(request: Request) -> Response:
    """New sessions are served: everything is loaded, not all workers hang, and it does not end."""
    core: Core = request.app.state.core
    load = core.load()
    return _told(core.ready and load.hung < load.workers)


@metrics.get("/metrics", response_class=Response)
async def measures(visit: Visitor) -> Response:
    """Measures for Prometheus."""
    return Response(visit.core.metrics.text(), media_type=CONTENT_TYPE)


def _told(well: bool) -> Response:
    return Response("ok\n" if well else "no\n", 200 if well else 503, media_type="text/plain")
