"""The devices of the home: what is asked of them, which are meant, and what is said of them."""

from skills.devices.skill import DeviceSkill

__all__ = ["DeviceSkill"]
