"""Checkpoints are data: hostile ones are refused before anything in them runs."""

from __future__ import annotations

import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speech.errors import ModelError
from voiceprint.embedding.checkpoint import read_checkpoint

NUMBERS = np.arange(6, dtype="<f4")


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def storage(kind: str = "FloatStorage", key: str = "0", count: int = 6) -> bytes:
    named = b"ctorch\n" + kind.encode() + b"\n"
    return b"(" + text("storage") + named + text(key) + text("cpu") + number(count) + b"tQ"


def tensor(
    shape: tuple[int, ...] = (2, 3), stride: tuple[int, ...] = (3, 1), offset: int = 0, **at: Any
) -> bytes:
    size, steps = (b"(" + b"".join(map(number, one)) + b"t" for one in (shape, stride))
    hooks = b"ccollections\nOrderedDict\n)R"
    arguments = b"(" + storage(**at) + number(offset) + size + steps + b"\x89" + hooks + b"t"
    return b"ctorch._utils\n_rebuild_tensor_v2\n" + arguments + b"R"


def state(value: bytes) -> bytes:
    return b"\x80\x02}" + text("weight") + value + b"s."


@pytest.fixture
def checkpoint(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(pickled: bytes) -> Path:
        path = tmp_path / "some.pt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", pickled)
            archive.writestr("archive/data/0", NUMBERS.tobytes())
        return path

    return write


def test_tensors_are_read(checkpoint: Callable[[bytes], Path]) -> None:
    (name, weight), *more = read_checkpoint(checkpoint(state(tensor()))).items()
    assert name == "weight" and not more
    np.testing.assert_array_equal(weight, NUMBERS.reshape(2, 3))
    turned = read_checkpoint(checkpoint(state(tensor((3, 2), (1, 3)))))["weight"]
    np.testing.assert_array_equal(turned, NUMBERS.reshape(2, 3).T)


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, ("ran",))


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_in_it_runs(
    checkpoint: Callable[[bytes], Path], protocol: int, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="no checkpoint of tensors"):
        read_checkpoint(checkpoint(pickle.dumps({"weight": Runs()}, protocol)))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "pickled",
    [
        pytest.param(state(b"cos\nsystem\n" + text("true") + b"\x85R"), id="os.system"),
        pytest.param(state(b"cbuiltins\neval\n" + text("1") + b"\x85R"), id="eval"),
        pytest.param(state(b"(" + text("true") + b"ios\nsystem\n"), id="INST"),
        pytest.param(state(b"ctorch._utils\n_rebuild_tensor_v2.__globals__\n"), id="attribute"),
        pytest.param(state(b"ctorch\nFloatStorage\n)R"), id="a storage called"),
        pytest.param(state(tensor() + b"}b"), id="BUILD"),
        pytest.param(state(b"N"), id="no tensor"),
        pytest.param(b"\x80\x02].", id="no dictionary"),
        pytest.param(state(tensor(offset=1)), id="reaches beyond"),
        pytest.param(state(tensor((2, 3), (4, 1))), id="strides beyond"),
        pytest.param(state(tensor((2, 3), (-3, 1), 3)), id="strides before"),
        pytest.param(state(tensor((2**31 - 1, 2**31 - 1), (0, 0))), id="fills the memory"),
        pytest.param(state(tensor((6,), (1, 1))), id="shape and stride"),
        pytest.param(state(tensor((-1,), (1,))), id="negative"),
        pytest.param(state(tensor(count=5)), id="other length"),
        pytest.param(state(tensor(kind="DoubleStorage")), id="other kind"),
        pytest.param(state(tensor(key="../data.pkl")), id="no storage"),
        pytest.param(state(b"(" + text("other") + b"tQ"), id="other reference"),
        pytest.param(
            state(number(1) + b"r\xff\xff\xff\x7f" + tensor()), id="memo fills the memory"
        ),
        pytest.param(state(tensor())[:-9], id="cut short"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff" * 20, id="rubbish"),
    ],
)
def test_anything_else_is_refused(checkpoint: Callable[[bytes], Path], pickled: bytes) -> None:
    with pytest.raises(ModelError, match=r"some\.pt: is no checkpoint of tensors, or damaged"):
        read_checkpoint(checkpoint(pickled))


def test_files_that_are_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        read_checkpoint(tmp_path / "missing.pt")
    (tmp_path / "text.pt").write_text("no zip")
    with zipfile.ZipFile(tmp_path / "zip.pt", "w") as archive:
        archive.writestr("something", "else")
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02" + b"(" * 20_000_000)
    for name in ("text.pt", "zip.pt", "bomb.pt"):
        with pytest.raises(ModelError, match=f"{name}: is no checkpoint"):
            read_checkpoint(tmp_path / name)


def test_a_changed_number_is_noticed(checkpoint: Callable[[bytes], Path]) -> None:
    path = checkpoint(state(tensor()))
    content = path.read_bytes()
    assert content.count(NUMBERS.tobytes()) == 1
    path.write_bytes(content.replace(NUMBERS.tobytes(), (NUMBERS + 1).tobytes()))
    with pytest.raises(ModelError, match="damaged"):
        read_checkpoint(path)
