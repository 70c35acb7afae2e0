"""The classic peer: goodness of pronunciation from a Gaussian-mixture recogniser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pronunciation.english.phones import PHONES, bare
from pronunciation.training.corpus import Reading
from speech.audio import Samples, to_pcm16

Floats = npt.NDArray[np.float64]

_FREE_SCALE = 1024.0
"""The free search keeps its scores shifted by ten bits."""


class GmmScorer:
    """Pocketsphinx with its own English models.

    The score of a phone is its acoustic score in the forced alignment less that of the best free
    sequence of phones over the same frames, a frame (Witt & Young, 2000).
    """

    def __init__(self) -> None:
        from pocketsphinx import Decoder, get_model_path

        models = Path(get_model_path("en-us"))
        common = {"hmm": str(models / "en-us"), "lm": None, "loglevel": "FATAL", "cmn": "batch"}
        self._forced = Decoder(**common, dict=None, beam=1e-80, wbeam=1e-60, pbeam=1e-80)
        self._free = Decoder(
            **common, allphone=str(models / "en-us-phone.lm.bin"), lw=2.0, beam=1e-20, pbeam=1e-20
        )
        # Each phone is a word, so that its segment and score can be read off the hypothesis:
        # aligning the states within words fails on most learners' readings.
        for phone in PHONES:
            self._forced.add_word(phone, phone, phone == PHONES[-1])

    def score(self, reading: Reading) -> Floats | None:
        """A score for each phone; None where no alignment was found."""
        samples = reading.samples()
        wanted = [bare(phone) for word in reading.said for phone in word]
        self._forced.set_align_text(" ".join(wanted))
        self._decode(self._forced, samples)
        segments = [one for one in self._forced.seg() or () if one.word in PHONES]
        if [one.word for one in segments] != wanted:
            return None
        free = self._per_frame(samples, segments[-1].end_frame + 1)
        scores = []
        for one in segments:
            frames = slice(one.start_frame, one.end_frame + 1)
            length = frames.stop - frames.start
            scores.append((np.log(one.ascore + 1e-300) - free[frames].sum()) / length)
        return np.array(scores)

    def _per_frame(self, samples: Samples, frames: int) -> Floats:
        self._decode(self._free, samples)
        scores = np.zeros(frames)
        for segment in self._free.seg() or ():
            length = segment.end_frame - segment.start_frame + 1
            scores[segment.start_frame : segment.end_frame + 1] = (
                _FREE_SCALE * np.log(segment.ascore + 1e-300) / length
            )
        return scores

    @staticmethod
    def _decode(decoder: Any, samples: Samples) -> None:
        decoder.start_utt()
        decoder.process_raw(to_pcm16(samples), full_utt=True)
        decoder.end_utt()
