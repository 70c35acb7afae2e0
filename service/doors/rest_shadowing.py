"""``POST /v1/pronunciation/shadowing``: two recordings of the same words, one beside the other."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from service.access import Scope
from service.messages import Code, Error, ServiceError
from service.messages.scoring import Shadowed
from service.rest import Visitor, answer, guarded, takes_form
from speech.audio import RATE

shadowing = APIRouter(
    prefix="/v1/pronunciation/shadowing",
    tags=["pronunciation"],
    route_class=guarded("shadowing", Scope.SCORE),
)

_FILE = {"type": "string", "format": "binary", "description": "A recording, any container."}


@shadowing.post(
    "",
    openapi_extra=takes_form(["reference", "audio"], reference=_FILE, audio=_FILE),
    response_class=Response,
    responses={200: {"model": Shadowed}, 400: {"model": Error}, 422: {"model": Error}},
)
async def shadow(visit: Visitor) -> Response:
    """Compare a learner (`audio`) with a teacher or a synthetic voice (`reference`)."""
    shadower = await visit.core.engines.shadower()
    async with visit.form() as form:
        files = []
        for name in ("reference", "audio"):
            file = form.get(name)
            if not isinstance(file, UploadFile):
                raise ServiceError(Code.BAD_MESSAGE, f"{name}: a file is needed", field=name)
            files.append(file)
        reference, learner = [await visit.recording(file) for file in files]
    found = await visit.work(shadower.compare, reference, learner)
    visit.core.metrics.audio.labels("shadowing").inc((reference.size + learner.size) / RATE)
    return answer(Shadowed(shadowing=found))
