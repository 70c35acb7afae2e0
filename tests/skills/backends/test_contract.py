"""What every backend keeps to."""

from __future__ import annotations

import asyncio

import pytest

from skills.backends import BackendError, Command, Failure, State
from skills.home import Kind
from tests.skills.backends.conftest import House


def device(house: House, role: str) -> str:
    if role not in house.ids:
        pytest.skip(f"this convention has no {role}")
    return house.ids[role]


def test_every_device_is_in_the_home_with_its_state(house: House) -> None:
    kinds = {"thermometer": "sensor", "window": "binary_sensor"}
    for role, device_id in house.ids.items():
        assert house.home.devices[device_id].kind == kinds.get(role, role)
        state = house.backend.state(device_id)
        assert state == house.backend.states()[device_id]
        assert None not in [v for k, v in state.items() if k in ("on", "locked", "position")]


@pytest.mark.parametrize(
    ("role", "changes"),
    [
        ("light", {"on": True}),
        ("light", {"on": True, "brightness": 30}),
        ("light", {"on": True, "color": "red"}),
        ("light", {"on": True, "color": "turquoise"}),
        ("light", {"on": True, "temperature": 4000}),
        ("light", {"on": False}),
        ("switch", {"on": True}),
        ("fan", {"on": True}),
        ("fan", {"on": True, "speed": 67}),
        ("lock", {"locked": False}),
        ("lock", {"locked": True}),
        ("cover", {"position": 100}),
        ("cover", {"position": 40}),
        ("climate", {"on": True}),
        ("climate", {"target": 22.5}),
        ("vacuum", {"activity": "cleaning"}),
        ("vacuum", {"activity": "paused"}),
        ("vacuum", {"activity": "idle"}),
        ("vacuum", {"activity": "docked"}),
        ("vacuum", {"activity": "returning"}),
    ],
)
async def test_what_was_set_is_confirmed_and_told(house: House, role: str, changes: State) -> None:
    device_id = device(house, role)
    heard: list[tuple[str, State]] = []
    leave = house.backend.subscribe(lambda device, state: heard.append((device, state)))
    before = house.backend.state(device_id)
    state = await house.backend.set(device_id, changes)
    assert state == house.backend.state(device_id)
    assert state == before or (device_id, state) in heard
    for key, value in changes.items():
        if state.get("moving"):
            continue  # a cover on its way
        if isinstance(value, bool) or not isinstance(value, int | float):
            assert state[key] == value or {value, str(state[key])} == {"docked", "returning"}
        else:
            shown = state[key]
            assert isinstance(shown, int | float) and shown == pytest.approx(value, rel=0.05)
    leave()
    count = len(heard)
    await house.backend.set(device(house, "switch"), {"on": True})
    await house.backend.set(device(house, "switch"), {"on": False})
    assert len(heard) == count


async def test_what_is_so_already_is_done_at_once(house: House) -> None:
    async with asyncio.timeout(house.patience):
        for _ in range(3):
            await house.backend.set(device(house, "lock"), {"locked": True})


async def test_many_at_once(house: House) -> None:
    roles = ("light", "switch", "fan", "climate")
    await asyncio.gather(*(house.backend.set(device(house, role), {"on": True}) for role in roles))
    states = house.backend.states()
    assert all(states[device(house, role)]["on"] is True for role in roles)


def test_sensors_are_read(house: House) -> None:
    thermometer = house.backend.state(device(house, "thermometer"))
    assert (thermometer["value"], thermometer["unit"]) == (23.5, "°C")
    assert house.home.devices[device(house, "thermometer")].device_class == "temperature"
    assert house.backend.state(device(house, "window"))["on"] is True
    current = house.backend.state(device(house, "climate"))["current"]
    assert isinstance(current, float)


async def test_a_scene_is_activated(house: House) -> None:
    await house.backend.do(device(house, "scene"), Command.ACTIVATE)


@pytest.mark.parametrize(
    ("role", "changes"),
    [("light", {"locked": True}), ("lock", {"on": True}), ("thermometer", {"on": True})],
)
async def test_what_a_device_cannot_do_is_refused(house: House, role: str, changes: State) -> None:
    before = house.backend.states()
    with pytest.raises(BackendError) as caught:
        await house.backend.set(device(house, role), changes)
    assert caught.value.failure == Failure.UNFIT
    assert house.backend.problem() is None
    with pytest.raises(BackendError) as caught:
        await house.backend.do(device(house, role), Command.ACTIVATE)
    assert caught.value.failure == Failure.UNFIT
    assert house.backend.states() == before


@pytest.mark.parametrize(
    ("role", "changes"),
    [("light", {"on": True, "color": "mauve"}), ("vacuum", {"activity": "dancing"})],
)
async def test_a_value_that_means_nothing_is_refused(
    house: House, role: str, changes: State
) -> None:
    before = house.backend.states()
    with pytest.raises(BackendError) as caught:
        await house.backend.set(device(house, role), changes)
    assert caught.value.failure == Failure.UNFIT
    assert house.backend.states() == before


async def test_what_is_not_there_is_told(house: House) -> None:
    with pytest.raises(BackendError) as caught:
        house.backend.state("nowhere")
    assert caught.value.failure == Failure.UNAVAILABLE
    with pytest.raises(BackendError) as caught:
        await house.backend.set("nowhere", {"on": True})
    assert caught.value.failure == Failure.UNAVAILABLE


def test_what_opens_the_house_is_sensitive(house: House) -> None:
    assert house.home.devices[device(house, "lock")].sensitive
    sensitive = {d.kind for d in house.home.devices.values() if d.sensitive}
    assert sensitive <= {Kind.LOCK, Kind.COVER}
    assert not house.home.devices[device(house, "cover")].sensitive
