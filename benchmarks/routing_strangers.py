"""Routing: the sentences of somebody who had never seen how ours are worded.

They stand in ``strangers/``, with the house that they are about and, in ``...-not.yaml``, talk that
is no command. Half of them, in ``seen/``, may be looked at and developed on; the other half, in
``sealed/``, was committed unread and is only for measuring. hassil is measured beside it. ::

    python -m benchmarks.routing_strangers sealed [--language en] [--typed]
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from benchmarks.routing import WRONG, Row, Trial
from benchmarks.routing_home import LANGUAGES, Case
from benchmarks.routing_speech import Said
from skills.alarms import AlarmSkill
from skills.backends.contract import State
from skills.contract import Reply, Request, SlotValue, Stage
from skills.home import Device, Home, Kind, Named
from skills.normalize import normalize

FOLDER = Path(__file__).with_name("strangers")
PARTS = ("seen", "sealed")
_FILES = {"en": "en", "zh-CN": "zh", "ko": "ko"}
_ALSO = {
    # What Sonorant calls it where its own sentence is nearer, or upstream has none.
    "HassSetAlarm": ("SetAlarm",),
    "HassCancelAlarm": ("CancelAlarm",),
    "HassListAddItem": ("AddToList",),
    "HassListCompleteItem": ("RemoveFromList",),
    "HassListRemoveItem": ("RemoveFromList",),
    "HassShoppingListAddItem": ("AddToList",),
    "HassShoppingListCompleteItem": ("RemoveFromList",),
    "HassClimateGetTemperature": ("HassGetState",),
    "HassMediaSearchAndPlay": ("PlayMusic",),
}
_INTENTS = frozenset(
    """HassTurnOn HassTurnOff HassLightSet HassClimateSetTemperature HassClimateGetTemperature
    HassSetPosition HassFanSetSpeed HassSetVolume HassSetVolumeRelative HassMediaPause
    HassMediaUnpause HassMediaNext HassMediaPrevious HassMediaPlayerMute HassMediaPlayerUnmute
    HassVacuumStart HassVacuumReturnToBase HassVacuumCleanArea HassGetState HassGetCurrentTime
    HassGetCurrentDate HassGetWeather HassStartTimer HassCancelTimer HassCancelAllTimers
    HassIncreaseTimer HassDecreaseTimer HassPauseTimer HassUnpauseTimer HassTimerStatus
    HassNevermind""".split()
) | frozenset(_ALSO)
_T = TypeVar("_T", bound=Named)
_TO_DO = frozenset(("to-do list", "待办清单", "할 일 목록"))
_BESIDE = frozenset(("on", "color", "temperature", "playing"))
"""What may change with what was wanted: a light that is dimmed goes on."""


@dataclass(frozen=True)
class Nearly:
    """Any number beyond another one: how much "a bit" is, is for the skill to say."""

    than: int
    up: bool

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, int | float):
            return NotImplemented
        return other > self.than if self.up else other < self.than

    __hash__ = None  # type: ignore[assignment]


def sentences(house: Home, part: str, language: str) -> Iterator[Case]:
    """What should be understood; what names an intent or a thing that there is not is left out."""
    for entry in _read(part, f"{_FILES[language]}.yaml"):
        case = _case(house, language, entry["say"], entry["intent"], entry["slots"])
        if case is not None:
            yield case


def talk(part: str, language: str) -> list[str]:
    """What should not be acted on."""
    return [str(text) for text in _read(part, f"{_FILES[language]}-not.yaml")]


def _read(part: str, name: str) -> list[Any]:
    return list(yaml.safe_load((FOLDER / part / name).read_text(encoding="utf-8")))


def _case(
    house: Home, language: str, text: str, intent: str, slots: Mapping[str, SlotValue]
) -> Case | None:
    if intent not in _INTENTS:
        return None
    about = _meant(house, language, intent, slots)
    if about is None:
        return None
    wanted = [(device, _wish(device, intent, slots)) for device in about]
    changes = {device.id: wish[1] for device, wish in wanted if wish is not None}
    before = {device.id: wish[0] for device, wish in wanted if wish is not None}
    if intent == "HassGetState":
        changes, before = {}, {}
    targets = frozenset(device.id for device in about)
    return Case(text, language, intent, changes, before, targets, slots)


def _meant(
    house: Home, language: str, intent: str, slots: Mapping[str, SlotValue]
) -> list[Device] | None:
    """The devices that a sentence is about; None if it names one that there is not."""
    if intent.startswith(("HassList", "HassShopping")) or "Timer" in intent or "Alarm" in intent:
        return []
    devices = list(house.devices.values())
    if intent.startswith("HassVacuum"):
        return [device for device in devices if device.kind == Kind.VACUUM]
    if "name" in slots:
        return _called(devices, str(slots["name"]), language) or None
    if "area" in slots:
        areas = _called(house.areas.values(), str(slots["area"]), language)
        if not areas:
            return None
        devices = [device for device in devices if device.area == areas[0].id]
    elif "domain" not in slots:
        return []
    if intent == "HassClimateGetTemperature":
        return []
    kind = slots.get("domain", "climate" if "Climate" in intent else None)
    return [device for device in devices if device.kind == kind] or None


def _called(things: Iterable[_T], name: str, language: str) -> list[_T]:
    wanted = normalize(name, language)
    return [t for t in things if wanted in (normalize(n, language) for n in t.names(language))]


def _wish(
    device: Device, intent: str, slots: Mapping[str, SlotValue]
) -> tuple[State, Mapping[str, object]] | None:
    """A state from which it is a change, and what should change; None if nothing is to see."""
    if intent in ("HassTurnOn", "HassTurnOff"):
        on = intent == "HassTurnOn"
        if device.kind == Kind.SCENE:
            return None
        if device.kind == Kind.COVER:
            return {"position": 0 if on else 100}, {"position": 100 if on else 0}
        if device.kind == Kind.VACUUM:
            states = ("docked", "cleaning")
            return {"activity": states[not on]}, {"activity": states[on]}
        key = "locked" if device.kind == Kind.LOCK else "on"
        return {key: not on}, {key: on}
    if intent == "HassLightSet":
        return _light(slots)
    key, slot = {
        "HassClimateSetTemperature": ("target", "temperature"),
        "HassSetPosition": ("position", "position"),
        "HassFanSetSpeed": ("speed", "percentage"),
        "HassSetVolume": ("volume", "volume_level"),
    }.get(intent, ("", ""))
    if key:
        value = slots[slot]
        low, high = (10, 30) if key == "target" else (12, 88)
        return {key: low if value != low else high}, {key: value}
    seen: Mapping[str, tuple[State, Mapping[str, object]]] = {
        "HassSetVolumeRelative": (
            {"on": True, "volume": 50, "muted": False},
            {"volume": Nearly(50, slots.get("volume_step") == "up")},
        ),
        "HassMediaPause": ({"on": True, "playing": True}, {"playing": False}),
        "HassMediaUnpause": ({"on": True, "playing": False}, {"playing": True}),
        "HassMediaPlayerMute": ({"on": True, "muted": False}, {"muted": True}),
        "HassMediaPlayerUnmute": ({"on": True, "muted": True}, {"muted": False}),
        "HassVacuumStart": ({"activity": "docked"}, {"activity": "cleaning"}),
        "HassVacuumReturnToBase": ({"activity": "cleaning"}, {"activity": "docked"}),
    }
    return seen.get(intent)


def _light(slots: Mapping[str, SlotValue]) -> tuple[State, Mapping[str, object]]:
    before: State = {"on": True, "brightness": 50, "temperature": 4000, "color": None}
    if (brightness := slots.get("brightness")) is not None:
        if isinstance(brightness, str):
            return before, {"brightness": Nearly(50, brightness == "up")}
        return {**before, "brightness": 51}, {"brightness": brightness}
    if (color := slots.get("color")) is not None:
        return before, {"color": color}
    temperature = slots["temperature"]
    if isinstance(temperature, str):
        return before, {"temperature": Nearly(4000, temperature != "warmer")}
    return before, {"temperature": temperature}


class StrangeTrial(Trial):
    """Judges by what happened to the devices; elsewhere by the intent and its values."""

    async def say(self, said: Said, language: str) -> Reply:
        """Put a request to the router; hassil alone has done what it has understood."""
        reply = await super().say(said, language)
        if self._alone is None or reply.stage is not Stage.NONE:
            return reply
        match = await self._alone.match(Request(said.text, language))
        return reply if match is None else Reply("", match.intent, match.slots)

    def _says(self, case: Case, reply: Reply) -> bool:
        if reply.intent not in (case.intent, *_ALSO.get(case.intent, ())):
            return False
        return all(self._fits(case, key, reply) for key in case.slots)

    def _judged(self, case: Case, reply: Reply, changed: Mapping[str, Mapping[str, object]]) -> str:
        outcome = super()._judged(case, reply, changed)
        if case.changes and self._wanted(case, changed):
            return "right"
        if case.changes or changed:
            return "wrong" if outcome == "right" else outcome
        about = not case.targets or frozenset(reply.targets) == case.targets
        return "right" if about and self._says(case, reply) else "wrong"

    def _wanted(self, case: Case, changed: Mapping[str, Mapping[str, object]]) -> bool:
        """Whether just the devices changed that should, and as they should."""
        return changed.keys() == case.changes.keys() and all(
            all(changed[device].get(key) == value for key, value in wish.items())
            and changed[device].keys() <= {*wish, *_BESIDE}
            for device, wish in case.changes.items()
        )

    def _fits(self, case: Case, key: str, reply: Reply) -> bool:
        """Whether a reply has understood the value of a slot, by whatever name."""
        value, slots = case.slots[key], reply.slots
        timed = ("hours", "minutes", "seconds")
        if key in timed and "Timer" in case.intent:
            return _seconds(case.slots) == _seconds(slots)
        if key in ("hour", "minute"):
            alarms = next(s for s in self.router.skills if isinstance(s, AlarmSkill)).alarms
            times = [(a.moment.hour, a.moment.minute) for a in alarms.waiting()]
            return (case.slots.get("hour"), case.slots.get("minute", 0)) in times
        if key == "name" and "List" in case.intent:
            return slots.get("list") == ("todo" if value in _TO_DO else value)
        if key == "area" and "area" in slots:
            areas = _called(self._house.areas.values(), str(value), case.language)
            return slots["area"] in [area.id for area in areas]
        if key in ("item", "search_query") or (key == "name" and "Timer" in case.intent):
            texts = {_bare(str(found), case.language) for found in slots.values()}
            return _bare(str(value), case.language) in texts
        return True


def _bare(text: str, language: str) -> str:
    """Normalised, and in English without its article: "a timer for the eggs"."""
    return re.sub(r"^(?:the|a|an|my|some) ", "", normalize(text, language))


def _seconds(slots: Mapping[str, SlotValue]) -> float:
    units = {"hours": 3600, "minutes": 60, "seconds": 1}
    return sum(float(slots.get(key) or 0) * unit for key, unit in units.items())


async def measured(part: str, language: str, options: argparse.Namespace) -> Row:
    """One row: percent of what should act, then of what should not."""
    house = Home.load(FOLDER / "home.yaml")
    cases = list(sentences(house, part, language))
    confidence = None if options.typed else Said("").confidence
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for alone in (False, True):
            folder = Path(name) / f"{language}-{alone}"
            trial = await StrangeTrial.begin(house, folder, language, alone=alone)
            for case in cases:
                outcome = await trial.outcome(case, Said(case.text, confidence=confidence))
                counts[f"hassil {outcome}" if alone else outcome] += 1
                if part == "seen" and not alone and outcome != "right":
                    print(
                        f"{language}: {case.text!r} ({case.intent} {dict(case.slots)}): {outcome}"
                    )
            await trial.close()
        row: Row = {"language": language, "sentences": len(cases)}
        share = {key: 100 * counts[key] / len(cases) for key in counts}
        row["at once"] = share.get("right", 0.0)
        row["asked"] = share.get("asked", 0.0) + share.get("again", 0.0)
        row["not understood"] = share.get("missed", 0.0) + share.get("asked wrongly", 0.0)
        row["wrong"] = sum(share.get(key, 0.0) for key in WRONG)
        row["wrong sensitive"] = share.get("wrong sensitive", 0.0)
        row["hassil right"] = share.get("hassil right", 0.0)
        row["hassil wrong"] = sum(share.get(f"hassil {key}", 0.0) for key in WRONG)
        trial = await StrangeTrial.begin(house, Path(name) / "talk", language)
        return row | await _talked(trial, part, language, confidence)


async def _talked(trial: StrangeTrial, part: str, language: str, confidence: float | None) -> Row:
    """What talk that is no command does."""
    texts = talk(part, language)
    counts: Counter[str] = Counter()
    for text in texts:
        before = trial.router.states()
        reply = await trial.say(Said(text, confidence=confidence), language)
        acted = reply.acted or trial.router.states() != before
        heard = reply.stage in (Stage.STRICT, Stage.SKILL, Stage.PENDING)
        forbidden = reply.intent == "LeaveAlone"
        asked = reply.stage is Stage.REPAIRED or reply.expects_answer
        kind = "acted" if acted else "asked" if asked else "answered" if heard else "left"
        counts["left" if forbidden else kind] += 1
        if part == "seen" and kind != "left":
            print(f"no command: {text!r}: {reply.intent} {reply.text}")
        await trial.say(Said("no"), "en")
    await trial.close()
    keys = ("acted", "answered", "asked")
    return {"no commands": len(texts)} | {f"talk {k}": 100 * counts[k] / len(texts) for k in keys}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--typed", action="store_true", help="rather than heard, some word unsure")
    options = parser.parse_args()
    for language in options.language or LANGUAGES:
        row = asyncio.run(measured(options.part, language, options))
        print(
            " ".join(
                f"{k}: {v:.1f}," if isinstance(v, float) else f"{k}: {v}," for k, v in row.items()
            )
        )


if __name__ == "__main__":
    main()
