"""Whisper's tokens as text.

They are those of GPT-2: byte pair encoding over UTF-8, each byte written as a printable character
(Radford et al., 2019). A token may end in the middle of a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_CONTROL = re.compile(r"<\|[^|]*\|>")
_UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my", "km", "bo"})
"""Languages that are written without spaces between words."""


def _bytes() -> dict[str, int]:
    """The byte that each character of a token stands for: itself where it can be printed."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(0x100 + number): byte for number, byte in enumerate(others)
    }


_BYTES = _bytes()


def text(tokens: Sequence[str]) -> str:
    """The tokens as text, without control tokens and the space before the first word."""
    return _decoded(tokens).strip()


def words(tokens: Sequence[str], language: str) -> Iterator[tuple[str, slice]]:
    """Each word and where its tokens stand.

    In languages that are written without spaces a word is what one token says, or several where
    one ends in the middle of a character. Punctuation belongs to the word before it.
    """
    said, first = "", 0
    for part, where in _parts(tokens):
        begins = part.startswith(" ") or (language in _UNSPACED and _has_letters(part))
        if begins and _has_letters(said):
            yield said.strip(), slice(first, where.start)
            said, first = "", where.start
        said += part
    if said := said.strip():
        yield said, slice(first, len(tokens))


def _parts(tokens: Sequence[str]) -> Iterator[tuple[str, slice]]:
    """The text of as few tokens each as make up whole characters."""
    start = 0
    for end in range(1, len(tokens) + 1):
        part = _decoded(tokens[start:end])
        if not part.endswith("\ufffd") or end == len(tokens):
            yield part, slice(start, end)
            start = end


def _has_letters(part: str) -> bool:
    return any(sign.isalnum() for sign in part)


def _decoded(tokens: Sequence[str]) -> str:
    written = "".join(token for token in tokens if not _CONTROL.fullmatch(token))
    return bytes(_BYTES[sign] for sign in written).decode("utf-8", errors="replace")
