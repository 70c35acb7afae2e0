"""How the service is run: one record, read from four places, each stronger than the one before.

Defaults < ``service.yaml`` in the configuration folder < environment ``SONORANT_NAME`` < command
line. A wrong value is an error that names the setting, the value and where it came from.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_origin, get_type_hints

import platformdirs
import yaml
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from speech.errors import ConfigError

PREFIX = "SONORANT_"


def _range(value: object) -> tuple[int, int]:
    """``2`` or ``1-8`` as numbers; raises ValueError."""
    if isinstance(value, tuple | list) and len(value) == 2:
        value = f"{value[0]}-{value[1]}"
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", str(value).strip())
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= low <= high:
        raise ValueError("write how many, at least 1, as 2 or 1-8")
    return low, high


Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Replicas = Annotated[tuple[int, int], BeforeValidator(_range)]
"""How many, at least and at most; written ``2`` or ``1-8``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything about the service that can be chosen. Times in seconds, sizes in bytes."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """Address to listen at. Any that is not this machine's own needs a token to have been made."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8765
    """Port to listen at; 0 for any that is free."""
    certificate: Path | None = None
    """Certificate chain (PEM) for TLS; with it, `private_key` is needed."""
    private_key: Path | None = None
    """Key of the certificate (PEM)."""
    hosts: tuple[str, ...] = ()
    """Names by which clients may call this machine, besides its own and IP addresses."""
    origins: tuple[str, ...] = ()
    """Origins of web pages that may connect, as in `https://home.example`; our own always may."""
    open: bool = True
    """Whether clients on this machine need no token for conversation, recognition and scoring."""

    language: str = "en"
    """Language (BCP 47) where a client names none."""
    engine: Literal["auto", "moonshine", "vosk", "whisper", "transformers"] = "auto"
    """Recogniser, for `language`."""
    model: str | None = None
    """Model of the recogniser, by catalogue name or folder, instead of the engine's own."""
    voice: str | None = None
    """Voice of the replies."""
    assistant: bool = True
    """Whether conversations are served: the home is opened at the start, so that timers ring."""
    home: Path | None = None
    """The `home.yaml`; else the one in the configuration folder, else the example."""
    gallery: str | None = None
    """Database of voiceprints; else `gallery.db` in the data folder."""
    wyoming: Annotated[int, Field(ge=0, le=65_535)] | None = None
    """Port for Home Assistant (Wyoming, usually 10300), for this machine alone; none if unset."""

    workers: Annotated[int, Field(ge=0, le=1024)] = 0
    """Threads for recognition, scoring and embedding; 0 for one a processor core."""
    sessions: Count = 64
    """Connections that may be served at once; others are told to come back."""
    queue: Count = 64
    """Pieces of work that may wait for a worker before new sessions are told to come back."""
    patience: Seconds = 1.0
    """How long work may have been waiting for a worker before new sessions are told so."""
    token_sessions: Count = 16
    """Connections that one token, or one address without a token, may have at once."""
    token_rate: Count = 240
    """Requests and connections a minute that one token, or one address without, may make."""
    message: Annotated[int, Field(ge=1024, le=16_777_216)] = 262_144
    """Size of a message at most: 8 s of audio."""
    upload: Annotated[int, Field(ge=1024, le=1_073_741_824)] = 16_777_216
    """Size of an uploaded file at most."""
    idle: Seconds = 60.0
    """How long a session may be silent. A conversation may be silent for ever."""
    session: Seconds = 14_400.0
    """How long a session may last. A conversation may last for ever."""
    slow: Seconds = 10.0
    """How long a client may take to accept what is sent to it, and to say what it wants."""
    grace: Seconds = 5.0
    """How long sessions have to end when the service does."""
    doors: Replicas = (1, 1)
    """With [`--ray`](scaling.md): front doors, as in `2` or `1-4`; with conversations, 1."""
    recognizers: Replicas = (1, 2)
    """With `--ray`: processes that recognise speech, at least and at most."""
    scorers: Replicas = (1, 2)
    """With `--ray`: processes that score readings."""
    embedders: Replicas = (1, 1)
    """With `--ray`: processes that embed voices."""
    cpus: Annotated[float, Field(gt=0, le=64, allow_inf_nan=False)] = 1.0
    """With `--ray`: cores of a machine that each of these processes counts as."""
    log: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged, lines of JSON on standard error; `debug` adds the times of utterances."""

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.private_key is None):
            given, lacks = "certificate", "private_key"
            if self.certificate is None:
                given, lacks = lacks, given
            raise ConfigError(f"setting {given} needs {lacks} as well: TLS takes both files")

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def threads(self) -> int:
        """Workers, counted."""
        return self.workers or os.cpu_count() or 1


def settings_path() -> Path:
    """``service.yaml`` in the user's configuration folder; it need not be there."""
    return platformdirs.user_config_path("sonorant") / "service.yaml"


