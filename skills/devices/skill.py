"""Switching, dimming, moving, locking, playing, cleaning, and saying how things stand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from skills.backends import Backend, BackendError, State
from skills.choices import choose
from skills.contract import FollowUp, Reply, Request, SlotValue, Stage
from skills.devices import telling
from skills.devices.asking import answered, question
from skills.devices.choosing import EVERYTHING, candidates, targets
from skills.devices.danger import touched
from skills.devices.scenes import activate
from skills.devices.wishes import Wish, asks, wish
from skills.devices.words import SENTENCES, listed, load, say
from skills.home import Device, Home, HomeWatch, Kind, Named
from skills.intents import Matcher
from skills.matches import NO_AREA, Match
from skills.package import load_sentences
from skills.permissions import refusal
from skills.replies import either, spoken

_LOGGER = logging.getLogger(__name__)
_EXAMPLES: Mapping[str, Mapping[Kind, str]] = {
    "en": {
        Kind.COVER: "open {}",
        Kind.LOCK: "lock {}",
        Kind.SENSOR: "what is {}",
        Kind.BINARY_SENSOR: "what is the state of {}",
        Kind.SCENE: "activate {}",
        Kind.VACUUM: "start {}",
    },
    "zh-CN": {
        Kind.LOCK: "锁上{}",
        Kind.SENSOR: "{}是多少",
        Kind.BINARY_SENSOR: "{}是什么状态",
        Kind.VACUUM: "启动{}",
    },
    "ko": {
        Kind.COVER: "{} 열어줘",
        Kind.LOCK: "{} 잠가줘",
        Kind.SENSOR: "{} 알려줘",
        Kind.BINARY_SENSOR: "{} 상태 알려줘",
        Kind.VACUUM: "{} 시작해줘",
    },
}
_SWITCH_ON = {"en": "turn on {}", "zh-CN": "打开{}", "ko": "{} 켜줘"}


class DeviceSkill:
    """The devices of the home, through a backend."""

    name = "devices"

    def __init__(
        self, home: Home, matcher: Matcher, backend: Backend, watch: HomeWatch | None = None
    ) -> None:
        self._watch = watch
        self._home = home
        self._matcher = matcher
        self._backend = backend
        self._examples: dict[str, tuple[str, ...]] = {}
        matcher.add(*load_sentences(SENTENCES))
        home.subscribe(self._examples.clear)
        load()

    def examples(self, language: str) -> tuple[str, ...]:
        """One sentence for each device."""
        tag = spoken(language)
        if tag not in self._examples:
            self._examples[tag] = tuple(
                _EXAMPLES[tag].get(device.kind, _SWITCH_ON[tag]).format(listed([device], tag))
                for device in self._home.devices.values()
            )
        return self._examples[tag]

    async def answer(self, request: Request) -> Reply | None:
        """Act on an intent about devices."""
        match = await self._matcher.match(request)
        return None if match is None else await self._do(request, match)

    def objection(self, request: Request, match: Match) -> Reply | None:
        """Why a command would not even be tried, or what had to be asked first; else None."""
        if not asks(match):
            return None
        devices = targets(self._home, match, request)
        if isinstance(devices, str):
            return self._which(request, match, devices)
        asked = self._asked(request, match, devices)
        return asked or self._objection(request, match, devices)

    async def close(self) -> None:
        """Watch the home's file no longer; the backend is the router's to close."""
        if self._watch is not None:
            await self._watch.close()

    async def _do(self, request: Request, match: Match, *, confirmed: bool = False) -> Reply | None:
        """Act on a match; ``confirmed`` is what needed a yes and had it."""
        if match.intent in ("HassGetState", "HassClimateGetTemperature"):
            return self._tell(request, match)
        if not asks(match):
            return None
        devices = targets(self._home, match, request)
        if isinstance(devices, str):
            return self._which(request, match, devices)
        asked = None if confirmed else self._asked(request, match, devices)
        objection = asked or self._objection(request, match, devices)
        if objection is not None:
            return objection
        if match.slots.get("domain") == EVERYTHING:
            devices = [device for device in devices if self._may_be_on(device)]
            if not devices:
                return self._reply(match, [], say("all_off", request.language))
        return await self._act(request, match, devices)

    def _asked(self, request: Request, match: Match, devices: Sequence[Device]) -> Reply | None:
        """What is asked first, if it is; a yes has it done."""
        text = question(request, match, devices)
        if text is None or not self._sure(request, match):
            return None

        async def deed(answer: Request) -> Reply | None:
            return await self._do(answer, match, confirmed=True)

        reply = self._reply(match, devices, text, expects_answer=True)
        return replace(reply, follow_up=answered(request, match, deed))

    def _may_be_on(self, device: Device) -> bool:
        try:
            return self._backend.state(device.id).get("on") is not False
        except BackendError:
            return True  # that it cannot be reached is then told

    def _objection(self, request: Request, match: Match, devices: Sequence[Device]) -> Reply | None:
        parts = [part for device in devices for part in touched(self._home, device)]
        if not self._sure(request, match) and any(part.sensitive for part in parts):
            text = say("say_again", request.language)
            return self._reply(match, devices, text, expects_answer=True)
        required = [part.requires for part in parts if part.requires is not None]
        refused = refusal(required, request, lambda known: self._do(known, match, confirmed=True))
        if refused is None:
            return None
        reply = self._reply(match, devices, refused.text)
        return replace(reply, once_known=refused.once_known)

    @staticmethod
    def _sure(request: Request, match: Match) -> bool:
        return not (request.guessed or match.inferred or match.doubt)

    async def _act(self, request: Request, match: Match, devices: Sequence[Device]) -> Reply:
        """Have all devices do it at once, and say what came of it."""
        outcomes = await asyncio.gather(*(self._one(match, device) for device in devices))
        done: dict[tuple[str, object], list[Device]] = {}
        undone: dict[str, list[Device]] = {}
        reasons: dict[str, str] = {}
        for device, outcome in zip(devices, outcomes, strict=True):
            if isinstance(outcome, Wish):
                done.setdefault((outcome.said, outcome.value), []).append(device)
                continue
            key = str(outcome.failure) if isinstance(outcome, BackendError) else outcome
            undone.setdefault(key, []).append(device)
            reasons[key] = str(outcome)
        if done:
            # What some of several are unable to do is not worth a word.
            undone.pop("unfit", None)
        language = request.language
        texts = [
            say(key, language, things=listed(which, language), value=value)
            for (key, value), which in done.items()
        ] + [
            say(key, language, things=listed(which, language), reason=reasons[key])
            for key, which in undone.items()
        ]
        acted = [device for which in done.values() for device in which]
        return self._reply(match, acted or devices, " ".join(texts), acted=bool(done))

    async def _one(self, match: Match, device: Device) -> Wish | BackendError | str:
        """What was done, or why it was not."""
        try:
            wanted = wish(match, device, lambda: self._backend.state(device.id))
            if not isinstance(wanted, Wish):
                return wanted
            if device.sets:
                await activate(self._backend, device)
                return wanted
            if wanted.command is not None:
                await self._backend.do(device.id, wanted.command)
                return wanted
            state = await self._backend.set(device.id, wanted.changes)
        except BackendError as error:
            _LOGGER.warning("%s: %s", device.id, error)
            return error
        return _under_way(wanted, state)

    def _which(self, request: Request, match: Match, key: str) -> Reply | None:
        """Ask which one is meant, or say that there is none."""
        language = request.language
        choice = candidates(self._home, match)
        if key == "no_device":
            if not choice and "name" not in match.slots and "domain" not in match.slots:
                return None  # there is nothing of the kind: another skill may have it
            return self._reply(match, [], say(key, language))
        text = say(key, language, things=listed(choice, language, either(language)))
        slot, things = "name", {device.id: self._distinctions(device) for device in choice}
        if key == "which_room":
            slot, things = "area", {area.id: [area] for area in self._home.areas.values()}
        reply = self._reply(match, [], text, expects_answer=True)
        return replace(reply, follow_up=self._completed(request, match, slot, things))

    def _distinctions(self, device: Device) -> list[Named]:
        """What tells a device from its like: its names, and those of its room."""
        area = self._home.areas.get(device.area or "")
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
            whole = replace(match, slots={**match.slots, slot: chosen}, inferred=False)
            if slot == "name":
                rest = {key: value for key, value in whole.slots.items() if value != NO_AREA}
                whole = replace(whole, slots=rest, names=(chosen,))
            guessed = request.guessed or answer.guessed
            return await self._do(replace(answer, guessed=guessed), whole)

        return follow_up

    def _tell(self, request: Request, match: Match) -> Reply | None:
        if match.intent == "HassClimateGetTemperature":
            return self._tell_temperature(request, match)
        devices = targets(self._home, match, request)
        if devices == "no_device" and "domain" not in match.slots:
            return None
        if isinstance(devices, str):
            return self._which(request, match, devices)
        return self._told(
            match,
            devices,
            request.language,
            lambda: telling.status(match, devices, self._state, request.language),
        )

    def _tell_temperature(self, request: Request, match: Match) -> Reply | None:
        """By the thermometers of a room, else by what its heating measures."""
        language = request.language
        if "name" in match.slots:
            devices = targets(self._home, match, request)
        else:
            thermometer = {"domain": str(Kind.SENSOR), "device_class": "temperature"}
            devices = targets(self._home, _with(match, thermometer), request)
            if isinstance(devices, str):
                other = targets(self._home, _with(match, {"domain": str(Kind.CLIMATE)}), request)
                devices = devices if isinstance(other, str) and devices != "no_device" else other
        if isinstance(devices, str):
            return self._which(request, match, devices)
        area = self._home.areas.get(str(match.slots.get("area")))
        name = None if area is None else area.called(spoken(language))
        return self._told(
            match,
            devices,
            language,
            lambda: telling.temperature(match, devices, self._state, name, language),
        )

    def _told(
        self, match: Match, devices: Sequence[Device], language: str, tell: telling.Tell
    ) -> Reply:
        try:
            text = tell()
        except BackendError as error:
            _LOGGER.warning("%s", error)
            things = listed(devices, language)
            text = say(str(error.failure), language, things=things, reason=error)
        return self._reply(match, devices, text)

    def _state(self, device: Device) -> State:
        return self._backend.state(device.id)

    def _reply(
        self,
        match: Match,
        devices: Sequence[Device],
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
            tuple(device.id for device in devices),
            acted=acted,
            expects_answer=expects_answer,
            stage=Stage.STRICT,
        )


def _with(match: Match, slots: Mapping[str, SlotValue]) -> Match:
    """The same question, about a kind of device."""
    return replace(match, intent="HassGetState", slots={**match.slots, **slots})


def _under_way(wanted: Wish, state: State) -> Wish:
    """A wish as it is said: a cover that still moves is not open yet."""
    position, now = wanted.changes.get("position"), state.get("position")
    if wanted.said in ("opened", "closed") and position != now:
        return replace(wanted, said="opening" if wanted.said == "opened" else "closing")
    return wanted
