"""A house behind each backend, with the same roles in all of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from skills.backends import Backend
from skills.backends.homeassistant import HomeAssistantBackend, HomeAssistantSettings
from skills.backends.mqtt import MqttBackend, MqttSettings
from skills.backends.simulated import SimulatedBackend
from skills.home import Home
from tests.skills.backends.broker import Broker
from tests.skills.backends.houses import hass_things, zigbee_things
from tests.skills.backends.hub import TOKEN, Core, Hub
from tests.skills.backends.simulators import Simulator, Thing

ROLES = "light switch fan lock cover climate thermometer window scene vacuum"
HUB = {
    "light": "light.reading_lamp",
    "switch": "switch.kettle",
    "fan": "fan.ventilator",
    "lock": "lock.back_door",
    "cover": "cover.blind",
    "climate": "climate.radiator",
    "thermometer": "sensor.attic",
    "window": "binary_sensor.skylight",
    "scene": "scene.party",
    "vacuum": "vacuum.robot",
}
CORE = {
    **HUB,
    "light": "light.bed_light",
    "switch": "switch.ac",
    "fan": "fan.ceiling_fan",
    "lock": "lock.front_door",
    "cover": "cover.hall_window",
    "climate": "climate.heatpump",
    "vacuum": "vacuum.0_ground_floor",
}
"""Those of its demo."""


@dataclass
class House:
    """A home, what moves it, and what its devices are called there."""

    home: Home
    backend: Backend
    ids: dict[str, str]
    """Role to device id; a role that the convention does not know is missing."""
    patience: float = 1.0
    """Seconds in which some commands are done."""


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """A running broker."""
    broker = Broker(tmp_path)
    await broker.start()
    yield broker
    broker.kill()


@asynccontextmanager
async def mqtt_house(
    broker: Broker, things: list[Thing], ids: dict[str, str]
) -> AsyncIterator[House]:
    """Devices on a broker, and the backend that finds them."""
    simulator = Simulator(broker.port, things)
    await simulator.ready.wait()
    home = Home()
    backend = await MqttBackend.open(home, MqttSettings("127.0.0.1", broker.port, timeout=3))
    if "zigbee2mqtt_window_contact" in ids.values():
        for name in ("thermometer", "window"):  # those cannot be asked
            await simulator._react(simulator._client, f"zigbee2mqtt/{name}/get", "")  # type: ignore[arg-type]
    try:
        yield House(home, backend, ids)
    finally:
        await backend.close()
        await simulator.close()


@asynccontextmanager
async def simulated_house(tmp_path: Path) -> AsyncIterator[House]:
    """Devices that are only simulated."""
    path = tmp_path / "home.yaml"
    kinds = dict.fromkeys(ROLES.split())
    lines = [
        f"  - {{id: {role}, kind: {role}, name: {role}}}"
        for role in kinds
        if role not in ("thermometer", "window")
    ]
    lines.append("  - {id: thermometer, kind: sensor, class: temperature, name: thermometer}")
    lines.append("  - {id: window, kind: binary_sensor, class: window, name: window}")
    path.write_text("\n".join(("devices:", *lines, "")))
    home = Home.load(path)
    backend = SimulatedBackend(home, tmp_path)
    await backend.set("thermometer", {"value": 23.5})
    await backend.set("window", {"on": True})
    yield House(home, backend, {role: role for role in kinds})
    await backend.close()


@asynccontextmanager
async def hub_house(url: str, token: str, ids: dict[str, str]) -> AsyncIterator[House]:
    """What a Home Assistant has, and the backend that reads it."""
    home = Home()
    settings = HomeAssistantSettings(url, token)
    backend = await HomeAssistantBackend.open(home, settings)
    yield House(home, backend, ids, patience=10)
    await backend.close()


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """A real Home Assistant, where ``SONORANT_HASS`` names its program."""
    program = os.environ.get("SONORANT_HASS")
    if not program:
        pytest.skip("SONORANT_HASS is not set: it names the program hass of a Home Assistant Core")
    core = Core(program, tmp_path_factory.mktemp("core"))
    yield core
    core.stop()


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    """A peer that speaks as Home Assistant does."""
    hub = Hub()
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture(params=["simulated", "hass", "zigbee2mqtt", "homeassistant", "core"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The house behind each backend in turn."""
    if request.param == "core":
        core = request.getfixturevalue("core")
        async with hub_house(core.url, core.token, CORE) as house:
            yield house
        return
    if request.param == "homeassistant":
        hub = Hub()
        await hub.start()
        async with hub_house(hub.url, TOKEN, HUB) as house:
            yield house
        await hub.stop()
        return
    if request.param == "simulated":
        async with simulated_house(tmp_path) as house:
            yield house
        return
    broker = Broker(tmp_path)
    await broker.start()
    try:
        if request.param == "hass":
            ids = {role: role for role in ROLES.split()}
            async with mqtt_house(broker, hass_things(), ids) as house:
                yield house
        else:
            ids = {role: f"zigbee2mqtt_{role}" for role in ROLES.split()[:6]}
            ids |= {
                "thermometer": "zigbee2mqtt_thermometer_temperature",
                "window": "zigbee2mqtt_window_contact",
            }
            async with mqtt_house(broker, zigbee_things(), ids) as house:
                yield house
    finally:
        broker.kill()
