"""How things stand, as a sentence: states, readings and temperatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from skills.backends import State, Value
from skills.devices.words import listed, say
from skills.home import Device, Kind
from skills.matches import Match
from skills.replies import spoken

StateOf = Callable[[Device], State]
"""The present state of a device; raises BackendError."""
Tell = Callable[[], str]

_OPENINGS = ("door", "garage_door", "opening", "window")
_DETECTORS: Mapping[str | None, tuple[str, str]] = {
    **dict.fromkeys(_OPENINGS, ("open", "closed")),
    "lock": ("unlocked", "locked"),
    "battery": ("low", "normal"),
    "moisture": ("wet", "dry"),
    "occupancy": ("occupied", "empty"),
    "presence": ("occupied", "empty"),
    "motion": ("motion", "still"),
}
"""Words for the two states of a detecting sensor, by its class."""
_SPOKEN_UNITS = {"°C": "degrees", "°F": "degrees", "%": "percent", "lx": "lux", "ppm": "ppm"}
_SPOKEN_UNITS |= {"W": "watts", "kWh": "kilowatt_hours", "hPa": "hectopascals"}


def word(device: Device, state: State) -> str:
    """The one word that says how a device stands: the key ``state_WORD`` of the replies."""
    if device.kind == Kind.COVER:
        position = state.get("position")
        return "unknown" if position is None else "open" if position else "closed"
    if device.kind == Kind.LOCK:
        return {True: "locked", False: "unlocked"}.get(bool(state.get("locked")), "unknown")
    if device.kind == Kind.VACUUM:
        return str(state.get("activity") or "unknown")
    if device.kind == Kind.MEDIA_PLAYER and state.get("on"):
        return "playing" if state.get("playing") else "on"
    on = state.get("on")
    if on is None:
        return "unknown"
    yes, no = "on", "off"
    if device.kind == Kind.BINARY_SENSOR:
        yes, no = _DETECTORS.get(device.device_class, ("detected", "clear"))
    return yes if on else no


def status(match: Match, devices: Sequence[Device], state_of: StateOf, language: str) -> str:
    """What HassGetState asks for."""
    asked = match.slots.get("state")
    states = {device.id: state_of(device) for device in devices}
    words = {device.id: word(device, states[device.id]) for device in devices}
    fitting = [d for d in devices if _fits(d, words[d.id], asked)]
    several = len(devices) > 1
    if asked is None or match.response == ("one_yesno" if several else "one"):
        return " ".join(_one(device, states[device.id], language) for device in devices)
    if match.response == "one_yesno":
        state = say(f"state_{words[devices[0].id]}", language).lower()
        return say("yes" if fitting else "no", language, state=state)
    if match.response == "how_many":
        return say("how_many", language, value=len(fitting))
    if match.response == "all":
        rest = [device for device in devices if device not in fitting]
        shown = rest or fitting
        sentence = _together(shown, words[shown[0].id], language)
        return say("no" if rest else "yes", language, state=sentence)
    if not fitting:
        return say("none", language)
    return say("which", language, things=listed(fitting, language))


def temperature(
    match: Match, devices: Sequence[Device], state_of: StateOf, area: str | None, language: str
) -> str:
    """How warm it is, by the mean of several thermometers; ``area`` is the room's name."""
    values = [_measured(state_of(device)) for device in devices]
    known = [value for value in values if value is not None]
    if not known:
        return say("reading_unknown", language, things=listed(devices, language))
    value = number(round(sum(known) / len(known), 1))
    if area is not None:
        return say("temperature_there", language, value=value, area=area)
    return say("temperature_here", language, value=value)


def number(value: Value) -> str:
    """``21`` for 21.0, at most one decimal."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)


def _one(device: Device, state: State, language: str) -> str:
    things = listed([device], language)
    if device.kind == Kind.SENSOR:
        value = state.get("value")
        if value is None:
            return say("reading_unknown", language, things=things)
        return say("reading", language, things=things, value=_reading(value, state, language))
    if device.kind == Kind.CLIMATE and state.get("on"):
        target = number(state.get("target"))
        key = "climate_bare" if state.get("target") is None else "climate"
        return say(key, language, things=things, value=target)
    said = say(f"state_{word(device, state)}", language).lower()
    return say("state", language, things=things, state=said)


def _reading(value: Value, state: State, language: str) -> str:
    unit = state.get("unit")
    if unit is None:
        return number(value)
    spoken_unit = _SPOKEN_UNITS.get(str(unit))
    if spoken_unit is None:
        return f"{number(value)} {unit}"
    return say(f"unit_{spoken_unit}", language, value=number(value))


def _measured(state: State) -> float | None:
    value = state.get("value", state.get("current"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _fits(device: Device, said: str, asked: object) -> bool:
    if device.kind == Kind.BINARY_SENSOR and asked in ("on", "off"):
        yes, _ = _DETECTORS.get(device.device_class, ("detected", "clear"))
        return (said == yes) == (asked == "on") and said != "unknown"
    if asked == "on" and said == "playing":
        return True
    return said == asked


def _together(devices: Sequence[Device], said: str, language: str) -> str:
    state = say(f"state_{said}", language).lower()
    named = listed(devices, language)
    verb = "are" if len(devices) > 1 else "is"
    return f"{named} {verb} {state}" if spoken(language) == "en" else f"{named}{state}"
