"""The one judgement of what a mistake makes dangerous: locks, garage doors, gates, alarms."""

from __future__ import annotations

from skills.contract import Request
from skills.devices.choosing import candidates, targets
from skills.devices.wishes import asks
from skills.home import Device, Home
from skills.matches import Match


def touched(home: Home, device: Device) -> list[Device]:
    """A device, and what it changes if it is a scene."""
    own = [home.devices[part] for part in device.sets if part in home.devices]
    if not device.touches:
        return [device, *own]
    every = home.devices.values()
    return [device, *own, *(one for one in every if (one.address or one.id) in device.touches)]


def dangerous(home: Home, match: Match, request: Request) -> bool:
    """Whether what was matched would act on a sensitive device, or may."""
    if not asks(match):
        return False
    found = targets(home, match, request)
    devices = candidates(home, match) if isinstance(found, str) else found
    return any(part.sensitive for device in devices for part in touched(home, device))
