"""What takes the audio of a request: a transcription, or a detection of wake words."""

from __future__ import annotations

from typing import Protocol

from wyoming.audio import AudioChunk


class Listener(Protocol):
    """One request with audio, from its first chunk to its last."""

    async def hear(self, chunk: AudioChunk) -> None:
        """Take the next audio."""
        ...

    async def stop(self) -> None:
        """The audio is over: answer."""
        ...

    async def close(self) -> None:
        """Drop what is under way. Safe after ``stop``."""
        ...
