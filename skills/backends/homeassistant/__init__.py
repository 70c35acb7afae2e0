"""Devices of a Home Assistant, over its websocket."""

from skills.backends.homeassistant.backend import HomeAssistantBackend, HomeAssistantSettings

__all__ = ["HomeAssistantBackend", "HomeAssistantSettings"]
