"""Where an utterance begins and ends.

Audio goes in, in blocks of any size; events come out. An utterance begins once there was enough
speech, a little earlier than the speech itself (pre-roll), and ends after enough silence. A pause
within it is announced at once (:class:`SpeechPaused`), so that a recogniser can work ahead, and
its silence is held back: it is passed on if the speaker goes on, and dropped if not. The nearer
an utterance comes to its maximum length, the shorter the silence that ends it, so that long
speech is cut between words rather than in one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from speech.audio import RATE, Samples
from speech.errors import ConfigError
from speech.vad import WINDOW, Vad

_STEP = WINDOW / RATE
_OFF_MARGIN = 0.15  # speech goes on until the probability is this far below the threshold


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """When speech counts as an utterance; times in seconds."""

    threshold: float = 0.5
    """Probability from which a window counts as speech, above 0.15 and below 1."""
    minimum_speech: float = 0.2
    """Less speech than this is a click or a cough."""
    preroll: float = 0.3
    """Audio before the speech that belongs to the utterance."""
    pause: float = 0.25
    """Silence after which a pause is announced."""
    trailing_silence: float = 0.7
    """Silence that ends an utterance; more than ``pause``."""
    maximum_length: float = 20.0
    """An utterance is cut here at the latest."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value < 3600:
                raise ConfigError(f"endpoint setting {field.name} is {value}, not in 0 to 3600")
        if not _OFF_MARGIN < self.threshold < 1:
            raise ConfigError(f"endpoint threshold {self.threshold} is not between 0.15 and 1")
        if not self.pause <= self.trailing_silence < self.maximum_length:
            raise ConfigError(
                "endpoint settings must keep pause <= trailing_silence < maximum_length, but are "
                f"{self.pause}, {self.trailing_silence} and {self.maximum_length} seconds"
            )


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """An utterance has begun."""

    time: float
    """Seconds of audio fed until the first speech."""
    audio_start: float
    """Seconds of audio fed until the first sample of the utterance, pre-roll included."""


@dataclass(frozen=True, slots=True)
class SpeechAudio:
    """The next samples of the utterance."""

    samples: Samples


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Silence began a short while ago; the utterance may be over."""

    time: float


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The speaker went on after a pause; the silence between follows as audio."""

    time: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The utterance is over."""

    time: float
    """Seconds of audio fed when that was clear: the endpoint."""
    end_of_speech: float
    """Seconds of audio fed until the last speech."""
    truncated: bool = False
    """Whether the maximum length cut it while there was still speech."""


EndpointEvent = SpeechStarted | SpeechAudio | SpeechPaused | SpeechResumed | SpeechEnded


class Endpointer:
    """Finds utterances in a stream of audio. Not for several threads at once."""

    def __init__(self, vad: Vad, settings: EndpointSettings | None = None) -> None:
        self.settings = settings or EndpointSettings()
        self._vad = vad
        self._started: float | None = None
        self._recent: deque[Samples] = deque()  # before an utterance: what pre-roll is cut from
        self._held: list[Samples] = []  # silence within an utterance, until it is clear what it is
        self._speech = self._silence = self._length = 0  # windows
        self.reset()

    @property
    def in_speech(self) -> bool:
        """Whether an utterance is under way."""
        return self._started is not None

    @property
    def time(self) -> float:
        """Seconds of audio heard so far, in whole windows."""
        return self._windows * _STEP

    def reset(self) -> None:
        """Forget everything heard, the clock included."""
        self._stream = self._vad.stream()
        self._rest: Samples = np.zeros(0, np.float32)
        self._windows = 0
        self._forget_utterance()

    def feed(self, samples: Samples) -> Iterator[EndpointEvent]:
        """Take the next samples and yield what happened in them, in order.

        The iterator must be used up before more is fed.
        """
        audio: list[Samples] = []
        for event in self._events(samples):
            if isinstance(event, SpeechAudio):
                audio.append(event.samples)
                continue
            if audio:
                yield SpeechAudio(np.concatenate(audio))
                audio.clear()
            yield event
        if audio:
            yield SpeechAudio(np.concatenate(audio))

    def _events(self, samples: Samples) -> Iterator[EndpointEvent]:
        """What happened, window by window: a recogniser works better on more at once."""
        self._rest = np.concatenate([self._rest, samples])
        while self._rest.size >= WINDOW:
            window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
            self._windows += 1
            probability = self._stream.feed(window)
            if self._started is None:
                yield from self._before_speech(window, probability)
            else:
                yield from self._within_speech(window, probability)

    def finish(self) -> Iterator[EndpointEvent]:
        """End the utterance under way, if any: no more audio will come."""
        if self._started is not None:
            if self._rest.size and not self._held:
                yield SpeechAudio(self._rest)
            yield self._end(truncated=False)
        self._rest = np.zeros(0, np.float32)

    def _before_speech(self, window: Samples, probability: float) -> Iterator[EndpointEvent]:
        settings = self.settings
        self._recent.append(window)
        if probability >= settings.threshold:
            self._speech += 1
            self._silence = 0
        elif self._speech:
            # A short dip belongs to the onset; a long one makes it a click.
            self._silence += 1
            if self._silence * _STEP > settings.minimum_speech:
                self._speech = self._silence = 0
        onset = self._speech + self._silence
        while len(self._recent) * _STEP > settings.preroll + (onset + 1) * _STEP:
            self._recent.popleft()
        if self._speech * _STEP >= settings.minimum_speech:
            self._started = self.time - onset * _STEP
            self._length = len(self._recent)
            audio = np.concatenate(self._recent)
            self._recent.clear()
            self._silence = 0
            yield SpeechStarted(self._started, self.time - self._length * _STEP)
            yield SpeechAudio(audio)

    def _within_speech(self, window: Samples, probability: float) -> Iterator[EndpointEvent]:
        settings = self.settings
        self._length += 1
        speaking = probability >= settings.threshold - _OFF_MARGIN
        if speaking:
            if self._held:
                yield SpeechResumed(self.time - _STEP)
                yield SpeechAudio(np.concatenate(self._held))
                self._held.clear()
            self._silence = 0
            yield SpeechAudio(window)
        else:
            self._silence += 1
            if self._held:
                self._held.append(window)
            elif self._silence * _STEP < settings.pause:
                yield SpeechAudio(window)
            else:
                self._held.append(window)
                yield SpeechPaused(self.time)
        if self._silence * _STEP >= self._patience():
            yield self._end(truncated=False)
        elif self._length * _STEP >= settings.maximum_length:
            yield self._end(truncated=speaking)

    def _patience(self) -> float:
        """Seconds of silence that end the utterance now: less in its last third."""
        settings = self.settings
        left = 3.0 * (1.0 - self._length * _STEP / settings.maximum_length)
        return max(2 * _STEP, settings.trailing_silence * min(1.0, left))

    def _end(self, truncated: bool) -> SpeechEnded:
        ended = SpeechEnded(self.time, self.time - self._silence * _STEP, truncated)
        self._forget_utterance()
        return ended

    def _forget_utterance(self) -> None:
        self._started = None
        self._recent.clear()
        self._held.clear()
        self._speech = self._silence = self._length = 0
