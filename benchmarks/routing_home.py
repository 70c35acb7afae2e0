"""Homes and sentences for the routing benchmark, made from word lists by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from unicode_rbnf import RbnfEngine

from skills.backends.contract import State
from skills.contract import SlotValue
from skills.home import Home
from skills.plan import Area, Device, Kind, Plan, is_sensitive

LANGUAGES = ("en", "zh-CN", "ko")
Words = tuple[str, str, str]
"""The same thing in English, Mandarin and Korean."""
Forms = Mapping[str, tuple[str, ...]]
"""Language to wordings: {n} is the name of a device, {a} of a room, {v} a number."""


@dataclass(frozen=True)
class Mess:
    """What people put around a sentence, and what microphones lose of it."""

    openers: tuple[str, ...]
    between: tuple[str, ...]
    closers: tuple[str, ...]
    function: frozenset[str]
    """Words that carry little; in Korean, particles too."""
    requests: tuple[str, ...] = ()
    """Openers that only go before a command."""
    thanks: tuple[str, ...] = ()
    """Closers that only go after a command."""


@dataclass(frozen=True)
class Lists:
    """What homes and sentences are made of."""

    rooms: tuple[Words, ...]
    lights: tuple[Words, ...]
    switches: tuple[Words, ...]
    fans: tuple[Words, ...]
    covers: tuple[tuple[Words, str], ...]
    """With their device class."""
    doors: tuple[tuple[Words, Kind, str | None], ...]
    on: Forms
    off: Forms
    bright: Forms
    open: Forms
    close: Forms
    lock: Forms
    unlock: Forms
    room_on: Forms
    room_off: Forms
    is_on: Forms
    is_locked: Forms
    timer: Forms
    time: Forms
    messes: Mapping[str, Mess]
    """By language."""
    numbers: range = range(5, 96, 5)
    """Percent and minutes."""


@dataclass(frozen=True)
class Case:
    """A sentence, and what it should do."""

    text: str
    language: str
    intent: str
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Device id to the part of its state that changes; nothing for questions and timers."""
    before: Mapping[str, State] = field(default_factory=dict)
    """Device id to a state from which that is a change."""
    targets: frozenset[str] = frozenset()
    """What a question is about."""
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    """Slots that a timer must have."""
    number: int | None = None
    """What is said as a number."""


def home(seed: int, lists: Lists, *, devices: int = 24) -> Home:
    """A home with so many devices.

    More than the lists have makes numbered ones: "kitchen floor lamp 2".
    """
    pick = random.Random(seed)
    areas = {
        f"a{n}": Area(f"a{n}", en, _aliases(zh, ko)) for n, (en, zh, ko) in enumerate(lists.rooms)
    }
    placed = list(areas)
    kinds: list[tuple[Words, Kind, str | None]] = []
    kinds += [(words, Kind.LIGHT, None) for words in lists.lights for _ in range(2)]
    kinds += [(words, Kind.SWITCH, None) for words in lists.switches]
    kinds += [(words, Kind.FAN, None) for words in lists.fans]
    kinds += [(words, Kind.COVER, class_) for words, class_ in lists.covers]
    found: dict[str, Device] = {}
    for words, kind, class_ in lists.doors:
        found[f"d{len(found)}"] = _device(f"d{len(found)}", words, kind, class_, None)
    taken: set[str] = set()
    round_ = 1
    while len(found) < devices:
        before = len(found)
        for (en, zh, ko), kind, class_ in pick.sample(kinds, len(kinds)):
            area = pick.choice(placed)
            room = areas[area]
            number = f" {round_}" if round_ > 1 else ""
            name = f"{room.name} {en}{number}"
            if name in taken or len(found) >= devices:
                continue
            taken.add(name)
            room_zh, room_ko = room.aliases["zh-CN"][0], room.aliases["ko"][0]
            said = (name, f"{room_zh}{zh}{number.strip()}", f"{room_ko} {ko}{number}")
            key = f"d{len(found)}"
            found[key] = _device(key, said, kind, class_, area)
        round_ += len(found) == before
    return Home(Plan(areas=areas, devices=found))


def cases(
    house: Home, lists: Lists, language: str, seed: int, *, count: int, words: bool = False
) -> list[Case]:
    """Sentences about a home; ``words`` writes numbers as words."""
    pick = random.Random(seed)
    made = list(_all(house, lists, language, pick, words))
    return pick.sample(made, min(count, len(made)))


