"""The application: every address, and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from service.access import Scope
from service.core import Core
from service.doors.console import console
from service.doors.conversation import converse
from service.doors.health import health, metrics
from service.doors.home import watch
from service.doors.pulls import follow
from service.doors.recognition import recognize
from service.doors.rest_agenda import changing as agenda_changing
from service.doors.rest_agenda import reading as agenda_reading
from service.doors.rest_home import reading as home_reading
from service.doors.rest_home import setting as home_setting
from service.doors.rest_lessons import lessons
from service.doors.rest_models import models as catalogue
from service.doors.rest_pulls import pulls
from service.doors.rest_scoring import scoring as score_files
from service.doors.rest_shadowing import shadowing
from service.doors.rest_speech import speech
from service.doors.rest_voices import admin as voices_admin
from service.doors.rest_voices import use as voices_use
from service.doors.scoring import score
from service.doors.voices import speak
from service.doors.vosk import vosk
from service.edge import Edge
from service.messages import conversation, home, models, recognition, scoring, voices
from service.opening import Opening
from service.reception import Door, receive
from service.rest import not_routed
from service.settings import Settings

DOORS = {
    "/v1/assistant": Door(
        "assistant", Scope.ASSISTANT, conversation.FROM_CLIENT, converse, endless=True
    ),
    "/v1/pronunciation": Door("pronunciation", Scope.SCORE, scoring.FROM_CLIENT, score),
    "/v1/voiceprint": Door("voiceprint", Scope.VOICEPRINT, voices.FROM_CLIENT, speak),
    "/v1/home": Door("home", Scope.ASSISTANT, home.FROM_CLIENT, watch, endless=True),
    "/v1/models/pulls": Door(
        "models", Scope.MODELS_ADMIN, models.FROM_CLIENT, follow, endless=True
    ),
    "/v1/recognize": Door("recognize", Scope.RECOGNIZE, recognition.FROM_CLIENT, recognize),
    "/": Door("vosk", Scope.RECOGNIZE, (), vosk, typed=False),
}
"""What websockets find behind each address."""

ROUTERS = (
    *(console, health, metrics, catalogue, pulls, score_files, shadowing, lessons, speech),
    *(home_reading, home_setting, agenda_reading, agenda_changing, voices_use, voices_admin),
)
"""What REST finds."""


def create_app(settings: Settings, opening: Opening | None = None) -> FastAPI:
    """The application of a service; its :class:`~service.core.Core` is ``app.state.core``.

    Whoever serves it warms the core up before, and closes it after.

    Parameters
    ----------
    opening
        As in :class:`service.engines.Engines`.

    Raises
    ------
    ConfigError
        As by :class:`service.access.Gate`.
    """
    core = Core(settings, opening)

    app = FastAPI(
        title="Sonorant",
        version=version("sonorant"),
        docs_url=None,
        redoc_url=None,
        exception_handlers={HTTPException: not_routed},
    )
    app.state.core = core
    app.add_middleware(Edge, most=settings.upload, secure=settings.certificate is not None)
    for router in ROUTERS:
        app.include_router(router)
    for path, door in DOORS.items():
        app.router.routes.append(WebSocketRoute(path, _behind(door, core)))
        app.router.routes.append(Route(path, _upgrade))  # where REST has nothing
    return app


async def _upgrade(request: Request) -> Response:
    raise HTTPException(426, "a websocket is served at this address", {"Upgrade": "websocket"})


def _behind(door: Door, core: Core) -> Callable[[WebSocket], Coroutine[Any, Any, None]]:
    async def endpoint(websocket: WebSocket) -> None:
        await receive(websocket, door, core)

    return endpoint
