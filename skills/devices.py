"""Switching, dimming, moving, locking, and saying how things stand."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from skills.backends import Backend, BackendError, State, Value
from skills.choices import choose
from skills.contract import FollowUp, Reply, Request, SlotValue, Stage
from skills.home import Device, Home, Kind, Named
from skills.intents import NO_AREA, Match, Matcher
from skills.replies import either, listed, say, spoken

_LOGGER = logging.getLogger(__name__)
_ON_OFF: Mapping[Kind, tuple[tuple[State, str], tuple[State, str]]] = {
    # kind: (change and reply for HassTurnOn, the same for HassTurnOff)
    Kind.LIGHT: (({"on": True}, "on"), ({"on": False}, "off")),
    Kind.SWITCH: (({"on": True}, "on"), ({"on": False}, "off")),
    Kind.FAN: (({"on": True}, "on"), ({"on": False}, "off")),
    Kind.COVER: (({"position": 100}, "opened"), ({"position": 0}, "closed")),
    Kind.LOCK: (({"locked": True}, "locked"), ({"locked": False}, "unlocked")),
}
_EXAMPLES = {
    "en": ("turn on {}", "open {}", "lock {}"),
    "zh-CN": ("打开{}", "打开{}", "锁上{}"),
    "ko": ("{} 켜줘", "{} 열어줘", "{} 잠가줘"),
}


class DeviceSkill:
    """The devices of the home, through a backend."""

    name = "devices"

    def __init__(self, home: Home, matcher: Matcher, backend: Backend) -> None:
        self._home = home
        self._matcher = matcher
        self._backend = backend

    def examples(self, language: str) -> tuple[str, ...]:
        """One sentence for each device."""
        tag = spoken(language)
        switch, move, lock = _EXAMPLES[tag]
        forms = {Kind.COVER: move, Kind.LOCK: lock}
        return tuple(
            forms.get(device.kind, switch).format(listed([device], tag))
            for device in self._home.devices.values()
        )

    async def answer(self, request: Request) -> Reply | None:
        """Act on an intent about devices."""
        match = await self._matcher.match(request)
        return None if match is None else await self._do(request, match)

    async def close(self) -> None:
        """The backend is the router's to close."""

    async def _do(self, request: Request, match: Match) -> Reply | None:
        if match.intent == "HassGetState":
            return self._tell(request, match)
        changes = _wanted(match)
        if changes is None:
            return None
        targets = self._targets(match)
        if isinstance(targets, str) or not targets:
            return self._which(request, match, targets)
        if request.guessed and any(device.sensitive for device in targets):
            text = say("say_again", request.language)
            return self._reply(match, targets, text, expects_answer=True)
        return await self._act(request, match, targets, changes)

    async def _act(
        self, request: Request, match: Match, targets: list[Device], wanted: State
    ) -> Reply:
        language = request.language
        done: list[Device] = []
        failure: BackendError | None = None
        key = next(iter(wanted), "on")
        value: Value = wanted.get(key)
        for device in targets:
            changes, key = _changes(match, device, wanted)
            if not changes:
                continue
            try:
                state = await self._backend.set(device.id, changes)
            except BackendError as error:
                _LOGGER.warning("%s: %s", device.id, error)
                failure = error
                continue
            if all(state.get(name) == wish for name, wish in changes.items()):
                done.append(device)
            else:
                failure = BackendError(f"{device.called(language)} did not change")
        if failure is not None:
            text = say("failed", language, reason=failure)
        elif not done:
            text = say("unfit", language, things=listed(targets, language))
        else:
            text = say(key, language, things=listed(done, language), value=value)
        return self._reply(match, done or targets, text, acted=bool(done))

    def _targets(self, match: Match) -> list[Device] | str:
        """The devices that are meant, or the key of the reply that says why there are none."""
        slots = match.slots
        devices = list(self._home.devices.values())
        area, floor = slots.get("area"), slots.get("floor")
        if "name" in slots:
            devices = [device for device in devices if device.id in match.names]
        elif "domain" in slots:
            devices = [device for device in devices if device.kind == slots["domain"]]
        else:
            return "no_device"
        if "device_class" in slots:
            devices = [d for d in devices if d.device_class == slots["device_class"]]
        if area == NO_AREA and "area" in slots:
            return devices if len(devices) == 1 else "which_room" if devices else "no_device"
        if area is not None:
            devices = [device for device in devices if device.area == area]
        if floor is not None:
            inside = {a.id for a in self._home.areas.values() if a.floor == floor}
            devices = [device for device in devices if device.area in inside]
        if "name" in slots and len(devices) > 1:
            return "which_device"
        if slots.get("domain") == Kind.LOCK and area is None and floor is None:
            # "the door" is one door, never all of them.
            return devices if len(devices) == 1 or match.intent == "HassGetState" else "which_lock"
        return devices

    def _which(self, request: Request, match: Match, targets: list[Device] | str) -> Reply:
        language = request.language
        key = targets if isinstance(targets, str) else "no_device"
        candidates = [self._home.devices[name] for name in match.names]
        if key == "which_lock":
            locks = (d for d in self._home.devices.values() if d.kind == Kind.LOCK)
            candidates, key = list(locks), "which_device" if targets else "no_device"
            key = key if candidates else "no_device"
        text = say(key, language, things=listed(candidates, language, either(language)))
        if key == "no_device":
            return self._reply(match, [], text)
        slot, things = "name", {device.id: self._distinctions(device) for device in candidates}
        if key == "which_room":
            slot, things = "area", {area.id: [area] for area in self._home.areas.values()}
        reply = self._reply(match, [], text, expects_answer=True)
        return replace(reply, follow_up=self._completed(request, match, slot, things))

    def _distinctions(self, device: Device) -> list[Named]:
        """What tells a device from its like: its names, and those of its room."""
        area = None if device.area is None else self._home.areas[device.area]
        return [device] if area is None else [device, area]

    def _completed(
        self, request: Request, match: Match, slot: str, things: Mapping[str, list[Named]]
    ) -> FollowUp:
        """What does as the match says once an answer names one of the things for the slot."""

        async def follow_up(answer: Request) -> Reply | None:
            names = {
                key: [name for thing in named for name in thing.names(answer.language)]
                for key, named in things.items()
            }
            chosen = choose(answer.text, answer.language, names)
            if chosen is None:
                return None
            whole = replace(match, slots={**match.slots, slot: chosen})
            if slot == "name":
                whole = replace(whole, names=(chosen,))
            guessed = request.guessed or answer.guessed
            return await self._do(replace(answer, guessed=guessed), whole)

        return follow_up

    def _tell(self, request: Request, match: Match) -> Reply | None:
        language = request.language
        devices = self._targets(match)
        if devices == "no_device" and "domain" not in match.slots:
            return None
        if isinstance(devices, str):
            return self._which(request, match, devices)
        asked = match.slots.get("state")
        states = {device.id: self._word(device) for device in devices}
        fitting = [device for device in devices if states[device.id] == asked]
        if not devices:
            text = say("no_device", language)
        elif asked is None or (match.response == "one" and len(devices) == 1):
            things = listed(devices, language)
            state = say(f"state_{states[devices[0].id]}", language).lower()
            text = say("state", language, things=things, state=state)
        elif match.response == "one_yesno":
            state = say(f"state_{states[devices[0].id]}", language).lower()
            text = say("yes" if fitting else "no", language, state=state)
        elif match.response == "how_many":
            text = say("how_many", language, value=len(fitting))
        elif match.response == "all":
            rest = [device for device in devices if device not in fitting]
            key = "no" if rest else "yes"
            text = say(key, language, state=self._sentence(rest or fitting, states, language))
        else:
            text = say("none", language)
            if fitting:
                text = say("which", language, things=listed(fitting, language))
        return self._reply(match, devices, text)

    def _sentence(self, devices: list[Device], states: Mapping[str, str], language: str) -> str:
        state = say(f"state_{states[devices[0].id]}", language).lower()
        named = listed(devices, language)
        verb = "are" if len(devices) > 1 else "is"
        tag = spoken(language)
        return f"{named} {verb} {state}" if tag == "en" else f"{named} {state}".replace("、 ", "、")

    def _word(self, device: Device) -> str:
        state = self._backend.state(device.id)
        if device.kind == Kind.COVER:
            position = state.get("position")
            return "open" if isinstance(position, int) and position > 0 else "closed"
        if device.kind == Kind.LOCK:
            return "locked" if state.get("locked") else "unlocked"
        return "on" if state.get("on") else "off"

    def _reply(
        self,
        match: Match,
        targets: list[Device],
        text: str,
        *,
        acted: bool = False,
        expects_answer: bool = False,
    ) -> Reply:
        slots: dict[str, SlotValue] = {k: v for k, v in match.slots.items() if v != NO_AREA}
        return Reply(
            text,
            match.intent,
            slots,
            tuple(device.id for device in targets),
            acted=acted,
            expects_answer=expects_answer,
            stage=Stage.STRICT,
        )


