"""Homes and sentences for the routing benchmark, made from word lists by a seed.

Each word list is cut in two: what is tuned on has one half, what is measured the other. A list
with only one wording has it in both.
"""

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
_ROOMS: tuple[Words, ...] = (
    ("kitchen", "厨房", "부엌"),
    ("bedroom", "卧室", "침실"),
    ("living room", "客厅", "거실"),
    ("bathroom", "浴室", "욕실"),
    ("office", "办公室", "사무실"),
    ("study", "书房", "서재"),
    ("hallway", "走廊", "복도"),
    ("dining room", "餐厅", "식당"),
    ("guest room", "客房", "손님방"),
    ("nursery", "儿童房", "아이방"),
    ("basement", "地下室", "지하실"),
    ("attic", "阁楼", "다락방"),
    ("laundry room", "洗衣房", "세탁실"),
    ("pantry", "储藏室", "창고"),
    ("balcony", "阳台", "발코니"),
    ("library", "图书室", "도서실"),
)
_LIGHTS: tuple[Words, ...] = (
    ("ceiling light", "吸顶灯", "천장등"),
    ("floor lamp", "落地灯", "스탠드"),
    ("wall light", "壁灯", "벽등"),
    ("reading lamp", "阅读灯", "독서등"),
    ("night light", "夜灯", "무드등"),
    ("desk lamp", "台灯", "책상등"),
    ("spotlight", "射灯", "스포트라이트"),
    ("chandelier", "水晶灯", "샹들리에"),
)
_SWITCHES: tuple[Words, ...] = (
    ("coffee maker", "咖啡机", "커피 머신"),
    ("kettle", "电水壶", "전기 주전자"),
    ("heater", "取暖器", "히터"),
    ("air purifier", "空气净化器", "공기청정기"),
    ("humidifier", "加湿器", "가습기"),
    ("printer", "打印机", "프린터"),
    ("dishwasher", "洗碗机", "식기세척기"),
    ("water pump", "水泵", "물펌프"),
)
_FANS: tuple[Words, ...] = (("tower fan", "塔扇", "타워팬"), ("table fan", "风扇", "선풍기"))
_COVERS: tuple[tuple[Words, str], ...] = (
    (("curtain", "窗帘", "커튼"), "curtain"),
    (("blinds", "百叶窗", "블라인드"), "blind"),
    (("awning", "遮阳棚", "어닝"), "awning"),
    (("shutters", "卷帘", "셔터"), "shutter"),
)
_DOORS: tuple[tuple[Words, Kind, str | None], ...] = (
    (("front door", "前门", "현관문"), Kind.LOCK, None),
    (("garage door", "车库门", "차고 문"), Kind.COVER, "garage"),
    (("back door", "后门", "뒷문"), Kind.LOCK, None),
    (("garden gate", "花园门", "정원 문"), Kind.COVER, "gate"),
)
# {n} is the name of a device, {a} of a room, {v} a number.
_ON: Mapping[str, tuple[str, ...]] = {
    "en": ("turn on the {n}", "switch on the {n}", "turn the {n} on", "switch the {n} on"),
    "zh-CN": ("打开{n}", "把{n}打开", "开启{n}", "将{n}打开"),
    "ko": ("{n} 켜줘", "{n} 켜 주세요", "{n:를} 켜줘", "{n:를} 켜 주세요"),
}
_OFF: Mapping[str, tuple[str, ...]] = {
    "en": ("turn off the {n}", "switch off the {n}", "turn the {n} off", "switch the {n} off"),
    "zh-CN": ("关掉{n}", "把{n}关掉", "关闭{n}", "将{n}关闭"),
    "ko": ("{n} 꺼줘", "{n} 꺼 주세요", "{n:를} 꺼줘", "{n:를} 꺼 주세요"),
}
_BRIGHT: Mapping[str, tuple[str, ...]] = {
    "en": (
        "set the {n} to {v} percent",
        "dim the {n} to {v} percent",
        "set the brightness of the {n} to {v} percent",
        "set the {n} brightness to {v} percent",
    ),
    "zh-CN": ("把{n}的亮度调到百分之{v}", "{n}亮度调到百分之{v}"),
    "ko": ("{n} 밝기 {v}퍼센트로 해줘", "{n} 밝기를 {v}퍼센트로 맞춰줘"),
}
_OPEN: Mapping[str, tuple[str, ...]] = {
    "en": ("open the {n}", "please open the {n}"),
    "zh-CN": ("打开{n}", "把{n}打开"),
    "ko": ("{n} 열어줘", "{n:를} 열어 주세요"),
}
_CLOSE: Mapping[str, tuple[str, ...]] = {
    "en": ("close the {n}", "shut the {n}"),
    "zh-CN": ("关上{n}", "把{n}关上"),
    "ko": ("{n} 닫아줘", "{n:를} 닫아 주세요"),
}
_LOCK: Mapping[str, tuple[str, ...]] = {
    "en": ("lock the {n}", "please lock the {n}"),
    "zh-CN": ("锁上{n}", "把{n}锁上"),
    "ko": ("{n} 잠가줘", "{n:를} 잠가 주세요"),
}
_UNLOCK: Mapping[str, tuple[str, ...]] = {
    "en": ("unlock the {n}", "please unlock the {n}"),
    "zh-CN": ("解锁{n}", "把{n}解锁"),
    "ko": ("{n} 열어줘", "{n:를} 열어 주세요"),
}
_ROOM_ON: Mapping[str, tuple[str, ...]] = {
    "en": ("turn on the lights in the {a}", "turn on the {a} lights"),
    "zh-CN": ("打开{a}的灯", "把{a}的灯打开"),
    "ko": ("{a} 불 켜줘", "{a} 불 켜 주세요"),
}
_ROOM_OFF: Mapping[str, tuple[str, ...]] = {
    "en": ("turn off the lights in the {a}", "turn the {a} lights off"),
    "zh-CN": ("关掉{a}的灯", "把{a}的灯关掉"),
    "ko": ("{a} 불 꺼줘", "{a} 불을 꺼 주세요"),
}
_IS_ON: Mapping[str, tuple[str, ...]] = {
    "en": ("is the {n} on", "is the {n} turned on"),
    "zh-CN": ("{n}开着吗", "{n}是开着的吗"),
    "ko": ("{n} 켜져 있어", "{n} 켜져 있니"),
}
_IS_LOCKED: Mapping[str, tuple[str, ...]] = {
    "en": ("is the {n} locked",),
    "zh-CN": ("{n}锁了吗", "{n}锁着吗"),
    "ko": ("{n} 잠겨 있어",),
}
_TIMER: Mapping[str, tuple[str, ...]] = {
    "en": ("set a timer for {v} minutes", "start a {v} minute timer"),
    "zh-CN": ("设置一个{v}分钟的计时器", "设一个{v}分钟的倒计时"),
    "ko": ("{v}분 타이머 맞춰줘", "{v}분 타이머 시작해줘"),
}
_TIME: Mapping[str, tuple[str, ...]] = {
    "en": ("what time is it", "tell me the time"),
    "zh-CN": ("现在几点", "现在几点了"),
    "ko": ("지금 몇 시야", "지금 몇 시예요"),
}


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


