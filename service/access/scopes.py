"""What a token may be allowed."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One kind of thing that clients do."""

    ASSISTANT = "assistant"
    """Conversations, and seeing the home."""
    RECOGNIZE = "recognize"
    """Recognition."""
    SCORE = "score"
    """Scoring of readings."""
    VOICEPRINT = "voiceprint"
    """Verifying and identifying people, challenges included."""
    VOICEPRINT_ADMIN = "voiceprint-admin"
    """People and the audit log; allows ``voiceprint`` too."""
    HOME_ADMIN = "home-admin"
    """Setting devices, calling off what is pending, starting routines and scenes without talk."""
    MODELS_ADMIN = "models-admin"
    """Fetching models."""


OPEN = frozenset({Scope.ASSISTANT, Scope.RECOGNIZE, Scope.SCORE})
"""What this machine's own clients need no token for, unless the settings say otherwise."""


def allows(granted: frozenset[Scope], needed: Scope) -> bool:
    """Whether what was granted is enough."""
    if needed is Scope.VOICEPRINT and Scope.VOICEPRINT_ADMIN in granted:
        return True
    return needed in granted
