"""A house behind each backend, with the same roles in all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from skills.backends import Backend
from skills.backends.mqtt import MqttBackend, MqttSettings
from skills.backends.simulated import SimulatedBackend
from skills.home import Home
from tests.skills.backends.broker import Broker
from tests.skills.backends.houses import hass_things, zigbee_things
from tests.skills.backends.simulators import Simulator, Thing

ROLES = "light switch fan lock cover climate thermometer window scene vacuum"


@dataclass
class House:
    """A home, what moves it, and what its devices are called there."""

    home: Home
    backend: Backend
    ids: dict[str, str]
    """Role to device id; a role that the convention does not know is missing."""


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


@pytest.fixture(params=["simulated", "hass", "zigbee2mqtt"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The house behind each backend in turn."""
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
