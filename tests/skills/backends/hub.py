"""Home Assistant as its websocket looks from outside: the documented messages, no more.

https://developers.home-assistant.io/docs/api/websocket. Where a Home Assistant Core is installed
the same tests run against it: ``SONORANT_HASS`` names its program ``hass``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "a-long-lived-token"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Hub:
    """A peer that keeps states, performs services and reports both."""

    def __init__(self) -> None:
        self.port = free_port()
        self.states = {item["entity_id"]: item for item in map(dict, _STATES)}
        self.entries: dict[str, dict[str, Any]] = {
            entity_id: {"entity_id": entity_id, "area_id": None, "device_id": None}
            for entity_id in self.states
        }
        self.entries["light.reading_lamp"] |= {"device_id": "d1", "aliases": ["阅读灯", "독서등"]}
        self.entries["sensor.signal"]["entity_category"] = "diagnostic"
        self.entries["switch.hidden"]["hidden_by"] = "user"
        self.silent: set[str] = set()
        """Entities whose service calls come to nothing."""
        self.related: dict[str, dict[str, list[str]]] | None = {}
        """What scripts are said to change; None as an older Home Assistant, which does not say."""
        self.delay = 0.0
        self.called: list[dict[str, Any]] = []
        self._sockets: dict[web.WebSocketResponse, dict[int, str]] = {}
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/api/websocket", self._talk)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        """As a restart does: all connections are cut."""
        for each in list(self._sockets):
            if each._req is not None and each._req.transport is not None:
                each._req.transport.abort()
        self._sockets.clear()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def change(self, entity_id: str, state: str | None, /, **attributes: Any) -> None:
        """An entity has a new state (None: it is gone), and all who subscribed hear of it."""
        if state is None:
            del self.states[entity_id]
            await self._tell("state_changed", {"entity_id": entity_id, "new_state": None})
            return
        old = self.states.get(entity_id, {"entity_id": entity_id, "attributes": {}})
        new = {**old, "state": state, "attributes": {**old["attributes"], **attributes}}
        self.states[entity_id] = new
        await self._tell("state_changed", {"entity_id": entity_id, "new_state": new})

    async def _tell(self, kind: str, data: dict[str, Any]) -> None:
        for each, wanted in list(self._sockets.items()):
            for number, event_type in wanted.items():
                if event_type == kind:
                    event = {"event_type": kind, "data": data, "origin": "LOCAL"}
                    with contextlib.suppress(ConnectionError):
                        await each.send_json({"id": number, "type": "event", "event": event})

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        talk = web.WebSocketResponse()
        await talk.prepare(request)
        await talk.send_json({"type": "auth_required", "ha_version": "2026.11.0"})
        auth = await talk.receive_json()
        if auth.get("type") != "auth" or auth.get("access_token") != TOKEN:
            await talk.send_json({"type": "auth_invalid", "message": "Invalid access token"})
            return talk
        await talk.send_json({"type": "auth_ok", "ha_version": "2026.11.0"})
        self._sockets[talk] = {}
        tasks: set[asyncio.Task[None]] = set()
        async for message in talk:
            if message.type == WSMsgType.TEXT:
                task = asyncio.create_task(self._answer(talk, json.loads(message.data)))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        for task in list(tasks):
            task.cancel()
        self._sockets.pop(talk, None)
        return talk

    async def _answer(self, talk: web.WebSocketResponse, message: dict[str, Any]) -> None:
        reply: dict[str, Any] = {"id": message["id"], "type": "result", "success": True}
        kind = message["type"]
        result: Any = None
        if kind == "subscribe_events":
            self._sockets[talk][message["id"]] = message["event_type"]
        elif kind == "get_states":
            result = list(self.states.values())
        elif kind == "config/entity_registry/list":
            result = [{k: v for k, v in e.items() if k != "aliases"} for e in self.entries.values()]
        elif kind == "config/entity_registry/get_entries":
            result = {e: self.entries.get(e) for e in message["entity_ids"]}
        elif kind == "config/device_registry/list":
            result = [{"id": "d1", "area_id": "study"}]
        elif kind == "config/area_registry/list":
            area = {"area_id": "study", "name": "Study", "floor_id": "top", "aliases": ["서재"]}
            result = [area]
        elif kind == "config/floor_registry/list":
            result = [{"floor_id": "top", "name": "Top", "aliases": [], "level": 2}]
        elif kind == "search/related" and self.related is not None:
            result = self.related.get(message["item_id"], {})
        elif kind == "call_service":
            error = await self._serve(message)
            if error is None:
                result = {"context": {"id": "1"}, "response": None}
            else:
                reply |= {"success": False, "error": {"code": "home_assistant_error"} | error}
        else:
            reply |= {"success": False, "error": {"code": "unknown_command", "message": "Unknown"}}
        with contextlib.suppress(ConnectionError):
            await talk.send_json({**reply, "result": result})

    async def _serve(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Perform a service; what went wrong, None if nothing."""
        self.called.append(message)
        await asyncio.sleep(self.delay)
        entity_id = message["target"]["entity_id"]
        if entity_id in self.silent:
            return None
        if entity_id == "lock.jammed":
            return {"message": "the lock is jammed"}
        data, service = message.get("service_data", {}), message["service"]
        outcome = _OUTCOMES[service](data)
        if entity_id.startswith("light."):
            outcome = _shine(service, data)
        await self.change(entity_id, outcome[0] or self.states[entity_id]["state"], **outcome[1])
        return None


