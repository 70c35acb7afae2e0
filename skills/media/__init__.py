"""Music out of a folder, on the loudspeaker that speaks the replies."""

from __future__ import annotations

from skills.media.player import MusicOutput
from skills.media.skill import MediaSkill

__all__ = ["MediaSkill", "MusicOutput"]
