"""The backend: registries and states are read, changes called until the state confirms them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hass_client import HomeAssistantClient
from hass_client.exceptions import AuthenticationFailed, BaseHassClientError, FailedCommand

from skills.backends.contract import BackendError, Command, Failure, State
from skills.backends.homeassistant.entities import AWAY, members, state_of
from skills.backends.homeassistant.registry import CHANGES, Entry, read_plan
from skills.backends.homeassistant.services import Call, calls, command
from skills.backends.link import FIRST_DELAY, LONGEST_DELAY, Link, Linked
from skills.home import Home
from skills.plan import Device, Kind

_LOGGER = logging.getLogger(__name__)
_T = TypeVar("_T")
_START = 5.0
"""Seconds that opening waits for Home Assistant; later it comes by itself."""
_LULL = 0.3
"""Seconds after a change of a registry until it is read: changes come in bursts."""
_LARGEST = 64 * 1024 * 1024
"""Bytes of one message: a big house has megabytes of states."""


@dataclass(frozen=True, slots=True)
class HomeAssistantSettings:
    """Which Home Assistant."""

    url: str = "http://homeassistant.local:8123"
    token: str = field(default="", repr=False)
    """A long-lived access token, made on the page of one's profile there."""
    timeout: float = 8.0
    """Seconds in which a device has to confirm."""

    def websocket(self) -> str:
        """The address of the websocket."""
        return self.url.rstrip("/").replace("http", "ws", 1) + "/api/websocket"


