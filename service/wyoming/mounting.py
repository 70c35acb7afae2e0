"""Wyoming beside everything else, with the engines of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.wyoming.offer import Offer
from service.wyoming.server import WyomingServer

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from service.engines import Engines
    from service.settings import Settings


async def mount(settings: Settings, engines: Engines, executor: Executor) -> WyomingServer:
    """Serve Home Assistant's voice pipelines to this machine.

    Raises
    ------
    SonorantError
        An engine cannot be loaded, or the port cannot be listened at.
    """
    from assistant.wake import available_words

    speaks = settings.assistant
    offer = Offer(
        (await engines.recognizer(),),
        await engines.synthesizer() if speaks else None,
        tuple(available_words()),
        (await engines.house()).router if speaks else None,
        language=settings.language,
    )
    server = WyomingServer(offer, executor)
    assert settings.wyoming is not None
    await server.start("127.0.0.1", settings.wyoming)
    return server
