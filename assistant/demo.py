"""``sonorant demo``, which ``make run`` calls: a spoken command turns on the lamp."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import AsyncExitStack, closing
from pathlib import Path

import numpy as np
from rich.text import Text

from assistant.display import Screen, TextDisplay, described, show
from assistant.household import Household, household
from assistant.loudspeaker import (
    DeviceLoudspeaker,
    Loudspeaker,
    RecordingLoudspeaker,
    SilentLoudspeaker,
)
from assistant.sources import play
from skills.home import EXAMPLE
from speech.audio import write
from speech.errors import DeviceError
from speech.recognition.engines import open_recognizer
from speech.synthesis import open_synthesizer
from speech.vad import SileroVad

COMMAND = "turn on the lamp"
DEVICE = "lamp"
_VOICE = "en-gb-x-rp"  # of several that were tried, the one that the recogniser is surest about

_HOW_TO_TALK = """
Now talk yourself:
  sonorant talk               with microphone and loudspeaker; say "okay nabu", then a command
  sonorant talk --no-wake     the same without a wake word
  sonorant talk --input FILE  plays a recording through the same path
  sonorant ask "COMMAND"      types instead of speaking; "help" says what can be said
(where `make setup` made it, the program is .venv/bin/sonorant)"""


async def demo() -> int:
    """Run the demonstration; 0 only if the lamp is really on."""
    console = Screen()

    def tell(message: str) -> None:
        console.print(Text(message), soft_wrap=True)

    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sonorant-")))
        synthesizer = open_synthesizer()
        stack.callback(synthesizer.close)
        recognizer = open_recognizer("auto", "en")
        stack.callback(recognizer.close)
        command, voice = await asyncio.to_thread(_command, folder)
        loudspeaker, saved = _loudspeaker()
        stack.push_async_callback(loudspeaker.close)
        home = await stack.enter_async_context(
            household(
                recognizer,
                SileroVad(),
                synthesizer,
                loudspeaker,
                home=EXAMPLE,
                state=folder / "state",
            )
        )
        tell(f'The command "{COMMAND}" is {voice}; recognised by {recognizer.name}.')
        tell(f"The lamp before: {_lamp(home)}")
        display = stack.enter_context(TextDisplay(console, trace=True))
        playing = play(home.conversation, [command], real_time=True)
        await show(home.conversation, display, playing)
        on = home.router.states()[DEVICE].get("on") is True
        tell(f"The lamp after: {_lamp(home)}")
    if saved is not None:
        tell(f"There is no loudspeaker here, so the spoken reply was saved to {saved}")
    tell(_HOW_TO_TALK if on else "The lamp is still off: this should not have happened.")
    return 0 if on else 1


def _command(folder: Path) -> tuple[Path, str]:
    """The spoken command, and whose voice it is."""
    data = os.environ.get("SONORANT_DATA")
    human = Path(data, "commands", "turn_on_the_lamp.wav") if data else None
    if human is not None and human.is_file():
        return human, "spoken by a human (a recording)"
    made = folder / "command.wav"
    with closing(open_synthesizer("espeak-ng", _VOICE)) as synthesizer:
        write(made, np.concatenate([*synthesizer.synthesize(COMMAND, "en")]))
        return made, f"spoken by a synthesised voice ({synthesizer.name})"


def _loudspeaker() -> tuple[Loudspeaker, Path | None]:
    """The loudspeaker, or a file in its place and its path."""
    try:
        return DeviceLoudspeaker(), None
    except DeviceError:
        handle, name = tempfile.mkstemp(prefix="sonorant-reply-", suffix=".wav")
        os.close(handle)
        return RecordingLoudspeaker(name, SilentLoudspeaker(real_time=True)), Path(name)


def _lamp(home: Household) -> str:
    return described(dict(home.router.states()[DEVICE]))
