"""``GET /v1/models``: the catalogue of models, and what is loaded."""

from __future__ import annotations

from fastapi import APIRouter, Response

from service.messages.models import Models
from service.rest import Visitor, answer, guarded
from speech.models import ModelStore

models = APIRouter(prefix="/v1/models", tags=["models"], route_class=guarded("models", None))


@models.get("", response_class=Response, responses={200: {"model": Models}})
async def catalogue(visit: Visitor) -> Response:
    """Every model that is known, and whether it is here; `sonorant models pull` fetches others."""
    loaded = visit.core.engines.loaded
    return answer(await visit.work(lambda: Models.of(ModelStore(), loaded)))
