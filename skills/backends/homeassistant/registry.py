"""Home Assistant's registries: what there is, what it is called and where it is, as a plan."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hass_client import HomeAssistantClient
from hass_client.exceptions import FailedCommand

from skills.backends.homeassistant.entities import KINDS, is_spoken, members
from skills.plan import CLASSES, Aliases, Area, Device, Floor, Plan, is_sensitive

Entry = Mapping[str, Any]
"""One entry of a registry, or one state, as Home Assistant sends it."""

CHANGES = tuple(f"{name}_registry_updated" for name in ("area", "device", "entity", "floor"))
"""The events that say that a registry has changed."""


async def read_plan(client: HomeAssistantClient, states: Mapping[str, Entry]) -> Plan:
    """What a Home Assistant has, entities that are hidden or only for diagnosis left out."""
    areas, devices, entities = await asyncio.gather(
        client.get_area_registry(), client.get_device_registry(), client.get_entity_registry()
    )
    floors = await _ask(client, "config/floor_registry/list", [])
    entries = {entry["entity_id"]: entry for entry in entities}
    spoken = [entity_id for entity_id in states if entity_id in entries]
    further = await _ask(
        client, "config/entity_registry/get_entries", {}, entity_ids=spoken
    )  # which alone have the aliases
    rooms = {device["id"]: device.get("area_id") for device in devices}
    touched = await _touched(client, states, entities)
    opening = {entity_id for entity_id, state in states.items() if _opens(entity_id, state)}
    return Plan(
        floors={f["floor_id"]: Floor(f["floor_id"], f["name"], _aliases(f)) for f in floors},
        areas={
            a["area_id"]: Area(a["area_id"], a["name"], _aliases(a), floor=a.get("floor_id"))
            for a in areas
        },
        devices={
            entity_id: _device(
                entity_id,
                state["attributes"],
                {**entries.get(entity_id, {}), **(further.get(entity_id) or {})},
                rooms,
                touched.get(entity_id, frozenset()),
                sensitive=not opening.isdisjoint({entity_id, *touched.get(entity_id, ())}),
            )
            for entity_id, state in states.items()
            if _is_meant(entity_id, state, entries.get(entity_id, {}))
        },
    )


async def _touched(
    client: HomeAssistantClient, states: Mapping[str, Entry], entities: Iterable[Entry]
) -> dict[str, frozenset[str]]:
    """What each scene and script changes, as far as Home Assistant tells."""
    found = {
        entity_id: frozenset(_texts(members(state["attributes"])))
        for entity_id, state in states.items()
        if entity_id.startswith("scene.")
    }
    of_device: dict[str, list[str]] = {}
    for entry in entities:
        of_device.setdefault(str(entry.get("device_id")), []).append(entry["entity_id"])
    scripts = [entity_id for entity_id in states if entity_id.startswith("script.")]
    related = await asyncio.gather(
        *(_ask(client, "search/related", {}, item_type="script", item_id=s) for s in scripts)
    )
    for script, things in zip(scripts, related, strict=True):
        devices = [of_device.get(device, []) for device in _texts(things.get("device") or ())]
        named = _texts(things.get("entity") or ())
        found[script] = frozenset(named).union(*devices) - {script}
    return found


async def _ask(client: HomeAssistantClient, command: str, default: Any, **data: Any) -> Any:
    """The answer to a command that an older Home Assistant may not know."""
    try:
        return await client.send_command(command, **data)
    except FailedCommand:
        return default


def _is_meant(entity_id: str, state: Entry, entry: Entry) -> bool:
    hidden = any(entry.get(key) for key in ("disabled_by", "hidden_by", "entity_category"))
    return not hidden and is_spoken(entity_id.partition(".")[0], state["attributes"])


def _opens(entity_id: str, state: Entry) -> bool:
    """Whether an entity opens the house."""
    kind = KINDS.get(entity_id.partition(".")[0])
    return kind is not None and is_sensitive(kind, state["attributes"].get("device_class"))


def _device(
    entity_id: str,
    attributes: Entry,
    entry: Entry,
    rooms: Mapping[str, Any],
    touches: frozenset[str],
    *,
    sensitive: bool,
) -> Device:
    domain, _, name = entity_id.partition(".")
    kind = KINDS[domain]
    device_class = attributes.get("device_class")
    if device_class not in CLASSES.get(kind, ()):
        device_class = None
    return Device(
        entity_id,
        str(attributes.get("friendly_name") or name.replace("_", " ")),
        _aliases(entry),
        kind=kind,
        area=entry.get("area_id") or rooms.get(str(entry.get("device_id"))),
        device_class=device_class,
        sensitive=sensitive,
        address=entity_id,
        touches=touches,
    )


def _aliases(entry: Entry) -> Aliases:
    """Home Assistant's aliases have no language: it is told by the script."""
    found: dict[str, tuple[str, ...]] = {}
    for name in _texts(entry.get("aliases") or ()):
        tag = "en"
        if re.search(r"[\uac00-\ud7a3]", name):
            tag = "ko"
        elif re.search(r"[\u3400-\u9fff]", name):
            tag = "zh-CN"
        found[tag] = (*found.get(tag, ()), name)
    return found


def _texts(items: Iterable[Any]) -> list[str]:
    return sorted(item for item in items if isinstance(item, str) and item.strip())
