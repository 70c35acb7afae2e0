"""The process that speaks for ``speech.synthesis.espeak``: text in, WAV or phonemes out.

libespeak-ng keeps global state and is GPL-licensed, so it runs as a program of its own. This file
needs the standard library only, to start fast. Its arguments are the library, the folder of its
data and the voice; the text comes on standard input as UTF-8. With ``--voices`` in place of a
voice it lists what it speaks, a language and its voice a line. With ``--phonemes`` after the voice
it writes, for each line of the text, a line of phonemes in IPA with ``_`` between them; with
``--rate`` and a number it speaks so many words a minute.
"""

from __future__ import annotations

import ctypes
import struct
import sys

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: espeak_Synth returns when all was spoken
_CHUNK = 60  # milliseconds of audio a callback
_DONT_EXIT = 0x8000
_CHARACTERS = 1  # POS_CHARACTER
_UTF8 = 1  # espeakCHARS_UTF8
_RATE = 1  # espeakRATE
_IPA = 2 | ord("_") << 8  # the bits of phonememode: IPA, and the sign between two phonemes


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


def main(library: str, data: str, voice: str, task: str = "", value: str = "") -> int:
    """Speak; the exit status is 2 for an unknown voice and 3 where the library fails."""
    espeak = ctypes.CDLL(library)
    rate = espeak.espeak_Initialize(_SYNCHRONOUS, _CHUNK, data.encode(), _DONT_EXIT)
    if rate <= 0:
        return 3
    if voice == "--voices":
        print("\n".join(_voices(espeak)))
        return 0
    if espeak.espeak_SetVoiceByName(voice.encode()) != 0:
        return 2
    if task == "--phonemes":
        for line in sys.stdin.buffer:
            answer = _phonemes(espeak, line.replace(b"\0", b" "))
            sys.stdout.buffer.write(answer + b"\n")
        return 0
    if task == "--rate":
        espeak.espeak_SetParameter(_RATE, int(value), 0)
    text = sys.stdin.buffer.read().replace(b"\0", b" ")
    out = sys.stdout.buffer
    out.write(wav_header(rate))
    out.flush()

    def spoken(samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            out.write(ctypes.string_at(samples, 2 * count))
            out.flush()
        return 0

    pointer = ctypes.c_void_p
    callback = ctypes.CFUNCTYPE(ctypes.c_int, pointer, ctypes.c_int, pointer)(spoken)
    espeak.espeak_SetSynthCallback(callback)
    size = ctypes.c_size_t(len(text) + 1)
    status = espeak.espeak_Synth(text, size, 0, _CHARACTERS, 0, _UTF8, None, None)
    return 3 if status else 0


def wav_header(rate: int) -> bytes:
    """A header for PCM16 mono of unknown length."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    unknown = struct.pack("<I", 0x7FFFF000)
    return b"RIFF" + unknown + b"WAVE" + form + b"data" + unknown


def _phonemes(espeak: ctypes.CDLL, text: bytes) -> bytes:
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    rest = ctypes.c_char_p(text)
    clauses: list[bytes] = []
    while rest.value is not None:  # each call reads one clause and moves the pointer behind it
        clauses.append(espeak.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA))
    return b" ".join(filter(None, clauses))


def _voices(espeak: ctypes.CDLL) -> list[str]:
    espeak.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    voices = espeak.espeak_ListVoices(None)
    found: list[str] = []
    while voices[len(found)]:
        voice = voices[len(found)].contents
        # A language is written as a byte of priority, then its name.
        found.append(f"{voice.languages[1:].decode()} {voice.identifier.decode()}")
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:6]))
