"""Where the voices on the command line come from: files, or sentences said at the microphone."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator

import numpy as np

from speech.audio import Samples, read
from speech.endpoint import Endpointer, EndpointSettings, SpeechAudio, SpeechEnded
from speech.errors import ConfigError, DeviceError
from speech.vad import Vad

SENTENCES = (
    "The quick brown fox jumps over the lazy dog near the river.",
    "Please call me in the morning when the weather is fine.",
    "Seven blue boats sailed slowly past the old stone harbour.",
    "My voice should open this door, but nobody else's voice should.",
    "A warm cup of tea is what I like best on a winter evening.",
    "We walked along the beach and watched the sun go down.",
)
"""Proposed for an enrolment; any others do as well, in any language."""

_PATIENCE = 15.0  # seconds in which somebody begins to speak
_SETTINGS = EndpointSettings(trailing_silence=1.0)


def recording(args: argparse.Namespace, vad: Vad) -> Samples:
    """The one recording that a command is about.

    Raises
    ------
    ConfigError
        Neither a file nor the microphone was named, or both.
    """
    if args.microphone == bool(args.files):
        raise ConfigError("name one FILE, or give --microphone")
    if args.microphone:
        print("Speak now.", file=sys.stderr)
        return record(vad, args.device)
    return read(args.files)


def recordings(args: argparse.Namespace, vad: Vad) -> Iterator[tuple[str, Samples]]:
    """The recordings of an enrolment, each with what it is called.

    From the microphone they never end: stop when there is enough.

    Raises
    ------
    ConfigError
        Neither files nor the microphone were named, or both.
    """
    if args.microphone == bool(args.files):
        raise ConfigError("name the recordings, or give --microphone")
    for file in args.files:
        yield file, read(file)
    number = 0
    while args.microphone:
        print(f"Please say: {SENTENCES[number % len(SENTENCES)]}", file=sys.stderr)
        number += 1
        yield f"sentence {number}", record(vad, args.device)


def record(vad: Vad, device: str | None = None) -> Samples:
    """One utterance from the microphone, from its first sound to the silence after it.

    Raises
    ------
    DeviceError
        There is no microphone, it has gone away, or nobody spoke.
    """
    return asyncio.run(_record(vad, device))


async def _record(vad: Vad, device: str | None) -> Samples:
    from speech.microphone import Microphone

    endpointer, parts = Endpointer(vad, _SETTINGS), list[Samples]()
    microphone = Microphone(device)
    try:
        async for block in microphone:
            for event in endpointer.feed(block):
                if isinstance(event, SpeechAudio):
                    parts.append(event.samples)
                elif isinstance(event, SpeechEnded):
                    return np.concatenate(parts)
            if not parts and endpointer.time > _PATIENCE:
                break
    finally:
        await microphone.close()
    raise DeviceError(f"nobody spoke into {microphone.name} for {_PATIENCE:.0f} seconds")
