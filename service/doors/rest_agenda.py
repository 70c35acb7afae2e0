"""``/v1/home``: what is going to happen by itself, calling it off, starting routines and scenes."""

from __future__ import annotations

from fastapi import APIRouter, Response

from service.access import Scope
from service.doors.rest_home import refuse_if_required, told_of_backend
from service.messages import Code, Error, ServiceError
from service.messages.agenda import Agenda, Ran, RunRoutine
from service.rest import Visitor, answer, guarded, takes
from skills.backends import BackendError
from skills.devices.danger import touched
from skills.devices.scenes import activate
from skills.plan import Kind

reading = APIRouter(prefix="/v1/home", tags=["home"], route_class=guarded("home", Scope.ASSISTANT))
changing = APIRouter(
    prefix="/v1/home", tags=["home"], route_class=guarded("home", Scope.HOME_ADMIN)
)


@reading.get("/agenda", response_class=Response, responses={200: {"model": Agenda}})
async def agenda(visit: Visitor) -> Response:
    """Timers, alarms, reminders and commands for later; routines."""
    return answer(Agenda.of((await visit.core.engines.house()).router))


@changing.delete(
    "/agenda/{id}", status_code=204, response_class=Response, responses={404: {"model": Error}}
)
async def cancel(id: str, visit: Visitor) -> Response:
    """Call off a timer, an alarm, a reminder or a command for later."""
    router = (await visit.core.engines.house()).router
    try:
        found = router.agenda.cancel(id)
    except OSError as error:
        raise ServiceError(Code.UNAVAILABLE, "the home's state folder cannot be written") from error
    if not found:
        raise ServiceError(Code.NOT_FOUND, f"nothing {id[:100]!r} is going to happen (any more)")
    return Response(status_code=204)


@changing.post(
    "/routines/{name}",
    openapi_extra=takes(RunRoutine),
    response_class=Response,
    responses={200: {"model": Ran}, 404: {"model": Error}},
)
async def run(name: str, visit: Visitor) -> Response:
    """Start a routine; the answer comes when all of it was tried."""
    wanted = await visit.message(RunRoutine)
    router = (await visit.core.engines.house()).router
    known = () if router.routines is None else router.routines.routines()
    routine = next((one for one in known if one.name == name), None)
    if router.routines is None or routine is None:
        raise ServiceError(Code.NOT_FOUND, f"the home has no routine {name[:100]!r}")
    language = wanted.language or visit.core.settings.language
    return answer(Ran.of(await router.routines.run(routine, language)))


@changing.post(
    "/scenes/{device}",
    status_code=204,
    response_class=Response,
    responses={403: {"model": Error}, 404: {"model": Error}},
)
async def scene(device: str, visit: Visitor) -> Response:
    """Activate a scene; the answer comes once its devices have confirmed."""
    router = (await visit.core.engines.house()).router
    known = router.home.devices.get(device)
    if known is None or known.kind is not Kind.SCENE:
        raise ServiceError(Code.NOT_FOUND, f"the home has no scene {device[:100]!r}")
    for part in touched(router.home, known):
        refuse_if_required(part)
    try:
        await activate(router.backend, known)
    except BackendError as error:
        raise told_of_backend(error) from error
    return Response(status_code=204)
