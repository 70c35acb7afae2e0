"""Devices as they behave on a broker, in Home Assistant's convention and in zigbee2mqtt's.

They announce themselves whenever they connect, as real ones do, and report every change.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

import aiomqtt

Message = tuple[str, str, bool]
"""Topic, payload, and whether it is retained."""


class Thing(Protocol):
    """One device."""

    name: str

    def topics(self) -> list[str]:
        """What it listens to."""
        ...

    def announce(self) -> list[Message]:
        """What it says when it connects."""
        ...

    def told(self, topic: str, payload: str) -> list[Message]:
        """What it does and says when it is told something."""
        ...


class Simulator:
    """Some devices that share a connection."""

    def __init__(self, port: int, things: list[Thing], delay: float = 0.0) -> None:
        self._port = port
        self.things = things
        self.delay = delay
        """Seconds until a device does what it is told."""
        self.silent: set[str] = set()
        """Names of devices that do not react at all."""
        self.heard: list[tuple[str, str]] = []
        """All that was told."""
        self.ready = asyncio.Event()
        self._client: aiomqtt.Client | None = None
        self._task = asyncio.create_task(self._run())
        self._reacting: set[asyncio.Task[None]] = set()

    async def publish(self, topic: str, payload: str, retain: bool = False) -> None:
        """Say something out of turn."""
        assert self._client is not None
        await self._client.publish(topic, payload, qos=1, retain=retain)

    async def close(self) -> None:
        """Disconnect."""
        for task in (self._task, *self._reacting):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                async with aiomqtt.Client("127.0.0.1", self._port) as client:
                    self._client = client
                    topics = [topic for thing in self.things for topic in thing.topics()]
                    await client.subscribe([(topic, 1) for topic in topics])
                    for thing in self.things:
                        for topic, payload, retain in thing.announce():
                            await client.publish(topic, payload, qos=1, retain=retain)
                    self.ready.set()
                    async for message in client.messages:
                        assert isinstance(message.payload, bytes)
                        told = (str(message.topic), message.payload.decode())
                        self.heard.append(told)
                        task = asyncio.create_task(self._react(client, *told))
                        self._reacting.add(task)
                        task.add_done_callback(self._reacting.discard)
            self.ready.clear()
            await asyncio.sleep(0.05)

    async def _react(self, client: aiomqtt.Client, topic: str, payload: str) -> None:
        await asyncio.sleep(self.delay)
        with contextlib.suppress(aiomqtt.MqttError):
            for thing in self.things:
                if thing.name not in self.silent and topic in thing.topics():
                    for answer in thing.told(topic, payload):
                        await client.publish(answer[0], answer[1], qos=1, retain=answer[2])


class Hass:
    """A device in Home Assistant's convention: a config, and values on topics of their own.

    ``dev/NAME/VALUE/set`` sets a value, ``dev/NAME/VALUE`` reports it.
    """

    def __init__(
        self,
        component: str,
        name: str,
        config: Mapping[str, Any],
        values: Mapping[str, str],
        becomes: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.component = component
        self.name = name
        self.config = config
        self.values = dict(values)
        self._becomes = becomes or {}
        """What a payload makes of the values, where it is not simply the value itself."""

    def topics(self) -> list[str]:
        return [f"dev/{self.name}/{value}/set" for value in self.values]

    def announce(self) -> list[Message]:
        config = json.dumps({"uniq_id": self.name, "~": f"dev/{self.name}", **self.config})
        return [
            (f"homeassistant/{self.component}/{self.name}/config", config, True),
            (f"dev/{self.name}/available", "online", True),
            *self._report(),
        ]

    def told(self, topic: str, payload: str) -> list[Message]:
        value = topic.split("/")[-2]
        self.values.update(self._becomes.get(payload, {value: payload}))
        return self._report()

    def _report(self) -> list[Message]:
        return [(f"dev/{self.name}/{key}", value, True) for key, value in self.values.items()]


class Json(Hass):
    """A light whose only value is a JSON object."""

    def told(self, topic: str, payload: str) -> list[Message]:
        state = {**json.loads(self.values["light"]), **json.loads(payload)}
        if "color" in json.loads(payload):
            state["color_mode"] = "rgb"
        elif "color_temp" in json.loads(payload):
            state["color_mode"] = "color_temp"
        self.values["light"] = json.dumps(state)
        return self._report()


class Zigbee:
    """A device of zigbee2mqtt: one JSON object, reported but not retained."""

    def __init__(self, name: str, exposes: list[dict[str, Any]], state: Mapping[str, Any]) -> None:
        self.name = name
        self.exposes = exposes
        self.state = dict(state)

    def topics(self) -> list[str]:
        return [f"zigbee2mqtt/{self.name}/{verb}" for verb in ("set", "get")]

    def announce(self) -> list[Message]:
        return [(f"zigbee2mqtt/{self.name}/availability", '{"state":"online"}', True)]

    def told(self, topic: str, payload: str) -> list[Message]:
        if topic.endswith("/set"):
            wanted = json.loads(payload)
            if wanted.get("state") in ("OPEN", "CLOSE"):
                wanted["position"] = 100 if wanted["state"] == "OPEN" else 0
            self.state.update(wanted)
            if "color" in wanted:
                self.state["color_mode"] = "xy"
            elif "color_temp" in wanted:
                self.state["color_mode"] = "color_temp"
        return [(f"zigbee2mqtt/{self.name}", json.dumps(self.state), False)]


class Bridge:
    """zigbee2mqtt itself, which lists its devices."""

    name = "bridge"

    def __init__(self, devices: list[Zigbee]) -> None:
        self._devices = devices

    def topics(self) -> list[str]:
        return ["zigbee2mqtt/bridge/request/health_check"]

    def announce(self) -> list[Message]:
        coordinator = {"type": "Coordinator", "friendly_name": "Coordinator", "definition": None}
        listed = [
            {
                "type": "Router",
                "friendly_name": device.name,
                "ieee_address": f"0x{number:016x}",
                "supported": True,
                "disabled": False,
                "definition": {"model": "X", "vendor": "Y", "exposes": device.exposes},
            }
            for number, device in enumerate(self._devices)
        ]
        return [
            ("zigbee2mqtt/bridge/state", '{"state":"online"}', True),
            ("zigbee2mqtt/bridge/devices", json.dumps([coordinator, *listed]), True),
        ]

    def told(self, topic: str, payload: str) -> list[Message]:
        return []
