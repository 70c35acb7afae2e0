"""The reference of all messages, ``docs/messages.md``: written out of the classes themselves."""

from __future__ import annotations

import inspect
from typing import Any

from pydantic import TypeAdapter

from service.messages import conversation, home, recognition, scoring, voices
from service.messages.common import Done, End, Error, Hello
from service.messages.errors import Code, ServiceError
from service.messages.wire import Message

_INTRODUCTION = """\
# Messages

Every message, field by field; [the protocol](protocol.md) says how they follow each other.
Messages on websockets are JSON objects whose `type` is the name given here; in REST `type` may be
left out of what is sent. Fields with a default may be left out. Binary messages are audio.

This page is printed by `sonorant serve --messages`.
"""

_COMMON: tuple[type[Message], ...] = (Hello, End, Done, Error)
_DOORS: tuple[tuple[str, tuple[type[Message], ...], tuple[type[Message], ...]], ...] = (
    ("`/v1/recognize`", recognition.FROM_CLIENT, recognition.FROM_SERVICE),
    ("`/v1/assistant`", conversation.FROM_CLIENT, conversation.FROM_SERVICE),
    ("`/v1/pronunciation`", scoring.FROM_CLIENT, scoring.FROM_SERVICE),
    (
        "`/v1/voiceprint`",
        (*voices.FROM_CLIENT, voices.Ask, voices.Change),
        (
            *(*voices.FROM_SERVICE, voices.Challenge, voices.Enrolled, voices.Person),
            *(voices.People, voices.Audit, voices.AuditEntry),
        ),
    ),
    ("`/v1/home`", (home.SetDevice,), home.FROM_SERVICE),
)


def reference() -> str:
    """The page."""
    parts = [_INTRODUCTION, "## Everywhere\n", *map(_message, _COMMON), _codes()]
    for name, from_client, from_service in _DOORS:
        parts.append(f"## {name}\n")
        for side, kinds in (("From clients", from_client), ("From the service", from_service)):
            own = [kind for kind in kinds if kind not in _COMMON]
            if own:
                parts += [f"### {side}\n", *map(_message, own)]
    return "\n".join([*parts, "## Records\n", *_records()])


def _message(kind: type[Message]) -> str:
    schema = TypeAdapter(kind).json_schema()
    for name, about in schema.get("properties", {}).items():
        about.setdefault("description", _inherited(kind, name))
    return f"**`{kind.TYPE}`**: {_prose(inspect.getdoc(kind) or '')}\n" + _table(schema)


def _inherited(kind: type[Message], name: str) -> str:
    """What a base class says of a field."""
    for base in kind.__mro__[1:]:
        if issubclass(base, Message):
            fields = TypeAdapter(base).json_schema().get("properties", {})
            if description := fields.get(name, {}).get("description"):
                return str(description)
    return ""


def _table(schema: dict[str, Any]) -> str:
    fields = schema.get("properties", {})
    if not fields:
        return ""
    lines = ["", "| field | type | default | |", "|---|---|---|---|"]
    for name, about in fields.items():
        default = "" if name in schema.get("required", []) else _literal(about.get("default"))
        told = _prose(about.get("description", ""))
        lines.append(f"| `{name}` | {_type(about)} | {default} | {told} |")
    return "\n".join(lines) + "\n"


def _records() -> list[str]:
    """What the fields of messages are made of."""
    found: dict[str, dict[str, Any]] = {}
    for door, from_client, from_service in _DOORS:
        messages = {kind.__name__ for kind in (*from_client, *from_service)}
        for kind in (*from_client, *from_service):
            for name, schema in TypeAdapter(kind).json_schema().get("$defs", {}).items():
                if name in messages:
                    continue
                other = found.setdefault(name, schema)
                if other != schema:
                    found[f"{name} of {door}"] = schema
    parts = []
    for name, schema in sorted(found.items()):
        values = ", ".join(map(_literal, schema.get("enum", [])))
        about = values or _prose(schema.get("description", "")).partition(". ")[0]
        parts.append(f"**{name}**: {about}\n" + _table(schema))
    return parts


def _codes() -> str:
    source = inspect.getsource(Code)
    lines = ["### Codes of errors\n", "| code | REST | websocket | |", "|---|---|---|---|"]
    for code in Code:
        about = source.split(f'"{code}"\n', 1)[1].split('"""', 2)[1]
        error = ServiceError(code, "")
        lines.append(f"| `{code}` | {error.status} | {error.close_code} | {_prose(about)} |")
    return "\n".join(lines) + "\n"


def _type(about: dict[str, Any]) -> str:
    if "anyOf" in about:
        return " or ".join(dict.fromkeys(map(_type, about["anyOf"])))
    if "$ref" in about:
        return str(about["$ref"]).rpartition("__")[2].rpartition("/")[2]
    if "const" in about:
        return _literal(about["const"])
    if "enum" in about:
        return ", ".join(map(_literal, about["enum"]))
    kind = str(about.get("type", "any"))
    if kind == "array":
        inner = about.get("items", {})
        return f"list of {_type(inner)}"
    if "minimum" in about and "maximum" in about:
        return f"{kind}, {about['minimum']} to {about['maximum']}"
    if "maxLength" in about:
        return f"{kind}, {about['maxLength']} characters at most"
    return "date and time" if about.get("format") == "date-time" else kind


def _literal(value: Any) -> str:
    if value == "":
        return '`""`'
    return "" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _prose(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
