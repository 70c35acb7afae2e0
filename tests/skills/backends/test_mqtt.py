"""What only a broker does to one: it dies in mid-command, devices come late, lie or keep silent."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiomqtt
import pytest

from skills import Announcement, Request, open_skills
from skills.backends import BackendError, Failure
from skills.backends.mqtt import MqttBackend, MqttSettings
from skills.backends.mqtt.connection import Connection
from skills.home import Home
from tests.skills.backends.broker import Broker
from tests.skills.backends.houses import hass_things, zigbee_things
from tests.skills.backends.simulators import Bridge, Hass, Simulator, Zigbee
from tests.skills.conversations import silent


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
async def simulator(broker: Broker) -> AsyncIterator[Simulator]:
    simulator = Simulator(broker.port, hass_things())
    await simulator.ready.wait()
    yield simulator
    await simulator.close()


async def opened(broker: Broker, home: Home | None = None, seconds: float = 5) -> MqttBackend:
    settings = MqttSettings("127.0.0.1", broker.port, timeout=seconds)
    return await MqttBackend.open(home or Home(), settings)


async def test_the_broker_is_restarted_in_mid_command(broker: Broker, simulator: Simulator) -> None:
    backend = await opened(broker, seconds=10)
    simulator.delay = 0.3
    acting = asyncio.create_task(backend.set("light", {"on": True}))
    await until(lambda: ("dev/light/power/set", "ON") in simulator.heard)
    broker.kill()  # the device was told, but its confirmation is lost
    await asyncio.sleep(0.2)
    assert not acting.done()
    await broker.start()
    assert (await acting)["on"] is True
    simulator.delay = 0
    assert (await backend.set("light", {"on": False}))["on"] is False
    await backend.close()


async def test_a_command_to_a_dead_broker_waits_for_it(
    broker: Broker, simulator: Simulator
) -> None:
    backend = await opened(broker, seconds=10)
    broker.kill()
    acting = asyncio.create_task(backend.set("lock", {"locked": False}))
    await asyncio.sleep(0.3)
    assert not acting.done()
    await broker.start()
    assert (await acting)["locked"] is False
    await backend.close()


async def test_a_broker_that_stays_away_is_told(broker: Broker, simulator: Simulator) -> None:
    backend = await opened(broker, seconds=0.5)
    broker.kill()
    with pytest.raises(BackendError) as caught:
        await backend.set("light", {"on": True})
    assert caught.value.failure == Failure.UNREACHABLE
    with pytest.raises(BackendError) as caught:
        backend.state("light")
    assert caught.value.failure == Failure.UNREACHABLE
    await backend.close()


async def test_a_device_that_keeps_silent_is_told(broker: Broker, simulator: Simulator) -> None:
    backend = await opened(broker, seconds=0.3)
    simulator.silent.add("lock")
    with pytest.raises(BackendError, match="did not confirm") as caught:
        await backend.set("lock", {"locked": False})
    assert caught.value.failure == Failure.UNCONFIRMED
    assert backend.state("lock")["locked"] is True
    await backend.close()


async def test_a_device_that_is_offline_is_told(broker: Broker, simulator: Simulator) -> None:
    backend = await opened(broker)
    await simulator.publish("dev/light/available", "offline", retain=True)

    def offline() -> bool:
        try:
            backend.state("light")
        except BackendError as error:
            return error.failure == Failure.UNAVAILABLE
        return False

    await until(offline)
    with pytest.raises(BackendError, match="offline"):
        await backend.set("light", {"on": True})
    await backend.close()


async def test_each_failure_is_said_in_the_language_asked(
    broker: Broker, simulator: Simulator, tmp_path: Path
) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(
        f"backend: {{kind: mqtt, host: 127.0.0.1, port: {broker.port}, timeout: 0.4}}\n"
        "devices:\n"
        "  - {id: lamp, kind: light, name: lamp, address: light,"
        " aliases: {zh_CN: [台灯], ko: [램프]}}\n"
        "  - {id: ghost, kind: switch, name: ghost, address: not there}\n"
    )
    router = await open_skills(file, tmp_path, silent)
    said = {"en": "turn {} the lamp", "zh-CN": "{}台灯", "ko": "램프 {}줘"}
    on = {"en": "on", "zh-CN": "打开", "ko": "켜"}
    reply = await router.answer(Request(said["en"].format("on")))
    assert reply.acted and reply.targets == ("lamp",) and router.states()["lamp"]["on"] is True
    assert "light" not in router.home.devices  # it is the lamp
    ghost = await router.answer(Request("turn on the ghost"))
    assert ghost.text == "The ghost is not reachable right now." and not ghost.acted
    simulator.silent.add("light")
    await simulator.publish("dev/light/power", "OFF", retain=True)
    await until(lambda: router.states()["lamp"]["on"] is False)
    replies = []
    for language, text in said.items():
        reply = await router.answer(Request(text.format(on[language]), language))
        assert not reply.acted
        replies.append(reply.text)
    broker.kill()
    for language, text in said.items():
        replies.append((await router.answer(Request(text.format(on[language]), language))).text)
    assert replies == [
        "The lamp did not respond, so I do not know whether it worked.",
        "台灯没有回应，我不确定是否成功。",
        "램프가 응답하지 않아서 제대로 됐는지 모르겠어요.",
        "I cannot reach the system that controls the lamp.",
        "我连不上控制台灯的系统。",
        "램프를 제어하는 시스템에 연결할 수 없어요.",
    ]
    await router.close()


async def test_devices_come_and_go_while_one_talks(broker: Broker, tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(
        f"backend: {{kind: mqtt, host: 127.0.0.1, port: {broker.port}}}\n"
        "areas: [{id: study, name: den}]\ndevices: []\n"
    )
    router = await open_skills(file, tmp_path, silent)
    assert not (await router.answer(Request("turn on the reading lamp"))).acted
    simulator = Simulator(broker.port, hass_things())
    await until(lambda: len(router.home.devices) == len(simulator.things))
    await until(lambda: router.states()["light"]["on"] is False)
    assert router.home.devices["light"].area == "study"  # the same room by its name
    assert (await router.answer(Request("turn on the den lights"))).targets == ("light",)
    assert (await router.answer(Request("turn on the ceiling"))).acted
    reply = await router.answer(Request("what is the attic temperature"))
    assert reply.text == "The Attic Temperature shows 23.5 degrees."
    await simulator.publish("homeassistant/light/light/config", "", retain=True)
    await until(lambda: "light" not in router.home.devices)
    assert not (await router.answer(Request("turn on the reading lamp"))).acted
    await simulator.close()
    await router.close()


async def test_a_broker_that_comes_later_is_found(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    home = Home()
    opening = asyncio.create_task(opened(broker, home))
    await asyncio.sleep(0.1)
    await broker.start()
    simulator = Simulator(broker.port, hass_things())
    backend = await opening
    await until(lambda: "light" in home.devices)
    await backend.set("light", {"on": True})
    await backend.close()
    await simulator.close()
    broker.kill()


async def test_one_device_that_announces_itself_twice_is_one(broker: Broker) -> None:
    things = zigbee_things()
    lamp = Hass(
        "light",
        "0x01_light_zigbee2mqtt",
        {
            "name": None,
            "dev": {"name": "light"},
            "schema": "json",
            "command_topic": "zigbee2mqtt/light/set",
            "state_topic": "zigbee2mqtt/light",
        },
        {},
    )
    simulator = Simulator(broker.port, [*things, lamp])
    await simulator.ready.wait()
    home = Home()
    backend = await opened(broker, home)
    lights = [device.id for device in home.devices.values() if device.kind == "light"]
    assert lights == ["zigbee2mqtt_light"]
    assert backend.state("zigbee2mqtt_light")["on"] is False  # it was asked
    await backend.close()
    await simulator.close()


async def test_a_whole_device_announces_its_components(broker: Broker) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        config = {
            "dev": {"ids": ["p1"], "name": "Pump"},
            "o": {"name": "bench"},
            "avty_t": "pump/here",
            "cmps": {
                "relay": {"p": "switch", "uniq_id": "p1r", "cmd_t": "pump/do", "stat_t": "pump/on"},
                "power": {
                    "p": "sensor",
                    "uniq_id": "p1w",
                    "name": "power",
                    "dev_cla": "power",
                    "unit_of_meas": "W",
                    "stat_t": "pump/json",
                    "val_tpl": "{{ value_json.p | is_defined | float * 1000 }}",
                },
                "rssi": {"p": "sensor", "uniq_id": "p1s", "ent_cat": "diagnostic", "stat_t": "x"},
                "hidden": {"p": "switch", "uniq_id": "p1h", "en": False, "cmd_t": "y"},
            },
        }
        for topic, payload in (
            ("homeassistant/device/pump/config", json.dumps(config)),
            ("pump/here", "online"),
            ("pump/on", "ON"),
            ("pump/json", '{"p": 0.0605}'),
            ("pump/json", '{"other": 1}'),
        ):
            await client.publish(topic, payload, qos=1, retain=True)
        home = Home()
        backend = await opened(broker, home)
        assert {d.id: d.name for d in home.devices.values()} == {
            "p1r": "Pump",
            "p1w": "Pump power",
        }
        assert backend.state("p1r")["on"] is True
        await client.publish("pump/json", '{"p": 0.0605}', qos=1)
        await until(lambda: backend.state("p1w")["value"] == 60.5)
        await client.publish("pump/json", '{"other": 1}', qos=1)
        await client.publish("pump/json", "no json", qos=1)
        await client.publish("pump/on", "OFF", qos=1)
        await until(lambda: backend.state("p1r")["on"] is False)
        assert backend.state("p1w")["value"] == 60.5
        await backend.close()


@pytest.mark.parametrize(
    "config",
    [
        "{",
        "[]",
        '{"uniq_id": "x"}',
        '{"uniq_id": "x", "dev": 7, "availability": "on", "stat_t": ["a"]}',
        '{"uniq_id": "x", "bri_scl": "many", "bri_cmd_t": "a", "cmd_t": "b", "stat_t": "a/#"}',
        json.dumps({"uniq_id": "x", "cmd_t": "b", "stat_t": "t", "val_tpl": "{{ 1 / 0 }}"}),
        json.dumps({"uniq_id": "x", "cmd_t": "b", "stat_t": "t", "val_tpl": "{% for %}"}),
        json.dumps(
            {
                "uniq_id": "x",
                "cmd_t": "b",
                "stat_t": "t",
                "val_tpl": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
            }
        ),
    ],
)
async def test_what_cannot_be_used_harms_nothing(
    broker: Broker, simulator: Simulator, config: str
) -> None:
    await simulator.publish("homeassistant/light/broken/config", config, retain=True)
    await simulator.publish("zigbee2mqtt/bridge/devices", config, retain=True)
    await simulator.publish("t", "anything", retain=True)
    backend = await opened(broker)
    assert (await backend.set("light", {"on": True, "brightness": 40}))["brightness"] == 40
    await backend.close()


async def test_a_device_that_never_reports_is_taken_at_its_word(broker: Broker) -> None:
    plug = Hass("switch", "plug", {"name": "plug", "cmd_t": "~/power/set"}, {"power": "OFF"})
    simulator = Simulator(broker.port, [plug])
    await simulator.ready.wait()
    backend = await opened(broker)
    assert (await backend.set("plug", {"on": True}))["on"] is True
    await until(lambda: simulator.heard == [("dev/plug/power/set", "ON")])
    await backend.close()
    await simulator.close()


async def test_a_cover_has_confirmed_once_it_moves(broker: Broker, tmp_path: Path) -> None:
    cover = {
        "type": "cover",
        "features": [
            {"type": "enum", "name": "state", "values": ["OPEN", "CLOSE", "STOP"]},
            {"type": "numeric", "name": "position", "property": "position", "access": 7},
        ],
    }
    blind = Zigbee("blind", [cover], {"state": "CLOSE", "position": 0})
    simulator = Simulator(broker.port, [Bridge([blind]), blind])
    await simulator.ready.wait()
    simulator.silent.add("blind")
    file = tmp_path / "home.yaml"
    file.write_text(f"backend: {{kind: mqtt, host: 127.0.0.1, port: {broker.port}}}\ndevices: []\n")
    router = await open_skills(file, tmp_path, silent)
    await simulator.publish("zigbee2mqtt/blind", '{"position": 0}')
    await until(lambda: router.states()["zigbee2mqtt_blind"]["position"] == 0)
    answering = asyncio.create_task(router.answer(Request("open the blind")))
    await until(lambda: ("zigbee2mqtt/blind/set", '{"position": 100}') in simulator.heard)
    await simulator.publish("zigbee2mqtt/blind", '{"position": 7}')
    reply = await answering
    assert reply.acted and reply.text == "Opening the blind."
    await router.close()
    await simulator.close()


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    """A file of passwords that mosquitto may read: anna's is s3cret."""
    path = tmp_path / "passwords"
    command = ["mosquitto_passwd", "-c", "-b", str(path), "anna", "s3cret"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("mosquitto_passwd is not installed")
    path.chmod(0o644)
    return path


async def test_a_password_is_needed_and_never_shown(
    passwords: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broker = Broker(tmp_path, "allow_anonymous false", f"password_file {passwords}", "user root")
    await broker.start()
    options = f"kind: mqtt, host: 127.0.0.1, port: {broker.port}, username: anna, timeout: 0.3"
    file = tmp_path / "home.yaml"
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    file.write_text(f"backend: {{{options}, password_file: {secret}}}\ndevices: []\n")
    router = await open_skills(file, tmp_path, silent, languages=())
    assert "trying again" not in caplog.text
    await router.close()
    monkeypatch.setenv("SONORANT_MQTT_PASSWORD", "wr0ng")
    told: list[str] = []

    async def announce(announcement: Announcement) -> None:
        told.append(announcement.text)

    router = await open_skills(file, tmp_path, announce, languages=())
    await router.close()
    assert "the user name or the password is wrong" in told[0] and "wr0ng" not in told[0]
    assert "not authori" in caplog.text.lower()
    assert "s3cret" not in caplog.text and "wr0ng" not in caplog.text
    broker.kill()


async def test_a_broker_that_hangs_up_is_left_in_peace_and_makes_no_noise() -> None:
    came: list[float] = []
    noise: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: noise.append(context["message"])
    )

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(time.monotonic())
        await reader.read(200)
        writer.write(b"\x20\x02\x00\x00")  # CONNACK: accepted
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    settings = MqttSettings("127.0.0.1", server.sockets[0].getsockname()[1], timeout=1)
    connection = Connection(settings, lambda topic, text: None, lambda: None)
    await until(lambda: len(came) == 5)
    assert came[4] - came[2] > 1.4  # each attempt waits longer than the one before
    await connection.close()
    server.close()
    gc.collect()
    await asyncio.sleep(0)
    assert noise == []


async def test_the_last_will_and_small_packets_at_once(broker: Broker) -> None:
    code = (
        "import asyncio, sys\n"
        "from skills.backends.mqtt import *\n"
        "from skills.home import Home\n"
        "async def main():\n"
        "    settings = MqttSettings('127.0.0.1', int(sys.argv[1]))\n"
        "    await MqttBackend.open(Home(), settings)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    said: list[str] = []
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("sonorant/+/status")

        async def listen() -> None:
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                said.append(message.payload.decode())

        listening = asyncio.create_task(listen())
        program = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(broker.port))
        await until(lambda: said == ["online"])
        program.kill()
        await program.wait()
        await until(lambda: said == ["online", "offline"])
        # Where one program leaves and another stays, the machine is still online.
        staying, leaving = await opened(broker), await opened(broker)
        await leaving.close()
        await until(lambda: said[-2:] == ["offline", "online"])
        sending = staying._connection._client
        assert sending is not None
        raw = sending._client.socket()
        assert isinstance(raw, socket.socket)
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        await staying.close()
        await until(lambda: said[-1] == "offline")
        listening.cancel()
