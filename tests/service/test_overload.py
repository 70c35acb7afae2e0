"""More clients than places: some are served in full, the others are told when to come back."""

from __future__ import annotations

import asyncio

from service.client import connect
from service.messages import Code, End, ServiceError
from service.messages.recognition import FinalText, Recognize
from speech.audio import Samples
from tests.service.conftest import Start


async def test_who_was_let_in_is_served_and_others_are_told_when_to_return(
    start: Start, lamp: Samples
) -> None:
    with start(sessions=2, workers=1) as service:
        in_place = asyncio.Semaphore(0)
        all_came, all_refused = asyncio.Event(), asyncio.Event()

        async def admitted() -> str:
            async with connect(service.http, "recognize") as line:
                in_place.release()
                await line.send(Recognize())
                await all_came.wait()
                await line.send_audio(lamp)
                await all_refused.wait()
                await line.send(End())
                return "".join([m.text async for m in line if isinstance(m, FinalText)])

        async def refused() -> ServiceError:
            try:
                async with connect(service.http, "recognize"):
                    raise AssertionError("there was no place")
            except ServiceError as error:
                return error

        served = [asyncio.create_task(admitted()) for _ in range(2)]
        for _ in served:
            await in_place.acquire()
        all_came.set()
        errors = await asyncio.gather(*(refused() for _ in range(10)))
        all_refused.set()
        assert all(error.code is Code.BUSY for error in errors)
        assert all(error.retry_after and error.retry_after >= 1 for error in errors)
        assert all("lamp" in text.lower() for text in await asyncio.gather(*served))
        await service.empty()
        async with connect(service.http, "recognize"):
            pass
