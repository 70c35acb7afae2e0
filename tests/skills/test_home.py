"""The home file: the example is right, and each mistake is named with its line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from skills import Announcement, Request, open_skills
from skills import home as home_module
from skills.home import EXAMPLE, Area, Device, Floor, Home, Kind, Plan
from speech.errors import ConfigError


def test_the_example_has_what_the_demonstration_needs() -> None:
    home = Home.load(EXAMPLE)
    assert home.devices["lamp"].name == "lamp"
    assert {device.kind for device in home.devices.values()} == set(Kind)
    assert home.devices["front_door"].sensitive
    assert not home.devices["lamp"].sensitive
    assert home.devices["lamp"].called("zh") == "台灯"
    assert home.devices["lamp"].called("fr") == "lamp"


GOOD = "devices:\n  - {id: a, kind: light, name: lamp}\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (GOOD + "  - {id: a, kind: light, name: other}\n", 3, "already used in line 2"),
        (GOOD + "  - id: b\n    kind: lihgt\n    name: x\n", 4, "'lihgt'"),
        (GOOD + "  - id: b\n    kind: light\n    nmae: x\n", 5, "unknown key 'nmae'"),
        (GOOD + "  - {id: b, name: x}\n", 3, "no kind"),
        (GOOD + "  - {id: b, kind: fan}\n", 3, "no name"),
        (GOOD + "  - {id: b, kind: fan, name: x, area: moon}\n", 3, "area 'moon'"),
        (GOOD + "  - {id: b, kind: fan, name: x, class: blind}\n", 3, "only covers"),
        (GOOD + "  - {id: b, kind: fan, name: x, name: y}\n", 3, "twice"),
        (GOOD + "  - {id: b, kind: fan, name: x, aliases: {ko: y}}\n", 3, "expected a list"),
        (GOOD + "rooms: []\n", 3, "unknown key 'rooms'"),
        (GOOD + "  - {id: b, kind: sensor, name: x, class: moon}\n", 3, "class 'moon'"),
        (GOOD + "  - {id: b, kind: fan, name: x, aliases: {7: [y]}}\n", 3, "is no language"),
        (GOOD + "  - {id: b, kind: fan, name: x, sets: {a: {on: true}}}\n", 3, "only scenes"),
        (GOOD + "  - {id: b, kind: scene, name: x, sets: {z: {on: true}}}\n", 3, "no device here"),
        (GOOD + "  - {id: b, kind: scene, name: x, sets: {b: {on: true}}}\n", 3, "a scene itself"),
        (GOOD + "  - {id: b, kind: scene, name: x, sets: {a: {locked: no}}}\n", 3, "to set"),
        (GOOD + "  - {id: b, kind: scene, name: x, sets: {a: {on: 3}}}\n", 3, "true or false"),
        (GOOD + "  - {id: b, kind: scene, name: x, sets: {a: {brightness: 500}}}\n", 3, "to 100"),
        (GOOD + "  - id: b\n    kind: fan\n    name: x\n    requires: {}\n", 6, "speaker"),
        (GOOD + "  - {id: b, kind: fan, name: x, requires: {speaker: []}}\n", 3, "nobody may"),
        (
            GOOD + "  - {id: b, kind: fan, name: x, requires: {speaker: any, probability: 2}}\n",
            3,
            "from 0 to 1",
        ),
        (GOOD + "  - {id: b, kind: fan, name: x, sensitive: maybe}\n", 3, "'maybe'"),
        (GOOD + "  - [\n", 4, "not YAML"),
        ("just words\n", 1, "pairs"),
        ("", 1, "empty"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Home.load(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert reason in str(caught.value)


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Home.load(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"devices: \xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        Home.load(tmp_path / "latin.yaml")
    (tmp_path / "bell.yaml").write_bytes(b"devices: \x07")
    with pytest.raises(ConfigError, match="not YAML"):
        Home.load(tmp_path / "bell.yaml")
    (tmp_path / "deep.yaml").write_text("[" * 5000)
    with pytest.raises(ConfigError, match="too deeply"):
        Home.load(tmp_path / "deep.yaml")


def test_any_spelling_of_a_language_is_that_language(tmp_path: Path) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(
        "devices:\n  - id: a\n    kind: light\n    name: lamp\n"
        "    aliases: {zh_cn: [台灯], ZH-TW: [檯燈], ko_KR: [램프]}\n"
    )
    lamp = Home.load(path).devices["a"]
    for tag in ("zh", "zh-CN", "zh_CN", "ZH-cn"):
        assert lamp.called(tag) == "台灯"
    assert lamp.called("zh_TW") == "檯燈"
    assert lamp.called("ko") == "램프" and lamp.names("KO") == ("lamp", "램프")


def test_what_was_written_wins_over_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(
        "areas: [{id: den, name: Study}]\n"
        "devices:\n  - {id: a, kind: light, name: my lamp, address: light.1}\n"
    )
    home = Home.load(path)
    changes: list[set[str]] = []
    leave = home.subscribe(lambda: changes.append(set(home.devices)))
    found = Plan(
        floors={"f": Floor("f", "top")},
        areas={"x": Area("x", "study", floor="f")},
        devices={
            "light.1": Device("light.1", "found", kind=Kind.LIGHT, address="light.1"),
            "light.2": Device("light.2", "other", kind=Kind.LIGHT, area="x", address="light.2"),
        },
    )
    home.discover(found)
    home.discover(found)  # nothing new
    assert set(home.areas) == {"den"} and home.devices["light.2"].area == "den"
    assert home.devices["a"].name == "my lamp"
    home.rewrite(Plan())
    assert home.devices["light.2"].area == "x" and home.devices["light.1"].name == "found"
    leave()
    home.discover(Plan())
    assert changes == [{"a", "light.2"}, {"light.1", "light.2"}]


async def test_an_edit_is_taken_up_and_a_wrong_one_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_module, "_LOOK_EVERY", 0.02)
    told: list[Announcement] = []

    async def announce(announcement: Announcement) -> None:
        told.append(announcement)

    file = tmp_path / "home.yaml"
    file.write_text(GOOD)
    router = await open_skills(file, tmp_path, announce, languages=("ko", "en"))

    async def until(done: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not done():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    assert not (await router.answer(Request("turn on the stove"))).acted
    file.write_text(GOOD + "  - {id: b, kind: switch, name: stove}\n")
    await until(lambda: "b" in router.home.devices)
    assert (await router.answer(Request("turn on the stove"))).acted
    file.write_text(GOOD + "  - {id: b, kind: swich, name: stove}\n")
    await until(lambda: told)
    assert "home.yaml:3: kind 'swich'" in told[0].text and told[0].language == "ko"
    assert str(tmp_path) not in told[0].text
    assert (await router.answer(Request("turn off the stove"))).acted
    file.unlink()  # as some editors do before they write anew
    await asyncio.sleep(0.1)
    assert "b" in router.home.devices
    file.write_text(GOOD)
    await until(lambda: "b" not in router.home.devices)
    assert not (await router.answer(Request("turn on the stove"))).acted
    assert len(told) == 1
    await router.close()
