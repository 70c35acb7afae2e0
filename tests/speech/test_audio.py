"""Decoding any container in bounded memory, and clear errors for what is not audio."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech import audio
from speech.errors import AudioError


def tone(seconds: float, rate: int, frequency: float = 440.0) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_any_rate_and_channel_count_comes_out_as_the_same_tone(
    tmp_path: Path, rate: int, channels: int
) -> None:
    file = tmp_path / "tone.wav"
    soundfile.write(file, np.repeat(tone(1.0, rate)[:, None], channels, axis=1), rate)
    samples = audio.read(file)
    assert samples.dtype == np.float32
    assert samples.size == pytest.approx(audio.RATE, abs=2)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * audio.RATE / samples.size == pytest.approx(440, abs=2)
    assert audio.level(samples) == pytest.approx(-9.03, abs=0.2)


@pytest.mark.parametrize("ending", ["flac", "ogg", "mp3", "aiff"])
def test_containers_of_libsndfile_open(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"tone.{ending}"
    soundfile.write(file, tone(1.0, 16_000), 16_000)
    assert audio.read(file).size == pytest.approx(16_000, rel=0.1)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("ending", ["m4a", "webm", "mka"])
def test_other_containers_open_through_ffmpeg(tmp_path: Path, ending: str) -> None:
    source, file = tmp_path / "tone.wav", tmp_path / f"tone.{ending}"
    soundfile.write(source, tone(1.0, 48_000), 48_000)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), str(file)], check=True)
    samples = audio.read(file)
    assert samples.size == pytest.approx(16_000, rel=0.1)
    assert audio.level(samples) == pytest.approx(-9.03, abs=0.5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"this is text, not audio\n" * 50, "cannot read it|not audio"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "cannot read it|not audio"),
    ],
    ids=["missing", "empty", "text", "truncated header"],
)
def test_what_is_not_audio_is_named(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "broken.wav"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(AudioError, match=said) as caught:
        audio.read(file)
    assert "broken.wav" in str(caught.value)


def test_a_folder_is_not_audio(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is a folder"):
        audio.read(tmp_path)


def heard_until_the_error(file: Path | str) -> tuple[float, str]:
    """Seconds that were decoded, and what was said when that ended."""
    samples = 0
    try:
        for block in audio.blocks(file):
            samples += block.size
    except AudioError as error:
        return samples / audio.RATE, str(error)
    pytest.fail("there was no error")


@pytest.mark.parametrize("ending", ["wav", "aiff", "au", "flac", "mp3", "ogg", "opus"])
@pytest.mark.parametrize("ffmpeg", [True, False], ids=["ffmpeg", "without ffmpeg"])
def test_a_file_that_was_cut_off_gives_what_is_there_once_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, ffmpeg: bool
) -> None:
    if not ffmpeg:
        monkeypatch.setattr(shutil, "which", lambda name: None)
    elif shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    file = tmp_path / f"cut.{ending}"
    noise = np.random.default_rng(1).normal(0, 0.1, 20 * 16_000).astype(np.float32)
    kind = {"format": "OGG", "subtype": "OPUS"} if ending == "opus" else {}
    soundfile.write(file, noise, 16_000, **kind)
    whole = audio.read(file)
    assert whole.size / audio.RATE == pytest.approx(20, abs=0.1)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    seconds, said = heard_until_the_error(file)
    assert seconds == pytest.approx(10, abs=1)
    assert f"cut.{ending}: ends early, after {seconds:.1f} s (" in said


def test_a_recording_cut_in_mid_frame_is_decoded_to_the_last_frame(
    commands: Path, tmp_path: Path
) -> None:
    whole = (commands / "jfk.flac").read_bytes()
    file = tmp_path / "jfk.flac"
    file.write_bytes(whole[: len(whole) // 2])
    seconds, said = heard_until_the_error(file)
    assert 5.2 < seconds < 5.6
    assert "ends early" in said
    with pytest.raises(AudioError):
        audio.read(file)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_what_ffmpeg_decodes_of_a_file_that_was_cut_off(tmp_path: Path) -> None:
    source, file = tmp_path / "tone.wav", tmp_path / "cut.mka"
    soundfile.write(source, tone(20.0, 16_000), 16_000)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), str(file)], check=True)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    seconds, said = heard_until_the_error(file)
    assert 5 < seconds < 15
    assert "cut.mka: ends early, after" in said


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("form", ["wav", "flac", "ogg", "mp3", "au", "w64"])
def test_lengths_that_a_header_leaves_open_are_no_faults(tmp_path: Path, form: str) -> None:
    source = tmp_path / "tone.wav"
    soundfile.write(source, tone(2.5, 16_000), 16_000)
    command = ["ffmpeg", "-v", "error", "-i", str(source), "-f", form, "-"]
    piped = subprocess.run(command, check=True, capture_output=True).stdout
    (tmp_path / "piped").write_bytes(piped)
    assert audio.read(tmp_path / "piped").size == pytest.approx(40_000, abs=2_000)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_an_mp3_without_a_count_is_not_measured_by_a_guess(tmp_path: Path) -> None:
    source, file = tmp_path / "tone.wav", tmp_path / "tagged.mp3"
    soundfile.write(source, tone(4.0, 16_000), 16_000)
    command = ["ffmpeg", "-v", "error", "-i", str(source), "-b:a", "32k", "-write_xing", "0"]
    subprocess.run([*command, str(file)], check=True)
    file.write_bytes(file.read_bytes() + bytes(900))  # a tag, which libsndfile takes for audio
    duration = audio.duration(file)
    assert duration is not None
    assert duration > 4.2
    assert audio.read(file).size == pytest.approx(4 * 16_000, rel=0.1)


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    file, pipe = tmp_path / "tone.wav", tmp_path / "pipe"
    soundfile.write(file, tone(1.0, 16_000), 16_000)
    for content in (file.read_bytes(), b""):
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)
        writer = threading.Thread(target=pipe.write_bytes, args=(content,))
        writer.start()
        assert audio.duration(pipe) is None
        if content:
            assert audio.read(pipe).size == 16_000
        else:
            with pytest.raises(AudioError, match="pipe: is empty"):
                audio.read(pipe)
        writer.join()


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_an_error_like_others(name: str) -> None:
    for function in (audio.read, audio.duration):
        with pytest.raises(AudioError, match="cannot be opened"):
            function(name)


def test_a_device_and_a_headerless_file_are_no_audio(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is a device"):
        audio.read("/dev/null")
    file = tmp_path / "samples.raw"
    file.write_bytes(bytes(1_000))
    assert audio.duration(file) is None
    with pytest.raises(AudioError, match=r"samples\.raw"):
        audio.read(file)


def test_a_rate_that_is_none_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "slow.wav"
    soundfile.write(file, tone(1.0, 16_000), 10)
    with pytest.raises(AudioError, match=r"slow\.wav: a sample rate of 10 Hz"):
        audio.read(file)


def test_memory_stays_bounded_over_an_hour(tmp_path: Path) -> None:
    file = tmp_path / "hour.wav"
    with soundfile.SoundFile(file, "w", 8_000, 1) as out:
        for _ in range(60):
            out.write(np.zeros(60 * 8_000, np.float32))
    tracemalloc.start()
    seconds = sum(block.size for block in audio.blocks(file)) / audio.RATE
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds == pytest.approx(3600, abs=0.01)
    assert peak < 10e6
    assert audio.duration(file) == pytest.approx(3600)


def test_nan_infinity_and_excess_are_made_harmless(tmp_path: Path) -> None:
    wild = np.array([np.nan, np.inf, -np.inf, 3.0, -3.0, 0.25], np.float32)
    assert audio.sanitize(wild).tolist() == [0.0, 0.0, 0.0, 1.0, -1.0, 0.25]
    file = tmp_path / "wild.wav"
    soundfile.write(file, wild, 16_000, subtype="FLOAT")
    assert audio.read(file).tolist() == [0.0, 0.0, 0.0, 1.0, -1.0, 0.25]


@pytest.mark.parametrize("channels", [1, 2])
def test_a_nan_does_not_spread(channels: int) -> None:
    sound = np.repeat(tone(1.0, 48_000)[:, None], channels, axis=1)
    whole = audio.Resampler(48_000).feed(sound, last=True)
    sound[24_000, 0] = np.nan
    damaged = audio.Resampler(48_000).feed(sound, last=True)
    assert np.count_nonzero(np.abs(damaged - whole) > 0.05) < 20


def test_resampling_in_pieces_equals_resampling_at_once() -> None:
    sound = tone(1.0, 44_100)
    whole = audio.Resampler(44_100).feed(sound, last=True)
    pieces = audio.Resampler(44_100)
    parts = [pieces.feed(part) for part in np.array_split(sound, 37)]
    parts.append(pieces.feed(np.zeros(0, np.float32), last=True))
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)


@pytest.mark.parametrize("rate", [0, -16_000, 10, 10_000_000])
def test_impossible_rates_are_refused(rate: int) -> None:
    with pytest.raises(AudioError, match="is not audio"):
        audio.Resampler(rate)


def test_pcm16_survives_the_wire() -> None:
    sound = tone(0.1, 16_000)
    np.testing.assert_allclose(audio.from_pcm16(audio.to_pcm16(sound)), sound, atol=1e-4)
    assert audio.to_pcm16(np.array([1.0, -1.0, np.nan], np.float32)) == b"\xff\x7f\x01\x80\x00\x00"
    with pytest.raises(AudioError, match="pairs of bytes"):
        audio.from_pcm16(b"\x00\x01\x02")


def test_measures_say_what_they_should() -> None:
    silence = np.zeros(16_000, np.float32)
    assert audio.level(silence) == audio.level(silence[:0]) == audio.SILENCE_DBFS
    assert audio.clipped(np.sign(tone(1.0, 16_000))) > 0.9
    assert audio.clipped(tone(1.0, 16_000)) == 0.0
    noise = np.random.default_rng(1).normal(0, 0.005, 16_000).astype(np.float32)
    bursts = noise + tone(1.0, 16_000) * (np.arange(16_000) % 8_000 < 4_000)
    assert audio.snr(bursts) == pytest.approx(37, abs=3)
    assert abs(audio.snr(noise)) < 3


def test_writing_needs_a_folder_and_a_known_ending(tmp_path: Path) -> None:
    audio.write(tmp_path / "out.wav", tone(0.5, 16_000))
    assert audio.read(tmp_path / "out.wav").size == 8_000
    for bad in (tmp_path / "no" / "out.wav", tmp_path / "out.xyz"):
        with pytest.raises(AudioError, match="cannot be written"):
            audio.write(bad, tone(0.5, 16_000))
