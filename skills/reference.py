"""What a sentence leaves to what was said before: "turn it off", "and the bedroom?".

In goes a sentence that means nothing by itself and the :class:`~skills.contract.Context` of the
talk, out comes what it stands for. Pure functions over strings and ids; the matcher decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skills.contract import Context, SlotValue
from skills.home import Device, Home, Kind
from skills.normalize import base

if TYPE_CHECKING:
    from skills.names import Name

IT = "\0it"
"""The value of a pronoun that stands where a device's name would."""

_PRONOUNS = {
    "en": r"\b(?:it|them|(?:that|this) one|those|these|that|this)\b",
    "zh": r"它们|它|那个|这个",
    "ko": r"(?:그거|그것들?|이거|이것|저거|저것)(?=[을를은는이가도 ]|$)",
}
_LEFT_OUT = {"zh": "把它", "ko": "그거 "}
"""Where the object may be left out: what would stand in its place."""
_ELLIPSES = {
    "en": r"(?:and(?: also)?|also|what about|how about|now|same for|the same (?:in|for))"
    r"(?: in| for)?(?: the| my)? (?P<what>.+?)(?: too| as well)?$",
    "zh": r"(?:还有|那么?|以及|再来)?(?P<what>.+?)(?:呢|也是|也一样|也要)$",
    "ko": r"(?:그리고 |그럼 )?(?P<what>.+?)(?:은|는|도)(?:요|[ ]?(?:그렇게|똑같이|마찬가지로).*)?$",
}
_LIGHTS = {"en": r" (?:lights?|lamps?)$", "zh": r"的?灯$", "ko": r"의? ?(?:불|조명|전등)$"}
_PLACE = ("name", "area", "floor", "domain", "device_class")
_EVERYTHING = "everything"
"""A domain that stands for what was on, no matter of which kind."""
_MOVED_ALIKE: Mapping[Kind, str] = {Kind.LOCK: "lock", Kind.COVER: "cover"}
"""Kinds for which "turn on" means something else than for all others."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Slots that were completed from the context, and the devices if they are named."""

    slots: Mapping[str, SlotValue]
    names: tuple[str, ...] = ()
    every: bool = False
    """Whether all of the devices are meant rather than one of them."""


def pronouns(text: str, language: str) -> tuple[str, ...]:
    """The words of a normalised sentence that may stand for a device."""
    pattern = _PRONOUNS.get(base(language))
    return () if pattern is None else tuple(dict.fromkeys(re.findall(pattern, text)))


def with_object(text: str, language: str) -> tuple[str, str] | None:
    """The sentence with "it" put in, and that word, where a language may leave it out."""
    stands = _LEFT_OUT.get(base(language))
    if stands is None or pronouns(text, language):
        return None
    return stands + text, pronouns(stands, language)[0]


def in_place_of_it(slots: Mapping[str, SlotValue], context: Context, home: Home) -> Meant | None:
    """What was matched about "it", about what it stands for; None if that is gone."""
    rest = {key: value for key, value in slots.items() if key not in _PLACE}
    targets = known(context, home)
    if len(targets) == 1:
        return Meant({**rest, "name": targets[0].id}, (targets[0].id,))
    if context.slots.get("domain", _EVERYTHING) != _EVERYTHING:
        place = {key: context.slots[key] for key in _PLACE[1:] if key in context.slots}
        return Meant({**rest, **place})
    if not targets:
        return None
    return Meant({**rest, "name": targets[0].id}, tuple(d.id for d in targets), every=True)


def instead(text: str, language: str) -> str | None:
    """``bedroom`` of "and the bedroom?": what is to take the place of what was talked about."""
    pattern = _ELLIPSES.get(base(language))
    found = None if pattern is None else re.match(pattern, text)
    return found["what"].strip() if found else None


def ellipsis(what: str, language: str) -> str:
    """The opposite of :func:`instead`: ``and bedroom`` of "bedroom"."""
    form = {"en": "and {}", "zh": "{}呢", "ko": "{}은"}.get(base(language), "{}")
    return form.format(what)


def lit_room(what: str, language: str) -> str | None:
    """``kitchen`` of "kitchen lights"; None if it is not about lights."""
    pattern = _LIGHTS.get(base(language))
    room = what if pattern is None else re.sub(pattern, "", what)
    return None if room == what else room


def in_its_place(
    names: list[Name], context: Context, home: Home, *, lights: bool = False
) -> Meant | None:
    """What was talked about, about one of the ``names`` instead; None if that makes no sense.

    ``lights`` says that the lights of a room are meant, whatever was talked about.
    """
    rest = {key: value for key, value in context.slots.items() if key not in _PLACE}
    before = known(context, home)
    for list_ in ("area", "floor"):
        places = [name for name in names if name.list == list_]
        if places:
            kind = {key: context.slots[key] for key in _PLACE[3:] if key in context.slots}
            if lights:
                kind = {"domain": str(Kind.LIGHT)}
            elif not kind and len({d.kind for d in before}) == 1:
                kind = _kind(before[0])
            return Meant({**rest, **kind, list_: places[0].id}) if kind else None
    devices = [home.devices[name.id] for name in names if name.list == "name"]
    if not devices or not before:
        return None
    moved = {_MOVED_ALIKE.get(device.kind) for device in (*before, *devices)}
    if len(moved) > 1:
        return None
    return Meant({**rest, "name": devices[0].id}, tuple(device.id for device in devices))


def known(context: Context, home: Home) -> list[Device]:
    """The devices of the context that the home still has."""
    return [home.devices[target] for target in context.targets if target in home.devices]


def _kind(device: Device) -> dict[str, SlotValue]:
    kind: dict[str, SlotValue] = {"domain": str(device.kind)}
    if device.device_class is not None:
        kind["device_class"] = device.device_class
    return kind
