"""``/v1/home``, live: the house and its agenda as they are, then every change of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from service.core import Core
from service.line import Line
from service.messages import Message
from service.messages.agenda import Agenda
from service.messages.home import DeviceState, HomeState
from skills.router import Router

_WAITING = 1000  # changes that a slow client may lag behind; then it gets the whole house again

_HOME, _AGENDA = object(), object()
_Change = Message | object


async def watch(line: Line, core: Core) -> None:
    """Serve one client, until it leaves."""
    router = (await core.engines.house()).router
    changes: asyncio.Queue[_Change] = asyncio.Queue()

    def put(change: _Change) -> None:
        if changes.qsize() >= _WAITING:
            while not changes.empty():
                changes.get_nowait()
            changes.put_nowait(_HOME)
            change = _AGENDA
        changes.put_nowait(change)

    def on_device(device: str, state: Mapping[str, object]) -> None:
        put(DeviceState(device=device, state=dict(state)))

    leave_states = router.subscribe(on_device)
    leave_home = router.home.subscribe(lambda: put(_HOME))
    leave_agenda = router.agenda.subscribe(lambda: put(_AGENDA))
    try:
        put(_HOME)
        put(_AGENDA)
        await line.only_tell(_tell(line, router, changes))
    finally:
        leave_agenda()
        leave_home()
        leave_states()


async def _tell(line: Line, router: Router, changes: asyncio.Queue[_Change]) -> None:
    told: Agenda | None = None
    while True:
        change = await changes.get()
        if change is _HOME:
            change = HomeState.of(router)
        elif change is _AGENDA:
            change = Agenda.of(router)
            if told is not None and change == replace(told, now=change.now):
                continue
            told = change
        assert isinstance(change, Message)
        await line.send(change)