def home(seed: int, *, tuned: bool, devices: int = 24) -> Home:
    """A home with so many devices, from one half of the words (``tuned``) or the other.

    More than one half has makes numbered ones: "kitchen floor lamp 2".
    """
    pick = random.Random(seed)
    rooms = [w for n, w in enumerate(_ROOMS) if n % 2 == int(tuned)]
    areas = {f"a{n}": Area(f"a{n}", en, _aliases(zh, ko)) for n, (en, zh, ko) in enumerate(rooms)}
    placed = list(areas)
    kinds: list[tuple[Words, Kind, str | None]] = []
    for n, words in enumerate(_LIGHTS):
        kinds += [(words, Kind.LIGHT, None)] * (2 if n % 2 == int(tuned) else 0)
    kinds += [(w, Kind.SWITCH, None) for n, w in enumerate(_SWITCHES) if n % 2 == int(tuned)]
    kinds += [(_FANS[int(tuned)], Kind.FAN, None)]
    kinds += [(w, Kind.COVER, c) for n, (w, c) in enumerate(_COVERS) if n % 2 == int(tuned)]
    doors = [d for n, d in enumerate(_DOORS) if n // 2 == int(tuned)]
    found: dict[str, Device] = {}
    for words, kind, class_ in doors:
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
    house: Home, language: str, seed: int, *, tuned: bool, count: int, words: bool = False
) -> list[Case]:
    """Sentences about a home; ``words`` writes numbers as words."""
    pick = random.Random(seed)
    made = list(_all(house, language, pick, tuned, words))
    return pick.sample(made, min(count, len(made)))


def _all(
    house: Home, language: str, pick: random.Random, tuned: bool, words: bool
) -> Iterator[Case]:
    def say(forms: Mapping[str, tuple[str, ...]], **values: object) -> str:
        half = forms[language][int(tuned) :: 2] or forms[language]
        return pick.choice(half).format(**{k: _Said(str(v)) for k, v in values.items()})

    def number() -> tuple[int, str]:
        value = pick.choice(range(5, 96, 5))
        return value, _in_words(value, language) if words else str(value)

    def switched(
        forms: Mapping[str, tuple[str, ...]], device: Device, key: str, to: object, intent: str
    ) -> Case:
        was = not to if isinstance(to, bool) else 100 - int(str(to))
        text = say(forms, n=device.called(language))
        return Case(text, language, intent, {device.id: {key: to}}, {device.id: {key: was}})

    for device in house.devices.values():
        name = device.called(language)
        one = frozenset([device.id])
        if device.kind == Kind.LOCK:
            yield switched(_LOCK, device, "locked", True, "HassTurnOn")
            yield switched(_UNLOCK, device, "locked", False, "HassTurnOff")
            yield Case(say(_IS_LOCKED, n=name), language, "HassGetState", targets=one)
            continue
        if device.kind == Kind.COVER:
            yield switched(_OPEN, device, "position", 100, "HassTurnOn")
            yield switched(_CLOSE, device, "position", 0, "HassTurnOff")
            continue
        yield switched(_ON, device, "on", True, "HassTurnOn")
        yield switched(_OFF, device, "on", False, "HassTurnOff")
        yield Case(say(_IS_ON, n=name), language, "HassGetState", targets=one)
        if device.kind == Kind.LIGHT:
            value, spoken = number()
            state = {"on": True, "brightness": value}
            before = {"on": False, "brightness": 100}
            text = say(_BRIGHT, n=name, v=spoken)
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
        for forms, on in ((_ROOM_ON, True), (_ROOM_OFF, False)):
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
            say(_TIMER, v=spoken),
            language,
            "HassStartTimer",
            slots={"minutes": value},
            number=value,
        )
    yield Case(say(_TIME), language, "HassGetCurrentTime")


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