_STATES: list[dict[str, Any]] = [
    {"entity_id": entity_id, "state": state, "attributes": attributes}
    for entity_id, state, attributes in (
        (
            "light.reading_lamp",
            "off",
            {
                "friendly_name": "Reading lamp",
                "supported_color_modes": ["color_temp", "xy"],
                "color_mode": None,
                "brightness": None,
                "color_temp_kelvin": None,
                "xy_color": None,
            },
        ),
        ("switch.kettle", "off", {"friendly_name": "Kettle"}),
        (
            "fan.ventilator",
            "off",
            {"friendly_name": "Ventilator", "percentage": None, "supported_features": 49},
        ),
        ("lock.back_door", "locked", {"friendly_name": "Back door", "supported_features": 0}),
        ("lock.jammed", "locked", {"friendly_name": "Gate", "supported_features": 0}),
        (
            "cover.blind",
            "closed",
            {"friendly_name": "Blind", "current_position": 0, "supported_features": 15},
        ),
        (
            "climate.radiator",
            "off",
            {
                "friendly_name": "Radiator",
                "hvac_modes": ["off", "heat"],
                "temperature": 20.0,
                "current_temperature": 19.5,
                "supported_features": 385,
            },
        ),
        (
            "climate.stove",
            "heat",
            {
                "friendly_name": "Stove",
                "hvac_modes": ["heat"],
                "temperature": 20.0,
                "supported_features": 129,
            },
        ),
        (
            "sensor.attic",
            "23.5",
            {
                "friendly_name": "Attic temperature",
                "device_class": "temperature",
                "unit_of_measurement": "°C",
            },
        ),
        ("sensor.signal", "-60", {"friendly_name": "Signal"}),
        ("sensor.sunrise", "2026-11-26T06:00:00+00:00", {"device_class": "timestamp"}),
        ("switch.hidden", "on", {"friendly_name": "Hidden"}),
        ("person.anna", "home", {"friendly_name": "Anna"}),
        ("binary_sensor.skylight", "on", {"friendly_name": "Skylight", "device_class": "window"}),
        ("scene.party", "unknown", {"friendly_name": "Party"}),
        ("vacuum.robot", "docked", {"friendly_name": "Robot", "supported_features": 12380}),
        (
            "media_player.radio",
            "playing",
            {
                "friendly_name": "Radio",
                "volume_level": 0.4,
                "is_volume_muted": False,
                "supported_features": 1 | 4 | 8 | 16 | 32 | 128 | 256 | 16384,
            },
        ),
    )
]

