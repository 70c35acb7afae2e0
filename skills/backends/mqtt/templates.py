"""Home Assistant's value templates: Jinja, in a sandbox, with the functions that devices use.

Templates come from the devices on the broker: they get at nothing but the message.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

_LOGGER = logging.getLogger(__name__)
_LONGEST = 4000
"""Characters of a template: a device has no need for more."""


class _NothingError(Exception):
    """A template says by ``is_defined`` that a message has nothing for it."""


def rendered(template: str | None, payload: str) -> str | None:
    """What a template makes of a payload; None where the message has nothing for it."""
    if template is None:
        return payload
    try:
        value_json: Any = json.loads(payload)
    except ValueError:
        value_json = Undefined(name="value_json")
    return _render(template, {"value": payload, "value_json": value_json})


def command(template: str | None, value: str | int | float, **more: object) -> str:
    """What is sent for a value; raises ValueError if the template fails."""
    if template is None:
        return str(value)
    text = _render(template, {"value": value, **more})
    if text is None:
        raise ValueError(f"the template {template!r} fails for {value!r}")
    return text


def _render(template: str, variables: Mapping[str, object]) -> str | None:
    try:
        return _compiled(template).render(variables).strip()
    except _NothingError:
        return None
    except Exception as error:  # whatever a foreign template may do
        _LOGGER.debug("template %r: %s", template, error)
        return None


@lru_cache(maxsize=2048)
def _compiled(template: str) -> Template:
    if len(template) > _LONGEST:
        raise TemplateError("the template is too long")
    return _environment().from_string(template)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    environment.filters.update(
        is_defined=_is_defined,
        float=_number,
        int=lambda value, default=0: int(_number(value, default)),
        from_json=json.loads,
        to_json=json.dumps,
        iif=lambda value, yes=True, no=False: yes if value else no,
    )
    environment.globals.update(
        float=_number,
        int=lambda value, default=0: int(_number(value, default)),
        iif=lambda value, yes=True, no=False: yes if value else no,
    )
    return environment


def _is_defined(value: object) -> object:
    if isinstance(value, Undefined):
        raise _NothingError
    return value


def _number(value: Any, default: float | None = None) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        if default is None:
            raise
        return default
