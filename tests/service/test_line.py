"""The connection of a client, without one."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.websockets import WebSocket

from service.access import Client
from service.line import Line
from service.pool import Pool
from service.settings import Settings


async def _silent() -> MutableMapping[str, Any]:
    await asyncio.Event().wait()
    return {}


async def _unread(message: MutableMapping[str, Any]) -> None:
    pass


async def test_closing_what_was_worked_with_hides_no_error() -> None:
    def fails() -> None:
        raise RuntimeError("it is broken")

    pool = Pool(1)
    websocket = WebSocket({"type": "websocket"}, _silent, _unread)
    client = Client("address ::1", None, frozenset())
    line = Line(websocket, "1", (), client, pool.take(), Settings(), lambda: None)
    with pytest.raises(RuntimeError, match="broken"):
        await line.free(fails)
    pool.close()
    await line.free(fails)  # nothing is done any more
    line.stop_reading()
