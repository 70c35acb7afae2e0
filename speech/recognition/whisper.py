"""Whisper, the embedded recogniser of Mandarin, Korean and many other languages.

Whisper (Radford et al., arXiv:2212.04356) encodes up to 30 s at once and decodes them token by
token, told of the language. It is trained to write what subtitles would say, and invents some where
nobody speaks: what it is not sure of comes out empty.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from math import exp, fsum, log
from pathlib import Path

from speech.audio import RATE, Samples
from speech.errors import EngineError, ModelError
from speech.language import primary
from speech.recognition import whisper_tokens
from speech.recognition.contract import (
    Bias,
    Capabilities,
    Final,
    Hypothesis,
    Partial,
    RecognitionStream,
    Word,
)
from speech.recognition.whisper_network import LONGEST, Reading, Said, shared_network
from speech.recognition.whole import Pace, WholeStream

_PACE = Pace(first=1.0, least=0.8, growth=0.5, longest=LONGEST)
_SHORTEST = 0.15  # seconds
_OTHER_TAGS = {"jv": "jw", "nb": "no", "fil": "tl", "iw": "he"}
"""Languages that the model calls otherwise."""
_NO_SPEECH = 0.6
_DOUBTFUL = 0.6
"""Mean token probability that is asked for where the network takes it for no speech."""
_INVENTED = re.compile(
    "字幕(by|由|志愿|提供)|明镜与点点|谢谢(观看|收看)|点赞.*订阅"
    "|시청.*감사합니다|구독.*좋아요|ご視聴|ご清聴"
    "|amara\\.org|www\\.|^you\\W*$|thanks? (you )?for watching|subtitles by|subtítulos (por|real)"
    "|untertitel (im|der|von)|sous-titr\\w+ (par|réal)"
)
"""What it writes about noise and music, out of the subtitles it learnt from: never believed."""
_CHARACTER = "[\u3040-\u30ff\u3400-\u9fff]"
_BETWEEN_CHARACTERS = re.compile(f"(?<={_CHARACTER}) +(?={_CHARACTER})")
_NOT_A_WORD = re.compile(r"[^\w']+")


class WhisperRecognizer:
    """Whisper for one language, with the model in a folder.

    Parameters
    ----------
    folder
        A multilingual Whisper model of any size, as CTranslate2 converts it.
    language
        BCP 47; what is said in another language comes out wrong. Mandarin is written in simplified
        characters.
    beams
        Width of the beam search for finals, 1 to 20; also the number of hypotheses.
    gate
        Mean token probability below which a final is taken for noise and comes out empty.
    threads
        Threads that one call may use.

    Raises
    ------
    EngineError
        The model does not know the language.
    EngineMissingError
        ctranslate2 is not installed.
    ModelError
        A file is missing or cannot be loaded.
    """

    def __init__(
        self,
        folder: Path,
        *,
        language: str,
        beams: int = 5,
        gate: float = 0.35,
        threads: int = 1,
    ) -> None:
        if not 1 <= beams <= 20:
            raise EngineError(f"a beam search is 1 to 20 hypotheses wide, not {beams}")
        self.language = primary(language)
        vocabulary = _vocabulary(folder)
        self._name = folder.name.removeprefix("whisper-")
        self._prompt = [
            "<|startoftranscript|>",
            f"<|{_OTHER_TAGS.get(self.language, self.language)}|>",
            "<|transcribe|>",
        ]
        missing = [token for token in self._prompt if token not in vocabulary]
        if missing:
            what = "does not know" if missing == [self._prompt[1]] else "is not one that is told of"
            raise EngineError(f"the model in {folder} {what} the language {self.language!r}")
        self._prompt_ids = [vocabulary[token] for token in self._prompt]
        self.network = shared_network(folder, threads, min(4, os.cpu_count() or 1))
        self._beams = beams
        self._gate = gate
        self._written = _writing(self.language)

    @property
    def name(self) -> str:
        """``whisper base``."""
        return f"whisper {self._name}"

    @property
    def capabilities(self) -> Capabilities:
        """Word times, confidences and n-best, no bias."""
        return Capabilities(
            languages=frozenset({self.language}),
            native_partials=False,
            word_times=True,
            confidences=True,
            n_best=self._beams > 1,
            bias=Bias.NONE,
        )

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        """Start an utterance; expected phrases make no difference."""
        return WholeStream(self, _PACE, partials)

    def close(self) -> None:
        """Nothing to do: the model goes with the last recogniser that uses it."""

    def partial(self, samples: Samples) -> Partial | None:
        """What has been said so far, by greedy search."""
        said = self.network.hear(samples, self._prompt, 1)
        best = said.readings[0]
        if not self._convincing(said, best):
            return None
        return Partial(self._text(self._timed(said, best, samples)[0]))

    def final(self, samples: Samples) -> Final:
        """What was said, by beam search."""
        if samples.size < _SHORTEST * RATE:
            return Final("")
        said = self.network.hear(samples, self._prompt, self._beams)
        best = said.readings[0]
        if not self._convincing(said, best):
            return Final("", confidence=0.0)
        best, words = self._timed(said, best, samples)
        alternatives: dict[str, Hypothesis] = {}
        for reading in (best, *said.readings[1:]):
            text = self._text(reading)
            if key := _key(text):
                alternatives.setdefault(key, Hypothesis(text, reading.confidence))
        several = tuple(alternatives.values()) if self._beams > 1 else ()
        return Final(self._text(best), words, best.confidence, several)

    def _timed(
        self, said: Said, reading: Reading, samples: Samples
    ) -> tuple[Reading, tuple[Word, ...]]:
        """A reading and when its words were said, without those that nothing is left for.

        At times the network says a command twice, and nothing of the audio is left for the second.
        """
        placed = self.network.place(said, reading, self._prompt_ids, samples.size / RATE)
        words: list[Word] = []
        ends: list[int] = []
        for word, where in whisper_tokens.words(reading.tokens, self.language):
            tokens = placed[where]
            mean = fsum(log(max(1e-9, token.probability)) for token in tokens) / len(tokens)
            times = tokens[0].start, tokens[-1].end
            words.append(Word(self._written(word), *times, exp(mean)))
            ends.append(where.stop)
        at_once = next((n for n, word in enumerate(words) if word.start == words[-1].start), 0)
        if at_once and len(words) - at_once > 1:
            reading = reading.until(ends[at_once - 1])
            words = words[:at_once]
        return reading, tuple(words)

    def _convincing(self, said: Said, reading: Reading) -> bool:
        gate = _DOUBTFUL if said.no_speech > _NO_SPEECH else self._gate
        if said.sure < gate:
            return False
        text = self._text(reading)
        return bool(_key(text)) and not _INVENTED.search(text.lower())

    def _text(self, reading: Reading) -> str:
        return self._written(whisper_tokens.text(reading.tokens))


def _vocabulary(folder: Path) -> dict[str, int]:
    """Each token and its number."""
    lines, listed = folder / "vocabulary.txt", folder / "vocabulary.json"
    missing = [name for name in ("model.bin", "config.json") if not (folder / name).is_file()]
    if not (lines.is_file() or listed.is_file()):
        missing.append(lines.name)
    if missing:
        raise ModelError(
            f"{folder} is not a Whisper model for CTranslate2: it lacks {', '.join(missing)}"
        )
    try:
        if lines.is_file():
            tokens = lines.read_text(encoding="utf-8").split("\n")
        else:
            tokens = json.loads(listed.read_text(encoding="utf-8"))
        return {str(token): number for number, token in enumerate(tokens)}
    except ValueError as error:
        raise ModelError(
            f"{folder}: its vocabulary is damaged; `sonorant models verify` finds damage"
        ) from error


def _writing(language: str) -> Callable[[str], str]:
    """How a text of the language is written: without spaces between characters, Mandarin simply."""
    if language not in ("zh", "ja"):
        return str
    if language == "ja":
        return _joined
    from opencc import OpenCC

    simplified = OpenCC("t2s")
    return lambda text: _joined(simplified.convert(text))


def _joined(text: str) -> str:
    return _BETWEEN_CHARACTERS.sub("", text)


def _key(text: str) -> str:
    """What a person would take for the same text."""
    return _NOT_A_WORD.sub(" ", text.lower()).strip()