class HomeAssistantBackend(Linked):
    """All entities of a Home Assistant that there are words for; made by :meth:`open`."""

    def __init__(self, home: Home, settings: HomeAssistantSettings) -> None:
        super().__init__(Link(f"Home Assistant at {settings.url}"))
        self._home = home
        self._settings = settings
        self._entities: dict[str, Entry] = {}
        """The last known states, as Home Assistant says them, by entity id."""
        self._ids: dict[str, list[str]] = {}
        """What the home calls them, by entity id."""
        self._client: HomeAssistantClient | None = None
        self._changed = asyncio.Event()  # a registry has
        self._leave = home.subscribe(self._bind)
        self._task = asyncio.create_task(self._run(), name="home assistant")

    @classmethod
    async def open(cls, home: Home, settings: HomeAssistantSettings) -> HomeAssistantBackend:
        """Connect and read everything; where Home Assistant is not there, later."""
        backend = cls(home, settings)
        try:
            async with asyncio.timeout(_START):
                await backend._link.connected.wait()
        except TimeoutError:
            _LOGGER.warning("%s; trying again", backend._link.error())
        return backend

    def state(self, device_id: str) -> State:
        """A copy of one state; raises BackendError where it, or Home Assistant, is away."""
        device = self._device(device_id)
        self._link.check()
        self._check(device)
        return self._states.get(device_id)

    async def set(self, device_id: str, changes: State) -> State:
        """Call what changes it, again after every loss of the connection, until it confirms."""
        device = self._device(device_id)
        entity_id = _address(device)

        async def tell() -> None:
            self._check(device)
            attributes = self._entities[entity_id]["attributes"]
            for call in calls(entity_id.partition(".")[0], changes, attributes):
                await self._call(entity_id, call)

        limit = self._settings.timeout
        return await self._link.confirmed(self._states, device_id, changes, tell, limit)

    async def do(self, device_id: str, wanted: Command) -> None:
        """Return once Home Assistant has done it."""
        device = self._device(device_id)
        self._link.check()
        self._check(device)
        entity_id = _address(device)
        attributes = self._entities[entity_id]["attributes"]
        call = command(entity_id.partition(".")[0], wanted, attributes)
        try:
            async with asyncio.timeout(self._settings.timeout):
                await self._call(entity_id, call)
        except TimeoutError:
            raise BackendError(f"{entity_id} took too long", Failure.UNCONFIRMED) from None

    async def close(self) -> None:
        """Disconnect."""
        self._leave()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._states.silence()

    async def _call(self, entity_id: str, call: Call) -> None:
        client = self._client
        if client is None:
            raise self._link.error()
        await self._answered(
            client.call_service(
                call.domain, call.service, dict(call.data), target={"entity_id": entity_id}
            )
        )

    async def _answered(self, waiting: Awaitable[_T]) -> _T:
        """What Home Assistant answers; raises BackendError."""
        try:
            return await self._link.unless_lost(waiting)
        except FailedCommand as error:
            raise BackendError(f"Home Assistant refuses: {error}") from error
        except (BaseHassClientError, OSError) as error:
            raise BackendError(f"{self._link.name}: {error}", Failure.UNREACHABLE) from error

    def _device(self, device_id: str) -> Device:
        device = self._home.devices.get(device_id)
        if device is None or _address(device) not in self._entities:
            if device is not None:
                self._link.check()
            raise BackendError(f"Home Assistant has no {device_id!r}", Failure.UNAVAILABLE)
        return device

    def _check(self, device: Device) -> None:
        entity = self._entities.get(_address(device))
        # A scene that was never activated, and many a sensor at first, are "unknown".
        if entity is None or entity["state"] == AWAY[0]:
            raise BackendError(f"{device.id} is unavailable there", Failure.UNAVAILABLE)

    async def _run(self) -> None:
        delay = FIRST_DELAY
        while True:
            client = HomeAssistantClient(
                self._settings.websocket(), self._settings.token, max_msg_size=_LARGEST
            )
            try:
                await client.connect()
                delay = FIRST_DELAY
                await self._serve(client)
                self._link.missing("the connection was closed")
            except AuthenticationFailed as error:
                self._missing(
                    f"the token is refused ({error}): make a new one on the page of your profile "
                    "there, under security, and put it where the old one is",
                    refused=True,
                )
                delay = LONGEST_DELAY  # it bans those that try too often
            except (BaseHassClientError, OSError, TimeoutError, TypeError, ValueError) as error:
                self._missing(str(error) or type(error).__name__)
            except Exception as error:
                _LOGGER.exception("the connection to Home Assistant failed")
                self._link.missing(repr(error))
            finally:
                self._client = None
                self._link.down()
                await client.disconnect()
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY)

    def _missing(self, reason: str, *, refused: bool = False) -> None:
        if self._link.missing(reason, refused=refused):
            _LOGGER.warning("%s: %s", self._link.name, reason)

    async def _serve(self, client: HomeAssistantClient) -> None:
        listening = asyncio.create_task(client.start_listening(), name="home assistant events")
        reading = asyncio.create_task(self._keep_reading(client), name="home assistant registries")
        try:
            done, _ = await asyncio.wait((listening, reading), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled():
                    task.result()
        finally:
            for task in (listening, reading):
                task.cancel()
            await asyncio.gather(listening, reading, return_exceptions=True)

    async def _keep_reading(self, client: HomeAssistantClient) -> None:
        """Read everything now, and whenever a registry has changed."""
        await client.subscribe_events(self._hear, "state_changed")
        for event in CHANGES:
            await client.subscribe_events(lambda _: self._changed.set(), event)
        while True:
            self._changed.clear()
            states = {state["entity_id"]: state for state in await client.get_states()}
            self._entities = states
            self._home.discover(await read_plan(client, states))
            self._bind()
            if not self._link.connected.is_set():
                _LOGGER.info("connected to %s: %d devices", self._link.name, len(states))
                self._client = client
                self._link.up()
            await self._changed.wait()
            await asyncio.sleep(_LULL)

    def _hear(self, event: Any) -> None:
        data = event["data"]
        entity_id, new = data["entity_id"], data.get("new_state")
        if new is None:
            self._entities.pop(entity_id, None)
            self._changed.set()
            return
        known = self._entities.get(entity_id)
        if known is None or (
            entity_id.startswith("scene.")
            and members(known["attributes"]) != members(new["attributes"])
        ):
            self._changed.set()
        self._entities[entity_id] = new
        for device_id in self._ids.get(entity_id, ()):
            self._take(device_id)

    def _bind(self) -> None:
        """The devices of the home have the states of their entities."""
        self._ids = {}
        for device in self._home.devices.values():
            if _address(device) in self._entities:
                self._ids.setdefault(_address(device), []).append(device.id)
        known = [device_id for ids in self._ids.values() for device_id in ids]
        for device_id in self._states.all().keys() - set(known):
            self._states.forget(device_id)
        for device_id in known:
            self._take(device_id)

    def _take(self, device_id: str) -> None:
        device = self._home.devices[device_id]
        entity = self._entities[_address(device)]
        state = state_of(device.kind, str(entity["state"]), entity["attributes"])
        if device.kind == Kind.LIGHT and state["on"] is False:
            # Home Assistant forgets what a light that is off would be like.
            before = self._states.get(device_id)
            state = {key: before.get(key) if v is None else v for key, v in state.items()}
        self._states.take(device_id, state)


def _address(device: Device) -> str:
    return device.address or device.id
