"""The conversation: audio and typed text in, events and spoken replies out.

One task owns the state; everything else (the ear, the recogniser, the router, the voice) works
beside it and reports back through its inbox. The state machine is in :mod:`assistant.states`.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

from assistant.contract import Router
from assistant.ear import WakeListener
from assistant.events import DeviceChanged, Event, Failed, Stamp, StateChanged
from assistant.inbox import Inbox
from assistant.interpreter import RecognizerOf
from assistant.loudspeaker import Loudspeaker
from assistant.settings import ConversationSettings
from assistant.states import State, check
from assistant.stream import EventStream
from assistant.turns import Turns
from skills.contract import Announcement
from speech.audio import Samples
from speech.errors import BusyError, EngineError
from speech.recognition.contract import Recognizer
from speech.synthesis.contract import Synthesizer
from speech.vad import Vad

_WORKERS = 4  # the ear, a recogniser, the voice, and one for an engine that hangs
_WAITING = 16  # typed texts, and announcements, that may wait


class Conversation:
    """One conversation, at one microphone. Make it inside a running event loop.

    Parameters
    ----------
    recognizer, vad, synthesizer
        Loaded engines; conversations may share them. Without ``recognizer`` it can only be typed,
        until it goes on in a language that is heard: who speaks is told so. Without
        ``synthesizer`` or ``loudspeaker`` replies are only shown.
    router
        Answers what was understood.
    wake
        Finds wake words, not shared. Without one the conversation always listens, unless
        ``settings.push_to_talk``.
    language
        BCP 47: that in which it begins, and which the recogniser hears, if there is one.
    recognizer_of
        Gives the recogniser of another language, so that it can be changed by voice; a
        SonorantError where there is none. Without it other languages can only be typed.
    area
        Id of the area that the microphone is in.
    voices
        Whether requests carry their audio, for a router that asks who is speaking.
    pool
        What does its CPU work, and is shut down with it; four threads of its own where None.
    """

    def __init__(
        self,
        recognizer: Recognizer | None,
        vad: Vad,
        router: Router,
        synthesizer: Synthesizer | None = None,
        loudspeaker: Loudspeaker | None = None,
        *,
        wake: WakeListener | None = None,
        settings: ConversationSettings | None = None,
        language: str = "en",
        recognizer_of: RecognizerOf | None = None,
        area: str | None = None,
        voices: bool = False,
        pool: Executor | None = None,
    ) -> None:
        self._id = secrets.token_hex(4)
        self._settings = settings or ConversationSettings()
        self._state = State.IDLE
        self._streams: list[EventStream] = []
        self._inbox = Inbox(self._settings.queue)
        self._pool = pool or ThreadPoolExecutor(
            _WORKERS, thread_name_prefix=f"conversation-{self.id}"
        )
        self._quiet = asyncio.Event()
        self._utterance: str | None = None
        self._count = 0
        self._turns = Turns(
            *(self, recognizer, vad, router, synthesizer, loudspeaker),
            *(wake, language, area, voices, recognizer_of),
        )
        self._broken: str | None = None
        self._task = asyncio.create_task(self._run())

    @property
    def id(self) -> str:
        """A random name."""
        return self._id

    @property
    def state(self) -> State:
        """What the conversation is doing."""
        return self._state

    @property
    def audio_time(self) -> float:
        """Seconds of audio heard so far: the audio clock."""
        return self._turns.audio_time

    def events(self) -> EventStream:
        """All events from now on; several may listen. Ends when the conversation closes.

        Close it when nobody reads it any more.
        """
        stream = EventStream(self._streams.remove)
        self._streams.append(stream)
        if self._inbox.closed:
            stream.close()
        return stream

    async def hear(self, samples: Samples) -> None:
        """Take the next audio (mono float32, 16 kHz, any length).

        Waits while more audio than ``settings.queue`` waits to be heard.

        Raises
        ------
        EngineError
            The conversation is closed, or what listens has failed for good.
        """
        self._check_open()
        await self._inbox.put(samples)

    async def type(self, text: str) -> None:
        """Take a typed text, as if it had been said. Stops a reply that is being spoken.

        Raises
        ------
        BusyError
            Too many texts wait already.
        """
        self._check_open()
        if len(self._turns.typed) >= _WAITING:
            raise BusyError(f"{_WAITING} typed texts wait already; wait for their replies")
        self._turns.typed.append(text)
        self.post(self._turns.on_typed)

    async def listen(self) -> None:
        """Listen now, as after a wake word: push-to-talk. Stops a reply that is being spoken."""
        self._check_open()
        self.post(self._turns.on_button)

    async def announce(self, announcement: Announcement) -> None:
        """Say something as soon as nobody is in the middle of a turn.

        Raises
        ------
        BusyError
            Too many announcements wait already.
        """
        self._check_open()
        if len(self._turns.announcements) >= _WAITING:
            raise BusyError(f"{_WAITING} announcements wait already")
        self._turns.announcements.append(announcement)
        self.post(self._turns.settle)

    def device_changed(self, device: str, state: object) -> None:
        """Tell those who listen to the events that a device changed."""
        self.emit(DeviceChanged(self.stamp(), device, state))

    async def finish(self) -> None:
        """No more audio comes for now: end the utterance under way and wait for all replies."""
        self._check_open()
        self._quiet.clear()
        done = asyncio.Event()

        async def end_of_audio() -> None:
            await self._turns.on_end_of_audio()
            done.set()

        await self._inbox.put_after_audio(end_of_audio)
        while not self._inbox.closed and not (done.is_set() and self._quiet.is_set()):
            self._quiet.clear()
            await self._quiet.wait()

    async def close(self) -> None:
        """Stop everything at once. Safe to call twice; the engines stay open."""
        self._shut()
        if self._task is not asyncio.current_task():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._turns.close()
        # A worker may hang in an engine: it is not waited for.
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def __aenter__(self) -> Conversation:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    # What the turns use: assistant.contract.Host.

    @property
    def settings(self) -> ConversationSettings:
        """How the conversation is led."""
        return self._settings

    @property
    def pool(self) -> Executor:
        """The workers for CPU work."""
        return self._pool

    def post(self, control: Callable[[], object]) -> None:
        """Have something done in the conversation's own task, before any more audio."""

        async def run() -> None:
            result = control()
            if asyncio.iscoroutine(result):
                await result

        if not self._inbox.closed:
            self._inbox.post(run)

    def enter(self, state: State) -> None:
        """Go to another state, if that is legal from here."""
        check(self._state, state)
        before, self._state = self._state, state
        self.emit(StateChanged(self.stamp(), before.value, state.value))

    def new_utterance(self) -> str:
        """Begin an utterance: the events from now on belong to it."""
        self._count += 1
        self._utterance = f"{self.id}-{self._count}"
        return self._utterance

    def stamp(self) -> Stamp:
        """Now, in the utterance under way."""
        return Stamp(self._utterance, self.audio_time, time.monotonic())

    def emit(self, event: Event) -> None:
        """Hand an event to everyone who listens."""
        for stream in self._streams:
            stream.put(event)

    def broken(self, where: str, error: Exception) -> None:
        """An engine has failed for good: the conversation ends."""
        self._broken = f"{where} has failed for good: {error}"

    async def _run(self) -> None:
        try:
            self._turns.begin()
            while self._broken is None:
                message = await self._inbox.get(audio=self._turns.accepts_audio)
                if callable(message):
                    await message()
                else:
                    await self._turns.on_audio(message)
                self._turns.settle()
                if self._inbox.empty and self._turns.quiet:
                    self._quiet.set()
        except Exception as error:
            self._broken = f"the conversation failed: {error!r}"
            raise
        finally:
            if self._broken is not None:
                self.emit(Failed(self.stamp(), "conversation", self._broken))
            self._shut()

    def _shut(self) -> None:
        self._inbox.close()
        self._quiet.set()
        for stream in tuple(self._streams):
            stream.close()

    def _check_open(self) -> None:
        if self._broken is not None:
            raise EngineError(self._broken)
        if self._inbox.closed:
            raise EngineError("this conversation is closed")
