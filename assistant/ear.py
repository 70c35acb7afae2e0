"""Listens to the microphone's audio: wake words, and where utterances begin and end.

All of it is CPU work for one worker thread at a time. Times are on the conversation's audio
clock: seconds since the first sample that was ever fed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from speech.audio import RATE, Samples, sanitize
from speech.endpoint import (
    Endpointer,
    EndpointEvent,
    EndpointSettings,
    SpeechAudio,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from speech.vad import Vad

_BACKLOG = 2.0  # seconds before a wake word was noticed: it is heard again with the command


class WakeMatch(Protocol):
    """A wake word that was said."""

    @property
    def word(self) -> str:
        """Which one."""
        ...


@dataclass(frozen=True, slots=True)
class WakeNoticed:
    """A wake word was said just now."""

    word: str


class WakeListener(Protocol):
    """What finds wake words in audio; see :class:`assistant.wake.WakeWords`."""

    def feed(self, samples: Samples) -> Sequence[WakeMatch]:
        """Take the next samples; the wake words that were noticed in them."""
        ...

    def reset(self) -> None:
        """Forget everything heard."""
        ...


class Ear:
    """One microphone's audio."""

    def __init__(self, vad: Vad, settings: EndpointSettings, wake: WakeListener | None) -> None:
        self._endpointer = Endpointer(vad, settings)
        self._wake = wake
        self._samples = 0
        self._offset = 0.0  # audio clock at the endpointer's time 0
        self._backlog: deque[Samples] = deque()
        self._backlog_size = 0
        self._attending = (False, False)

    @property
    def time(self) -> float:
        """Seconds of audio fed so far."""
        return self._samples / RATE

    def feed(self, samples: Samples, wake: bool, speech: bool) -> list[WakeNoticed | EndpointEvent]:
        """Take the next samples, attending to wake words, to speech, to both or to neither."""
        samples = sanitize(samples)
        before, self._attending = self._attending, (wake, speech)
        if wake and not before[0] and self._wake is not None:
            self._wake.reset()
        if speech and not before[1]:
            self._restart(self.time)
        self._samples += samples.size
        found: list[WakeNoticed | EndpointEvent] = []
        if self._wake is not None:
            self._remember(samples)
            if wake:
                found += [WakeNoticed(match.word) for match in self._wake.feed(samples)]
        if speech:
            found += self._clocked(list(self._endpointer.feed(samples)))
        return found

    def hear_again(self, wake_word: bool = True) -> list[EndpointEvent]:
        """Attend to speech from now on and, as after a wake word, a little before now.

        What was over before now was not said to us: of it there are no events.

        Parameters
        ----------
        wake_word
            Whether the wake word is heard again too, or only what follows it.
        """
        self._attending = (False, True)
        blocks = list(self._backlog) if wake_word else [self._backlog[-1]]
        self._restart(self.time - sum(block.size for block in blocks) / RATE)
        found: list[EndpointEvent] = []
        for block in blocks:
            for event in self._endpointer.feed(block):
                found.append(event)
                if isinstance(event, SpeechEnded):
                    found.clear()
        return self._clocked(found)

    def restart(self) -> None:
        """Forget the speech heard so far, but not the clock."""
        self._attending = (False, False)

    def finish(self) -> list[EndpointEvent]:
        """End the utterance under way: no more audio comes for now."""
        return self._clocked(list(self._endpointer.finish())) if self._attending[1] else []

    def _restart(self, offset: float) -> None:
        self._endpointer.reset()
        self._offset = offset

    def _remember(self, samples: Samples) -> None:
        self._backlog.append(np.array(samples))
        self._backlog_size += samples.size
        while self._backlog_size - self._backlog[0].size > _BACKLOG * RATE:
            self._backlog_size -= self._backlog.popleft().size

    def _clocked(self, events: list[EndpointEvent]) -> list[EndpointEvent]:
        return [self._on_clock(event) for event in events]

    def _on_clock(self, event: EndpointEvent) -> EndpointEvent:
        match event:
            case SpeechAudio():
                return event
            case SpeechStarted():
                return replace(
                    event,
                    time=event.time + self._offset,
                    audio_start=event.audio_start + self._offset,
                )
            case SpeechEnded():
                return replace(
                    event,
                    time=event.time + self._offset,
                    end_of_speech=event.end_of_speech + self._offset,
                )
            case SpeechPaused() | SpeechResumed():
                return replace(event, time=event.time + self._offset)
