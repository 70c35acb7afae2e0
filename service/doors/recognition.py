"""``/v1/recognize``: audio up, partials and finals down."""

from __future__ import annotations

import time
from collections.abc import Iterator

from service.core import Core
from service.inlet import Inlet
from service.line import Line
from service.messages import Code, Done, End, ServiceError
from service.messages.recognition import FinalText, PartialText, Recognize, SpeechStarted
from service.timing import took
from speech import endpoint
from speech.audio import RATE, Samples
from speech.endpoint import Endpointer
from speech.recognition.contract import RecognitionStream, Recognizer
from speech.vad import Vad

LONGEST = 30.0
"""Seconds of an utterance that is not cut by endpoints."""

Result = SpeechStarted | PartialText | FinalText


class Recognition:
    """Audio in, results out: CPU work, one call at a time.

    Parameters
    ----------
    vad
        Finds the utterances; without one all audio is one utterance.
    """

    def __init__(self, recognizer: Recognizer, vad: Vad | None, start: Recognize) -> None:
        self._recognizer = recognizer
        self._start_message = start
        self._endpointer = None if vad is None else Endpointer(vad)
        self._stream: RecognitionStream | None = None
        self._start = self._offset = self._time = 0.0

    def feed(self, samples: Samples) -> list[Result]:
        """Take the next audio; what was found in it.

        Raises
        ------
        ServiceError
            There is more audio than can be one utterance.
        EngineError
            The recogniser failed, or knows none of the phrases.
        """
        self._time += samples.size / RATE
        if self._endpointer is not None:
            return [one for event in self._endpointer.feed(samples) for one in self._on(event)]
        if self._time > LONGEST:
            raise ServiceError(
                Code.TOO_LARGE, f"an utterance lasts {LONGEST:.0f} s at most without endpoints"
            )
        found = [] if self._stream is not None else list(self._begin(0.0, 0.0))
        return [*found, *self._partial(samples)]

    def finish(self) -> list[Result]:
        """No more audio comes: the results that are left."""
        if self._endpointer is not None:
            return [one for event in self._endpointer.finish() for one in self._on(event)]
        return list(self._end(self._time))

    def close(self) -> None:
        """Drop the utterance under way."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _on(self, event: endpoint.EndpointEvent) -> Iterator[Result]:
        match event:
            case endpoint.SpeechStarted(time, audio_start):
                yield from self._begin(time, audio_start)
            case endpoint.SpeechAudio(samples):
                yield from self._partial(samples)
            case endpoint.SpeechPaused() if self._stream is not None:
                self._stream.anticipate()
            case endpoint.SpeechEnded(_, end):
                yield from self._end(end)

    def _begin(self, start: float, offset: float) -> Iterator[Result]:
        wanted = self._start_message
        self._stream = self._recognizer.stream(
            wanted.phrases, partials=wanted.partials, alternatives=wanted.alternatives
        )
        self._start, self._offset = start, offset
        yield SpeechStarted(start=start)

    def _partial(self, samples: Samples) -> Iterator[Result]:
        assert self._stream is not None
        partial = self._stream.feed(samples)
        if partial is not None and self._start_message.partials:
            yield PartialText(text=partial.text)

    def _end(self, end: float) -> Iterator[Result]:
        if self._stream is not None:
            final = self._stream.finish()
            self._stream = None
            yield FinalText.of(final, self._start, end, self._offset)


async def recognize(line: Line, core: Core) -> None:
    """Serve one client."""
    start = await line.first(Recognize)
    recognizer = await core.engines.recognizer(start.language)
    vad = await core.engines.vad() if start.endpoints else None
    recognition = Recognition(recognizer, vad, start)
    inlet = Inlet(start)
    try:
        while True:
            came = await line.receive(core.settings.idle)
            if isinstance(came, bytes):
                for samples in inlet.feed(came):
                    await _answer(line, core, recognition, samples)
            elif isinstance(came, End):
                break
            else:
                raise ServiceError(Code.WRONG_STATE, f"{came.TYPE} comes once, first")
        for samples in inlet.finish():
            await _answer(line, core, recognition, samples)
        await _answer(line, core, recognition, None)
    finally:
        core.metrics.audio.labels("recognize").inc(inlet.seconds)
        await line.free(recognition.close)
    await line.send(Done(audio=inlet.seconds))


async def _answer(
    line: Line, core: Core, recognition: Recognition, samples: Samples | None
) -> None:
    """Work on audio, or on its end, and send what was found."""
    began = time.monotonic()
    if samples is None:
        found = await line.work(recognition.finish)
    else:
        found = await line.work(recognition.feed, samples)
    for result in found:
        if isinstance(result, FinalText):
            took(line, core, final=time.monotonic() - began)
        await line.send(result)
