"""``/v1/home``: the house as it is, and setting devices without talk."""

from __future__ import annotations

from fastapi import APIRouter, Response

from service.access import Scope
from service.messages import Code, Error, ServiceError
from service.messages.home import DeviceState, HomeState, SetDevice
from service.rest import Visitor, answer, guarded, takes
from skills.backends.contract import BackendError, Failure
from skills.plan import Device

reading = APIRouter(prefix="/v1/home", tags=["home"], route_class=guarded("home", Scope.ASSISTANT))
setting = APIRouter(prefix="/v1/home", tags=["home"], route_class=guarded("home", Scope.HOME_ADMIN))


@reading.get("", response_class=Response, responses={200: {"model": HomeState}})
async def state(visit: Visitor) -> Response:
    """The house, its devices and what they are doing."""
    house = await visit.core.engines.house()
    return answer(HomeState.of(house.router))


@setting.put(
    "/devices/{device}",
    openapi_extra=takes(SetDevice),
    response_class=Response,
    responses={200: {"model": DeviceState}, 403: {"model": Error}, 404: {"model": Error}},
)
async def set_device(device: str, visit: Visitor) -> Response:
    """Set a device; the answer comes once it has confirmed its new state."""
    wanted = await visit.message(SetDevice)
    router = (await visit.core.engines.house()).router
    known = router.home.devices.get(device)
    if known is None:
        raise ServiceError(Code.NOT_FOUND, f"the home has no device {device[:100]!r}")
    refuse_if_required(known)
    try:
        confirmed = await router.backend.set(device, wanted.state)
    except BackendError as error:
        raise told_of_backend(error) from error
    return answer(DeviceState(device=device, state=dict(confirmed)))


def refuse_if_required(device: Device) -> None:
    """Raise ServiceError if it has to be known by voice who moves a device."""
    if device.requires is not None:
        raise ServiceError(
            Code.FORBIDDEN,
            f"{device.id} moves only for people who are known by their voice: say it",
        )


def told_of_backend(error: BackendError) -> ServiceError:
    """What a client is told where a device did not do it."""
    unfit = error.failure is Failure.UNFIT
    return ServiceError(Code.BAD_REQUEST if unfit else Code.UNAVAILABLE, str(error))
