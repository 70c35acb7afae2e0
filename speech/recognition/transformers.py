"""Whisper and CTC models (wav2vec 2.0, HuBERT ...) through the library ``transformers``.

An optional extra: torch and transformers are imported only when a model is opened. Models come
from a folder, or by name from the library's own cache; nothing is downloaded unless allowed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import RATE, Samples
from speech.errors import EngineError, ModelError
from speech.pretrained import library, opening
from speech.recognition.contract import (
    Bias,
    Capabilities,
    Final,
    Hypothesis,
    Partial,
    RecognitionStream,
    Word,
)
from speech.recognition.whole import Pace, WholeStream

_PACE = Pace(first=1.0, least=0.0, growth=0.5, longest=30.0, patience=0.0)
_SHORTEST = 0.1  # seconds; convolutions need some samples to work on


class TransformersRecognizer:
    """A Whisper or CTC model.

    Parameters
    ----------
    model
        A folder, or a model's name in the library's cache.
    language
        Primary language subtag spoken; Whisper is told of it, a CTC model has its own.
    alternatives
        Width of Whisper's beam search and number of hypotheses, 1 to 20.
    device
        Where torch computes: ``cpu``, ``cuda`` ...
    download
        Whether a model that is not in the cache may be fetched.

    Raises
    ------
    EngineMissingError
        torch or transformers is not installed.
    ModelError
        There is no such model, or it is of another kind.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        language: str | None = None,
        alternatives: int = 5,
        device: str = "cpu",
        download: bool = False,
    ) -> None:
        if not 1 <= alternatives <= 20:
            raise EngineError(f"a beam search is 1 to 20 hypotheses wide, not {alternatives}")
        self._torch = library("torch", "this engine")
        transformers = library("transformers", "this engine")
        self._name = Path(model).name
        self._language = language
        self._alternatives = alternatives
        self._device = device
        options = {"local_files_only": not download}
        with opening(model):
            config = transformers.AutoConfig.from_pretrained(str(model), **options)
            self._whisper = config.model_type == "whisper"
            if not self._whisper and type(config) not in transformers.MODEL_FOR_CTC_MAPPING:
                raise ModelError(
                    f"{model} is a {config.model_type} model, neither Whisper nor one with CTC"
                )
            kind = "WhisperForConditionalGeneration" if self._whisper else "AutoModelForCTC"
            self._processor = transformers.AutoProcessor.from_pretrained(str(model), **options)
            loaded = getattr(transformers, kind).from_pretrained(str(model), **options)
            self._model = loaded.to(device).eval()

    @property
    def name(self) -> str:
        """``transformers`` and the model's name."""
        return f"transformers {self._name}"

    @property
    def capabilities(self) -> Capabilities:
        """Word times with CTC, n-best with Whisper, no bias."""
        return Capabilities(
            languages=None if self._language is None else frozenset({self._language}),
            native_partials=False,
            word_times=not self._whisper,
            confidences=True,
            n_best=self._whisper and self._alternatives > 1,
            bias=Bias.NONE,
        )

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        """Start an utterance; expected phrases make no difference."""
        return WholeStream(self, _PACE, partials)

    def close(self) -> None:
        """Nothing to do: the model goes with the last stream that uses it."""

    def partial(self, samples: Samples) -> Partial | None:
        """What has been said so far, by greedy search."""
        return Partial(self._decode(samples, beams=1).text)

    def final(self, samples: Samples) -> Final:
        """What was said; by beam search where the model has one."""
        return self._decode(samples)

    def _decode(self, samples: Samples, beams: int | None = None) -> Final:
        if samples.size < _SHORTEST * RATE:
            return Final("")
        with self._torch.inference_mode():
            inputs = self._processor(samples, sampling_rate=RATE, return_tensors="pt")
            inputs = inputs.to(self._device)
            return self._generate(inputs, beams) if self._whisper else self._ctc(inputs, samples)

    def _generate(self, inputs: Any, beams: int | None) -> Final:
        count = self._alternatives if beams is None else beams
        options: dict[str, Any] = {}
        if self._language and getattr(self._model.generation_config, "lang_to_id", None):
            options = {"language": self._language, "task": "transcribe"}
        output = self._model.generate(
            **inputs,
            **options,
            num_beams=count,
            num_return_sequences=count,
            return_dict_in_generate=True,
            output_scores=True,
        )
        texts = self._processor.batch_decode(output.sequences, skip_special_tokens=True)
        scores = output.sequences_scores if count > 1 else self._greedy_score(output)
        found: dict[str, float] = {}
        for text, score in zip(texts, scores, strict=True):
            found.setdefault(text.strip(), min(1.0, math.exp(float(score))))
        best, confidence = next(iter(found.items()))
        if not best:
            return Final("")
        several = tuple(Hypothesis(text, one) for text, one in found.items() if text)
        words = tuple(Word(word, None, None, None) for word in best.split())
        return Final(best, words, confidence, several if count > 1 else ())

    def _greedy_score(self, output: Any) -> list[float]:
        scores = self._model.compute_transition_scores(
            output.sequences, output.scores, normalize_logits=True
        )
        finite = scores[0][self._torch.isfinite(scores[0])]
        return [float(finite.mean()) if finite.numel() else 0.0]

    def _ctc(self, inputs: Any, samples: Samples) -> Final:
        logits = self._model(**inputs).logits[0]
        best, tokens = logits.log_softmax(-1).max(-1)
        decoded = self._processor.tokenizer.decode(tokens, output_word_offsets=True)
        frame = samples.size / RATE / len(tokens)
        probabilities = best.exp().cpu().numpy()
        words = tuple(
            Word(
                offset["word"],
                offset["start_offset"] * frame,
                offset["end_offset"] * frame,
                float(np.mean(probabilities[offset["start_offset"] : offset["end_offset"]])),
            )
            for offset in decoded.word_offsets
            if offset["word"]
        )
        if not words:
            return Final("")
        return Final(decoded.text, words, float(np.mean([word.confidence for word in words])))
