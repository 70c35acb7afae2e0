"""A bounded number of workers for all CPU work, fair between sessions.

Every session has a :class:`Seat`: an executor whose work waits in a queue of its own. Workers take
one piece of work from each seat in turn, so that a session that asks for much keeps nobody else
waiting. No new seat is given while the work of those who are seated has to wait for too long: they
are told to come back, and who was admitted is served as before.

Workers are threads: what costs most is done by onnxruntime and Vosk, outside of Python's lock. On
two cores two threads recognise 2.0 times and score 1.8 times as much as one; only embedding voices,
86 ms for 5 s of audio, gains nothing.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from speech.errors import BusyError

P = ParamSpec("P")
T = TypeVar("T")

_EACH = 64  # pieces of work of one seat that may wait: a session waits for most of its own
_HUNG = 60.0  # seconds, after which a worker is thought lost in an engine and gets a stand-in
_MOST_HUNG = 8  # stand-ins at most


class OverError(RuntimeError):
    """The session is over, or the pool closed: nothing more is done for it."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much is going on."""

    workers: int
    seats: int
    waiting: int
    """Pieces of work."""
    wait: float
    """Seconds for which the oldest of them has been waiting."""
    hung: int
    """Workers that have not come back for a minute."""


@dataclass(slots=True, eq=False)
class _Work:
    future: Future[Any]
    call: Callable[[], Any]
    since: float


class Pool:
    """The workers. Safe to use from several threads.

    Parameters
    ----------
    workers
        Threads.
    seats
        Sessions at once.
    queue
        Pieces of work that may wait, of all seats, while new seats are given.
    patience
        Seconds for which the oldest of them may have been waiting.
    observe
        Called with the seconds that each piece of work waited, and those that it took.
    """

    def __init__(
        self,
        workers: int,
        seats: int = 64,
        queue: int = 64,
        patience: float = 1.0,
        observe: Callable[[float, float], None] = lambda waited, took: None,
    ) -> None:
        self._workers = workers
        self._most = seats
        self._queue = queue
        self._patience = patience
        self._observe = observe
        self._turns: deque[Seat] = deque()  # seats with work that waits, the next first
        self._seats = 0
        self._busy: dict[int, float] = {}  # workers to when they began what they do
        self._threads = 0
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def seat(self) -> Iterator[Seat]:
        """Admit a session; what it left waiting at the end is dropped.

        Raises
        ------
        BusyError
            There are too many, or those who are here have to wait too long already.
        """
        seat = self.take()
        try:
            yield seat
        finally:
            seat.shutdown(wait=False, cancel_futures=True)

    def take(self) -> Seat:
        """A seat to be given back by its ``shutdown``; raises BusyError as :meth:`seat` does."""
        with self._changed:
            load = self._load()
            if load.seats >= self._most:
                raise BusyError(f"{load.seats} sessions are served already", retry_after=5.0)
            if load.waiting >= self._queue or load.wait > self._patience:
                raise BusyError(
                    f"{load.waiting} pieces of work wait for a worker", retry_after=1.0 + load.wait
                )
            self._seats += 1
        return Seat(self)

    def load(self) -> Load:
        """How much is going on now."""
        with self._changed:
            return self._load()

    def close(self) -> None:
        """Drop what waits; workers end with what they do."""
        with self._changed:
            self._closed = True
            dropped = [work for seat in self._turns for work in seat.waiting]
            self._changed.notify_all()
        for work in dropped:
            work.future.cancel()

    # What seats use.

    def put(self, seat: Seat, work: _Work) -> None:
        """Have something done when it is the seat's turn."""
        with self._changed:
            if self._closed:
                raise OverError("the pool is closed")
            if len(seat.waiting) >= _EACH:
                raise BusyError(f"{_EACH} pieces of work of this session wait", retry_after=1.0)
            seat.waiting.append(work)
            if len(seat.waiting) == 1:
                self._turns.append(seat)
            self._enough_threads()
            self._changed.notify()

    def drop(self, seat: Seat, work: _Work) -> None:
        """Nobody waits for it any more."""
        with self._changed:
            if work not in seat.waiting:
                return
            seat.waiting.remove(work)
            if not seat.waiting:
                self._turns.remove(seat)
        work.future.set_running_or_notify_cancel()  # whoever waits for it is told

    def leave(self, seat: Seat) -> None:
        """The session is over."""
        with self._changed:
            self._seats -= 1

    def _load(self) -> Load:
        now = time.monotonic()
        oldest = min((seat.waiting[0].since for seat in self._turns), default=now)
        waiting = sum(len(seat.waiting) for seat in self._turns)
        return Load(self._workers, self._seats, waiting, now - oldest, self._hung(now))

    def _hung(self, now: float) -> int:
        return sum(now - began > _HUNG for began in self._busy.values())

    def _enough_threads(self) -> None:
        wanted = self._workers + min(_MOST_HUNG, self._hung(time.monotonic()))
        if self._threads < wanted and self._threads - len(self._busy) < len(self._turns):
            self._threads += 1
            # Daemons: one that hangs in an engine must not keep the program from ending.
            threading.Thread(target=self._run, name="worker", daemon=True).start()

    def _run(self) -> None:
        me = threading.get_ident()
        while True:
            with self._changed:
                while not self._turns:
                    if self._closed:
                        return
                    self._changed.wait()
                seat = self._turns.popleft()
                work = seat.waiting.popleft()
                if seat.waiting:
                    self._turns.append(seat)
                began = self._busy[me] = time.monotonic()
            if work.future.set_running_or_notify_cancel():
                _do(work)
            with self._changed:
                del self._busy[me]
                if self._threads > self._workers + self._hung(time.monotonic()):
                    self._threads -= 1
                    return  # the one that hung is back
            self._observe(began - work.since, time.monotonic() - began)
            del work  # a worker that waits keeps nobody's audio


class Seat(Executor):
    """The work of one session, in the order in which it comes.

    Several pieces may be worked at at once. Cancelling a future drops its work, unless it has
    begun.
    """

    def __init__(self, pool: Pool) -> None:
        self.waiting: deque[_Work] = deque()
        """For the pool."""
        self._pool = pool
        self._over = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have something done.

        Raises
        ------
        BusyError
            Too much of this session waits already.
        OverError
            The session is over, or the pool closed.
        """
        if self._over:
            raise OverError("the session is over")
        future: Future[T] = Future()
        work = _Work(future, lambda: fn(*args, **kwargs), time.monotonic())
        self._pool.put(self, work)
        future.add_done_callback(lambda done: self._pool.drop(self, work))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Give the seat back. Work that has begun is never waited for. Safe to call twice."""
        if self._over:
            return
        self._over = True
        if cancel_futures:
            for work in tuple(self.waiting):
                work.future.cancel()
        self._pool.leave(self)


def _do(work: _Work) -> None:
    try:
        result = work.call()
    except BaseException as error:
        work.future.set_exception(error)
    else:
        work.future.set_result(result)
