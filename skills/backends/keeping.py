"""States of devices in a JSON file, written soon rather than at once.

An answer does not wait for the disk: what is to be kept is handed to a thread, which begins to
write it at once, and writes whatever has come meanwhile when it is done. A program that is
killed so loses the changes of the last moment, a few milliseconds on most disks; the file is
whole whenever that happens. Several programs may share it: each change is added to what is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from skills.backends.contract import State
from skills.storage import Watched, load_json, locked, save_json

_LOGGER = logging.getLogger(__name__)


class KeptStates:
    """What a file holds of the states of devices.

    Parameters
    ----------
    path
        It need not be there yet.
    take
        Called by :meth:`refresh` with what the file holds, when another program has changed it:
        device id to state, devices of other homes included. What still has to be written is
        left out.
    """

    def __init__(self, path: Path, take: Callable[[Mapping[str, object]], None]) -> None:
        self._path = path
        self._take = take
        self._watched = Watched(path)
        self._lock = Lock()  # of what follows, which the thread uses too
        self._unwritten: dict[str, State] = {}
        self._saved: dict[str, object] = {}
        self._failure: OSError | None = None
        self._busy = False  # the thread will look for more to write
        self._writing: Future[None] | None = None
        self._thread: ThreadPoolExecutor | None = None

    def refresh(self) -> None:
        """Take up what another program has changed; a file that cannot be read is logged."""
        try:
            if not self._watched.changed():
                return
            # Read under the lock: what has left the unwritten by then is in the file that is read.
            with self._lock:
                saved = load_json(self._path)
                self._saved = saved if isinstance(saved, dict) else {}
                others = {k: v for k, v in self._saved.items() if k not in self._unwritten}
        except OSError as error:
            _LOGGER.warning("%s cannot be read: %s", self._path, error)
            return
        self._take(others)

    def saved(self, device_id: str) -> object:
        """What the file holds of a device, None if nothing."""
        with self._lock:
            return self._saved.get(device_id)

    def keep(self, device_id: str, state: State) -> None:
        """Have a state written.

        Raises
        ------
        OSError
            The last attempt to write failed, and another one now does too. The state is not
            kept then.
        """
        with self._lock:
            failed = self._failure is not None
            before = self._unwritten.get(device_id)
            self._unwritten[device_id] = dict(state)
        if not failed:
            self._begin()
            return
        try:
            while self._write():
                pass
        except OSError:
            with self._lock:
                self._unwritten.pop(device_id, None)
                if before is not None:
                    self._unwritten[device_id] = before
            raise

    async def written(self) -> None:
        """Wait until everything has been written, or has failed to be."""
        if self._writing is not None:
            await asyncio.wrap_future(self._writing)

    async def close(self) -> None:
        """Write what has not been written yet, and end the thread."""
        await self.written()
        if self._thread is not None:
            self._thread.shutdown(wait=False)
            self._thread = None

    def _begin(self) -> None:
        with self._lock:
            if self._busy:
                return
            self._busy = True
        if self._thread is None:
            # One that the program waits for when it ends.
            self._thread = ThreadPoolExecutor(1, "devices.json")
        self._writing = self._thread.submit(self._write_all)

    def _write_all(self) -> None:
        with contextlib.suppress(OSError):  # remembered, and told with the next change
            while self._write():
                pass

    def _write(self) -> bool:
        """Add what is unwritten to the file; whether there was anything."""
        with self._lock:
            ours = dict(self._unwritten)
            self._busy = bool(ours)
        if not ours:
            return False
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._path):
                # Read each time: two writes in one tick of the clock may leave a file that looks
                # like the one before.
                known = load_json(self._path)
                known = known if isinstance(known, dict) else {}
                with self._lock:
                    foreign = known != self._saved
                saved = {**known, **ours}
                save_json(self._path, saved)
                if not foreign:
                    self._watched.changed()  # by us
        except OSError as error:
            _LOGGER.warning("%s cannot be written: %s", self._path, error)
            with self._lock:
                self._failure, self._busy = error, False
            raise
        with self._lock:
            self._failure = None
            if not foreign:
                self._saved = saved
            for device_id, state in ours.items():
                if self._unwritten.get(device_id) is state:
                    del self._unwritten[device_id]
        return True