def read_settings(
    given: Mapping[str, str] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings.

    Parameters
    ----------
    given
        What the command line says.
    file
        Instead of :func:`settings_path`; has to be there.
    environment
        ``os.environ`` where None. Names that are no setting belong to somebody else.

    Raises
    ------
    ConfigError
        A setting is unknown or wrong, or the file cannot be read.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, tuple[Any, str]] = {}
    for key, value in _from_file(file).items():
        values[str(key)] = value, str(file or settings_path())
    for name in _TYPES:
        variable = PREFIX + name.upper()
        if environment.get(variable):
            values[name] = environment[variable], f"the environment ({variable})"
    for key, value in (given or {}).items():
        values[key.replace("-", "_")] = value, "the command line"
    return Settings(**{key: _checked(key, *value) for key, value in values.items()})


def reference() -> str:
    """The configuration reference: ``docs/configuration.md``."""
    schema = TypeAdapter(Settings).json_schema()["properties"]
    rows = [
        f"| `{name}` | {_default(about.get('default'))} | {about['description']} |"
        for name, about in schema.items()
    ]
    return _REFERENCE.format(rows="\n".join(rows))


_HINTS = get_type_hints(Settings, include_extras=True)
_TYPES: Mapping[str, TypeAdapter[Any]] = {
    field.name: TypeAdapter(_HINTS[field.name]) for field in fields(Settings)
}
_SEVERAL = frozenset(name for name in _TYPES if get_origin(_HINTS[name]) is tuple)
"""Settings that are written with commas outside of the file."""

_REFERENCE = """\
# Configuration of the service

`sonorant serve` reads each setting from four places, each stronger than the one before: its
default; `service.yaml` in the configuration folder (`~/.config/sonorant`), or the file that
`--config` names, with lines of `name: value`; the environment (`SONORANT_` and the name in
capitals); and the command line (`--set name=value`). Several values are separated by commas, in the
file they are a list. A wrong setting stops the start and is named, with where it came from. Times
are in seconds, sizes in bytes.

This page is printed by `sonorant serve --reference`.

| setting | default | |
|---|---|---|
{rows}
"""


def _from_file(file: Path | None) -> dict[Any, Any]:
    path = file or settings_path()
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if file is None:
            return {}
        raise ConfigError(f"{path}: there is no such file of settings") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot be read as settings ({error})") from error
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise ConfigError(f"{path}: settings are lines of `name: value`, not a {type(read)}")
    return read


def _checked(key: str, value: Any, source: str) -> Any:
    if key not in _TYPES:
        known = ", ".join(_TYPES)
        raise ConfigError(f"{source}: there is no setting {key!r}; there are {known}")
    if isinstance(value, str) and key in _SEVERAL:
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        checked = _TYPES[key].validate_python(value)
    except ValidationError as error:
        why = error.errors()[0]["msg"]
        why = why[:1].lower() + why[1:]
        raise ConfigError(f"{source}: setting {key} cannot be {value!r}: {why}") from error
    return checked.expanduser() if isinstance(checked, Path) else checked


def _default(value: Any) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, list):
        low, high = value
        value = low if low == high else f"{low}-{high}"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
