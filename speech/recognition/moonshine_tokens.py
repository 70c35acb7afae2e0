"""Moonshine's vocabulary: token ids to text.

``tokenizer.bin`` is a list of byte strings, each after its length: one byte b below 128, or two
bytes that stand for b + 128 (next - 1). A piece begins a word where it begins with U+2581; bytes
outside the vocabulary are pieces of the form ``<0xHH>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from speech.errors import ModelError

_VOCABULARY = 32_768
_BYTE = re.compile(rb"<0x([0-9A-Fa-f]{2})>")
_CONTROL = re.compile(rb"<(?!0x)[^>]*>")
_WORD = "\u2581".encode()


class Tokens:
    """Turns token ids into text, and text into token ids."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = [_as_bytes(piece) for piece in pieces]
        # A sign has a piece of its own after the one that stands for its byte: the last is meant.
        self._ids = {piece: number for number, piece in enumerate(self._pieces) if piece}

    @classmethod
    def load(cls, path: Path) -> Tokens:
        """Read ``tokenizer.bin``.

        Raises
        ------
        ModelError
            The file is damaged.
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
        if len(pieces) != _VOCABULARY:
            raise ModelError(f"{path} is damaged: {len(pieces)} pieces, not {_VOCABULARY}")
        return cls(pieces)

    def text(self, tokens: Sequence[int]) -> str:
        """The tokens as text, without the space before its first word."""
        joined = b"".join(self._pieces[token] for token in tokens)
        return joined.decode("utf-8", errors="replace").strip()

    def encode(self, word: str) -> list[int]:
        """The tokens that the model itself would write for a word and the space before it.

        Byte pair encoding (Sennrich et al., arXiv:1508.07909): pieces come in the order in which
        they were merged, so of two neighbours that can be joined the lowest id goes first.
        """
        parts = [bytes([byte]) for byte in f" {word}".encode()]
        while True:
            pairs = [
                (self._ids[left + right], place)
                for place, (left, right) in enumerate(pairwise(parts))
                if left + right in self._ids
            ]
            if not pairs:
                return [self._ids[part] for part in parts]
            _, place = min(pairs)
            parts[place : place + 2] = [parts[place] + parts[place + 1]]

    def piece(self, text: str) -> int:
        """The one token that stands for exactly this text; a space before a word belongs to it.

        Raises
        ------
        KeyError
            There is none.
        """
        return self._ids[text.encode()]

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
