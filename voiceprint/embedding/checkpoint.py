"""Tensors out of a torch checkpoint without torch, and without running what is in it.

A ``.pt`` file is a zip: a pickle that says which tensors there are, and a member a storage with
their numbers. A pickle is a program, and Python's own machine would run whatever it names. Here
only what a dictionary of tensors needs is let through: few opcodes, five names, and each tensor
within its storage.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from speech.errors import ModelError

Array = npt.NDArray[Any]

_MOST_PICKLED = 8 * 2**20
_MOST_STORED = 512 * 2**20
# Bytes: CAM++ has 0.13 MB of pickle and 28 MB of numbers.

_OPCODES = frozenset(
    {
        "PROTO", "STOP", "MARK", "GLOBAL", "BINPERSID", "REDUCE",
        "EMPTY_DICT", "SETITEM", "SETITEMS",
        "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
        "BINUNICODE", "BININT", "BININT1", "BININT2", "NEWTRUE", "NEWFALSE", "NONE",
        "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
    }
)  # fmt: skip

_STORAGES = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
}


def read_checkpoint(path: Path) -> dict[str, Array]:
    """The tensors of a state dictionary that ``torch.save`` wrote, by name.

    Raises
    ------
    ModelError
        It cannot be read, is damaged, or holds anything but tensors.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Checkpoint(archive).tensors()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
    # What a damaged or hostile file makes of the zip reader and of pickle is not one error.
    except (
        zipfile.BadZipFile, zlib.error, pickle.UnpicklingError, KeyError, ValueError, TypeError,
        AttributeError, IndexError, EOFError, OverflowError, RuntimeError, NotImplementedError,
        MemoryError, RecursionError,
    ) as error:  # fmt: skip
        raise ModelError(f"{path}: is no checkpoint of tensors, or damaged ({error})") from error


class _Checkpoint:
    """One opened file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        self._archive = archive
        self._pickled = pickled
        self._folder = pickled.removesuffix("data.pkl") + "data/"
        self._storages: dict[str, Array] = {}
        self._stored = 0

    def tensors(self) -> dict[str, Array]:
        if self._archive.getinfo(self._pickled).file_size > _MOST_PICKLED:
            raise ValueError("its pickle is too long")
        pickled = self._archive.read(self._pickled)
        _check_opcodes(pickled)
        found = _Unpickler(pickled, self._storage).load()
        if not isinstance(found, dict) or not found:
            raise ValueError("it holds no dictionary")
        for name, tensor in found.items():
            if not isinstance(name, str) or not isinstance(tensor, np.ndarray):
                raise ValueError(f"{str(name)[:80]!r} is no tensor")
        return dict(found)

    def _storage(self, kind: np.dtype[Any], key: str, count: int) -> Array:
        if key not in self._storages:
            info = self._archive.getinfo(self._folder + key)
            self._stored += info.file_size
            if info.file_size != count * kind.itemsize or self._stored > _MOST_STORED:
                raise ValueError(f"storage {key} is not as long as it should be")
            # zipfile compares the CRC on the way.
            self._storages[key] = np.frombuffer(self._archive.read(info), kind)
        storage = self._storages[key]
        if storage.dtype != kind or storage.size != count:
            raise ValueError(f"storage {key} is of two kinds")
        return storage


def _check_opcodes(pickled: bytes) -> None:
    """Refuse opcodes that tensors do not need.

    Among them those that build objects, and memo indices beyond the number of bytes: the machine
    in C sets aside memory for as many entries as the highest index says.
    """
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name not in _OPCODES:
            raise pickle.UnpicklingError(f"the opcode {opcode.name} has no place in it")
        if opcode.name in ("BINPUT", "LONG_BINPUT") and int(argument or 0) > len(pickled):
            raise pickle.UnpicklingError("a memo index is out of all proportion")


class _Unpickler(pickle.Unpickler):
    """Pickle's machine with nothing to call but what rebuilds tensors."""

    def __init__(self, pickled: bytes, storage: Callable[[np.dtype[Any], str, int], Array]) -> None:
        super().__init__(io.BytesIO(pickled))
        self._storage = storage

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]  # a dtype: told apart, never called
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in it")

    def persistent_load(self, pid: Any) -> Array:
        tag, kind, key, _, count = pid
        if tag != "storage" or not isinstance(kind, np.dtype) or not isinstance(key, str):
            raise pickle.UnpicklingError("a reference to no storage")
        return self._storage(kind, key, int(count))


def _rebuild(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any
) -> Array:
    """What ``torch._utils._rebuild_tensor_v2`` does, within the bounds of the storage."""
    shape, steps = tuple(map(int, size)), tuple(map(int, stride))
    if (
        not isinstance(storage, np.ndarray)
        or len(shape) != len(steps)
        or min((*shape, *steps, int(offset)), default=0) < 0
    ):
        raise ValueError("a tensor of impossible shape")
    last = int(offset) + sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
    if 0 in shape or last >= storage.size:
        raise ValueError("a tensor that reaches beyond its storage")
    strides = tuple(step * storage.itemsize for step in steps)
    view = np.lib.stride_tricks.as_strided(storage[int(offset) :], shape, strides, writeable=False)
    if view.size > storage.size:
        raise ValueError("a tensor that is larger than its storage")
    return view.copy()
