"""What only a Home Assistant does to one: it restarts, refuses, and has much that is not meant."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from skills import Announcement, Request, Speaker, open_skills
from skills.backends import BackendError, Command, Failure
from skills.backends.homeassistant import HomeAssistantBackend, HomeAssistantSettings
from skills.home import Home
from speech.errors import ConfigError
from tests.skills.backends.hub import TOKEN, Hub
from tests.skills.conversations import silent


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def opened(hub: Hub, home: Home | None = None, seconds: float = 5) -> HomeAssistantBackend:
    settings = HomeAssistantSettings(hub.url, TOKEN, timeout=seconds)
    return await HomeAssistantBackend.open(home or Home(), settings)


async def failure(backend: HomeAssistantBackend, device: str, **changes: bool) -> Failure:
    with pytest.raises(BackendError) as caught:
        await backend.set(device, changes)
    return caught.value.failure


async def test_registries_become_floors_areas_and_names(hub: Hub) -> None:
    home = Home()
    backend = await opened(hub, home)
    lamp = home.devices["light.reading_lamp"]
    assert (lamp.name, lamp.area, lamp.called("zh_cn"), lamp.called("ko")) == (
        "Reading lamp",
        "study",
        "阅读灯",
        "독서등",
    )
    assert home.areas["study"].floor == "top" and home.floors["top"].name == "Top"
    assert home.areas["study"].called("ko") == "서재"
    left_out = {"sensor.signal", "sensor.sunrise", "switch.hidden", "person.anna"}
    assert set(home.devices) == set(hub.states) - left_out
    await backend.close()


async def test_it_is_restarted_in_mid_command(hub: Hub) -> None:
    backend = await opened(hub, seconds=10)
    hub.delay = 0.5
    acting = asyncio.create_task(backend.set("light.reading_lamp", {"on": True}))
    await until(lambda: hub.called)
    await hub.stop()
    await asyncio.sleep(0.1)
    assert not acting.done()
    with pytest.raises(BackendError) as caught:
        backend.state("light.reading_lamp")
    assert caught.value.failure == Failure.UNREACHABLE
    hub.delay = 0
    await hub.start()
    assert (await acting)["on"] is True
    await backend.close()


async def test_each_failure_has_its_reason(hub: Hub) -> None:
    backend = await opened(hub, seconds=0.4)
    hub.silent.add("switch.kettle")
    assert await failure(backend, "switch.kettle", on=True) == Failure.UNCONFIRMED
    assert backend.state("switch.kettle")["on"] is False
    assert await failure(backend, "lock.jammed", locked=False) == Failure.OTHER
    await hub.change("fan.ventilator", "unavailable")
    await until(lambda: backend.states()["fan.ventilator"]["on"] is None)
    assert await failure(backend, "fan.ventilator", on=True) == Failure.UNAVAILABLE
    await hub.stop()
    assert await failure(backend, "lock.back_door", locked=False) == Failure.UNREACHABLE
    await backend.close()


async def test_entities_come_and_go(hub: Hub) -> None:
    home = Home()
    backend = await opened(hub, home)
    await hub.change("switch.iron", "on", friendly_name="Iron")
    await until(lambda: "switch.iron" in home.devices)
    assert backend.state("switch.iron") == {"on": True}
    await hub.change("switch.iron", None)
    await until(lambda: "switch.iron" not in home.devices)
    await backend.close()


async def test_a_player_plays(hub: Hub) -> None:
    backend = await opened(hub)
    radio = "media_player.radio"
    assert (await backend.set(radio, {"playing": False}))["playing"] is False
    assert (await backend.set(radio, {"playing": True, "on": True}))["playing"] is True
    assert (await backend.set(radio, {"volume": 25}))["volume"] == 25
    assert (await backend.set(radio, {"muted": True}))["muted"] is True
    await backend.do(radio, Command.NEXT)
    assert hub.called[-1]["service"] == "media_next_track"
    await backend.close()


async def test_a_light_that_is_off_keeps_what_is_known_of_it(hub: Hub) -> None:
    backend = await opened(hub)
    lamp = "light.reading_lamp"
    await backend.set(lamp, {"on": True, "brightness": 30})
    state = await backend.set(lamp, {"on": False})
    assert (state["on"], state["brightness"]) == (False, 30)
    await backend.close()


async def test_a_wrong_token_is_told_and_not_shown(
    hub: Hub, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skills.backends.homeassistant.backend._START", 0.5)
    settings = HomeAssistantSettings(hub.url, "a-wrong-one")
    backend = await HomeAssistantBackend.open(Home(), settings)
    assert "the token is refused" in caplog.text and "a-wrong-one" not in caplog.text
    assert "a-wrong-one" not in repr(settings)
    problem = backend.problem()
    assert problem is not None and problem.failure == Failure.REFUSED
    await backend.close()


@pytest.mark.parametrize(
    ("language", "text", "told", "answer"),
    [
        ("en", "turn on the kettle", "cannot get at the devices yet", "the token or the password"),
        ("zh-CN", "打开kettle", "连不上设备", "令牌或密码不对"),
        ("ko", "kettle 켜줘", "기기에 연결할 수 없어요", "토큰이나 비밀번호"),
    ],
)
async def test_a_wrong_token_is_spoken_of(
    hub: Hub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    text: str,
    told: str,
    answer: str,
) -> None:
    monkeypatch.setattr("skills.backends.homeassistant.backend._START", 0.5)
    monkeypatch.setenv("SONORANT_HOMEASSISTANT_TOKEN", "a-wrong-one")
    file = tmp_path / "home.yaml"
    file.write_text(
        f"backend: {{kind: homeassistant, url: '{hub.url}'}}\n"
        "devices: [{id: kettle, kind: switch, name: kettle, address: switch.kettle}]\n"
    )
    heard: list[str] = []

    async def announce(announcement: Announcement) -> None:
        heard.append(announcement.text)

    router = await open_skills(file, tmp_path, announce, languages=(language,))
    assert told in heard[0] and "make a new one" in heard[0] and "a-wrong" not in heard[0]
    reply = await router.answer(Request(text, language))
    assert answer in reply.text and not reply.acted
    await router.close()


async def test_a_thermostat_without_a_mode_off_is_switched_off(hub: Hub) -> None:
    backend = await opened(hub)
    assert (await backend.set("climate.stove", {"on": False}))["on"] is False
    assert hub.called[-1]["service"] == "turn_off"
    await backend.close()


async def test_what_a_vacuum_does_that_has_no_word_is_unknown(hub: Hub) -> None:
    backend = await opened(hub)
    for said, activity in (("paused", "paused"), ("error", "error"), ("mopping", None)):
        await hub.change("vacuum.robot", said)
        await until(lambda a=activity: backend.states()["vacuum.robot"]["activity"] == a)  # type: ignore[misc]
    await backend.close()


async def test_one_talks_to_it(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    file = tmp_path / "home.yaml"
    file.write_text(
        f"backend: {{kind: homeassistant, url: '{hub.url}', token_file: {tmp_path / 'token'}}}\n"
        "devices:\n"
        "  - {id: kettle, kind: switch, name: kettle, address: switch.kettle,"
        " aliases: {ko: [주전자]}}\n"
    )
    router = await open_skills(file, tmp_path, silent)
    assert (await router.answer(Request("turn on the reading lamp"))).acted
    assert hub.states["light.reading_lamp"]["state"] == "on"
    assert (await router.answer(Request("turn off the study lights"))).acted
    assert (await router.answer(Request("주전자 켜줘", "ko"))).targets == ("kettle",)
    assert hub.states["switch.kettle"]["state"] == "on"
    reply = await router.answer(Request("what is the attic temperature"))
    assert reply.text == "The Attic temperature shows 23.5 degrees."
    await router.close()


async def test_scenes_and_scripts_are_as_sensitive_as_what_they_change(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONORANT_HOMEASSISTANT_TOKEN", TOKEN)
    hub.states["scene.home"] = {
        "entity_id": "scene.home",
        "state": "unknown",
        "attributes": {"friendly_name": "coming home", "entity_id": ["lock.back_door"]},
    }
    for name, thing in (("airing", {"device": ["d9"]}), ("guests", {"entity": ["switch.kettle"]})):
        hub.states[f"script.{name}"] = {
            "entity_id": f"script.{name}",
            "state": "off",
            "attributes": {"friendly_name": name},
        }
        assert hub.related is not None
        hub.related[f"script.{name}"] = thing
    hub.entries["lock.back_door"]["device_id"] = "d9"
    file = tmp_path / "home.yaml"
    file.write_text(
        f"backend: {{kind: homeassistant, url: '{hub.url}'}}\ndevices:\n"
        "  - {id: back, kind: lock, name: back door, address: lock.back_door,"
        " requires: {speaker: [Mia]}}\n"
        "  - {id: home, kind: scene, name: coming home, address: scene.home}\n"
    )
    router = await open_skills(file, tmp_path, silent)
    for text in ("activate coming home", "activate airing"):
        assert "do not know any voices" in (await router.answer(Request(text))).text
        guess = await router.answer(Request(text, speaker=Speaker("Mia", 0.99), guessed=True))
        assert not guess.acted and not hub.called
    assert (await router.answer(Request("activate guests"))).acted
    assert (await router.answer(Request("activate party"))).acted
    mia = Request("activate coming home", speaker=Speaker("Mia", 0.99))
    assert (await router.answer(mia)).acted
    # It is edited there.
    await hub.change("scene.party", "unknown", entity_id=["lock.jammed"])
    await until(lambda: router.home.devices["scene.party"].sensitive)
    await router.close()


async def test_an_older_home_assistant_does_not_say_what_scripts_change(hub: Hub) -> None:
    hub.related = None
    hub.states["script.guests"] = {"entity_id": "script.guests", "state": "off", "attributes": {}}
    home = Home()
    backend = await opened(hub, home)
    assert not home.devices["script.guests"].sensitive
    await backend.close()


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        ("{kind: homeassistant}", "wants a token"),
        ("{kind: homeassistant, url: 'hub:8123'}", "write it as in http"),
        ("{kind: homeassistant, token_file: /nowhere/token}", "cannot be read"),
        ("{kind: homeassistant, token: abc}", "SONORANT_HOMEASSISTANT_TOKEN"),
        ("{kind: mqtt, password: abc}", "SONORANT_MQTT_PASSWORD"),
        ("{kind: mqtt, port: 99999}", "from 1 to 65535"),
        ("{kind: mqtt, hots: x}", "unknown option 'hots'"),
        ("{kind: mqtt, ca_file: /nowhere/ca.pem}", "ca_file"),
        ("{kind: zigbee}", "is none of: simulated, mqtt, homeassistant"),
        ("{host: x}", "no kind"),
    ],
)
async def test_a_wrong_setting_is_told(
    tmp_path: Path, backend: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SONORANT_HOMEASSISTANT_TOKEN", raising=False)
    file = tmp_path / "home.yaml"
    file.write_text(f"backend: {backend}\ndevices: []\n")
    with pytest.raises(ConfigError, match=reason) as caught:
        await open_skills(file, tmp_path, silent, languages=())
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "library"), [("mqtt", "aiomqtt"), ("homeassistant", "hass_client")]
)
async def test_a_missing_library_is_told(
    tmp_path: Path, kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name.startswith(f"skills.backends.{kind}"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    file = tmp_path / "home.yaml"
    file.write_text(f"backend: {{kind: {kind}}}\ndevices: []\n")
    with pytest.raises(ConfigError, match=rf"pip install 'sonorant\[{kind}\]'"):
        await open_skills(file, tmp_path, silent, languages=())