def _wanted(match: Match) -> State | None:
    """The change that an intent asks for, None if the intent is not about devices."""
    slots = match.slots
    if match.intent in ("HassTurnOn", "HassTurnOff"):
        return {}
    if match.intent == "HassLightSet":
        wanted: dict[str, Value] = {}
        for key in ("brightness", "temperature"):
            if key in slots:
                wanted[key] = int(slots[key])
        if "color" in slots:
            wanted["color"] = str(slots["color"])
        return wanted or None
    if match.intent == "HassSetPosition" and "position" in slots:
        return {"position": int(slots["position"])}
    if match.intent == "HassFanSetSpeed":
        speed = slots.get("percentage", slots.get("speed"))
        return None if speed is None else {"speed": int(speed)}
    return None


def _changes(match: Match, device: Device, wanted: State) -> tuple[State, str]:
    """What to set on one device, and the reply's key; nothing where it is unable to."""
    if match.intent in ("HassTurnOn", "HassTurnOff"):
        on, off = _ON_OFF[device.kind]
        return on if match.intent == "HassTurnOn" else off
    able = {
        Kind.LIGHT: {"brightness", "color", "temperature"},
        Kind.FAN: {"speed"},
        Kind.COVER: {"position"},
    }.get(device.kind, set())
    if not set(wanted) <= able:
        return {}, "unfit"
    key = next(iter(wanted))
    if device.kind == Kind.COVER:
        return wanted, key
    # Dimming to nothing is switching off; anything else shows only when it is on.
    return {**wanted, "on": wanted[key] != 0}, key