def _all(
    house: Home, lists: Lists, language: str, pick: random.Random, words: bool
) -> Iterator[Case]:
    def say(forms: Forms, **values: object) -> str:
        return pick.choice(forms[language]).format(**{k: _Said(str(v)) for k, v in values.items()})

    def number() -> tuple[int, str]:
        value = pick.choice(lists.numbers)
        return value, _in_words(value, language) if words else str(value)

    def switched(forms: Forms, device: Device, key: str, to: object, intent: str) -> Case:
        was = not to if isinstance(to, bool) else 100 - int(str(to))
        text = say(forms, n=device.called(language))
        return Case(text, language, intent, {device.id: {key: to}}, {device.id: {key: was}})

    for device in house.devices.values():
        name = device.called(language)
        one = frozenset([device.id])
        if device.kind == Kind.LOCK:
            yield switched(lists.lock, device, "locked", True, "HassTurnOn")
            yield switched(lists.unlock, device, "locked", False, "HassTurnOff")
            yield Case(say(lists.is_locked, n=name), language, "HassGetState", targets=one)
            continue
        if device.kind == Kind.COVER:
            yield switched(lists.open, device, "position", 100, "HassTurnOn")
            yield switched(lists.close, device, "position", 0, "HassTurnOff")
            continue
        yield switched(lists.on, device, "on", True, "HassTurnOn")
        yield switched(lists.off, device, "on", False, "HassTurnOff")
        yield Case(say(lists.is_on, n=name), language, "HassGetState", targets=one)
        if device.kind == Kind.LIGHT:
            value, spoken = number()
            state = {"on": True, "brightness": value}
            before = {"on": False, "brightness": 100}
            text = say(lists.bright, n=name, v=spoken)
            yield Case(
                text,
                language,
                "HassLightSet",
                {device.id: state},
                {device.id: before},
                number=value,
            )
    for area in house.areas.values():
        lights = [d.id for d in house.devices.values() if (d.area, d.kind) == (area.id, "light")]
        for forms, on in ((lists.room_on, True), (lists.room_off, False)):
            if lights:
                yield Case(
                    say(forms, a=area.called(language)),
                    language,
                    "HassTurnOn" if on else "HassTurnOff",
                    {light: {"on": on} for light in lights},
                    {light: {"on": not on} for light in lights},
                )
    for _ in range(6):
        value, spoken = number()
        yield Case(
            say(lists.timer, v=spoken),
            language,
            "HassStartTimer",
            slots={"minutes": value},
            number=value,
        )
    yield Case(say(lists.time), language, "HassGetCurrentTime")


def written(house: Home, path: Path) -> Path:
    """Write a home made here as a ``home.yaml``."""
    areas = [{"id": a.id, "name": a.name, "aliases": _listed(a)} for a in house.areas.values()]
    devices = []
    for device in house.devices.values():
        entry = {"id": device.id, "name": device.name, "aliases": _listed(device)}
        more = {"kind": str(device.kind), "area": device.area, "class": device.device_class}
        devices.append({**entry, **{key: value for key, value in more.items() if value}})
    text = yaml.safe_dump({"areas": areas, "devices": devices}, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path


def _listed(thing: Area | Device) -> dict[str, list[str]]:
    return {language: list(names) for language, names in thing.aliases.items()}


def _in_words(value: int, language: str) -> str:
    spelt = RbnfEngine.for_language(language.split("-")[0]).format_number(value)
    return spelt.text.replace("-", " ")


def _aliases(zh: str, ko: str) -> dict[str, tuple[str, ...]]:
    return {"zh-CN": (zh,), "ko": (ko,)}


def _device(
    key: str, words: Words, kind: Kind, device_class: str | None, area: str | None
) -> Device:
    name, zh, ko = words
    sensitive = is_sensitive(kind, device_class)
    return Device(key, name, _aliases(zh, ko), kind, area, device_class, sensitive)


class _Said(str):
    """A name that takes the Korean particle that fits: ``{n:를}``."""

    def __format__(self, spec: str) -> str:
        if spec != "를":
            return str.__format__(self, spec)
        code = ord(self[-1]) - 0xAC00
        return self + ("을" if 0 <= code < 11172 and code % 28 else "를")
