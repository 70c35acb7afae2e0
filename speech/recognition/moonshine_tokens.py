"""Moonshine's vocabulary: token ids to text.

``tokenizer.bin`` is a list of byte strings, each after its length: one byte b below 128, or two
bytes that stand for b + 128 (next - 1). A piece begins a word where it begins with U+2581; bytes
outside the vocabulary are pieces of the form ``<0xHH>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from speech.errors import ModelError

_BYTE = re.compile(rb"<0x([0-9A-Fa-f]{2})>")
_CONTROL = re.compile(rb"<(?!0x)[^>]*>")
_WORD = "\u2581".encode()


class Tokens:
    """Turns token ids into text."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = [_as_bytes(piece) for piece in pieces]

    @classmethod
    def load(cls, path: Path) -> Tokens:
        """Read ``tokenizer.bin``.

        Raises
        ------
        ModelError
            The file is cut short.
        """
        data = path.read_bytes()
        pieces: list[bytes] = []
        position = 0
        while position < len(data):
            length = data[position]
            position += 1
            if length >= 128 and position < len(data):
                length += 128 * (data[position] - 1)
                position += 1
            if position + length > len(data):
                raise ModelError(f"{path} is damaged: piece {len(pieces)} is cut short")
            pieces.append(data[position : position + length])
            position += length
        return cls(pieces)

    def text(self, tokens: Sequence[int]) -> str:
        """The tokens as text, without the space before its first word."""
        joined = b"".join(self._pieces[token] for token in tokens)
        return joined.decode("utf-8", errors="replace").strip()

    def words(
        self, tokens: Sequence[int], log_probabilities: Sequence[float]
    ) -> Iterator[tuple[str, float]]:
        """Each word and the geometric mean of its tokens' probabilities."""
        start = 0
        for end in range(1, len(tokens) + 1):
            if end == len(tokens) or self._pieces[tokens[end]].startswith(b" "):
                if word := self.text(tokens[start:end]):
                    yield word, float(np.exp(np.mean(log_probabilities[start:end])))
                start = end


def _as_bytes(piece: bytes) -> bytes:
    if byte := _BYTE.fullmatch(piece):
        return bytes([int(byte[1], 16)])
    if _CONTROL.fullmatch(piece):
        return b""
    return piece.replace(_WORD, b" ")
