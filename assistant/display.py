"""Shows a conversation to a person: live in a terminal, as plain lines elsewhere, or as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from assistant import events
from assistant.conversation import Conversation
from assistant.events import Event
from assistant.trace import Tracer
from speech.audio import SILENCE_DBFS

_MARKS = {"idle": "·", "listening": "●", "thinking": "…", "speaking": "♪"}
_METER = 20  # characters of the level meter
_FLOOR = -60.0  # dBFS at its left end


class Display(Protocol):
    """What is shown while a conversation goes on."""

    def show(self, event: Event) -> None:
        """Show an event."""
        ...

    def tell(self, message: str) -> None:
        """Show a message to the person."""
        ...


class Screen(Console):
    """Standard output. When nobody reads it any more, whoever prints is told."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError, where the original ends the program then and there."""
        self.quiet = True
        raise BrokenPipeError


class JsonDisplay:
    """One JSON object a line on standard output."""

    def __init__(self, trace: bool = False) -> None:
        self._tracer = Tracer() if trace else None

    def show(self, event: Event) -> None:
        """Print the event, and the trace that it completes."""
        print(json.dumps(event.to_dict(), ensure_ascii=False, default=str), flush=True)
        done = self._tracer.add(event) if self._tracer else None
        if done is not None:
            print(json.dumps(done.to_dict(), ensure_ascii=False), flush=True)

    def tell(self, message: str) -> None:
        """Print the message as a record."""
        print(json.dumps({"type": "message", "text": message}, ensure_ascii=False), flush=True)


class TextDisplay:
    """Lines, and in a terminal a last one that changes: state, level, transcript as it forms.

    Parameters
    ----------
    level
        Asked for the microphone's level, dBFS, when the live line is drawn.
    """

    def __init__(
        self, console: Console, trace: bool = False, level: Callable[[], float] | None = None
    ) -> None:
        self._console = console
        self._tracer = Tracer() if trace else None
        self._level = level
        self._state = "idle"
        self._partial = ""
        self._live = (
            Live(get_renderable=self._line, console=console, transient=True, refresh_per_second=10)
            if console.is_terminal
            else None
        )

    def __enter__(self) -> TextDisplay:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, event: Event) -> None:
        """Show the event, and the trace that it completes."""
        match event:
            case events.StateChanged(_, _, after):
                self._state = after
            case events.PartialHeard(_, text):
                self._partial = text
                if self._live is None:
                    self._print("hearing", text, "dim")
            case events.FinalHeard(_, text):
                self._partial = ""
                self._print("you", text or "(nothing understood)", "bold cyan")
            case events.ReplyStarted(_, text):
                self._print("sonorant", text, "bold green")
            case events.ReplyEnded(_, True):
                self._print("", "(interrupted)", "dim")
            case events.WakeHeard(_, word) if word:
                self._print("wake", word, "magenta")
            case events.DeviceChanged(_, device, state):
                self._print("home", f"{device}: {described(state)}", "yellow")
            case events.LanguageChanged(_, language, heard):
                self._print("language", language if heard else f"{language}, typed only", "yellow")
            case events.TimedOut(_, waiting_for):
                self._print("", f"(waited too long for {waiting_for})", "dim")
            case events.Failed(_, where, message):
                self._print("failed", f"{where}: {message}", "red")
        done = self._tracer.add(event) if self._tracer else None
        if done is not None:
            self._print("trace", str(done), "dim")

    def tell(self, message: str) -> None:
        """Print the message."""
        self._console.print(Text(message), soft_wrap=True)

    def _print(self, who: str, text: str, style: str) -> None:
        self._console.print(Text.assemble((f"{who:>9}  ", "dim"), (text, style)), soft_wrap=True)

    def _line(self) -> Text:
        mark = f"{_MARKS.get(self._state, '')} {self._state}"
        return Text.assemble((f"{mark:<12} ", "bold"), (self._meter(), "green"), self._partial)

    def _meter(self) -> str:
        if self._level is None:
            return ""
        share = 1.0 - max(SILENCE_DBFS, self._level()) / _FLOOR
        filled = round(_METER * min(1.0, max(0.0, share)))
        return "▮" * filled + "▯" * (_METER - filled) + "  "


async def show(conversation: Conversation, display: Display, work: Awaitable[None]) -> None:
    """Do the work and show the conversation meanwhile; close it in the end.

    When the display fails, as it does when nobody reads it any more, the work is cancelled.
    """
    stream = conversation.events()

    async def show_all() -> None:
        async for event in stream:
            display.show(event)

    showing, working = asyncio.create_task(show_all()), asyncio.ensure_future(work)
    try:
        await asyncio.wait((showing, working), return_when=asyncio.FIRST_COMPLETED)
        if showing.done():
            showing.result()
        await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await conversation.close()
        await showing


def described(state: object) -> str:
    """A device's state in a few words: ``on``, ``off, brightness 20``."""
    if not isinstance(state, dict):
        return str(state)
    words = []
    for name, value in state.items():
        if name == "on":
            words.append("on" if value else "off")
        elif value is not None:
            words.append(f"{name} {value}")
    return ", ".join(words)
