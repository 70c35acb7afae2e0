"""Devices behind an MQTT broker, found by Home Assistant's MQTT discovery and by zigbee2mqtt."""

from skills.backends.mqtt.backend import MqttBackend
from skills.backends.mqtt.connection import MqttSettings

__all__ = ["MqttBackend", "MqttSettings"]
