"""Recordings of any length to text, utterance by utterance, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from speech.audio import Samples
from speech.endpoint import (
    Endpointer,
    EndpointSettings,
    SpeechAudio,
    SpeechEnded,
    SpeechStarted,
)
from speech.errors import AudioError
from speech.recognition.contract import Final, RecognitionStream, Recognizer, Word
from speech.vad import Vad

RECORDING = EndpointSettings(trailing_silence=1.5)
"""Nobody waits for an answer to a recording: a sentence may have longer pauses in it."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recognised utterance; times in seconds from the start of the recording."""

    start: float
    end: float
    final: Final


def transcribe(
    blocks: Iterable[Samples],
    recognizer: Recognizer,
    vad: Vad,
    settings: EndpointSettings = RECORDING,
) -> Iterator[Utterance]:
    """Find the utterances in audio and recognise each, as the audio comes.

    Parameters
    ----------
    blocks
        Mono float32 at 16 kHz in blocks of any size, as :func:`speech.audio.blocks` yields them.

    Yields
    ------
    Utterances in which something was understood, in order; their words' times count from the
    start of the recording.

    Raises
    ------
    AudioError
        As the blocks do, once what was heard before has been recognised.
    """
    endpointer = Endpointer(vad, settings)
    stream: RecognitionStream | None = None
    offset = start = 0.0

    def events() -> Iterator[object]:
        early: AudioError | None = None
        try:
            for block in blocks:
                yield from endpointer.feed(block)
        except AudioError as error:
            early = error
        yield from endpointer.finish()
        if early is not None:
            raise early

    try:
        for event in events():
            match event:
                case SpeechStarted(time, audio_start):
                    stream = recognizer.stream(partials=False)
                    start, offset = time, audio_start
                case SpeechAudio(samples):
                    assert stream is not None
                    stream.feed(samples)
                case SpeechEnded(_, end_of_speech):
                    assert stream is not None
                    final = stream.finish()
                    stream = None
                    if final.text:
                        words = tuple(_shifted(word, offset) for word in final.words)
                        yield Utterance(start, end_of_speech, replace(final, words=words))
    finally:
        if stream is not None:
            stream.close()


def _shifted(word: Word, offset: float) -> Word:
    if word.start is None or word.end is None:
        return word
    return replace(word, start=word.start + offset, end=word.end + offset)
