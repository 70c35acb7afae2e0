"""What the router is told of how surely a command was heard."""

from __future__ import annotations

import pytest

from assistant.heard import least_sure
from speech.recognition.contract import Final, Word


def words(*confidences: float | None) -> tuple[Word, ...]:
    return tuple(Word("word", None, None, confidence) for confidence in confidences)


@pytest.mark.parametrize(
    ("final", "command", "sure"),
    [
        (Final("turn it off", words(0.9, 0.4, 0.8), 0.7), "turn it off", 0.4),
        # The wake word does not count.
        (Final("okay nabu turn it off", words(0.1, 0.2, 0.9, 0.8, 0.9), 0.5), "turn it off", 0.8),
        (Final("turn it off", (), 0.7), "turn it off", 0.7),
        (Final("turn it off", words(None, None, None), 0.7), "turn it off", 0.7),
        (Final("turn it off"), "turn it off", 0.0),
    ],
)
def test_the_least_sure_word_counts(final: Final, command: str, sure: float) -> None:
    assert least_sure(final, command) == sure
