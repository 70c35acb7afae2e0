"""Opening audio files: libsndfile where it can, ``ffmpeg`` for the other containers.

Everything that can be wrong with a file is found and named here. What was decoded before a file
broke off is passed on first; then comes the error.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from os import PathLike, fspath

import numpy as np
import numpy.typing as npt
import soundfile

from speech.errors import AudioError

AnyPath = str | PathLike[str]
Frames = npt.NDArray[np.float32]
"""Shape (n, channels), at the rate of the file."""

_FFMPEG_RATE = 16_000
_LARGEST_BLOCK = 2**20  # samples of all channels, whatever rate and channels a header claims
_UNKNOWN_LENGTH = 2**48  # frames; files written to a pipe claim more than this
_OPEN_END = 0x7FFF_0000  # bytes; headers written to a pipe claim at least this
_TOLERANCE = 0.05  # seconds that a file may lack: writers and encoders count a little differently
_SLACK = 4_096  # bytes, the same for headers
_PUT_RIGHT = re.compile(r"(?:data|SSND|Data Size)\s*: (\d+) \(should be (\d+)\)")
"""In libsndfile's log: the length in a header of WAV, AIFF or AU, and what there is."""
_REFUSED = (soundfile.LibsndfileError, TypeError)  # the latter where a name ends in .raw
_FAILED_SEEK = 39  # libsndfile's error at the end of a FLAC of unknown length; nothing is lost


