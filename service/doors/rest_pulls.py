"""``/v1/models/…``: fetching models. Nothing is fetched unless somebody who may asks for it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from service.access import Scope
from service.messages import Code, Error, ServiceError
from service.messages.models import Pulls, PullState
from service.rest import Visitor, answer, guarded

pulls = APIRouter(
    prefix="/v1/models", tags=["models"], route_class=guarded("models", Scope.MODELS_ADMIN)
)


@pulls.get("/pulls", response_class=Response, responses={200: {"model": Pulls}})
async def all_pulls(visit: Visitor) -> Response:
    """What is being fetched, how far it is, and what came of the last."""
    return answer(Pulls(pulls=visit.core.pulls.all()))


@pulls.post(
    "/{name}/pull",
    status_code=202,
    response_class=Response,
    responses={202: {"model": PullState}, 404: {"model": Error}, 503: {"model": Error}},
)
async def start(name: str, visit: Visitor) -> Response:
    """Begin to fetch a model; the answer comes at once, `GET /v1/models/pulls` tells the rest."""
    return answer(PullState(pull=await visit.work(visit.core.pulls.start, name)), 202)


@pulls.delete(
    "/{name}/pull", status_code=204, response_class=Response, responses={404: {"model": Error}}
)
async def cancel(name: str, visit: Visitor) -> Response:
    """Call it off; nothing of it is kept."""
    if not visit.core.pulls.cancel(name):
        raise ServiceError(Code.NOT_FOUND, f"no model {name[:100]!r} is being fetched")
    return Response(status_code=204)
