"""From audio to wake words and finals: the ear, and the recogniser of the utterance under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from assistant import events
from assistant.contract import Host
from assistant.ear import Ear, WakeListener, WakeNoticed
from assistant.hearing import Hearing
from assistant.states import State
from speech.audio import Samples
from speech.endpoint import EndpointEvent, SpeechAudio, SpeechEnded, SpeechPaused, SpeechStarted
from speech.recognition.contract import Final, Partial, Recognizer
from speech.vad import Vad

_WAKE_LANGUAGE = "en"  # of the wake words
_FAILURES = 5  # in a row, after which listening has failed for good


class Listener(Protocol):
    """Who is told what was heard, in the conversation's task."""

    async def on_wake(self, word: str) -> None:
        """A wake word was said."""
        ...

    def on_speech(self) -> None:
        """Speech began."""
        ...

    def on_unheard(self) -> None:
        """Speech began, and there is no recogniser for it."""
        ...

    def on_endpoint(self) -> None:
        """An utterance is over; its final follows."""
        ...

    def on_final(self, final: Final, audio: Samples | None) -> None:
        """The recogniser's result, and what was said, if it is kept."""
        ...

    def on_failure(self, where: str, error: Exception) -> None:
        """The ear or the recogniser failed."""
        ...


class Listening:
    """The hearing half of a conversation.

    Parameters
    ----------
    keeps
        Whether the audio of utterances is kept until their finals are there.
    """

    def __init__(
        self,
        home: Host,
        listener: Listener,
        recognizer: Recognizer | None,
        vad: Vad,
        wake: WakeListener | None,
        keeps: bool = False,
    ) -> None:
        self.wakes = wake is not None
        """Whether there are wake words."""
        self.tasks: set[asyncio.Task[None]] = set()
        """The recognitions that still run, dropped ones included."""
        self._home = home
        self._listener = listener
        self.recognizer = recognizer
        """What hears the next utterance, if anything does."""
        self._ear = Ear(vad, home.settings.endpoint, wake)
        self._hearing: Hearing | None = None
        self._ended: list[Hearing] = []
        self._failures = 0
        self._keeps = keeps

    @property
    def time(self) -> float:
        """The audio clock, s."""
        return self._ear.time

    @property
    def hears(self) -> bool:
        """Whether an utterance is under way, or its final still to come."""
        return self._hearing is not None or bool(self._ended)

    async def feed(self, samples: Samples, wake: bool, speech: bool) -> None:
        """The next audio, attending to wake words, to speech, to both or to neither."""
        worked = await self._with_ear(lambda: self._ear.feed(samples, wake, speech))
        if worked and speech:  # not while nothing is attended to: that always works
            self._failures = 0

    async def finish(self) -> None:
        """No more audio comes for now."""
        await self._with_ear(self._ear.finish)

    def restart(self) -> None:
        """Attend to what comes from now on."""
        self._ear.restart()

    def drop(self) -> None:
        """Forget the utterance under way, and those whose finals are still to come."""
        for hearing in (*self._ended, self._hearing):
            if hearing is not None:
                hearing.drop()
        self._ended.clear()
        self._hearing = None

    async def _with_ear(self, work: Callable[[], Sequence[WakeNoticed | EndpointEvent]]) -> bool:
        """Do the work and tell what was found; whether it worked."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._home.pool, work)
        except Exception as error:  # whatever a model does, the conversation says so and goes on
            self._ear.restart()
            self._failures += 1
            if self._failures >= _FAILURES:
                self._home.broken("listening", error)
            elif self._failures == 1:
                self._listener.on_failure("hearing", error)
            return False
        for event in found:
            if isinstance(event, WakeNoticed):
                self.drop()
                await self._listener.on_wake(event.word)
                return await self._with_ear(self._hear_again)
            self._on_speech(event)
            if self._home.state is State.THINKING:
                # Its turn has begun: what was said since then is not attended to.
                self._ear.restart()
                break
        return True

    def _hear_again(self) -> list[EndpointEvent]:
        languages = None if self.recognizer is None else self.recognizer.capabilities.languages
        # Who does not know its language would take the wake word for a part of the command.
        return self._ear.hear_again(languages is None or _WAKE_LANGUAGE in languages)

    def _on_speech(self, event: EndpointEvent) -> None:
        hearing = self._hearing
        match event:
            case SpeechStarted(start):
                self._start(start)
            case SpeechAudio(samples) if hearing is not None:
                hearing.feed(samples)
            case SpeechPaused() if hearing is not None:
                hearing.anticipate()
            case SpeechEnded(_, end) if hearing is not None:
                self._home.emit(events.SpeechEnded(self._home.stamp(), end))
                hearing.finish()
                # Its final still counts, even if somebody speaks on before it comes.
                self._ended.append(hearing)
                self._hearing = None
                self._listener.on_endpoint()

    def _start(self, start: float) -> None:
        if self._hearing is not None:
            self._hearing.drop()
        self._listener.on_speech()
        self._home.new_utterance()
        self._home.emit(events.SpeechStarted(self._home.stamp(), start))
        if self.recognizer is None:
            self._hearing = None
            self._listener.on_unheard()
            return
        self._hearing = hearing = Hearing(
            self.recognizer,
            self._home.pool,
            lambda one, partial: self._home.post(lambda: self._on_partial(one, partial)),
            lambda one, final: self._home.post(lambda: self._on_final(one, final)),
            keep=self._keeps,
        )
        self.tasks.add(hearing.task)
        hearing.task.add_done_callback(self.tasks.discard)

    def _on_partial(self, hearing: Hearing, partial: Partial) -> None:
        if hearing is self._hearing or hearing in self._ended:
            self._home.emit(events.PartialHeard(self._home.stamp(), partial.text))

    def _on_final(self, hearing: Hearing, final: Final | Exception) -> None:
        if hearing is self._hearing:  # it failed before the endpoint
            self._hearing = None
        elif hearing in self._ended:
            self._ended.remove(hearing)
        else:
            return
        if isinstance(final, Exception):
            self._listener.on_failure("recognition", final)
        else:
            self._listener.on_final(final, hearing.audio)
