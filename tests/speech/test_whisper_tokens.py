"""Whisper's features and tokens, which its published code defines."""

from __future__ import annotations

import numpy as np
import pytest

from speech.recognition.whisper_mel import log_mel
from speech.recognition.whisper_tokens import text, words

SIGN = {byte: chr(byte) for byte in (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))}
SIGN |= {byte: chr(0x100 + n) for n, byte in enumerate(b for b in range(256) if b not in SIGN)}


def token(part: str | bytes) -> str:
    """As the vocabulary writes it."""
    return "".join(SIGN[byte] for byte in (part.encode() if isinstance(part, str) else part))


@pytest.mark.parametrize(
    ("bands", "values", "ends"),
    [
        (
            80,
            {(0, 0): 1.2558, (5, 10): 0.1231, (20, 30): -0.0914, (72, 90): 0.7288},
            (-0.6638, 1.3362, -0.4474),
        ),
        (128, {(0, 0): 1.1801, (60, 50): 1.1772, (127, 99): -0.612}, (-0.612, 1.388, -0.4217)),
    ],
)
def test_the_spectra_are_those_of_the_published_code(
    bands: int, values: dict[tuple[int, int], float], ends: tuple[float, float, float]
) -> None:
    """The figures are those of faster-whisper 1.2.1, whose features are Whisper's own."""
    time = np.arange(16_000) / 16_000
    chirp = 0.3 * np.sin(2 * np.pi * (100 * time + 1500 * time**2))
    spectrum = log_mel((chirp + 0.05 * np.sin(2 * np.pi * 6000 * time)).astype(np.float32), bands)
    assert spectrum.shape == (bands, 100) and spectrum.dtype == np.float32
    for place, value in values.items():
        assert spectrum[place] == pytest.approx(value, abs=2e-4), place
    found = spectrum.min(), spectrum.max(), spectrum.mean()
    assert found == pytest.approx(ends, abs=2e-4)


def test_characters_that_are_parted_between_tokens_come_out_whole() -> None:
    lamp, comma = "灯".encode(), "，".encode()
    tokens = [
        token(part)
        for part in ("打", "开", "电", lamp[:2], lamp[2:], comma[:1], comma[1:], "TV", "!")
    ]
    assert text(["<|zh|>", *tokens]) == "打开电灯，TV!"
    assert list(words(tokens, "zh")) == [
        ("打", slice(0, 1)),
        ("开", slice(1, 2)),
        ("电", slice(2, 3)),
        ("灯，", slice(3, 7)),
        ("TV!", slice(7, 9)),
    ]


def test_words_with_spaces_keep_their_punctuation() -> None:
    tokens = [token(part) for part in (" Turn", " on", " the", ' "', "lam", "p", '".')]
    assert text(tokens) == 'Turn on the "lamp".'
    found = list(words(tokens, "en"))
    assert [word for word, _ in found] == ["Turn", "on", "the", '"lamp".']
    assert found[-1][1] == slice(3, 7)


def test_nothing_and_half_a_character() -> None:
    assert text([]) == "" and list(words([], "zh")) == []
    assert text([token("灯".encode()[:2])]) == "\ufffd"
    assert list(words([token("?")], "en")) == [("?", slice(0, 1))]
