"""Sentences said by synthetic voices and recognised by our own recogniser: its real mistakes.

English only: espeak-ng's Korean is not understood by any recogniser that can be installed here,
and there is no such recogniser for Mandarin. The voices come with the Debian packages espeak-ng,
flite and festival (with festvox-kallpc16k); what was said is kept in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs

from assistant.heard import least_sure, readings
from benchmarks.routing_home import Case
from speech.audio import RATE, read
from speech.recognition import Final, Recognizer
from speech.recognition.engines import open_recognizer


@dataclass(frozen=True)
class Said:
    """A sentence as it reaches the router."""

    text: str
    others: tuple[str, ...] = ()
    """Further hypotheses, best first."""
    confidence: float | None = 0.5
    """Of the word that is least sure; None for what was typed. Where nothing was recognised, some
    word is taken for unsure, as with a microphone in an ordinary room."""


_VOICES: dict[str, tuple[str, ...]] = {
    "espeak-ng": ("en-us", "en-gb", "en-gb-scotland", "en-us+f3"),
    "flite": ("slt", "rms", "awb", "kal16"),
    "text2wave": ("kal_diphone",),
}
_BLOCK = RATE // 10


def voices() -> list[tuple[str, str]]:
    """Program and voice of all that are installed."""
    return [(p, voice) for p, names in _VOICES.items() if shutil.which(p) for voice in names]


def spoken(cases: Sequence[Case], seed: int) -> Iterator[tuple[str, Case, Said]]:
    """Condition, case, and what was recognised; each sentence is said by one of the voices."""
    pick = random.Random(seed)
    installed = voices()
    for case in cases if installed else ():
        program, voice = pick.choice(installed)
        final = _recognized(_said(case.text, program, voice))
        text, others = readings(final, "")
        yield "recognised speech", case, Said(text, others, least_sure(final, text))


def _said(text: str, program: str, voice: str) -> Path:
    """A WAV file of a sentence; made only once."""
    folder = platformdirs.user_cache_path("sonorant") / "routing-speech"
    key = hashlib.sha256(f"{program}/{voice}/{text}".encode()).hexdigest()[:24]
    path = folder / f"{key}.wav"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new.wav")
        command = {
            "espeak-ng": ["espeak-ng", "-v", voice, "-s", "155", "-w", str(fresh), text],
            "flite": ["flite", "-voice", voice, "-t", text, "-o", str(fresh)],
            "text2wave": ["text2wave", "-o", str(fresh)],
        }[program]
        subprocess.run(command, input=text, text=True, check=True, capture_output=True)
        fresh.replace(path)
    return path


@cache
def _recognizer() -> Recognizer:
    return open_recognizer("moonshine", "en", beams=5)


@cache
def _recognized(path: Path) -> Final:
    samples = read(path)
    stream = _recognizer().stream(partials=False)
    for start in range(0, len(samples), _BLOCK):
        stream.feed(samples[start : start + _BLOCK])
    final = stream.finish()
    stream.close()
    return final
