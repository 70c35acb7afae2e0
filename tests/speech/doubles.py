"""Stand-ins whose answers a test writes down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples
from speech.errors import EngineError
from speech.recognition import Bias, Capabilities, Final, Partial, RecognitionStream, Word
from speech.vad import WINDOW, VadStream


class LoudnessVad:
    """Takes any window above a level for speech, so that a test can draw speech as it likes."""

    def stream(self) -> VadStream:
        return self

    def feed(self, window: Samples) -> float:
        return float(np.abs(window).mean() > 0.1)

    def windows(self, samples: Samples) -> npt.NDArray[np.float32]:
        whole = samples[: samples.size // WINDOW * WINDOW].reshape(-1, WINDOW)
        return np.array([self.feed(window) for window in whole], np.float32)


class LengthRecognizer:
    """Hears a word for each utterance: how long it is; its time is the middle half."""

    name = "length"
    capabilities = Capabilities(None, True, True, False, False, Bias.NONE)

    def __init__(self, breaks_at: int = 1_000) -> None:
        self._left = breaks_at

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        if self._left == 0:
            raise EngineError("the engine is broken")
        self._left -= 1
        return LengthStream()

    def close(self) -> None:
        pass


class LengthStream:
    """One utterance of :class:`LengthRecognizer`."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def feed(self, samples: Samples) -> Partial | None:
        self._seconds += samples.size / RATE
        return None

    def anticipate(self) -> None:
        pass

    def finish(self) -> Final:
        text = f"{self._seconds:.1f}"
        return Final(text, (Word(text, self._seconds / 4, self._seconds * 3 / 4, None),))

    def close(self) -> None:
        pass
