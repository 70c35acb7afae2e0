"""``POST /v1/pronunciation``: a recorded reading and its text; the assessment."""

from __future__ import annotations

import json
import time
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from service.access import Scope
from service.doors.scoring import practised, recorded
from service.messages import Code, Error, ServiceError
from service.messages.scoring import Assessed, Read
from service.messages.wire import from_dict, read_json
from service.rest import Visitor, answer, flag, guarded, takes_form
from speech.audio import RATE

scoring = APIRouter(
    prefix="/v1/pronunciation",
    tags=["pronunciation"],
    route_class=guarded("pronunciation", Scope.SCORE),
)

_FORM = takes_form(
    ["audio", "text"],
    audio={"type": "string", "format": "binary", "description": "A recording, any container."},
    text={"type": "string", "description": "What is read."},
    language={"type": "string", "description": "BCP 47."},
    id={"type": "string", "description": "What the client calls the recording."},
    pronunciations={"type": "string", "description": "As in the websocket's start, as JSON."},
    record={"type": "string", "enum": ["true", "false"], "description": "As in the start."},
)


@scoring.post(
    "",
    openapi_extra=_FORM,
    response_class=Response,
    responses={200: {"model": Assessed}, 400: {"model": Error}, 422: {"model": Error}},
)
async def score_file(visit: Visitor) -> Response:
    """Assess a recorded reading."""
    async with visit.form() as form:
        start, file = _read(form)
        samples = await visit.recording(file)
    assessor = await visit.core.engines.assessor(start.language)
    practice = await practised(visit.core, visit.work, start)
    began = time.monotonic()
    assessment = await visit.work(
        assessor.assess, samples, start.text, id=start.id, pronunciations=start.pronunciations
    )
    visit.core.metrics.took("assessment", time.monotonic() - began)
    visit.core.metrics.audio.labels("pronunciation").inc(samples.size / RATE)
    standing = await recorded(practice, visit.work, start, assessment)
    return answer(Assessed(assessment=assessment, standing=standing))


def _read(form: FormData) -> tuple[Read, UploadFile]:
    """The form as the start of a reading, and the file."""
    file = form.get("audio")
    if not isinstance(file, UploadFile):
        raise ServiceError(Code.BAD_MESSAGE, "audio: a file is needed", field="audio")
    about: dict[str, Any] = {"type": Read.TYPE}
    for name, value in form.multi_items():
        if name == "record":
            about[name] = flag(name, value)
        elif name != "audio":
            about[name] = value
    if "pronunciations" in about:
        text = about["pronunciations"]
        about["pronunciations"] = read_json(text if isinstance(text, str) else json.dumps(None))
    return from_dict(about, [Read]), file
