"""What the router is told of how surely a command was heard."""

from __future__ import annotations

import pytest

from assistant.heard import least_sure
from speech.recognition.contract import Final, Word


def words(text: str, *confidences: float | None) -> tuple[Word, ...]:
    return tuple(
        Word(word, None, None, confidence)
        for word, confidence in zip(text.split(), confidences, strict=True)
    )


@pytest.mark.parametrize(
    ("final", "command", "sure"),
    [
        (Final("turn it off", words("turn it off", 0.9, 0.4, 0.8), 0.7), "turn it off", 0.4),
        # The wake word does not count.
        (
            Final("okay nabu turn it off", words("okay nabu turn it off", 0.1, 0.2, 0.9, 0.8, 0.9)),
            "turn it off",
            0.8,
        ),
        # A recogniser's words need not be those of the text.
        (
            Final("好，打开台灯。", words("好， 打 开 台灯。", 0.1, 0.7, 0.6, 0.8)),
            "打开台灯。",
            0.6,
        ),
        (Final("打开台灯", words("打开台 灯", 0.5, 0.9)), "台灯", 0.5),
        (Final("turn it off", (), 0.7), "turn it off", 0.7),
        (Final("turn it off", words("turn it off", None, None, None), 0.7), "turn it off", 0.7),
        (Final("turn it off"), "turn it off", 0.0),
    ],
)
def test_the_least_sure_word_counts(final: Final, command: str, sure: float) -> None:
    assert least_sure(final, command) == sure
