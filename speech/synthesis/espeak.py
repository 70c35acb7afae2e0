"""espeak-ng, the embedded synthesiser: small, fast, a hundred languages.

Its library and data arrive with the wheel ``espeakng-loader``; where that has none for this
machine the program ``espeak-ng`` is used. Either way it runs as a process of its own (see
``speech.synthesis.espeak_process``), one an utterance, which ends when the audio is no longer
wanted.
"""

from __future__ import annotations

import functools
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from speech.audio import Samples
from speech.errors import EngineError, EngineMissingError
from speech.language import canonical, primary
from speech.synthesis.program import run, speak

_DEFAULTS = {"zh": "cmn", "en": "en-us"}
"""espeak's language where it does not begin like ours."""

_USUAL, _RATES = 175, (80, 450)  # words a minute, and between which espeak-ng can speak

_ER = re.compile("(?<=[\u3400-\u9fff])[儿兒](?![子童女科歌媳孙孫戏戲麻])")
_CHILDREN = "女婴嬰幼孤少胎托健男宠寵血生产產患乳侄姪妻娇嬌育养養能疾浪憨运運奈雏雛卡琪"
"""What 儿 is a syllable of its own after, as in 女儿; elsewhere it curls the one before it."""
_IONG = str.maketrans(
    {
        sign: f" {initial}i5ong{tone} "
        for initial, tone, signs in (
            ("x", 1, "兄胸凶匈汹芎兇洶"),
            ("x", 2, "雄熊"),
            ("q", 2, "穷窮琼瓊穹茕邛"),
            ("j", 3, "窘炯迥冏"),
        )
        for sign in signs
    }
)
"""Syllables that it has no rule for, by what it says nearly like them."""

_LONGEST_PATH = 120  # libespeak-ng keeps the folder of its data in a short fixed buffer


class EspeakSynthesizer:
    """espeak-ng.

    Parameters
    ----------
    voice
        An espeak voice for all languages, as in ``en-gb`` or, with a variant, ``en-gb+f3``; by
        default one for each language.

    Raises
    ------
    EngineError
        There is no such voice.
    EngineMissingError
        Neither the library nor the program is on this machine.
    """

    def __init__(self, voice: str | None = None) -> None:
        self._voice = voice
        self._links: tempfile.TemporaryDirectory[str] | None = None
        self._command = self._library() or self._program()
        if voice is not None and voice.partition("+")[0].lower() not in self.voices:
            self.close()
            near = get_close_matches(voice.lower(), self.voices, n=5) or sorted(self.voices)[:5]
            raise EngineError(
                f"espeak-ng has no voice {voice!r}; near it are {', '.join(near)} "
                "(sonorant speak --list-voices shows all)"
            )

    @property
    def name(self) -> str:
        """``espeak-ng`` and the voice, if one was chosen."""
        return " ".join(filter(None, ["espeak-ng", self._voice]))

    @functools.cached_property
    def voices(self) -> dict[str, str]:
        """What espeak-ng speaks: its name of the language, as in ``cmn``, and the voice's own."""
        rows = [line.split() for line in run([*self._command, "--voices"]).splitlines()]
        if self._command[0] == sys.executable:
            return {row[0].lower(): row[1] for row in rows}
        return {row[1].lower(): row[4] for row in rows[1:]}

    @property
    def languages(self) -> tuple[str, ...]:
        """All that it has a voice for, or that of the voice that was chosen."""
        if self._voice is not None:
            return (canonical(self._voice.partition("+")[0]),)
        return tuple(sorted({*map(canonical, self.voices), *_DEFAULTS}))

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for the language."""
        return self._voice_for(language) is not None

    def synthesize(
        self, text: str, language: str = "en", *, pace: float = 1.0
    ) -> Iterator[Samples]:
        """Yield the spoken text; see :class:`speech.synthesis.contract.Synthesizer`."""
        voice = self._voice_for(language)
        if voice is None:
            raise EngineError(f"espeak-ng has no voice for {language!r}")
        if not any(character.isalnum() for character in text):
            return
        rate = str(min(max(round(_USUAL * pace), _RATES[0]), _RATES[1]))
        command = [*self._command, voice, "--rate", rate]
        if self._command[0] != sys.executable:
            command = [self._command[0], "-v", voice, "-s", rate, "--stdin", "--stdout"]
        yield from speak(command, _readable(text, language))

    def phonemes(self, words: Sequence[str], language: str = "en") -> list[str]:
        """How each word or phrase would be said, in IPA.

        Phonemes are parted by ``_``, words by spaces; a stress mark stands before its vowel.
        Punctuation is left out; nothing but punctuation gives an empty string.

        Raises
        ------
        EngineError
            There is no voice for the language, or the engine failed.
        """
        voice = self._voice_for(language)
        if voice is None:
            raise EngineError(f"espeak-ng has no voice for {language!r}")
        # A line each, and no punctuation: the program would answer each clause on its own line.
        readable = [_readable(word, language) for word in words]
        lines = [" ".join(re.findall(r"[\w'’-]*\w[\w'’-]*", word)) for word in readable]
        asked = [line for line in lines if line]
        if not asked:
            return [""] * len(lines)
        command = [*self._command, voice, "--phonemes"]
        if self._command[0] != sys.executable:
            command = [self._command[0], "-q", "--ipa", "--sep=_", "-v", voice]
        said = run(command, "".join(f"{line}\n" for line in asked)).splitlines()
        if len(said) != len(asked):
            raise EngineError(f"espeak-ng gave {len(said)} answers to {len(asked)} words")
        answers = iter(said)
        return [next(answers).strip() if line else "" for line in lines]

    def close(self) -> None:
        """Remove what was made in the folder for temporary files."""
        if self._links is not None:
            self._links.cleanup()
            self._links = None

    def _voice_for(self, language: str) -> str | None:
        if self._voice is not None:
            # A variant may follow, as in en-gb+f3.
            name, plus, variant = self._voice.partition("+")
            return self.voices[name.lower()] + plus + variant
        spoken = primary(language)
        for name in (canonical(language).lower(), _DEFAULTS.get(spoken, spoken), spoken):
            if name in self.voices:
                return self.voices[name]
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


def _readable(text: str, language: str) -> str:
    """The text as espeak-ng can say it.

    Its voice of Mandarin spells words of erhua, and xiong, qiong and jiong, in English letters:
    哪儿 is "n a three r five". It reads pinyin, which stands apart here from letters and figures.
    """
    if primary(language) != "zh":
        return text
    text = _ER.sub(lambda er: " er2 " if text[er.start() - 1] in _CHILDREN else " er5 ", text)
    return text.translate(_IONG)