_OUTCOMES: dict[str, Any] = {
    "turn_on": lambda data: ("on", data),
    "turn_off": lambda data: ("off", {}),
    "lock": lambda data: ("locked", {}),
    "unlock": lambda data: ("unlocked", {}),
    "open_cover": lambda data: ("open", {"current_position": 100}),
    "close_cover": lambda data: ("closed", {"current_position": 0}),
    "set_cover_position": lambda data: ("open", {"current_position": data["position"]}),
    "set_hvac_mode": lambda data: (data["hvac_mode"], {}),
    "set_temperature": lambda data: (None, data),
    "start": lambda data: ("cleaning", {}),
    "pause": lambda data: ("paused", {}),
    "stop": lambda data: ("idle", {}),
    "return_to_base": lambda data: ("returning", {}),
    "media_play": lambda data: ("playing", {}),
    "media_pause": lambda data: ("paused", {}),
    "media_next_track": lambda data: (None, {"media_title": "next"}),
    "volume_set": lambda data: (None, data),
    "volume_mute": lambda data: (None, data),
}


def _shine(service: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A light as Home Assistant shows it: without attributes while it is off."""
    if service == "turn_off":
        return "off", dict.fromkeys(("brightness", "color_mode", "color_temp_kelvin", "xy_color"))
    shown: dict[str, Any] = {"brightness": round(data.get("brightness_pct", 100) * 2.55)}
    if "color_temp_kelvin" in data:
        kelvin = data["color_temp_kelvin"]
        shown |= {"color_mode": "color_temp", "color_temp_kelvin": kelvin, "xy_color": [0.4, 0.4]}
    if "rgb_color" in data:
        xy = {(255, 0, 0): [0.64, 0.33], (0, 255, 200): [0.24, 0.39]}[tuple(data["rgb_color"])]
        shown |= {"color_mode": "xy", "xy_color": xy, "color_temp_kelvin": None}
    return "on", shown


class Core:
    """A real Home Assistant Core with its demo devices."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "configuration.yaml").write_text(
            f"demo:\nhttp:\n  server_host: 127.0.0.1\n  server_port: {self.port}\n{_CORE}"
        )
        with (folder / "out.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(folder)], stdout=log, stderr=log, env={**os.environ, "TZ": ""}
            )
        self.token = self._onboarded()
        self._wait_until_running()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def _onboarded(self) -> str:
        for _ in range(240):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/api/onboarding", timeout=5).close()
                break
            assert self._process.poll() is None, "Home Assistant did not start"
            time.sleep(0.5)
        client = {"client_id": f"{self.url}/"}
        user = {"name": "Anna", "username": "anna", "password": "a-password", "language": "en"}
        answer = self._post("/api/onboarding/users", json.dumps({**client, **user}))
        grant = {"grant_type": "authorization_code", "code": answer["auth_code"], **client}
        return str(self._post("/auth/token", urllib.parse.urlencode(grant))["access_token"])

    def _wait_until_running(self) -> None:
        """It answers before it has all of its devices."""
        authorised = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/config", headers=authorised)
        for _ in range(240):
            with urllib.request.urlopen(request, timeout=30) as response:
                if json.load(response)["state"] == "RUNNING":
                    return
            time.sleep(0.5)
        raise AssertionError("Home Assistant did not come up in two minutes")

    def _post(self, path: str, body: str) -> dict[str, Any]:
        form = not body.startswith("{")
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        request = urllib.request.Request(
            self.url + path, body.encode(), {"Content-Type": kind}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
            return answer


_CORE = """
scene:
  - {name: party, id: party, entities: {switch.decorative_lights: "on"}}
template:
  - sensor:
      - {name: attic, state: "23.5", device_class: temperature, unit_of_measurement: "°C"}
  - binary_sensor:
      - {name: skylight, state: "{{ true }}", device_class: window}
"""
