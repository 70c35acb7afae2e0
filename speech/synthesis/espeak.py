"""espeak-ng, the embedded synthesiser: small, fast, a hundred languages.

Its library and data arrive with the wheel ``espeakng-loader``; where that has none for this
machine the program ``espeak-ng`` is used. Either way it runs as a process of its own (see
``speech.synthesis.espeak_process``), one an utterance, which ends when the audio is no longer
wanted.
"""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from speech.audio import Samples
from speech.errors import EngineError, EngineMissingError
from speech.synthesis.program import run, speak

_DEFAULTS = {"zh": "cmn", "en": "en-us"}
"""espeak's language where it does not begin like ours."""

_LONGEST_PATH = 120  # libespeak-ng keeps the folder of its data in a short fixed buffer


class EspeakSynthesizer:
    """espeak-ng.

    Parameters
    ----------
    voice
        An espeak voice for all languages, as in ``en-gb``; by default one for each language.

    Raises
    ------
    EngineMissingError
        Neither the library nor the program is on this machine.
    """

    def __init__(self, voice: str | None = None) -> None:
        self._voice = voice
        self._links: tempfile.TemporaryDirectory[str] | None = None
        self._command = self._library() or self._program()

    @property
    def name(self) -> str:
        """``espeak-ng`` and the voice, if one was chosen."""
        return " ".join(filter(None, ["espeak-ng", self._voice]))

    @functools.cached_property
    def languages(self) -> frozenset[str]:
        """What espeak-ng speaks, by its own names, as in ``cmn`` and ``en-us``."""
        if self._links is None and self._command[0] != sys.executable:
            lines = run([self._command[0], "--voices"]).splitlines()[1:]
            return frozenset(line.split()[1] for line in lines)
        return frozenset(run([*self._command, "--voices"]).split())

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for the language."""
        return self._voice_for(language) is not None

    def synthesize(self, text: str, language: str = "en") -> Iterator[Samples]:
        """Yield the spoken text; see :class:`speech.synthesis.contract.Synthesizer`."""
        voice = self._voice or self._voice_for(language)
        if voice is None:
            raise EngineError(f"espeak-ng has no voice for {language!r}")
        if not any(character.isalnum() for character in text):
            return
        command = [*self._command, voice]
        if self._command[0] != sys.executable:
            command = [self._command[0], "-v", voice, "--stdin", "--stdout"]
        yield from speak(command, text)

    def close(self) -> None:
        """Remove what was made in the folder for temporary files."""
        if self._links is not None:
            self._links.cleanup()
            self._links = None

    def _voice_for(self, language: str) -> str | None:
        tag = language.lower()
        primary = tag.split("-")[0]
        for name in (tag, _DEFAULTS.get(primary, primary), primary):
            if name in self.languages:
                return name
        return None

    def _library(self) -> list[str] | None:
        try:
            import espeakng_loader
        except ImportError:
            return None
        library, data = espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
        if not Path(library).is_file():
            return None
        if len(str(data).encode()) > _LONGEST_PATH:
            self._links = tempfile.TemporaryDirectory(prefix="sonorant-")
            link = Path(self._links.name) / "espeak"
            link.symlink_to(data)
            data = link
        script = Path(__file__).with_name("espeak_process.py")
        return [sys.executable, "-I", "-S", str(script), str(library), str(data)]

    def _program(self) -> list[str]:
        program = shutil.which("espeak-ng")
        if program is None:
            raise EngineMissingError(
                "there is no espeak-ng for this machine: pip install espeakng-loader, or "
                "apt-get install espeak-ng"
            )
        return [program]
