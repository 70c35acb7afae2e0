"""The output of a batch run: JSON Lines that grow line by line and can be taken up again."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pronunciation.batch.manifest import Fault, Task, digest
from speech.errors import BusyError, ConfigError

_LOG = logging.getLogger(__name__)
_HEAD = b'{"id"'  # how every line of an output begins


class Output:
    """The file, opened and locked, with what it holds already.

    A last line without its end is what was being written when a run was killed; it is cut off.
    What is there otherwise stays, whatever else was asked.

    Parameters
    ----------
    path
        Made where it is missing.
    retry
        Take out the lines with an error, so that they are tried again.

    Raises
    ------
    ConfigError
        It cannot be written, or something else than the output of a batch run is in it.
    BusyError
        Another run writes it.
    """

    def __init__(self, path: Path, *, retry: bool = False) -> None:
        self._path = path
        self._done: set[int] = set()
        self.failed = 0
        """How many lines hold an error."""
        try:
            self._file = self._locked(path)
            self._take_up(retry)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def holds(self, item: Task | Fault) -> bool:
        """Whether the item is in the file, as an assessment or an error."""
        return _key(item) in self._done

    def write(self, line: str, *, failed: bool) -> None:
        """Append one record and hand it to the operating system.

        Raises
        ------
        ConfigError
            The disk is full, or the file has gone.
        """
        try:
            self._file.write(line.encode("utf-8") + b"\n")
            self._file.flush()
        except OSError as error:
            raise ConfigError(f"{self._path}: cannot be written ({error.strerror})") from error
        self.failed += failed

    def _locked(self, path: Path) -> IO[bytes]:
        file = path.open("a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise BusyError(f"{path}: another run is writing this file") from None
        except OSError:
            _LOG.warning("%s: its file system has no locks; start no second run on it", path)
        return file

    def _take_up(self, retry: bool) -> None:
        """Learn what is there, cut off half a line, and with ``retry`` take out the errors."""
        end = 0
        self._file.seek(0)
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                if line[: len(_HEAD)] != _HEAD[: len(line)]:
                    raise self._foreign(number)
                break
            end += len(line)
            if not line.strip():
                continue
            record = self._record(number, line)
            if "error" in record:
                self.failed += 1
            if not (retry and "error" in record):
                self._done.add(_key_of(record))
        self._file.truncate(end)
        if retry and self.failed:
            self._drop_errors()

    def _drop_errors(self) -> None:
        """Replace the file by a copy without errors, at once or not at all."""
        # Beside the file itself where the path is a link to it, so that the link stays.
        path = Path(os.path.realpath(self._path))
        part = path.with_name(path.name + ".part")
        part.unlink(missing_ok=True)
        copy = self._locked(part)
        self._file.seek(0)
        for line in self._file:
            if line.strip() and "error" not in json.loads(line):
                copy.write(line)
        copy.flush()
        os.fsync(copy.fileno())
        part.replace(path)
        self._file.close()
        self._file, self.failed = copy, 0

    def _record(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            raise self._foreign(number) from None
        if not isinstance(record, dict) or not ({"words", "error"} & record.keys()):
            raise self._foreign(number)
        return record

    def _foreign(self, number: int) -> ConfigError:
        self._file.close()
        return ConfigError(
            f"{self._path}: line {number} is no assessment; the output is appended to, "
            "so name a new file or the output of an earlier run"
        )


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of an output, one after the other."""
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def fault_line(fault: Fault) -> str:
    """The record of a line of the manifest that cannot be used."""
    return dump({"id": fault.id, "line": fault.line, "error": fault.error})


def dump(record: dict[str, Any]) -> str:
    """One line of JSON.

    Raises
    ------
    ValueError
        A number in it is none that JSON has.
    """
    # Half a surrogate pair has no UTF-8; JSON can escape it, so escape all where there is one.
    line = json.dumps(record, ensure_ascii=False, allow_nan=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(record, allow_nan=False)
    return line


def _key(item: Task | Fault) -> int:
    return digest(f"line {item.line}") if isinstance(item, Fault) else digest(f"id {item.id}")


def _key_of(record: dict[str, Any]) -> int:
    """The key of the item that a record is about: a bad line has no id that could be trusted."""
    return digest(f"line {record['line']}" if "line" in record else f"id {record.get('id')}")
