"""CMUdict, 126,000 English words, read lazily out of its file."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

from pronunciation.english.phones import Pronunciation
from speech.errors import ModelError


class CmuDict:
    """The dictionary: its lines are sorted when it is opened, and parsed when they are asked for.

    A line is ``word PH1 ON0 ES``, further pronunciations are ``word(2) ...``, and a comment may
    follow a ``#``.

    Parameters
    ----------
    folder
        Holds ``cmudict.dict``, as the model ``cmudict`` does.

    Raises
    ------
    ModelError
        The file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        file = folder / "cmudict.dict"
        try:
            self._lines = file.read_bytes().splitlines()
        except OSError as error:
            raise ModelError(f"{file}: cannot be read ({error.strerror})") from error
        # Almost in order already, but for a few words, and without the order of bytes in mind.
        self._lines.sort()

    def __getitem__(self, word: str) -> tuple[Pronunciation, ...]:
        """The pronunciations of a lower-case word, in the dictionary's order; maybe none."""
        if not word.isascii():
            return ()
        name = word.encode()
        return tuple(
            tuple(line.partition(b"#")[0].decode().split()[1:])
            for prefix in (name + b" ", name + b"(")
            for line in self._beginning(prefix)
        )

    def __contains__(self, word: str) -> bool:
        return bool(self[word])

    def _beginning(self, prefix: bytes) -> list[bytes]:
        start = end = bisect_left(self._lines, prefix)
        while end < len(self._lines) and self._lines[end].startswith(prefix):
            end += 1
        return self._lines[start:end]
