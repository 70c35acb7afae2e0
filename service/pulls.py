"""Fetching models while the service runs: asked for, followed and called off by clients.

Each pull has a thread of its own, since it waits for the network and not for a processor.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from service.logs import LOGGER
from service.messages import Code, ServiceError
from service.messages.models import Pull
from speech.errors import ModelError, SonorantError, UnknownModelError
from speech.models import ModelStore

AT_ONCE = 2
"""Pulls."""
_KEPT = 20  # that are over


class _CancelledError(SonorantError):
    """Somebody called a pull off."""


class Pulls:
    """Those of one service. Safe to use from several threads."""

    def __init__(self) -> None:
        self._pulls: dict[str, Pull] = {}
        self._cancelled: set[str] = set()
        self._watchers: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def all(self) -> tuple[Pull, ...]:
        """Those that run, and the last that are over."""
        with self._lock:
            return tuple(self._pulls.values())

    def subscribe(self, on_change: Callable[[], object]) -> Callable[[], None]:
        """Have something called, in any thread, after each change; the result ends it."""
        with self._lock:
            self._watchers.append(on_change)

        def leave() -> None:
            with self._lock:
                self._watchers.remove(on_change)

        return leave

    def start(self, name: str) -> Pull:
        """Begin to fetch a model; one that is being fetched goes on.

        Raises
        ------
        ServiceError
            There is no such model, or too many are being fetched.
        """
        store = ModelStore()
        try:
            card = store.catalogue[name]
        except UnknownModelError as error:
            raise ServiceError(Code.NOT_FOUND, str(error)) from error
        with self._lock:
            before = self._pulls.get(name)
            if before is not None and before.state == "running":
                return before
            running = sum(one.state == "running" for one in self._pulls.values())
            if running >= AT_ONCE:
                raise ServiceError(
                    Code.BUSY, f"{running} models are being fetched already", retry_after=10.0
                )
            self._cancelled.discard(name)
            self._pulls.pop(name, None)  # the newest comes last
            pull = self._pulls[name] = Pull(name, "running", 0, card.size)
            for old in [one for one in self._pulls.values() if one.state != "running"][:-_KEPT]:
                del self._pulls[old.name]
        # A daemon: a server that says nothing must not keep the program from ending.
        threading.Thread(target=self._run, args=(store, name), name="pull", daemon=True).start()
        self._tell()
        return pull

    def cancel(self, name: str) -> bool:
        """Call a pull off, with the next bytes that come; False if none runs."""
        with self._lock:
            pull = self._pulls.get(name)
            if pull is None or pull.state != "running":
                return False
            self._cancelled.add(name)
            return True

    def close(self) -> None:
        """Call all of them off."""
        for pull in self.all():
            self.cancel(pull.name)

    def _run(self, store: ModelStore, name: str) -> None:
        def progress(done: int, total: int | None) -> None:
            if name in self._cancelled:
                raise _CancelledError("called off")
            self._change(name, done=done, total=total)

        about = {"model": name}
        LOGGER.info("model is fetched", extra={"about": about})
        try:
            store.pull(name, progress)
        except _CancelledError:
            self._change(name, state="cancelled")
        except ModelError as error:
            LOGGER.warning("model cannot be fetched: %s", error, extra={"about": about})
            self._change(name, state="failed", error=str(error))
        except Exception:
            LOGGER.exception("a pull failed", extra={"about": about})
            self._change(name, state="failed", error="a mistake of ours; the service's log has it")
        else:
            LOGGER.info("model is here", extra={"about": about})
            self._change(name, state="done")

    def _change(self, name: str, **changes: object) -> None:
        with self._lock:
            self._pulls[name] = replace(self._pulls[name], **changes)  # type: ignore[arg-type]
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            watchers = tuple(self._watchers)
        for watcher in watchers:
            watcher()
