"""Messages as they travel: JSON objects with a ``type``, checked field by field on both sides.

A message is a frozen dataclass that derives from :class:`Message`; its ``type`` on the wire is the
class variable ``TYPE``. What does not fit is a ServiceError with the code ``bad_message`` that
names the field. Checking is pydantic's, in its strict mode.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar, NoReturn, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from service.messages.errors import Code, ServiceError

_DEEPEST = 16  # objects and lists within each other
_SHOWN = 40  # characters of a client's own that an error repeats

M = TypeVar("M", bound="Message")


@dataclass(frozen=True, slots=True)
class Message:
    """The root of all messages."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False
    )
    TYPE: ClassVar[str] = ""
    """What it is called on the wire."""

    def to_dict(self) -> dict[str, Any]:
        """The message in JSON types, ``type`` first."""
        kind = type(self)
        fields: dict[str, Any] = _adapter(kind).dump_python(self, mode="json")
        return {"type": kind.TYPE, **fields}

    def to_json(self) -> str:
        """The message as it is sent."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)


def read_json(text: str) -> dict[str, Any]:
    """A JSON object, and nothing that readers of JSON disagree about.

    Raises
    ------
    ServiceError
        It is no JSON object, a key comes twice in it, a number is not finite, or it is nested too
        deeply.
    """
    try:
        read = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except RecursionError as error:
        raise ServiceError(Code.BAD_MESSAGE, "it is nested too deeply") from error
    except ValueError as error:
        raise ServiceError(Code.BAD_MESSAGE, f"it is no JSON: {_short(error)}") from error
    if not isinstance(read, dict):
        raise ServiceError(Code.BAD_MESSAGE, "a message is a JSON object")
    if _depth(read) > _DEEPEST:
        raise ServiceError(Code.BAD_MESSAGE, "it is nested too deeply")
    return read


def decode(text: str, kinds: Iterable[type[M]], *, lenient: bool = False) -> M:
    """The message in a text, one of ``kinds``.

    Parameters
    ----------
    lenient
        Whether fields that are unknown here are left out: what a newer server says to an older
        client.

    Raises
    ------
    ServiceError
        It is none of them, or a field is missing, unknown or wrong.
    """
    return from_dict(read_json(text), kinds, lenient=lenient)


def from_dict(read: Mapping[str, Any], kinds: Iterable[type[M]], *, lenient: bool = False) -> M:
    """The message in a JSON object; errors as in :func:`decode`."""
    known = {kind.TYPE: kind for kind in kinds}
    name = read.get("type")
    if not isinstance(name, str) or name not in known:
        expected = ", ".join(sorted(known))
        told = "it has no type" if name is None else f"{_short(name)!r} is no type of message"
        raise ServiceError(Code.BAD_MESSAGE, f"{told} here; there are {expected}", field="type")
    fields = {key: value for key, value in read.items() if key != "type"}
    try:
        # As JSON, because only there lists may stand for tuples and texts for names of choices.
        return _adapter(known[name]).validate_json(
            _text(fields), extra="ignore" if lenient else "forbid"
        )
    except ValidationError as error:
        raise told_by(error) from error


def told_by(error: ValidationError) -> ServiceError:
    """The first thing that is wrong with a message, and in which field."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(_short(part) for part in first["loc"])
    why = first["msg"]
    return ServiceError(
        Code.BAD_MESSAGE, f"{field or 'it'}: {why[:1].lower()}{why[1:]}", field=field
    )


def _adapter(kind: type[M]) -> TypeAdapter[M]:
    with _MAKING:
        if kind not in _ADAPTERS:
            _ADAPTERS[kind] = TypeAdapter(kind)  # slow to make
        return _ADAPTERS[kind]


_ADAPTERS: dict[type[Message], TypeAdapter[Any]] = {}
_MAKING = Lock()


def _text(fields: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ServiceError(
            Code.BAD_MESSAGE, "it holds half a character (a lone surrogate)"
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ServiceError(Code.BAD_MESSAGE, f"{_short(twice)!r} comes twice", field=_short(twice))
    return made


def _no_number(name: str) -> NoReturn:
    raise ServiceError(Code.BAD_MESSAGE, f"{name} is no number in JSON")


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return deepest


def _short(text: object) -> str:
    shown = str(text).encode("utf-8", "replace").decode()
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
