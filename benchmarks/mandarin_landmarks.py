"""Where syllables of a word begin and end, as can be seen without knowing its sounds.

Where the second of two syllables begins with a voiceless consonant, the voice stops between them.
A fricative begins where it stops; the closure of a stop or an affricate makes no sound, so that
any place in it up to the burst is right. Words in which the voice does not stop, or stops more
than once, tell nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples

FRICATIVES = frozenset(("f", "h", "x", "sh", "s"))
STOPS = frozenset(("b", "p", "d", "t", "g", "k", "j", "q", "zh", "ch", "z", "c"))

_HOP = RATE // 200
_WINDOW = RATE // 50
_VOICE = (80.0, 450.0)  # Hz: the lowest harmonics, which no voiceless sound has
_VOICED = 22.0  # dB below the strongest of them the voice ends
_LOUD = 35.0  # dB below the loudest moment speech ends
_SHORTEST_GAP, _SHORTEST_VOICE = 0.03, 0.06  # seconds
_BURST = 6.0  # dB above the quietest moment of a closure it is over


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What is seen of a word of two syllables, in seconds."""

    start: float
    earliest: float
    """The boundary between them lies from here ..."""
    latest: float
    """... to here; the same for a fricative."""
    end: float

    def between(self, boundary: float) -> float:
        """How far a boundary is from where it can be, 0 inside."""
        return max(self.earliest - boundary, boundary - self.latest, 0.0)


def find(samples: Samples, second: str) -> Landmarks | None:
    """The landmarks of a word of two syllables.

    Parameters
    ----------
    samples
        The word alone.
    second
        Initial of its second syllable.

    Returns
    -------
    None where they cannot be told.
    """
    if second not in FRICATIVES | STOPS or samples.size < 4 * _WINDOW:
        return None
    power = _power(samples)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    voice = _decibel(power[:, (hertz >= _VOICE[0]) & (hertz <= _VOICE[1])].sum(axis=1))
    whole = _decibel(power.sum(axis=1))
    loud = np.flatnonzero(whole > whole.max() - _LOUD)
    runs = _runs(voice > voice.max() - _VOICED)
    if len(runs) != 2:
        return None
    stop, begin = runs[0][1], runs[1][0]
    latest = stop
    if second in STOPS:
        gap = whole[stop:begin]
        quiet = int(gap.argmin())
        above = np.flatnonzero(gap[quiet:] > gap[quiet] + _BURST)
        latest = stop + quiet + (int(above[0]) if above.size else gap.size - quiet)
    return Landmarks(_time(loud[0]), _time(stop), _time(latest), _time(loud[-1] + 1))


def _power(samples: Samples) -> npt.NDArray[np.float64]:
    """Power spectra every ``_HOP`` samples; frame t is centred on sample t * _HOP."""
    padded = np.pad(samples, _WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    return np.asarray(np.square(np.abs(np.fft.rfft(windows * np.hanning(_WINDOW)))), np.float64)


def _decibel(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(10 * np.log10(power + 1e-9), np.float64)


def _runs(voiced: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of voice, first frame and the one after the last; short gaps and blips left out."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(np.int8), [0]])))
    joined: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if joined and (start - joined[-1][1]) * _HOP / RATE < _SHORTEST_GAP:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [run for run in joined if (run[1] - run[0]) * _HOP / RATE >= _SHORTEST_VOICE]


def _time(frame: int | np.integer) -> float:
    return float(frame) * _HOP / RATE
