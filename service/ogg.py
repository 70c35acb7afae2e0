"""Ogg (Opus, Vorbis) as it streams in, made into PCM16 at 16 kHz: bounded, whatever comes.

libsndfile decodes from a pipe, in a thread that mostly waits for bytes.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import numpy as np
import soundfile

from speech.audio import RATE, Resampler, Samples, to_pcm16
from speech.errors import AudioError

_MAGIC = b"OggS"
_SLICE = 4096  # bytes; a pipe holds some of them
_SILENT = 1 << 20  # bytes that may come without any audio in them
_MOST = 60.0  # seconds of audio in one message
_AHEAD = 20.0  # seconds of audio that wait to be taken
_BLOCK = 0.1  # seconds
_PATIENCE = 10.0  # seconds


class OggDecoder:
    """One stream. Its methods do not belong on the event loop; close it when done."""

    def __init__(self) -> None:
        source, self._sink = os.pipe()
        os.set_blocking(self._sink, False)
        self._start = b""
        self._closed = False
        self._silent = 0
        self._pcm: list[bytes] = []
        self._waiting = 0.0  # seconds of audio in it
        self._failed = False
        self._changed = threading.Condition()
        # A daemon: it must not keep the program from ending.
        self._thread = threading.Thread(
            target=self._decode, args=(source,), name="ogg", daemon=True
        )
        self._thread.start()

    def feed(self, data: bytes) -> bytes:
        """Take bytes; the audio that was decoded so far, which may lag behind by a second.

        Raises
        ------
        AudioError
            It is no Ogg, cannot be decoded, holds too much, or nothing but headers.
        """
        if len(self._start) < len(_MAGIC):
            self._start += data[: len(_MAGIC)]
            if not _MAGIC.startswith(self._start[: len(_MAGIC)]):
                raise AudioError("the audio is no Ogg: it has to begin with OggS")
        self._silent += len(data)
        taken: list[bytes] = []
        seconds = 0.0
        until = time.monotonic() + _PATIENCE
        while data:
            try:
                with self._changed:
                    data = data[os.write(self._sink, data[:_SLICE]) :]
            except BlockingIOError:
                with self._changed:
                    self._changed.wait(0.05)  # until some of it was read
            except OSError as error:
                raise _undecodable() from error
            seconds += self._take(taken)
            if seconds > _MOST:
                raise AudioError(f"a message holds {_MOST:.0f} s of audio at most")
            if time.monotonic() > until:
                raise AudioError("the Ogg cannot be decoded in time")
        self._take(taken)
        if self._failed:
            raise _undecodable()
        if self._silent > _SILENT:
            raise AudioError(f"{_SILENT} bytes of Ogg hold no audio")
        return b"".join(taken)

    def finish(self) -> bytes:
        """No more comes: the audio that is left; raises AudioError as :meth:`feed` does."""
        self._close_sink()
        taken: list[bytes] = []
        until = time.monotonic() + _PATIENCE
        seconds = 0.0
        while self._thread.is_alive() and time.monotonic() < until and seconds <= _MOST:
            seconds += self._take(taken)
            self._thread.join(0.02)
        self._take(taken)
        if self._failed and self._start:
            raise _undecodable()
        return b"".join(taken)

    def close(self) -> None:
        """Stop decoding; safe to call twice."""
        self._close_sink()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _close_sink(self) -> None:
        with self._changed:  # not while somebody writes
            if self._sink >= 0:
                os.close(self._sink)
                self._sink = -1

    def _take(self, taken: list[bytes]) -> float:
        with self._changed:
            if self._pcm:
                self._silent = 0
            taken += self._pcm
            self._pcm.clear()
            seconds, self._waiting = self._waiting, 0.0
            self._changed.notify_all()
        return seconds

    def _decode(self, source: int) -> None:
        try:
            with _Piped(source, closefd=False) as file:
                resampler = Resampler(file.samplerate)
                size = round(_BLOCK * file.samplerate)
                while not self._closed:
                    block = file.read(size, dtype="float32", always_2d=True)
                    last = not len(block)
                    self._put(resampler.feed(block.mean(axis=1, dtype=np.float32), last=last))
                    if last:
                        break
        except (soundfile.LibsndfileError, OSError, ValueError, AudioError, MemoryError):
            self._failed = True
        finally:
            os.close(source)  # so that nobody writes into it for ever

    def _put(self, samples: Samples) -> None:
        with self._changed:
            while self._waiting > _AHEAD and not self._closed:
                self._changed.wait()
            self._pcm.append(to_pcm16(np.clip(np.nan_to_num(samples), -1, 1)))
            self._waiting += samples.size / RATE
            self._changed.notify_all()


class _Piped(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    """A file that opens when its beginning has come.

    All files of a process are opened one at a time, by a lock in their class: whoever sends nothing
    would keep everybody from opening any.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._sf_error_lock = threading.Lock()
        super().__init__(*args, **kwargs)


def _undecodable() -> AudioError:
    return AudioError("the Ogg cannot be decoded: send Opus or Vorbis in it, from its beginning")
