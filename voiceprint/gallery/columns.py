"""Column types that do not trust the database.

SQLite keeps a text where bytes or a number belong, if somebody writes it there.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, Text

from speech.errors import GalleryError


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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], object]:
        """Let only text through."""
        return _only(str)


class Count(Integer):
    """A whole number."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], object]:
        """Let only whole numbers through."""
        return _only(int)


class BigCount(BigInteger):
    """A whole number of 64 bits."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], object]:
        """Let only whole numbers through."""
        return _only(int)


def _only(kind: type) -> Callable[[object], object]:
    def read(value: object) -> object:
        if value is None or isinstance(value, kind):
            return value
        raise GalleryError(
            "the gallery was changed from outside: something other than "
            f"{'text' if kind is str else 'a whole number'} stands where that belongs. "
            "Put back a back-up"
        )

    return read
