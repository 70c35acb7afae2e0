"""The pool is fair, bounded, drops what nobody waits for, and outlives an engine that hangs."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait

import pytest

import service.pool
from service.pool import OverError, Pool, Seat
from speech.errors import BusyError


class Plug:
    """Keeps a worker busy until it is pulled."""

    def __init__(self, seat: Seat) -> None:
        self._pulled = threading.Event()
        begun = threading.Event()
        self.future = seat.submit(self._hold, begun)
        assert begun.wait(60)

    def _hold(self, begun: threading.Event) -> None:
        begun.set()
        self._pulled.wait(100)

    def pull(self) -> None:
        self._pulled.set()


def until(happened: Callable[[], bool]) -> None:
    """A worker tidies up after its result is there."""
    limit = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.01)


@pytest.fixture
def pool() -> Iterator[Pool]:
    opened = Pool(1, seats=4, queue=100)
    yield opened
    opened.close()


def test_seats_take_turns(pool: Pool) -> None:
    greedy, modest = pool.take(), pool.take()
    plug = Plug(greedy)
    done: list[str] = []
    futures: list[Future[None]] = [
        *(greedy.submit(done.append, f"greedy {n}") for n in range(50)),
        *(modest.submit(done.append, f"modest {n}") for n in range(3)),
    ]
    plug.pull()
    wait(futures, 60)
    assert [done.index(f"modest {n}") for n in range(3)] == [1, 3, 5]
    assert done[6:] == [f"greedy {n}" for n in range(3, 50)]


def test_what_is_cancelled_is_never_begun_and_takes_no_place(pool: Pool) -> None:
    seat = pool.take()
    plug = Plug(seat)
    done: list[int] = []
    futures = [seat.submit(done.append, n) for n in range(10)]
    assert pool.load().waiting == 10
    assert all(future.cancel() for future in futures[2:])
    assert pool.load().waiting == 2
    plug.pull()
    wait(futures, 60)
    assert done == [0, 1]


def test_a_session_that_ends_leaves_nothing_behind(pool: Pool) -> None:
    other = pool.take()
    plug = Plug(other)
    done: list[int] = []
    with pool.seat() as seat:
        futures = [seat.submit(done.append, n) for n in range(10)]
        assert (pool.load().seats, pool.load().waiting) == (2, 10)
    assert all(future.cancelled() for future in futures)
    assert (pool.load().seats, pool.load().waiting) == (1, 0)
    with pytest.raises(OverError, match="over"):
        seat.submit(done.append, 1)
    seat.shutdown()
    assert pool.load().seats == 1
    plug.pull()
    assert other.submit(lambda: done).result(60) == []


def test_no_more_are_admitted_than_can_be_served() -> None:
    pool = Pool(1, seats=3, queue=5, patience=0.05)
    first, second = pool.take(), pool.take()
    plug = Plug(first)
    futures = [second.submit(int) for _ in range(5)]
    with pytest.raises(BusyError, match="5 pieces of work wait") as full:
        pool.take()
    assert full.value.retry_after is not None and full.value.retry_after >= 1
    for future in futures[1:]:
        future.cancel()
    time.sleep(0.06)
    with pytest.raises(BusyError, match="1 pieces of work wait"):
        pool.take()
    # Those who are here are still served.
    last = first.submit(lambda: "served")
    plug.pull()
    assert last.result(60) == "served"
    third = pool.take()
    with pytest.raises(BusyError, match="3 sessions"):
        pool.take()
    third.shutdown()
    pool.take()
    pool.close()


def test_one_session_cannot_fill_the_memory(pool: Pool) -> None:
    seat = pool.take()
    plug = Plug(seat)
    for _ in range(64):
        seat.submit(int)
    with pytest.raises(BusyError, match="of this session"):
        seat.submit(int)
    plug.pull()


def test_failures_reach_who_asked_and_workers_go_on(pool: Pool) -> None:
    seat = pool.take()

    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        seat.submit(fails).result(60)
    assert seat.submit(lambda: 1).result(60) == 1


def test_a_worker_that_hangs_is_stood_in_for(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    monkeypatch.setattr(service.pool, "_HUNG", 0.05)
    seat = pool.take()
    plug = Plug(seat)
    time.sleep(0.06)
    assert pool.load().hung == 1
    assert seat.submit(lambda: "done").result(60) == "done"
    plug.pull()
    plug.future.result(60)
    assert seat.submit(lambda: "done").result(60) == "done"
    until(lambda: pool.load().hung == 0)


def test_a_closed_pool_drops_what_waits(pool: Pool) -> None:
    seat = pool.take()
    plug = Plug(seat)
    future = seat.submit(int)
    pool.close()
    assert future.cancelled()
    with pytest.raises(OverError, match="closed"):
        seat.submit(int)
    plug.pull()
    assert plug.future.result(60) is None


async def test_on_an_event_loop_cancelling_a_task_drops_its_work(pool: Pool) -> None:
    seat = pool.take()
    plug = Plug(seat)
    done: list[int] = []
    loop = asyncio.get_running_loop()

    async def work(number: int) -> None:
        await loop.run_in_executor(seat, done.append, number)

    tasks = [asyncio.create_task(work(number)) for number in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    assert pool.load().waiting == 2
    plug.pull()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert done == [0, 2]


def test_what_was_done_is_forgotten(pool: Pool) -> None:
    class Audio:
        pass

    seat = pool.take()
    audio = Audio()
    kept = weakref.ref(audio)
    seat.submit(id, audio).result(60)
    del audio

    def forgotten() -> bool:
        gc.collect()
        return kept() is None

    until(forgotten)


def test_waiting_and_working_are_measured() -> None:
    seen: list[tuple[float, float]] = []
    pool = Pool(1, observe=lambda waited, took: seen.append((waited, took)))
    seat = pool.take()
    seat.submit(time.sleep, 0.05).result(60)
    seat.submit(int).result(60)
    until(lambda: len(seen) == 2)
    assert seen[0][1] >= 0.05 and all(waited >= 0 for waited, _ in seen)
    pool.close()
