"""``sonorant talk``: a conversation at the microphone, or with recordings."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack

from assistant.conversation import Conversation
from assistant.display import Display, JsonDisplay, Screen, TextDisplay, show
from assistant.household import household
from assistant.loudspeaker import (
    DeviceLoudspeaker,
    Loudspeaker,
    RecordingLoudspeaker,
    SilentLoudspeaker,
)
from assistant.recognizers import Recognizers
from assistant.settings import BargeIn, ConversationSettings
from assistant.sources import Input, follow, play
from assistant.wake import WakeWords
from speech.audio import SILENCE_DBFS
from speech.errors import DeviceError
from speech.microphone import Microphone
from speech.portaudio import devices
from speech.recognition.engines import open_recognizer
from speech.synthesis import open_synthesizer
from speech.vad import SileroVad

_WAKE_WORD = "okay_nabu"


def list_devices(as_json: bool) -> int:
    """Print the sound devices."""
    for device in devices():
        if as_json:
            record = {name: getattr(device, name) for name in device.__slots__}
            print(json.dumps(record, ensure_ascii=False))
        else:
            print(
                f"{device.index:>3}  {device.name}  ({device.inputs} in, {device.outputs} out, "
                f"{device.rate:.0f} Hz)"
            )
    if not devices():
        print("this machine has no sound devices", file=sys.stderr)
    return 0


async def talk(args: argparse.Namespace) -> int:
    """Run ``sonorant talk``; the exit status."""
    meter = _Meter()
    async with AsyncExitStack() as stack:
        if not args.input:
            # Before anything is loaded: without a microphone there is nothing to wait for.
            await Microphone(args.device).close()
        words = None if args.no_wake else args.wake or ([] if args.input else [_WAKE_WORD])
        wake = WakeWords(words) if words else None
        recognizer = open_recognizer(args.engine, args.language, model=args.model)
        recognizers = Recognizers(args.language, recognizer)
        stack.callback(recognizers.close)
        synthesizer = None if args.mute else open_synthesizer(voice=args.voice)
        if synthesizer is not None:
            stack.callback(synthesizer.close)
        display = _display(args, meter, stack)
        loudspeaker = _loudspeaker(args, display)
        stack.push_async_callback(loudspeaker.close)
        settings = ConversationSettings(
            barge_in=BargeIn(args.barge_in),
            wait_for_replies=bool(args.input) and not args.real_time,
        )
        home = await stack.enter_async_context(
            household(
                recognizer,
                SileroVad(),
                synthesizer,
                loudspeaker,
                wake=wake,
                settings=settings,
                language=args.language,
                recognizer_of=recognizers.of,
                area=args.area,
                home=args.home,
            )
        )
        heard = ", ".join(words) if words else "none, it always listens"
        display.tell(f"recogniser: {recognizer.name}; wake word: {heard}")
        try:
            await show(home.conversation, display, _feed(args, home.conversation, display, meter))
        except asyncio.CancelledError:
            if args.input:
                raise
            # At the microphone Ctrl-C is how one ends it.
    return 0


class _Meter:
    """The level of whichever microphone is open now."""

    def __init__(self) -> None:
        self.source: Input | None = None

    def level(self) -> float:
        return self.source.level if self.source is not None else SILENCE_DBFS


async def _feed(
    args: argparse.Namespace, conversation: Conversation, display: Display, meter: _Meter
) -> None:
    if args.input:
        await play(conversation, args.input, real_time=args.real_time)
        return
    try:
        await follow(
            conversation,
            lambda: Microphone(args.device),
            display.tell,
            on_open=lambda source: setattr(meter, "source", source),
        )
    finally:
        if meter.source is not None and meter.source.overflows:
            display.tell(f"{meter.source.overflows} blocks of audio were lost")


def _display(args: argparse.Namespace, meter: _Meter, stack: AsyncExitStack) -> Display:
    if args.json:
        return JsonDisplay(args.trace)
    level = None if args.input else meter.level
    return stack.enter_context(TextDisplay(Screen(), args.trace, level))


def _loudspeaker(args: argparse.Namespace, display: Display) -> Loudspeaker:
    beside: Loudspeaker = SilentLoudspeaker(args.real_time or not args.input)
    if args.output_device or not (args.input or args.mute):
        try:
            beside = DeviceLoudspeaker(args.output_device)
        except DeviceError as error:
            if args.output_device:
                raise
            display.tell(f"{error}; replies are only shown")
    return RecordingLoudspeaker(args.output, beside) if args.output else beside
