"""The backend that a home asks for."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from skills.backends.contract import Backend
from skills.home import Home
from speech.errors import ConfigError

_PASSWORD = "SONORANT_MQTT_PASSWORD"
_TOKEN = "SONORANT_HOMEASSISTANT_TOKEN"


async def open_backend(home: Home, folder: Path) -> Backend:
    """Open what moves the devices of a home; ``folder`` is where simulated states last.

    A broker or hub that is not there yet is no error: it is tried again until it is.

    Raises
    ------
    ConfigError
        An option is wrong, a secret is missing, or the library that is needed is not installed.
    """
    options = home.backend.options
    # Late, because their libraries are slow to import and optional.
    if home.backend.kind == "mqtt":
        try:
            from skills.backends.mqtt import MqttBackend, MqttSettings
        except ImportError as error:
            raise _missing("mqtt", error) from error
        given = {
            key: options[key]
            for key in ("host", "username", "discovery_prefix", "zigbee2mqtt")
            if key in options
        }
        settings = MqttSettings(
            **given,
            port=int(options.get("port", 8883 if _is_true(options, "tls") else 1883)),
            password=_secret(_PASSWORD, options.get("password_file")),
            tls=_tls(options),
            timeout=float(options.get("timeout", 8)),
        )
        return await MqttBackend.open(home, settings)
    if home.backend.kind == "homeassistant":
        try:
            from skills.backends.homeassistant import HomeAssistantBackend, HomeAssistantSettings
        except ImportError as error:
            raise _missing("homeassistant", error) from error
        url = options.get("url", HomeAssistantSettings().url)
        if not url.startswith(("http://", "https://")):
            raise ConfigError(f"url {url!r}: write it as in http://homeassistant.local:8123")
        token = _secret(_TOKEN, options.get("token_file"))
        if not token:
            raise ConfigError(
                f"Home Assistant wants a token: make a long-lived one on the page of your "
                f"profile there, and set {_TOKEN} or name a file that holds it as token_file"
            )
        timeout = float(options.get("timeout", 8))
        return await HomeAssistantBackend.open(home, HomeAssistantSettings(url, token, timeout))
    from skills.backends.simulated import SimulatedBackend

    return SimulatedBackend(home, folder)


def _missing(extra: str, error: ImportError) -> ConfigError:
    return ConfigError(
        f"the backend {extra} needs further libraries ({error}): pip install 'sonorant[{extra}]'"
    )


def _secret(variable: str, file: str | None) -> str | None:
    """The secret of an environment variable, else of a file; None if there is neither."""
    if variable in os.environ:
        return os.environ[variable]
    if file is None:
        return None
    path = Path(file).expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the secret in {path} cannot be read: {error}") from error


def _is_true(options: Mapping[str, str], key: str) -> bool:
    return options.get(key) == "true"


def _tls(options: Mapping[str, str]) -> ssl.SSLContext | None:
    if not _is_true(options, "tls") and "ca_file" not in options:
        return None
    ca_file = options.get("ca_file")
    try:
        return ssl.create_default_context(
            cafile=None if ca_file is None else str(Path(ca_file).expanduser())
        )
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"ca_file {ca_file}: {error}") from error
