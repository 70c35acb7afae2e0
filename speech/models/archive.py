"""Archives unpacked so that nothing in them can reach outside the folder, or fill the disk."""

from __future__ import annotations

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from speech.errors import ModelFetchError
from speech.models.download import BLOCK, disk_error

MOST_ENTRIES = 10_000
"""Files and folders that an archive may hold; the largest known model has some dozens."""


class _Open(Protocol):
    def __call__(self) -> IO[bytes]: ...


@dataclass(frozen=True, slots=True)
class _Entry:
    """A regular file inside an archive: where it goes, how large it says it is, how to read it."""

    path: PurePosixPath
    size: int
    open: _Open


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
            entries = _safe(archive, list(_entries(archive, stack)), limit)
            folder.mkdir()
            for entry in entries:
                target = folder / entry.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with entry.open() as source, target.open("xb") as file:
                    if copy_exactly(source, file, entry.size) != entry.size:
                        raise ModelFetchError(f"{archive.name}: {entry.path} ends early or late")
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError) as error:
        raise _damaged(archive, error) from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted; an unknown compression
        raise _damaged(archive, error) from error
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise ModelFetchError(f"{archive.name}: holds {error.filename} twice") from error
    except OSError as error:
        # bz2 and gzip report damaged data as an OSError without a number.
        raise (
            _damaged(archive, error) if error.errno is None else disk_error(error, folder)
        ) from (error)


def copy_exactly(source: IO[bytes], target: IO[bytes], size: int) -> int:
    """Copy at most ``size`` bytes, and answer how many there were (``size`` + 1 if more came)."""
    done = 0
    while block := source.read(min(BLOCK, size + 1 - done)):
        done += len(block)
        if done > size:
            break
        target.write(block)
    return done


def _entries(archive: Path, stack: ExitStack) -> Iterator[_Entry]:
    if zipfile.is_zipfile(archive):
        yield from _zip_entries(archive, stack.enter_context(zipfile.ZipFile(archive)))
    elif tarfile.is_tarfile(archive):
        yield from _tar_entries(archive, stack.enter_context(tarfile.open(archive)))
    else:
        raise ModelFetchError(f"{archive.name}: is no zip or tar archive, or ends early")


def _zip_entries(archive: Path, file: zipfile.ZipFile) -> Iterator[_Entry]:
    for info in file.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused(archive, info.filename, "is a link or a device")
        path = _safe_path(archive, info.filename)
        if not info.is_dir():
            yield _Entry(path, info.file_size, lambda info=info: file.open(info))  # type: ignore


def _tar_entries(archive: Path, file: tarfile.TarFile) -> Iterator[_Entry]:
    for info in file:
        raise NotImplementedError
