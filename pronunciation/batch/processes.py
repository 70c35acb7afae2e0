"""Worker processes on this machine, each with an assessor of its own and one task at a time.

A worker that dies, because memory ran out or somebody killed it, takes nothing along: its task is
given to a new one, once, and the others do not notice.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import FrameType

from pronunciation.batch.manifest import Task
from pronunciation.batch.work import TRIES, Done, Opener, failure, start, work
from speech.errors import EngineError, SonorantError

_CONTEXT = multiprocessing.get_context("spawn")
_STILLBORN = 3  # workers in a row that die before they are ready: then something is wrong
_THREADS = "OMP_NUM_THREADS"
_PATIENCE = 2.0  # seconds that workers get to stop by themselves


def run(
    tasks: Iterable[Task], jobs: int, opener: Opener, language: str
) -> Generator[tuple[Task, Done], None, None]:
    """Work on tasks in so many processes; results come as they are ready.

    No more tasks are taken than there are workers. Closing the iterator ends all of them.

    Raises
    ------
    SonorantError
        The assessor cannot be loaded.
    """
    pool = _Pool(opener, language)
    waiting = iter(tasks)
    try:
        while True:
            while pool.busy < jobs and (task := pool.again() or next(waiting, None)):
                pool.give(task)
            if not pool.busy:
                return
            yield from pool.results()
    finally:
        pool.stop()


class _Worker:
    """One process, seen from outside."""

    def __init__(self, opener: Opener, language: str) -> None:
        self.link, theirs = _CONTEXT.Pipe()
        self.task: Task | None = None
        self.ready = False
        self.process = _CONTEXT.Process(target=_serve, args=(theirs, opener, language), daemon=True)
        # Ctrl-C reaches every process of the terminal. The workers are stopped by us, so it is
        # held back in them from before their first line of Python. The tracker would let it
        # through when it starts, so it goes first.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with _one_thread():
                self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    def give(self, task: Task) -> None:
        """Start on a task; should the worker be dead, its link will tell."""
        self.task = task
        with contextlib.suppress(OSError):
            self.link.send(task)

    def end(self) -> str:
        """Why it died, as a person would say it."""
        self.link.close()
        self.process.join(_PATIENCE)
        code = self.process.exitcode
        if code is None or code >= 0:
            return f"its worker ended with status {code}"
        name = signal.Signals(-code).name
        return f"its worker was ended by {name}" + (
            ", perhaps for want of memory" if name == "SIGKILL" else ""
        )


class _Pool:
    """The workers, and the tasks that cost one its life."""

    def __init__(self, opener: Opener, language: str) -> None:
        self._opener = opener
        self._language = language
        self._workers: list[_Worker] = []
        self._again: deque[Task] = deque()
        self._deaths: dict[str, int] = {}
        self._stillborn = 0

    @property
    def busy(self) -> int:
        """How many are at work."""
        return sum(worker.task is not None for worker in self._workers)

    def again(self) -> Task | None:
        """A task that must be done again, if there is one."""
        return self._again.popleft() if self._again else None

    def give(self, task: Task) -> None:
        """Give a task to an idle worker, or to a new one."""
        idle = next((worker for worker in self._workers if worker.task is None), None)
        if idle is None:
            idle = _Worker(self._opener, self._language)
            self._workers.append(idle)
        idle.give(task)

    def results(self) -> Iterator[tuple[Task, Done]]:
        """Wait until something happens, and what came of it."""
        links = {worker.link: worker for worker in self._workers if worker.task is not None}
        for link in wait(list(links)):
            assert isinstance(link, Connection)
            worker = links[link]
            task = worker.task
            assert task is not None
            try:
                answer: Done | SonorantError | None = link.recv()
            except (EOFError, OSError):
                if done := self._bury(worker, task):
                    yield task, done
                continue
            if isinstance(answer, SonorantError):
                raise answer
            if answer is None:
                worker.ready = True
                continue
            worker.task, self._stillborn = None, 0
            self._deaths.pop(task.id, None)
            yield task, answer

    def _bury(self, worker: _Worker, task: Task) -> Done | None:
        """A worker died: its task is tried again, or has failed."""
        self._workers.remove(worker)
        reason = worker.end()
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn == _STILLBORN:
                raise EngineError(f"no assessor could be loaded: {reason}; try fewer --jobs")
            self._again.append(task)
            return None
        deaths = self._deaths.pop(task.id, 0) + 1
        if deaths < TRIES:
            self._deaths[task.id] = deaths
            self._again.append(task)
            return None
        return failure(task, f"{reason}, as was another that tried")

    def stop(self) -> None:
        """End all workers: politely, then not."""
        for worker in self._workers:
            worker.link.close()  # an idle one ends at that, and frees what it holds
            if worker.task is not None:
                worker.process.terminate()
        until = time.monotonic() + _PATIENCE
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Processes that start now calculate in one thread each, unless the user said otherwise.

    numpy's threads would wait for each other on cores that all have a worker: a third more work.
    """
    said = _THREADS in os.environ
    os.environ.setdefault(_THREADS, "1")
    try:
        yield
    finally:
        if not said:
            del os.environ[_THREADS]


def _serve(link: Connection, opener: Opener, language: str) -> None:
    """What a worker does: load the assessor, then answer task after task until nobody asks."""
    signal.signal(signal.SIGTERM, _leave)
    # The link breaks when the run has ended or been killed: then there is nobody to tell.
    with contextlib.suppress(EOFError, OSError), contextlib.ExitStack() as stack:
        assessor = start(opener, language)
        if isinstance(assessor, SonorantError):
            link.send(assessor)
            return
        stack.callback(assessor.close)
        link.send(None)
        while True:
            link.send(work(link.recv(), assessor))


def _leave(number: int, frame: FrameType | None) -> None:
    """Unwind on SIGTERM, so that temporary files and child processes are cleared away."""
    sys.exit(0)
