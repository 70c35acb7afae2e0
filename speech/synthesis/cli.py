"""``sonorant speak``: text to speech."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from speech.synthesis import ENGINES


def add_commands(commands: Any) -> None:
    """Add this room's commands to the program."""
    parser = commands.add_parser(
        "speak",
        help="say a text",
        description="Say a text through the loudspeaker, or into a file with --output.",
    )
    parser.add_argument("text", nargs="?", metavar="TEXT", help="what to say; - reads it")
    parser.add_argument("--language", default="en", help="language, BCP 47 (default: en)")
    parser.add_argument("--voice", help="a voice: see --list-voices, or a Piper voice")
    parser.add_argument(
        "--engine",
        default="auto",
        choices=ENGINES,
        help="synthesiser (default: auto, espeak-ng unless the voice is Piper's)",
    )
    parser.add_argument("--output", metavar="FILE", help="write a sound file instead of playing")
    parser.add_argument("--list-voices", action="store_true", help="list espeak-ng's voices")
    parser.set_defaults(run=speak)


def speak(args: argparse.Namespace) -> int:
    """Run ``sonorant speak``."""
    import numpy as np

    from speech.audio import RATE, write
    from speech.errors import AudioError, DeviceError
    from speech.synthesis import open_synthesizer
    from speech.synthesis.espeak import EspeakSynthesizer

    if args.list_voices:
        print("\n".join(sorted(EspeakSynthesizer().voices)))
        return 0
    text = sys.stdin.read() if args.text == "-" else args.text
    if not text or not text.strip():
        raise AudioError("there is nothing to say: give a text, or - to read one")
    synthesizer = open_synthesizer(args.engine, args.voice)
    try:
        samples = np.concatenate(
            [np.zeros(0, np.float32), *synthesizer.synthesize(text, args.language)]
        )
    finally:
        synthesizer.close()
    if args.output:
        write(args.output, samples)
        return 0
    try:
        import sounddevice

        sounddevice.play(samples, RATE, blocking=True)
    except OSError as error:
        raise DeviceError(
            "PortAudio is missing (apt-get install libportaudio2); --output FILE needs none"
        ) from error
    except sounddevice.PortAudioError as error:
        raise DeviceError(f"no loudspeaker ({error}); --output FILE needs none") from error
    return 0
