"""The tensors of a Whisper model as CTranslate2 keeps them, read without CTranslate2.

``model.bin`` begins with its version, the kind of model and that kind's revision; then come the
tensors one after the other: name, rank, dimensions, type, length in bytes, and the numbers.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from speech.errors import ModelError

Array = npt.NDArray[Any]

WEIGHTS = "model.bin"
"""The file in the model's folder."""

_VERSION = 6
_SPECIFICATION = "WhisperSpec"
_TYPES = tuple(np.dtype(name) for name in ("<f4", "i1", "<i2", "<i4", "<f2"))
_LARGEST_RANK = 4


def read_weights(path: Path, wanted: Callable[[str], bool]) -> dict[str, Array]:
    """Tensors of a model, by name.

    Parameters
    ----------
    wanted
        Says of a name whether its tensor is to be read.

    Raises
    ------
    ModelError
        It cannot be read, is damaged, or no Whisper model.
    """
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        ):
            return _Reader(mapped).tensors(wanted)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, struct.error, IndexError) as error:
        raise ModelError(f"{path}: is no Whisper model, or damaged ({error})") from error


class _Reader:
    """One file, read from the front."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._at = 0

    def tensors(self, wanted: Callable[[str], bool]) -> dict[str, Array]:
        version, kind = self._number("I"), self._text()
        if (version, kind) != (_VERSION, _SPECIFICATION):
            raise ValueError(f"it is of version {version} and kind {kind[:40]!r}")
        self._number("I")  # the revision of the kind
        found = {}
        for _ in range(self._number("I")):
            name = self._text()
            shape = [self._number("I") for _ in range(self._rank())]
            dtype = _TYPES[self._number("B")]
            size = self._number("I")
            if size != int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
                raise ValueError(f"{name[:80]} is not as long as it should be")
            numbers = self._bytes(size)
            if wanted(name):
                found[name] = np.frombuffer(numbers, dtype).reshape(shape)
        return found

    def _rank(self) -> int:
        if (rank := self._number("B")) > _LARGEST_RANK:
            raise ValueError(f"a tensor of rank {rank}")
        return rank

    def _text(self) -> str:
        return self._bytes(self._number("H")).rstrip(b"\0").decode()

    def _number(self, kind: str) -> int:
        (value,) = struct.unpack(f"<{kind}", self._bytes(struct.calcsize(kind)))
        return int(value)

    def _bytes(self, size: int) -> bytes:
        taken = self._content[self._at : self._at + size]
        if len(taken) != size:
            raise ValueError("it ends too early")
        self._at += size
        return taken