def decode(path: AnyPath, seconds: float) -> Generator[tuple[int, Frames], None, None]:
    """Yield the rate and the next frames of a file, in blocks of ``seconds``.

    Raises
    ------
    AudioError
        The file is missing, empty, a device, not audio, or breaks off; see
        :func:`speech.audio.blocks`.
    """
    name = fspath(path)
    with _seekable(name) as opened:
        done = 0
        try:
            with soundfile.SoundFile(os.fsencode(opened)) as file:
                size = min(round(seconds * file.samplerate), _LARGEST_BLOCK // file.channels)
                broke: str | None = None
                try:
                    for frames in _frames(file, max(1, size)):
                        done += len(frames)
                        yield file.samplerate, frames
                except soundfile.LibsndfileError as error:
                    if not done:
                        raise
                    broke = _reason(error)
                if (fault := _fault(opened, file, done, broke)) is not None:
                    raise _early(name, done / max(1, file.samplerate), fault)
        except _REFUSED as error:
            yield from _decode_with_ffmpeg(name, opened, seconds, _reason(error))


def length(path: AnyPath) -> float | None:
    """Seconds that a file's header promises; None for a pipe, or where only decoding would tell."""
    name = fspath(path)
    if not _checked(name):
        return None
    try:
        info = soundfile.info(os.fsencode(name))
    except _REFUSED:
        return None
    return float(info.frames / info.samplerate) if 0 < info.frames < _UNKNOWN_LENGTH else None


def _checked(name: str) -> bool:
    """Whether it is a file, False for a pipe; AudioError for anything else."""
    try:
        status = os.stat(name)
        if stat.S_ISREG(status.st_mode):
            open(name, "rb").close()
    except FileNotFoundError:
        raise AudioError(f"{name}: no such file") from None
    except (OSError, ValueError) as error:
        raise _unopened(name, error) from error
    if stat.S_ISDIR(status.st_mode):
        raise AudioError(f"{name}: is a folder, not an audio file")
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISFIFO(status.st_mode):
        raise AudioError(f"{name}: is a device, not an audio file")
    if stat.S_ISREG(status.st_mode) and status.st_size == 0:
        raise AudioError(f"{name}: is empty (0 bytes)")
    return stat.S_ISREG(status.st_mode)


@contextmanager
def _seekable(name: str) -> Iterator[str]:
    """The file itself; what comes out of a pipe in a temporary file, since decoders go back."""
    if _checked(name):
        yield name
        return
    with tempfile.NamedTemporaryFile(prefix="sonorant-") as copy:
        try:
            with open(name, "rb") as pipe:
                shutil.copyfileobj(pipe, copy)
            copy.flush()
        except OSError as error:
            raise _unopened(name, error) from error
        if copy.tell() == 0:
            raise AudioError(f"{name}: is empty (0 bytes)")
        yield copy.name


def _frames(file: soundfile.SoundFile, size: int) -> Iterator[Frames]:
    """What libsndfile decodes, up to the very frame where it fails."""
    buffer = np.empty((size, file.channels), np.float32)
    while True:
        buffer.fill(np.nan)
        try:
            block = file.read(out=buffer)
        except soundfile.LibsndfileError as error:
            # It has filled the buffer before it failed, but does not say how far.
            empty = np.isnan(buffer).all(axis=1)
            good = int(empty.argmax()) if empty.any() else size
            if good:
                yield buffer[:good]
            if error.code == _FAILED_SEEK and file.frames >= _UNKNOWN_LENGTH:
                return
            raise
        if not len(block):
            return
        yield block


def _fault(name: str, file: soundfile.SoundFile, done: int, broke: str | None) -> str | None:
    """What shows that a file was cut off or damaged, where anything does.

    An error of the decoder does not, once there is all that the header promises: what stands
    behind the audio, such as a tag, can cause it too.
    """
    log = file.extra_info
    if found := _PUT_RIGHT.search(log):
        claimed, held = int(found[1]), int(found[2])
        if held + _SLACK < claimed < _OPEN_END:
            return f"its header promises {claimed} bytes of audio, it has {held}"
    if "lacks an end-of-stream" in log:  # Ogg: Vorbis and Opus
        return "its last page is missing"
    if file.frames >= _UNKNOWN_LENGTH or (file.format == "MP3" and not _counted(name)):
        return broke
    if file.frames - done > _TOLERANCE * file.samplerate:
        return broke or f"its header promises {file.frames / file.samplerate:.1f} s"
    return None


def _counted(name: str) -> bool:
    """Whether an MP3 says how long it is (Xing or Info tag); without one libsndfile guesses."""
    with open(name, "rb") as file:
        start = file.read(10)
        if start[:3] == b"ID3":
            a, b, c, d = start[6:10]
            file.seek(10 + (a << 21 | b << 14 | c << 7 | d))
        else:
            file.seek(0)
        first = file.read(64)
    return b"Xing" in first or b"Info" in first


def _decode_with_ffmpeg(
    name: str, opened: str, seconds: float, reason: str
) -> Iterator[tuple[int, Frames]]:
    program = shutil.which("ffmpeg")
    if program is None:
        raise AudioError(
            f"{name}: libsndfile cannot read it ({reason}); "
            "where ffmpeg is installed (apt-get install ffmpeg) more formats open"
        )
    command = [program, "-nostdin", "-v", "error", "-i", f"file:{opened}", "-map", "0:a:0"]
    command += ["-f", "f32le", "-ac", "1", "-ar", str(_FFMPEG_RATE), "-"]
    size = 4 * max(1, round(seconds * _FFMPEG_RATE))
    # What ffmpeg says goes to a file, not a pipe: a pipe that nobody drains would stop it.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said)
        assert process.stdout is not None
        done = 0
        try:
            while data := process.stdout.read(size):
                done += len(data) // 4
                yield _FFMPEG_RATE, np.frombuffer(data[: len(data) // 4 * 4], "<f4")[:, None]
            status = process.wait()
            said.seek(0)
            log = said.read().decode(errors="replace").replace(f"file:{opened}: ", "")
            lines = re.sub(r"^\[.*?\] ", "", log, flags=re.MULTILINE).splitlines()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
    if not done:
        raise AudioError(f"{name}: is not audio that can be read ({lines[0] if lines else reason})")
    # Of a file that was cut off ffmpeg decodes what there is, and is content.
    cut = [line for line in lines if "partial file" in line or "ended prematurely" in line]
    if status != 0 or cut:
        raise _early(name, done / _FFMPEG_RATE, (cut or lines or [f"status {status}"])[-1])


def _reason(error: soundfile.LibsndfileError | TypeError) -> str:
    return str(getattr(error, "error_string", error)).strip().removeprefix("Error : ").rstrip(".")


def _early(name: str, seconds: float, reason: str) -> AudioError:
    return AudioError(f"{name}: ends early, after {seconds:.1f} s ({reason})")


def _unopened(name: str, error: OSError | ValueError) -> AudioError:
    return AudioError(f"{name}: cannot be opened ({getattr(error, 'strerror', None) or error})")
