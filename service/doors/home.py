"""``/v1/home``, live: the house as it is, then every change of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from service.core import Core
from service.line import Line
from service.messages import Code, Message, ServiceError
from service.messages.home import DeviceState, HomeState

_WAITING = 1000  # changes that a slow client may lag behind; then it gets the whole house again

_Change = Message | ServiceError | None


async def watch(line: Line, core: Core) -> None:
    """Serve one client, until it leaves."""
    router = (await core.engines.house()).router
    changes: asyncio.Queue[_Change] = asyncio.Queue()

    def put(change: _Change) -> None:
        if changes.qsize() >= _WAITING:
            while not changes.empty():
                changes.get_nowait()
            change = None
        changes.put_nowait(change)

    def on_device(device: str, state: Mapping[str, object]) -> None:
        put(DeviceState(device=device, state=dict(state)))

    listening = asyncio.create_task(_listen(line, put))
    leave_states = router.subscribe(on_device)
    leave_home = router.home.subscribe(lambda: put(None))
    try:
        put(None)
        while True:
            change = await changes.get()
            if isinstance(change, ServiceError):
                raise change
            await line.send(HomeState.of(router) if change is None else change)
    finally:
        listening.cancel()
        leave_home()
        leave_states()


async def _listen(line: Line, put: Callable[[_Change], None]) -> None:
    try:
        await line.receive()
        put(ServiceError(Code.WRONG_STATE, "nothing is to be said here"))
    except ServiceError as error:
        put(error)
