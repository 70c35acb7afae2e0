"""Synthesisers that run as a program: text on standard input, WAV on standard output."""

from __future__ import annotations

import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Sequence

import numpy as np

from speech.audio import Resampler, Samples, from_pcm16
from speech.errors import EngineError

_BLOCK = 4_096  # bytes; a tenth of a second


def run(command: Sequence[str], text: str = "") -> str:
    """What a short-lived program prints when it is given ``text`` on standard input.

    Raises
    ------
    EngineError
        It fails, or takes longer than ten seconds.
    """
    try:
        return subprocess.run(
            command,
            check=True,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=10,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"{command[0]} cannot be run: {error}") from error


def speak(
    command: Sequence[str], text: str, header: bool = True, rate: int = 0
) -> Iterator[Samples]:
    """Run a synthesiser and yield its audio as it comes; closing the iterator kills it.

    Parameters
    ----------
    header
        Whether a WAV header comes first, which tells the rate; otherwise ``rate`` does.

    Raises
    ------
    EngineError
        The program fails, or its output is no PCM16 mono.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as script:
        # Through a file, not a pipe: the program may speak before it has read a long text.
        script.write(text.encode("utf-8", errors="replace"))
        script.seek(0)
        try:
            process = subprocess.Popen(
                command, bufsize=0, stdin=script, stdout=subprocess.PIPE, stderr=said
            )
        except OSError as error:
            raise EngineError(f"{command[0]} cannot be run: {error}") from error
        assert process.stdout is not None
        try:
            if header:
                rate = _rate(_read(process.stdout.fileno(), 44))
            resampler = Resampler(rate or 16_000)
            rest = b""
            while rate and (data := os.read(process.stdout.fileno(), _BLOCK)):
                data = rest + data
                rest = data[len(data) // 2 * 2 :]
                samples = resampler.feed(from_pcm16(data[: len(data) // 2 * 2]))
                if samples.size:
                    yield samples
            if process.wait() != 0:
                said.seek(0)
                reason = said.read().decode(errors="replace").strip().splitlines()
                raise EngineError(
                    f"{command[0]} failed with status {process.returncode}"
                    + (f": {reason[-1]}" if reason else "")
                )
            tail = resampler.feed(np.zeros(0, np.float32), last=True)
            if tail.size:
                yield tail
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def _read(pipe: int, size: int) -> bytes:
    """That many bytes, fewer at the end."""
    data = b""
    while len(data) < size and (more := os.read(pipe, size - len(data))):
        data += more
    return data


def _rate(header: bytes) -> int:
    """The rate of PCM16 mono, 0 where the program ended before it said anything."""
    if not header:
        return 0
    if len(header) < 44 or header[:4] != b"RIFF" or header[22:24] != b"\x01\x00":
        raise EngineError("the synthesiser did not answer with a WAV of one channel")
    rate: int = struct.unpack_from("<I", header, 24)[0]
    return rate
