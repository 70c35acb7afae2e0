"""The states of a conversation, and which may follow which."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What a conversation is doing."""

    IDLE = "idle"
    """Waiting for a wake word or a button."""
    LISTENING = "listening"
    """Waiting for speech, or hearing it."""
    THINKING = "thinking"
    """From the endpoint to the reply."""
    SPEAKING = "speaking"
    """Saying a reply or an announcement."""


TRANSITIONS: dict[State, frozenset[State]] = {
    State.IDLE: frozenset({State.LISTENING, State.SPEAKING}),
    State.LISTENING: frozenset({State.IDLE, State.THINKING, State.SPEAKING}),
    State.THINKING: frozenset({State.IDLE, State.LISTENING, State.SPEAKING}),
    State.SPEAKING: frozenset({State.IDLE, State.LISTENING}),
}
"""Only what was listened to is thought about: IDLE and SPEAKING lead to LISTENING first."""


class IllegalTransitionError(RuntimeError):
    """A mistake in the program: the conversation went where it cannot go from here."""


def check(before: State, after: State) -> None:
    """Raise :class:`IllegalTransitionError`, naming both states, unless ``after`` may follow."""
    if after not in TRANSITIONS[before]:
        allowed = ", ".join(sorted(TRANSITIONS[before]))
        raise IllegalTransitionError(
            f"a conversation that is {before} cannot become {after}, only {allowed}"
        )
