"""The reference of all messages, ``docs/messages.md``: written out of the classes themselves."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter

from service.messages import (
    agenda,
    conversation,
    home,
    lessons,
    models,
    recognition,
    scoring,
    speech,
    voices,
)
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
    (
        "`/v1/pronunciation`",
        scoring.FROM_CLIENT,
        (*scoring.FROM_SERVICE, scoring.Shadowed),
    ),
    ("`/v1/lessons`", (), lessons.FROM_SERVICE),
    (
        "`/v1/voiceprint`",
        (*voices.FROM_CLIENT, voices.Ask, voices.Change),
        (
            *(*voices.FROM_SERVICE, voices.Challenge, voices.Person),
            *(voices.People, voices.Audit, voices.AuditEntry),
        ),
    ),
    (
        "`/v1/home`",
        (home.SetDevice, agenda.RunRoutine),
        (*home.FROM_SERVICE, agenda.Ran),
    ),
    ("`/v1/speech`", speech.FROM_CLIENT, ()),
    ("`/v1/models`", models.FROM_CLIENT, (models.Models, *models.FROM_SERVICE)),
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
    return f"**`{kind.TYPE}`**: {_prose(inspect.getdoc(kind) or '')}\n" + _table(schema, kind)


def _told_of(kind: type) -> dict[str, str]:
    """What the texts below its fields, and below those of its bases, say of them."""
    told: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if not is_dataclass(base):
            continue
        (read,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(read, ast.ClassDef)
        for field, after in itertools.pairwise(read.body):
            match field, after:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    told[name] = text
    return told


def _table(schema: dict[str, Any], kind: type) -> str:
    properties = schema.get("properties", {})
    if not properties:
        return ""
    texts = _told_of(kind)
    lines = ["", "| field | type | default | |", "|---|---|---|---|"]
    for name, about in properties.items():
        default = "" if name in schema.get("required", []) else _literal(about.get("default"))
        told = _prose(texts.get(name, ""))
        lines.append(f"| `{name}` | {_type(about)} | {default} | {told} |")
    return "\n".join(lines) + "\n"


def _records() -> list[str]:
    """What the fields of messages are made of."""
    found: dict[str, type] = {}
    for door, from_client, from_service in _DOORS:
        for kind in (*from_client, *from_service):
            for inner in _inside(kind):
                if found.setdefault(inner.__name__, inner) is not inner:
                    found[f"{inner.__name__} of {door}"] = inner
    return [_record(name, kind) for name, kind in sorted(found.items())]


def _inside(kind: type) -> Iterator[type]:
    """The records and choices in the fields of a dataclass, and in theirs, but no messages."""
    waiting: list[Any] = [get_type_hints(kind)[field.name] for field in fields(kind)]
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if isinstance(one, type) and (is_dataclass(one) or issubclass(one, Enum)):
            if not issubclass(one, Message):
                yield one
            if is_dataclass(one):
                waiting += [get_type_hints(one)[field.name] for field in fields(one)]


def _record(name: str, kind: type) -> str:
    if issubclass(kind, Enum):
        return f"**{name}**: {', '.join(_literal(value.value) for value in kind)}\n"
    about = _prose(inspect.getdoc(kind) or "")
    return f"**{name}**: {about}\n" + _table(TypeAdapter(kind).json_schema(), kind)


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
