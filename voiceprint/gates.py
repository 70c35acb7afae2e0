"""What a recording must be before a voice in it is compared: otherwise it is said again.

A decision on less would be a guess: ``benchmarks/voiceprint.py`` shows how errors grow with noise
and with less speech. Enrolment asks for more, since every later decision rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from voiceprint.contract import Purpose, Quality, Reason


@dataclass(frozen=True, slots=True)
class Gate:
    """The least that a recording has to be."""

    speech: float
    """Seconds of speech."""
    snr: float
    """dB."""
    clipping: float = 0.01
    """Share of samples at the limit."""
    narrow_band: bool = False
    """Whether it may be as narrow as a telephone."""

    def reason(self, quality: Quality) -> Reason | None:
        """Why the recording will not do; None if it does."""
        # Each asks for what is good: what is not a number is not.
        if not quality.speech > 0.2:
            return Reason.NO_SPEECH
        if not quality.clipping <= self.clipping:
            return Reason.CLIPPED
        if quality.narrow_band and not self.narrow_band:
            return Reason.NARROW_BAND
        if not quality.snr >= self.snr:
            return Reason.TOO_NOISY
        if not quality.speech >= self.speech:
            return Reason.TOO_SHORT
        return None


VERIFY = {
    Purpose.CONVENIENCE: Gate(speech=0.6, snr=12.0),
    Purpose.STANDARD: Gate(speech=0.9, snr=15.0),
    Purpose.STRICT: Gate(speech=1.8, snr=18.0),
}
"""For verification and identification. Whoever sends a recording can filter it, and that makes
strangers more alike: what is narrow-band is not judged."""

ENROL = Gate(speech=1.0, snr=22.0)
"""For each recording of an enrolment."""

ADVICE = {
    Reason.NO_SPEECH: "there is no speech in it: speak towards the microphone",
    Reason.CLIPPED: "it is overdriven: speak from farther away, or lower the microphone's level",
    Reason.TOO_NOISY: "it is too noisy: go to a quieter place, or nearer to the microphone",
    Reason.NARROW_BAND: "it comes from a telephone line: use a microphone at the machine",
    Reason.TOO_SHORT: "there is too little speech in it: say a whole sentence",
}
"""What to do about each."""
