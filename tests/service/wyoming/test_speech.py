"""Describing, speech to text, text to speech and wake words, with real engines."""

from __future__ import annotations

import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, wav_to_chunks
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeVoice,
)
from wyoming.wake import Detect, Detection

from service.wyoming import Limits, Offer
from service.wyoming.audio import Decoder, chunk_in
from skills import Router
from speech.audio import RATE, Samples, read
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis.espeak import EspeakSynthesizer
from tests.service.wyoming.client import (
    LAMP,
    SILENCE,
    audio,
    errors,
    heard,
    served,
    sound,
    tell,
    until,
)

# Describing.


async def test_what_is_offered_is_described(
    pool: ThreadPoolExecutor,
    moonshine: MoonshineRecognizer,
    espeak: EspeakSynthesizer,
    router: Router,
) -> None:
    offer = Offer((moonshine,), espeak, ("okay_nabu",), router)
    async with served(pool, offer) as server:
        event, pong = await server.ask(Describe(), Ping("hello"))
    assert Pong.from_event(pong).text == "hello"
    info = Info.from_event(event)
    (model,) = info.asr[0].models
    assert (model.languages, model.version) == (["en"], "0.0.73")
    assert "MIT" in (model.description or "")
    voices = {voice.name: voice for voice in info.tts[0].voices}
    assert voices["en-GB"].languages == ["en-GB"] and {"zh", "ko"} <= voices.keys()
    assert "GPL-3.0-or-later" in (voices["ko"].description or "")
    (word,) = info.wake[0].models
    assert (word.name, word.phrase, word.attribution.name) == (
        "okay_nabu",
        "Okay Nabu",
        "Kevin Ahrendt",
    )
    assert "Apache-2.0" in (word.description or "")
    (commands,) = info.handle[0].models
    assert {"en", "zh-CN", "ko", "de"} <= set(commands.languages)
    assert info.handle[0].supports_home_control and info.tts[0].supports_synthesize_streaming
    assert not info.asr[0].supports_transcript_streaming


async def test_what_is_not_offered_is_neither_described_nor_done(pool: ThreadPoolExecutor) -> None:
    async with served(pool, Offer()) as server:
        (event,) = await server.ask(Describe())
        assert Info.from_event(event) == Info()
        for message in (Transcribe(), Synthesize("hello"), Detect(), Transcript("hello")):
            assert errors(await server.ask(message)) == ["unsupported"]


# Speech to text.


async def test_a_recording_is_transcribed(
    pool: ThreadPoolExecutor, moonshine: MoonshineRecognizer, commands: Path
) -> None:
    async with served(pool, Offer((moonshine,))) as server:
        with wave.open(str(commands / "what_time_is_it.wav")) as file:
            chunks = list(wav_to_chunks(file, 1_024, start_event=True, stop_event=True))
        asked = Transcribe(language="en-US")
        assert heard(await server.ask(asked, *chunks)) == ["what", "time", "is", "it"]


@pytest.mark.parametrize(
    ("rate", "width", "channels"),
    [(44_100, 2, 2), (48_000, 3, 1), (32_000, 4, 6), (22_050, 1, 1)],
)
async def test_any_format_is_understood(
    pool: ThreadPoolExecutor,
    moonshine: MoonshineRecognizer,
    lamp: Samples,
    rate: int,
    width: int,
    channels: int,
) -> None:
    async with served(pool, Offer((moonshine,))) as server:
        assert heard(await server.ask(*audio(lamp, rate, width, channels))) == LAMP


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 48_000, 96_000])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_format_means_the_same_sound(rate: int, width: int) -> None:
    time = np.arange(2 * RATE) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    for channels, size in ((1, 1_000), (2, 77)):
        decoder = Decoder()
        chunks = audio(tone, rate, width, channels, size)[1:-1]
        events = [chunk_in(chunk.event()) for chunk in chunks]
        other = chunk_in(AudioChunk(22_050, 2, 1, bytes(44_100)).event())
        samples = np.concatenate([*map(decoder.feed, (*events, other)), decoder.finish()])
        assert abs(samples.size - tone.size - RATE) < 100
        assert np.abs(samples[tone.size - RATE : tone.size] - tone[RATE:]).mean() < 0.01
        assert np.abs(samples[tone.size + 100 :]).max() < 0.001


async def test_one_connection_takes_one_utterance_after_the_other(
    pool: ThreadPoolExecutor, moonshine: MoonshineRecognizer, lamp: Samples
) -> None:
    async with served(pool, Offer((moonshine,))) as server:
        first, nothing, second = await server.ask(
            *audio(lamp), *audio(np.zeros(0, np.float32)), *audio(lamp)
        )
    assert heard([first]) == heard([second]) == LAMP
    assert heard([nothing]) == []


