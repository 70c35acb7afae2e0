"""Which devices a sentence means: those of that name, or of a kind in a room or on a floor."""

from __future__ import annotations

from skills.contract import Request
from skills.devices.wishes import adjusted_kinds, kinds
from skills.home import Device, Home, Kind
from skills.matches import NO_AREA, Match

EVERYTHING = "everything"
"""The domain of "turn everything off": whatever is on or off, but for what is sensitive."""
_ON_OR_OFF = (Kind.LIGHT, Kind.SWITCH, Kind.FAN, Kind.CLIMATE, Kind.MEDIA_PLAYER)
_OFTEN_ALONE = (Kind.CLIMATE, Kind.MEDIA_PLAYER, Kind.VACUUM)
"""Kinds of which one serves the whole house: the only one is meant wherever one stands."""
_CLASSES_OF_SENSORS = {"garage": "garage_door"}


def targets(home: Home, match: Match, request: Request) -> list[Device] | str:
    """The devices that are meant, or the key of the reply that says why there are none."""
    slots = match.slots
    devices = list(home.devices.values())
    if "name" in slots:
        devices = [device for device in devices if device.id in match.names]
    else:
        devices = _of_kind(devices, match)
    if not devices:
        return "no_device"
    area, floor = slots.get("area"), slots.get("floor")
    if match.intent == "HassVacuumCleanArea":
        area = None  # where it should clean, not where it stands
    if area == NO_AREA and "area" in slots:
        return devices if len(devices) == 1 else _which(match, devices)
    everywhere = devices
    if area is not None:
        devices = [device for device in devices if device.area == area]
    if floor is not None:
        inside = {a.id for a in home.areas.values() if a.floor == floor}
        devices = [device for device in devices if device.area in inside]
    if not devices and area == request.area and floor is None:
        # The room was not said: it is where the microphone stands.
        alone = len(everywhere) == 1 and everywhere[0].kind in _OFTEN_ALONE
        devices = everywhere if alone else devices
    if match.every:
        return devices or "no_device"
    if "name" in slots and len(devices) > 1:
        return "which_device"
    if slots.get("extent") == "every":
        return devices or "no_device"
    door = slots.get("domain") == Kind.LOCK or slots.get("device_class") in ("garage", "gate")
    if door and area is None and floor is None:
        # "the door" is one door, never all of them.
        return devices if len(devices) == 1 or match.intent == "HassGetState" else "which_device"
    if area is None and floor is None and "domain" not in slots and len(devices) > 1:
        here = [device for device in devices if device.area == request.area]
        return here if len(here) == 1 else _which(match, devices)
    return devices or "no_device"


def candidates(home: Home, match: Match) -> list[Device]:
    """Those between which somebody may choose, whatever the room."""
    if "name" in match.slots:
        return [home.devices[name] for name in match.names if name in home.devices]
    return _of_kind(list(home.devices.values()), match)


def _of_kind(devices: list[Device], match: Match) -> list[Device]:
    slots = match.slots
    wanted = kinds(match.intent)
    if slots.get("domain") == EVERYTHING:
        told = match.intent == "HassGetState"
        return [d for d in devices if d.kind in _ON_OR_OFF and (told or not d.sensitive)]
    if "domain" in slots:
        wanted = tuple(kind for kind in Kind if kind == slots["domain"])
    elif match.intent == "Adjust":
        wanted = adjusted_kinds(str(slots.get("property", "")))
    device_class = slots.get("device_class")
    found = [device for device in devices if device.kind in wanted]
    if device_class is not None:
        found = [device for device in found if device.device_class == device_class]
    if match.intent == "HassGetState" and Kind.COVER in wanted:
        # A window that only tells whether it is open is a window too.
        same = _CLASSES_OF_SENSORS.get(str(device_class), device_class)
        sensors = (d for d in devices if d.kind == Kind.BINARY_SENSOR)
        found += [d for d in sensors if same is not None and d.device_class == same]
    return found


def _which(match: Match, devices: list[Device]) -> str:
    """Whether to ask for the room or for the device."""
    rooms = {device.area for device in devices}
    few = devices[0].kind in _OFTEN_ALONE or len(rooms) < len(devices) == 2
    return "which_device" if few and "domain" not in match.slots else "which_room"
