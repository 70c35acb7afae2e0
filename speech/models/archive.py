"""Archives unpacked so that nothing in them can reach outside the folder, or fill the disk."""

from __future__ import annotations

import functools
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

from speech.errors import ModelFetchError
from speech.models.download import BLOCK, disk_error

MOST_ENTRIES = 10_000
"""Files that an archive may hold; the largest known model has some dozens."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A regular file inside an archive: where it goes, how large it says it is, how to read it."""

    path: PurePosixPath
    size: int
    open: Callable[[], IO[bytes]]


def unpack(archive: Path, folder: Path, limit: int) -> None:
    """Unpack a zip or (compressed) tar into a new folder; one folder around everything is left out.

    Every name and size is checked before the first byte is written.

    Parameters
    ----------
    archive
        The file; what it is shows in its content, not in its name.
    folder
        Must not exist yet; its parent must.
    limit
        Bytes that it may unpack to.

    Raises
    ------
    ModelFetchError
        It is no archive, is damaged, would write outside the folder, holds links or devices, or
        would become larger than ``limit``.
    """
    try:
        with ExitStack() as stack:
            members = _checked(archive, _members(archive, stack), limit)
            folder.mkdir()
            for member in members:
                target = folder / member.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with member.open() as source, target.open("xb") as file:
                    if not copy_exactly(source, file, member.size):
                        raise ModelFetchError(
                            f"{archive.name}: {member.path} is not as long as it should be"
                        )
    except (FileExistsError, NotADirectoryError) as error:
        raise ModelFetchError(f"{archive.name}: holds {error.filename} twice") from error
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        RuntimeError,  # encrypted, or packed in a way that zipfile does not know
    ) as error:
        raise ModelFetchError(f"{archive.name}: is damaged ({error})") from error
    except OSError as error:
        if error.errno is None:  # gzip and bz2 say so when their data is damaged
            raise ModelFetchError(f"{archive.name}: is damaged ({error})") from error
        raise disk_error(error, folder) from error


def copy_exactly(source: IO[bytes], target: IO[bytes], size: int) -> bool:
    """Copy ``size`` bytes, never more; whether the source held just that many."""
    left = size
    while block := source.read(min(BLOCK, left + 1)):
        if len(block) > left:
            return False
        target.write(block)
        left -= len(block)
    return left == 0


def _members(archive: Path, stack: ExitStack) -> Iterator[_Member]:
    if zipfile.is_zipfile(archive):
        return _zip_members(archive, stack.enter_context(zipfile.ZipFile(archive)))
    if tarfile.is_tarfile(archive):
        return _tar_members(archive, stack.enter_context(tarfile.open(archive)))
    raise ModelFetchError(f"{archive.name}: is no zip or tar archive, or was cut short")


def _zip_members(archive: Path, file: zipfile.ZipFile) -> Iterator[_Member]:
    for info in file.infolist():
        path = _safe_path(archive, info.filename)
        # The upper half holds Unix's file mode, or 0 where the archive comes from elsewhere.
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _special(archive, path)
        if not info.is_dir():
            yield _Member(path, info.file_size, functools.partial(file.open, info))


def _tar_members(archive: Path, file: tarfile.TarFile) -> Iterator[_Member]:
    for info in file:
        path = _safe_path(archive, info.name)
        if not (info.isfile() or info.isdir()):
            raise _special(archive, path)
        if info.isfile():
            yield _Member(path, info.size, functools.partial(_open_in_tar, file, info))


def _open_in_tar(file: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    opened = file.extractfile(info)
    if opened is None:
        raise tarfile.ReadError(f"{info.name} cannot be read")
    return opened


def _safe_path(archive: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    # A colon or backslash would name a drive or a folder on another system.
    if path.is_absolute() or ".." in path.parts or any(sign in name for sign in "\\:\0"):
        raise ModelFetchError(
            f"{archive.name}: would write outside the model's folder ({name!r}); it is not used"
        )
    return path


def _special(archive: Path, path: PurePosixPath) -> ModelFetchError:
    return ModelFetchError(f"{archive.name}: {path} is a link or a device; it is not used")


def _checked(archive: Path, members: Iterator[_Member], limit: int) -> list[_Member]:
    """All members, within bounds, without the one folder that may be around them."""
    checked: list[_Member] = []
    size = 0
    for member in members:
        checked.append(member)
        size += member.size
        if size > limit or len(checked) > MOST_ENTRIES:
            raise ModelFetchError(
                f"{archive.name}: would unpack to more than {limit} bytes or {MOST_ENTRIES} files; "
                "it is not used"
            )
    tops = {member.path.parts[:1] for member in checked}
    if len(tops) == 1 and all(len(member.path.parts) > 1 for member in checked):
        top = PurePosixPath(*tops.pop())
        checked = [replace(member, path=member.path.relative_to(top)) for member in checked]
    return checked
