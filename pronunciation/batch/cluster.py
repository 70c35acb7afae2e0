"""Ray as the engine of a batch run: actors, on this machine or a cluster, with an assessor each.

Install it with ``pip install 'sonorant[ray]'``. On a cluster every node needs Sonorant, its models
and the recordings under the same paths, as a shared folder gives them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from pronunciation.batch.manifest import Task
from pronunciation.batch.work import TRIES, Done, Opener, failure, start, work
from speech.errors import EngineError, SonorantError
from speech.ray import LOCAL, first_line, import_ray, joined

_AHEAD = 2  # tasks an actor has: one at work, one waiting, so that it never stands idle
_STILLBORN = 3  # actors in a row that die before their first result


def run(
    tasks: Iterable[Task], jobs: int | None, opener: Opener, language: str, address: str = LOCAL
) -> Generator[tuple[Task, Done], None, None]:
    """Work on tasks in so many actors, one for each CPU of the cluster where None.

    No more than two tasks an actor are in flight. Closing the iterator ends the actors, and the
    local Ray if it was started here.

    Raises
    ------
    EngineMissingError
        Ray is not installed.
    ConfigError
        There is no cluster at the address.
    SonorantError
        The assessor cannot be loaded.
    """
    ray = import_ray()
    with joined(address, num_cpus=jobs):
        count = jobs or max(1, int(ray.cluster_resources().get("CPU", 1)))
        pool = _Pool(ray, count, opener, language)
        try:
            yield from pool.run(tasks)
        finally:
            pool.stop()


class Scorer:
    """The actor."""

    def __init__(self, opener: Opener, language: str) -> None:
        # Errors are returned by ``ready``: raised here, Ray would wrap them up in its own.
        self._assessor = start(opener, language)

    def ready(self) -> SonorantError | None:
        """Answers when the assessor is loaded: nothing, or why it cannot be."""
        return self._assessor if isinstance(self._assessor, SonorantError) else None

    def work(self, task: Task) -> Done:
        """Do one task."""
        if isinstance(self._assessor, SonorantError):
            raise self._assessor  # nobody asks: ``ready`` has ended the run
        return work(task, self._assessor)


class _Pool:
    """The actors and what they are doing."""

    def __init__(self, ray: Any, count: int, opener: Opener, language: str) -> None:
        self._ray = ray
        self._class = ray.remote(num_cpus=1, max_restarts=0)(Scorer)
        self._arguments = (opener, language)
        self._count = count
        self._actors: list[Any] = []
        self._flying: dict[Any, tuple[Any, Task | None]] = {}  # None: to be ready
        self._again: deque[Task] = deque()
        self._deaths: dict[str, int] = {}
        self._stillborn = 0

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Done]]:
        """The results, as they are ready."""
        waiting = iter(tasks)
        while True:
            while (actor := self._free()) is not None:
                task = self._again.popleft() if self._again else next(waiting, None)
                if task is None:
                    break
                self._flying[actor.work.remote(task)] = (actor, task)
            if all(task is None for _, task in self._flying.values()):
                return
            # An actor works in order, and so are these: the first that died is what killed it.
            (reference,), _ = self._ray.wait(list(self._flying), num_returns=1)
            actor, task = self._flying.pop(reference)
            if task is None:
                self._greet(reference, actor)
            elif done := self._result(reference, actor, task):
                yield task, done

    def stop(self) -> None:
        """End all actors."""
        for actor in self._actors:
            self._ray.kill(actor)

    def _free(self) -> Any:
        """The actor with the fewest tasks, a new one where one is missing, None if all have some.

        Actors are made one by one, as tasks come: few tasks need few of them.
        """
        tasks = dict.fromkeys(self._actors, 0)
        for actor, task in self._flying.values():
            tasks[actor] += task is not None
        free = min(tasks, key=lambda actor: tasks[actor], default=None)
        if free is not None and tasks[free] == 0:
            return free
        if len(self._actors) < self._count:
            actor = self._class.remote(*self._arguments)
            self._actors.append(actor)
            self._flying[actor.ready.remote()] = (actor, None)
            return actor
        return free if free is not None and tasks[free] < _AHEAD else None

    def _greet(self, reference: Any, actor: Any) -> None:
        """An actor is ready, or died before it was."""
        try:
            refusal: SonorantError | None = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            self._bury(actor)
            self._stillborn += 1
            if self._stillborn == _STILLBORN:
                why = first_line(error)
                raise EngineError(f"no assessor could be loaded by Ray: {why}") from error
            return
        if refusal is not None:
            raise refusal
        self._stillborn = 0

    def _result(self, reference: Any, actor: Any, task: Task) -> Done | None:
        """What came of a task; nothing where it is to be tried again."""
        try:
            done: Done = self._ray.get(reference)
        except self._ray.exceptions.RayActorError as error:
            self._bury(actor)
            deaths = self._deaths.pop(task.id, 0) + 1
            if deaths < TRIES:
                self._deaths[task.id] = deaths
                self._again.append(task)
                return None
            return failure(task, f"its worker died, and so did another: {first_line(error)}")
        except self._ray.exceptions.RayError as error:
            return failure(task, f"Ray: {first_line(error)}")
        self._deaths.pop(task.id, None)
        return done

    def _bury(self, actor: Any) -> None:
        """An actor died: what it had yet to do is done by others."""
        self._actors.remove(actor)
        lost = [reference for reference, (its, _) in self._flying.items() if its == actor]
        for reference in lost:
            _, task = self._flying.pop(reference)
            if task is not None:
                self._again.append(task)
