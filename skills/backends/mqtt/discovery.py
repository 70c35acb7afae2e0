"""Home Assistant's MQTT discovery: a config message becomes entities.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery, as of 2026. Components that
have no sentences (numbers, texts, cameras ...) and lights with the template schema are left out.
"""

from __future__ import annotations

import logging

from skills.backends.contract import State, able
from skills.backends.mqtt.components import BUILDERS, Parts
from skills.backends.mqtt.config import Config, read_configs
from skills.backends.mqtt.entity import Entity, Message, Write, slug
from skills.plan import CLASSES, Area, Device, Kind, is_sensitive

_LOGGER = logging.getLogger(__name__)


def entities(component: str, object_id: str, payload: str) -> list[Entity]:
    """What a discovery message announces; raises ValueError where it is no such message."""
    found = []
    for config in read_configs(component, payload):
        entity = _entity(config, object_id)
        if entity is not None:
            found.append(entity)
    return found


def _entity(config: Config, object_id: str) -> Entity | None:
    build = BUILDERS.get(config.component)
    if build is None or "entity_category" in config or not config.truth("enabled_by_default", True):
        return None
    parts = build(config)
    if parts is None:
        _LOGGER.info("%s %s is of a sort that is not understood", config.component, object_id)
        return None
    kind = Kind(config.component)
    address = config.text("unique_id") or f"{config.component}.{object_id}"
    device_class = config.text("device_class") or None
    if device_class not in CLASSES.get(kind, ()):
        device_class = None
    place = str(config.part("device").get("suggested_area") or "")
    area = Area(slug(place), place) if place else None
    device = Device(
        slug(address),
        _name(config, object_id),
        kind=kind,
        area=None if area is None else area.id,
        device_class=device_class,
        sensitive=is_sensitive(kind, device_class),
        address=address,
    )
    return Entity(
        device,
        area=area,
        state={**dict.fromkeys(parts.keys), **parts.state},
        readings=tuple(parts.readings),
        write=parts.write or _write(parts),
        assumed=_assumed(config, parts),
        commands=parts.commands,
        availability=config.availability(),
        any_availability=config.text("availability_mode") == "any",
    )


def _name(config: Config, object_id: str) -> str:
    """As Home Assistant does: the device's name, followed by the component's own if it has one."""
    own, whole = config.text("name"), str(config.part("device").get("name") or "")
    if whole and own and not own.casefold().startswith(whole.casefold()):
        return f"{whole} {own}"
    return own or whole or object_id.replace("_", " ")


def _write(parts: Parts) -> Write:
    def write(changes: State, now: State) -> list[Message]:
        able(changes, parts.writers)
        return [
            message
            for key, write_one in parts.writers.items()
            if key in changes
            for message in write_one(changes[key], {**now, **changes})
        ]

    return write


def _assumed(config: Config, parts: Parts) -> frozenset[str]:
    """The keys that are told but never reported."""
    reported = {
        "on": ("state_topic", "mode_state_topic"),
        "brightness": ("brightness_state_topic",),
        "temperature": ("color_temp_state_topic",),
        "color": ("rgb_state_topic", "hs_state_topic"),
        "speed": ("percentage_state_topic",),
        "position": ("position_topic", "state_topic"),
        "locked": ("state_topic",),
        "target": ("temperature_state_topic",),
        "activity": ("state_topic",),
    }
    if parts.write is not None:
        return frozenset() if parts.readings else frozenset(parts.keys)
    return frozenset(
        key for key in parts.writers if not any(topic in config for topic in reported[key])
    )
