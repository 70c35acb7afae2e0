"""Enrolment: recordings come in one after the other until a template can be made of them.

Each recording is measured at once, so that a bad one can be said again while the person is still
there. What cannot be enrolled: too little speech, noise, an overdriven or narrow-band recording,
one that was given before, several voices, or a voice that is not the one of the recordings before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from speech.audio import Samples
from speech.errors import AudioError, EnrolmentError
from voiceprint.attempts import attempt
from voiceprint.calibration import Calibration
from voiceprint.contract import Quality, Reason, Template
from voiceprint.gates import ADVICE, ENROL
from voiceprint.liveness.consistency import one_speaker
from voiceprint.liveness.replay import fingerprint, heard_among
from voiceprint.scoring import Ear, Voice, template_of

UTTERANCES = 3
"""Recordings an enrolment needs: what each more gains falls off quickly behind the third."""
SPEECH = 4.0
"""Seconds of speech that all of them must hold together."""

_ADVICE = ADVICE | {
    Reason.REPLAYED: "it is a recording that was given already: say another sentence",
    Reason.SEVERAL_VOICES: "more than one person speaks in it: only the one who enrols may",
    Reason.NO_MATCH: "it is not the voice of the recordings before: the same person must speak",
}


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one recording."""

    quality: Quality
    reason: Reason | None = None
    """Why it was refused; None if it was taken."""

    @property
    def advice(self) -> str:
        """What to do about a refusal, in English; empty if there was none."""
        return "" if self.reason is None else _ADVICE[self.reason]


class Enrolment:
    """Collects the recordings of one person.

    Parameters
    ----------
    agreement
        The least cosine, -1 to 1, that two recordings of one person have.
    """

    def __init__(self, ear: Ear, calibration: Calibration, utterances: int = UTTERANCES) -> None:
        self._ear = ear
        self._agreement = calibration.agreement
        self._needed = utterances
        self._voices: list[Voice] = []
        self._prints: list[bytes] = []

    def add(self, samples: Samples) -> Check:
        """Take a recording, or say why not; an AudioError where it is longer than a minute."""
        samples = attempt(samples)
        quality = self._ear.quality(samples)
        reason = ENROL.reason(quality)
        if reason is not None:
            return Check(quality, reason)
        print_ = fingerprint(samples)
        if heard_among(print_, self._prints):
            return Check(quality, Reason.REPLAYED)
        if one_speaker(samples, self._ear.embedder) is False:
            return Check(quality, Reason.SEVERAL_VOICES)
        voice = self._ear.hear(samples, quality)
        if not self._agrees(voice):
            return Check(quality, Reason.NO_MATCH)
        self._voices.append(voice)
        self._prints.append(print_)
        return Check(quality)

    @property
    def taken(self) -> int:
        """Recordings taken so far."""
        return len(self._voices)

    @property
    def speech(self) -> float:
        """Seconds of speech in them."""
        return sum(voice.quality.speech for voice in self._voices)

    @property
    def complete(self) -> bool:
        """Whether there is enough for a template."""
        return self.taken >= self._needed and self.speech >= SPEECH

    def template(self) -> Template:
        """The template of what was taken.

        Raises
        ------
        EnrolmentError
            There is too little.
        """
        if not self.complete:
            raise EnrolmentError(
                f"{self.taken} recordings with {self.speech:.1f} s of speech were good enough; "
                f"an enrolment needs {self._needed} with {SPEECH:.0f} s in all: "
                "record more sentences"
            )
        try:
            return template_of(self._voices, self._ear.embedder)
        except AudioError as error:
            raise EnrolmentError(str(error)) from error

    @property
    def fingerprints(self) -> tuple[bytes, ...]:
        """Of the recordings taken: played back later, they must be known."""
        return tuple(self._prints)

    def _agrees(self, voice: Voice) -> bool:
        cosines = [float(voice.vector @ other.vector) for other in self._voices]
        return not cosines or float(np.mean(cosines)) >= self._agreement
