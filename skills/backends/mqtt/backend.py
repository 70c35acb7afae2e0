"""The backend: entities come and go, states are heard, changes told until they are confirmed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping

from skills.backends.contract import BackendError, Command, Failure, State, Value
from skills.backends.link import Linked
from skills.backends.mqtt import discovery, zigbee
from skills.backends.mqtt.connection import Connection, MqttSettings
from skills.backends.mqtt.entity import Entity
from skills.home import Home, Plan
from skills.plan import Area, Device

_LOGGER = logging.getLogger(__name__)
_START = 3.0
"""Seconds that opening waits for the broker and what it retains; later it comes by itself."""
_ANSWERS = 0.5
"""Seconds more in which devices whose state is not retained may tell it."""
_PATIENCE = 1.0
"""Seconds until a device that was told after a loss of the broker is told again."""
_LULL = 0.05
"""Seconds without another device before the home is told of those that were found."""


class MqttBackend(Linked):
    """All devices that are announced on a broker; made by :meth:`open`."""

    def __init__(self, home: Home, settings: MqttSettings) -> None:
        self._connection = Connection(settings, self._hear, self._greet)
        super().__init__(self._connection.link)
        self._home = home
        self._settings = settings
        self._values: dict[str, dict[str, Value]] = {}
        """States by address."""
        self._ids: dict[str, list[str]] = {}
        """What the home calls them, by address."""
        self._announced: dict[str, list[Entity]] = {}
        """Entities by the topic that announced them."""
        self._entities: dict[str, Entity] = {}
        """Entities by address."""
        self._heard: dict[str, list[Entity]] = {}
        """Entities by the topics that they are heard on."""
        self._here: dict[str, dict[str, bool]] = defaultdict(dict)
        """Availability by address and topic."""
        self._found: asyncio.TimerHandle | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._leave = home.subscribe(self._bind)
        prefix, base = settings.discovery_prefix, settings.zigbee2mqtt
        self._connection.subscribe(
            (f"{prefix}/+/+/config", f"{prefix}/+/+/+/config", f"{base}/bridge/devices")
        )

    @classmethod
    async def open(cls, home: Home, settings: MqttSettings) -> MqttBackend:
        """Connect and take up what is retained; where the broker is not there, later."""
        backend = cls(home, settings)
        try:
            async with asyncio.timeout(_START):
                await backend._link.connected.wait()
                await backend._connection.settled()  # announcements
                backend._tell_home()
                await backend._connection.settled()  # states
                await backend._answered()
        except (TimeoutError, BackendError):
            _LOGGER.warning("%s; trying again", backend._link.error())
        return backend

    def state(self, device_id: str) -> State:
        """A copy of one state; raises BackendError where the device or the broker is away."""
        entity = self._entity(device_id)
        self._link.check()
        self._check(entity)
        return self._states.get(device_id)

    async def set(self, device_id: str, changes: State) -> State:
        """Tell the device, again after every loss of the broker, until its state confirms."""
        entity = self._entity(device_id)

        async def tell() -> None:
            self._check(entity)
            await self._tell(entity, changes)

        limit = self._settings.timeout
        return await self._link.confirmed(self._states, device_id, changes, tell, limit)

    async def do(self, device_id: str, command: Command) -> None:
        """Return once the broker has the command."""
        entity = self._entity(device_id)
        self._check(entity)
        if command not in entity.commands:
            raise BackendError(f"{entity.address} knows no {command}", Failure.UNFIT)
        await self._connection.publish(*entity.commands[command])

    async def close(self) -> None:
        """Say goodbye to the broker."""
        self._leave()
        if self._found is not None:
            self._found.cancel()
        for task in tuple(self._asking):
            task.cancel()
        await self._connection.close()
        self._states.silence()

    async def _answered(self) -> None:
        """Wait a little for the devices that were asked for their states."""
        asked = [address for address, entity in self._entities.items() if entity.questions]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWERS):
                while not all(self._says_something(address) for address in asked):
                    await self._states.change()

    def _says_something(self, address: str) -> bool:
        values = self._values.get(address, {})
        return any(value is not None for key, value in values.items() if key != "unit")

    async def _tell(self, entity: Entity, changes: State) -> None:
        try:
            messages = entity.write(changes, self._values[entity.address])
        except ValueError as error:
            raise BackendError(f"{entity.address}: {error}") from error
        for topic, payload in messages:
            await self._connection.publish(topic, payload)
        assumed = {key: value for key, value in changes.items() if key in entity.assumed}
        if assumed:
            self._take(entity, assumed)

    def _entity(self, device_id: str) -> Entity:
        device = self._home.devices.get(device_id)
        entity = None if device is None else self._entities.get(device.address or device.id)
        if entity is None:
            if device is not None:
                self._link.check()
            raise BackendError(f"nothing on the broker is {device_id!r}", Failure.UNAVAILABLE)
        return entity

    def _check(self, entity: Entity) -> None:
        said = self._here[entity.address]
        known = [said[a.topic] for a in entity.availability if a.topic in said]
        here = any(known) if entity.any_availability and known else all(known)
        if not here:
            raise BackendError(f"{entity.address} is offline", Failure.UNAVAILABLE)

    def _greet(self) -> None:
        """The connection stands: have devices announce themselves and tell their states."""
        self._ask([(f"{self._settings.discovery_prefix}/status", "online")])
        self._ask([question for e in self._entities.values() for question in e.questions])

    def _ask(self, messages: list[tuple[str, str]]) -> None:
        async def publish() -> None:
            with contextlib.suppress(BackendError):
                for topic, payload in dict.fromkeys(messages):
                    await self._connection.publish(topic, payload)

        task = asyncio.create_task(publish())
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _hear(self, topic: str, payload: str) -> None:
        if topic == f"{self._settings.zigbee2mqtt}/bridge/devices":
            base = self._settings.zigbee2mqtt
            self._announce(topic, payload, lambda: zigbee.entities(base, payload))
            return
        parts = topic.removeprefix(self._settings.discovery_prefix + "/").split("/")
        if topic.startswith(self._settings.discovery_prefix + "/") and parts[-1] == "config":
            component, object_id = parts[0], "_".join(parts[1:-1])
            self._announce(
                topic, payload, lambda: discovery.entities(component, object_id, payload)
            )
            return
        for entity in self._heard.get(topic, ()):
            self._read(entity, topic, payload)

    def _announce(self, topic: str, payload: str, read: Callable[[], list[Entity]]) -> None:
        """Entities are new, have changed, or (with an empty payload) are gone."""
        try:
            found = read() if payload.strip() else []
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            _LOGGER.warning("%s announces nothing that can be used: %s", topic, error)
            return
        own = f"{self._settings.zigbee2mqtt}/"
        if not topic.startswith(own):
            # What zigbee2mqtt announces in Home Assistant's way as well is known already.
            found = [e for e in found if not any(t.startswith(own) for t in e.topics())]
        if found or topic in self._announced:
            self._announced[topic] = found
            self._rebuild()

    def _rebuild(self) -> None:
        self._entities = {}
        for entity in (e for found in self._announced.values() for e in found):
            self._entities.setdefault(entity.address, entity)
        self._heard = {}
        for address, entity in self._entities.items():
            kept = self._values.get(address, {})
            keep = {key: value for key, value in kept.items() if value is not None}
            self._values[address] = {**entity.state, **keep}
            for topic in entity.topics():
                self._heard.setdefault(topic, []).append(entity)
        for address in self._values.keys() - self._entities.keys():
            del self._values[address]
        if self._found is not None:
            self._found.cancel()
        self._found = asyncio.get_running_loop().call_later(_LULL, self._tell_home)

    def _tell_home(self) -> None:
        """The home has these devices now; hear what they say."""
        if self._found is not None:
            self._found.cancel()
            self._found = None
        areas: dict[str, Area] = {}
        devices: dict[str, Device] = {}
        for entity in self._entities.values():
            if entity.area is not None:
                areas[entity.area.id] = entity.area
            devices[entity.device.id] = entity.device
        self._home.discover(Plan(areas=areas, devices=devices))
        self._bind()
        self._connection.subscribe(self._heard)
        # Each question wakes a radio: only those are asked that have said nothing yet.
        unknown = [e for e in self._entities.values() if not self._says_something(e.address)]
        self._ask([question for entity in unknown for question in entity.questions])

    def _bind(self) -> None:
        """The devices of the home have the states of their entities."""
        self._ids = {}
        for device in self._home.devices.values():
            if (device.address or device.id) in self._values:
                self._ids.setdefault(device.address or device.id, []).append(device.id)
        known = {device_id: address for address, ids in self._ids.items() for device_id in ids}
        for device_id in self._states.all().keys() - known.keys():
            self._states.forget(device_id)
        for device_id, address in known.items():
            self._states.take(device_id, self._values[address])

    def _read(self, entity: Entity, topic: str, payload: str) -> None:
        try:
            for availability in entity.availability:
                if availability.topic == topic:
                    here = availability.parse(payload)
                    if here is not None:
                        self._here[entity.address][topic] = here
            for reading in entity.readings:
                if reading.topic == topic:
                    self._take(entity, reading.parse(payload))
        except (ValueError, TypeError, OverflowError) as error:
            _LOGGER.debug("%s: %r says nothing: %s", topic, payload[:200], error)

    def _take(self, entity: Entity, news: Mapping[str, Value]) -> None:
        values = self._values.get(entity.address)
        if values is None or not news:
            return
        values.update(news)
        for device_id in self._ids.get(entity.address, ()):
            self._states.take(device_id, values)
