"""``sonorant serve --check``, which ``make run`` calls: does the service answer, and end well?

It is started on a free port of this machine with an example home and nothing of the user's, asked
for a lamp by websocket, and stopped.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import urllib.request

from service.client import connect
from service.logs import set_up
from service.messages import End
from service.messages.conversation import Converse, DeviceChanged, Replied, TypedText
from service.serving import make_server, url
from service.settings import Settings
from skills.home import EXAMPLE

_PATIENCE = 120.0  # seconds, for slow machines

_HOW_TO_KEEP_IT = """
Now keep it running, for browsers, programs and other machines:
  make serve                  or: sonorant serve; the console is at http://127.0.0.1:8765"""


async def check() -> int:
    """Start a service, talk to it, stop it; 0 only if all of that went well.

    Raises
    ------
    SonorantError
        It cannot be started, or refuses.
    """
    with tempfile.TemporaryDirectory(prefix="sonorant-") as folder:
        set_up("error")
        os.environ["SONORANT_STATE"] = folder  # of this process, which is for nothing else
        settings = Settings(port=0, home=EXAMPLE)
        server = make_server(settings)
        running = asyncio.create_task(server.run_until_stopped())
        listening = asyncio.create_task(server.listening.wait())
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.wait((running, listening), return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    running.result()
                where = url(settings, server.port)
                ready = await asyncio.to_thread(_ready, f"{where}/readyz")
                said, on = await _talk(where)
        finally:
            listening.cancel()
            server.stop()
            await running
    print(f"The service answered at {where}: ready {'yes' if ready else 'NO'}, it said {said!r}")
    if not (ready and on):
        return 1
    print(_HOW_TO_KEEP_IT)
    return 0


def _ready(address: str) -> bool:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return bool(answer.status == 200)


async def _talk(where: str) -> tuple[str, bool]:
    """What is said to a command, and whether the lamp is on."""
    said, on = "", False
    async with connect(where, "assistant") as line:
        await line.send(Converse(voice=False))
        await line.send(TypedText(text="turn on the lamp"))
        await line.send(End())
        async for message in line:
            match message:
                case Replied():
                    said = message.reply.text
                case DeviceChanged(device="lamp"):
                    on = message.state.get("on") is True
    return said, on
