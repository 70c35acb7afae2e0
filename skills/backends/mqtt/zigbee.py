"""zigbee2mqtt's own announcements: what ``bridge/devices`` exposes becomes entities.

https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from skills.backends.contract import State, Value
from skills.backends.mqtt.entity import (
    Availability,
    Entity,
    Message,
    Reading,
    cannot,
    slug,
)
from skills.backends.mqtt.exposes import Exposed, Read, exposed
from skills.plan import CLASSES, Device, Kind, is_sensitive

_LOGGER = logging.getLogger(__name__)


def entities(base: str, payload: str) -> list[Entity]:
    """What ``<base>/bridge/devices`` lists; raises ValueError where it is no such list."""
    listed = json.loads(payload)
    if not isinstance(listed, list):
        raise ValueError("it is no JSON list")
    return [entity for item in listed if isinstance(item, dict) for entity in _of(base, item)]


def _of(base: str, item: Mapping[str, Any]) -> Iterator[Entity]:
    definition, name = item.get("definition"), item.get("friendly_name")
    if not isinstance(definition, dict) or not name or item.get("disabled"):
        return  # the coordinator, or a device that zigbee2mqtt does not support
    for expose in definition.get("exposes") or ():
        try:
            what = exposed(expose)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _LOGGER.warning("zigbee2mqtt exposes of %s what cannot be used: %s", name, error)
            continue
        if what is not None:
            yield _entity(base, str(name), expose, what)


def _entity(base: str, name: str, expose: Mapping[str, Any], what: Exposed) -> Entity:
    topic = f"{base}/{name}"
    words, parts = [name.replace("/", " ").replace("_", " ")], [topic]
    if what.kind in (Kind.SENSOR, Kind.BINARY_SENSOR):
        parts.append(str(expose["property"]))
        words += [str(expose["property"]).replace("_", " ")] if what.kind == Kind.SENSOR else []
    if expose.get("endpoint"):
        parts.append(str(expose["endpoint"]))
        words.append(str(expose["endpoint"]))
    address = "/".join(parts)
    known = what.device_class in CLASSES.get(what.kind, ())
    device_class = what.device_class if known else None
    device = Device(
        slug(address),
        " ".join(words),
        kind=what.kind,
        device_class=device_class,
        sensitive=is_sensitive(what.kind, device_class),
        address=address,
    )
    write_data = what.write

    def write(changes: State, now: State) -> list[Message]:
        if write_data is None:
            return cannot(changes, now)
        return [(f"{topic}/set", json.dumps(write_data(changes)))]

    question = (f"{topic}/get", json.dumps(dict.fromkeys(what.asked, "")))
    return Entity(
        device,
        state={**dict.fromkeys(what.keys), **what.state},
        readings=(Reading(topic, _json(what.read)),),
        write=write,
        availability=(
            Availability(f"{base}/bridge/state", _online),
            Availability(f"{topic}/availability", _online),
        ),
        questions=(question,) if what.asked else (),
    )


def _json(read: Read) -> Callable[[str], Mapping[str, Value]]:
    def parse(payload: str) -> Mapping[str, Value]:
        data = json.loads(payload)
        if not isinstance(data, dict):
            raise ValueError("it is no JSON object")
        return read(data)

    return parse


def _online(payload: str) -> bool | None:
    """``{"state": "online"}``, or as older versions say it, ``online``."""
    if payload.lstrip().startswith("{"):
        data = json.loads(payload)
        payload = str(data.get("state")) if isinstance(data, dict) else ""
    return {"online": True, "offline": False}.get(payload.strip())