async def test_partials_come_while_somebody_speaks(
    pool: ThreadPoolExecutor, moonshine: MoonshineRecognizer, commands: Path
) -> None:
    speech = read(commands / "jfk.flac")
    offer = Offer((moonshine,), partials=True)
    async with served(pool, offer) as server, server.client() as client:
        *chunks, stop = audio(speech, size=4_000)
        for chunk in chunks:
            await client.write_event(chunk.event())
        started = await client.read_event()
        first = await client.read_event()  # though the audio is not over
        await client.write_event(stop.event())
        events = [event async for event in until(client, "transcript-stop")]
    assert started is not None and started.type == "transcript-start"
    assert first is not None and first.type == "transcript-chunk" and first.data["text"]
    (final,) = [event for event in events if event.type == "transcript"]
    pieces = [event for event in (first, *events) if event.type == "transcript-chunk"]
    told = "".join(event.data["text"] for event in pieces)
    assert len(pieces) > 1 and told == final.data["text"][: len(told)]


async def test_what_cannot_be_transcribed_is_said(
    pool: ThreadPoolExecutor, moonshine: MoonshineRecognizer, lamp: Samples
) -> None:
    async with served(pool, Offer((moonshine,)), Limits(utterance=1.0)) as server:
        assert errors(await server.ask(Transcribe(language="ko"))) == ["unsupported"]
        assert errors(await server.ask(Transcribe(name="/etc/passwd"))) == ["not_found"]
        assert errors(await server.ask(Transcribe(language="no language"))) == ["bad_message"]
        assert errors(await server.ask(*audio(lamp))) == ["too_large"]


# Text to speech.


async def test_a_text_is_spoken(
    pool: ThreadPoolExecutor, moonshine: MoonshineRecognizer, espeak: EspeakSynthesizer
) -> None:
    async with served(pool, Offer((moonshine,), espeak)) as server:
        british = SynthesizeVoice(name="en-GB-x-RP")
        events = await server.ask(Synthesize("Turn on the lamp.", british))
        assert [event.type for event in events][:: len(events) - 1] == ["audio-start", "audio-stop"]
        assert len(events) > 5  # as it is spoken, not at the end
        assert heard(await server.ask(*audio(np.concatenate([SILENCE, sound(events)])))) == LAMP
        american = sound(await server.ask(Synthesize("Turn on the lamp.")))
        assert american.size != sound(events).size
        chinese = SynthesizeVoice(language="zh-CN")
        assert sound(await server.ask(Synthesize("灯已经打开了。", chinese))).size > RATE // 2
        for nothing in ("", " \n"):
            silent = await server.ask(Synthesize(nothing))
            assert [event.type for event in silent] == ["audio-start", "audio-stop"]


async def test_a_text_in_pieces_is_spoken_by_sentences(
    pool: ThreadPoolExecutor, espeak: EspeakSynthesizer
) -> None:
    async with served(pool, Offer(synthesizer=espeak)) as server, server.client() as client:
        await tell(client, SynthesizeStart())
        await tell(client, SynthesizeChunk("The lamp is "), SynthesizeChunk("on. The time "))
        first = [event async for event in until(client, "audio-stop")]
        await tell(client, SynthesizeChunk("is 3.5 hours"))
        await tell(client, Synthesize("The lamp is on. The time is 3.5 hours"), SynthesizeStop())
        rest = [event async for event in until(client, "synthesize-stopped")]
    assert sound(first).size > RATE // 2
    assert [event.type for event in rest].count("audio-start") == 1  # not said twice
    assert sound(rest).size > RATE // 2


async def test_what_cannot_be_spoken_is_said(
    pool: ThreadPoolExecutor, espeak: EspeakSynthesizer
) -> None:
    async with served(pool, Offer(synthesizer=espeak), Limits(text=20)) as server:
        for name in ("tlh", "../../etc", "en-us; rm"):
            asked = Synthesize("hello", SynthesizeVoice(name=name))
            assert errors(await server.ask(asked)) == ["not_found"]
        ssml = Synthesize("<speak/>", text_format="ssml")
        assert errors(await server.ask(ssml)) == ["unsupported"]
        assert errors(await server.ask(Synthesize(21 * "a"))) == ["too_large"]
        pieces = (SynthesizeChunk("once more "), SynthesizeChunk("and once more"))
        assert errors(await server.ask(SynthesizeStart(), *pieces)) == ["too_large"]


# Wake words.


async def test_wake_words_are_detected(pool: ThreadPoolExecutor) -> None:
    nabu = EspeakSynthesizer("en-gb").synthesize("okay nabu, turn on the lamp")
    start, *chunks, stop = audio(np.concatenate([SILENCE, SILENCE, *nabu, SILENCE]))
    timed = [
        AudioChunk(chunk.rate, chunk.width, chunk.channels, chunk.audio, 5_000 + 62 * number)
        for number, chunk in enumerate(chunks)
        if isinstance(chunk, AudioChunk)
    ]
    async with served(pool, Offer(wake_words=("okay_nabu", "alexa"))) as server:
        (event,) = await server.ask(Detect(), start, *timed, stop)
        detection = Detection.from_event(event)
        assert detection.name == "okay_nabu"
        assert detection.timestamp is not None and 6_000 < detection.timestamp < 7_500
        (event,) = await server.ask(Detect(["okay_nabu"]), start, *chunks, stop)
        assert 1_000 < event.data["timestamp"] < 2_500
        (event,) = await server.ask(Detect(["alexa"]), start, *chunks, stop)
        assert event.type == "not-detected"
        for name in ("hey_jarvis", "/etc/passwd", "../model.json"):
            assert errors(await server.ask(Detect([name]), start, *chunks)) == ["not_found"]
