"""Column types that do not trust the database.

SQLite keeps a text where bytes or a number belong, if somebody writes it there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, Text

from speech.errors import GalleryError

T = TypeVar("T")


class Bytes(LargeBinary):
    """Bytes; anything else is read as none at all, which no seal and no code is true of."""

    cache_ok = True

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[object], bytes | None]:
        """Make bytes of a value."""

        def read(value: object) -> bytes | None:
            if value is None:
                return None
            return bytes(value) if isinstance(value, bytes | memoryview) else b""

        return read


class Words(Text):
    """Text."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], str | None]:
        """Let only text through."""
        return _only(str)


class Count(Integer):
    """A whole number."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], int | None]:
        """Let only whole numbers through."""
        return _only(int)


class BigCount(BigInteger):
    """A whole number of 64 bits."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], int | None]:
        """Let only whole numbers through."""
        return _only(int)


def _only(kind: type[T]) -> Callable[[object], T | None]:
    def read(value: object) -> T | None:
        if value is None or isinstance(value, kind):
            return value
        raise GalleryError(
            "the gallery was changed from outside: something other than "
            f"{'text' if kind is str else 'a whole number'} stands where that belongs. "
            "Put back a back-up"
        )

    return read
