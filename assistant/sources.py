"""Where a conversation's audio comes from: recordings, or a microphone that may come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Protocol

import numpy as np

from assistant.conversation import Conversation
from speech.audio import RATE, Samples, blocks
from speech.containers import AnyPath
from speech.errors import DeviceError

_BLOCK = 0.1  # seconds of a recording that are fed at once
_RETRY = 2.0  # seconds between two attempts to get a microphone back
GAP = 1.0
"""Seconds of silence after each recording, in which its utterance ends."""


class Input(Protocol):
    """A microphone, or what stands in for one."""

    level: float
    overflows: int

    def __aiter__(self) -> AsyncIterator[Samples]:
        """Its audio."""
        ...

    async def close(self) -> None:
        """Give it back."""
        ...


async def play(
    conversation: Conversation, files: Iterable[AnyPath], *, real_time: bool = False
) -> None:
    """Feed recordings to a conversation, one after the other, and wait for the last reply.

    Raises
    ------
    AudioError
        A file cannot be read; those before it were heard.
    """
    for file in files:
        start, fed = time.monotonic(), 0.0
        silence = np.zeros(round(GAP * RATE), np.float32)
        audio = blocks(file, _BLOCK)
        while (block := await asyncio.to_thread(next, audio, None)) is not None:
            await conversation.hear(block)
            fed += block.size / RATE
            if real_time:
                await asyncio.sleep(start + fed - time.monotonic())
        if not real_time:
            await conversation.hear(silence)
        else:
            for part in np.split(silence, 10):
                await conversation.hear(part)
                await asyncio.sleep(part.size / RATE)
        await conversation.finish()


async def follow(
    conversation: Conversation,
    open_input: Callable[[], Input],
    tell: Callable[[str], None],
    *,
    patience: float = 60.0,
    retry: float = _RETRY,
    on_open: Callable[[Input], None] = lambda source: None,
) -> None:
    """Feed a microphone to a conversation until cancelled; wait for one that has gone.

    Parameters
    ----------
    tell
        Called with what a person should know.
    patience
        Seconds for which a microphone that has gone is waited for.

    Raises
    ------
    DeviceError
        There is no microphone at the start, or it did not come back.
    """
    source = open_input()
    while True:
        on_open(source)
        try:
            async for samples in source:
                await conversation.hear(samples)
            return
        except DeviceError as error:
            tell(f"{error}; waiting {patience:.0f} s for it to come back")
            failure = error
        finally:
            await source.close()
        source = await _reopened(open_input, failure, time.monotonic() + patience, retry)
        tell("the microphone is back")


async def _reopened(
    open_input: Callable[[], Input], failure: DeviceError, until: float, retry: float
) -> Input:
    while time.monotonic() < until:
        await asyncio.sleep(retry)
        try:
            return open_input()
        except DeviceError as error:
            failure = error
    raise failure
