"""Verification, 1:1: is it the person whose name was given?

In order: a challenge that was answered is used up; the recording must be good enough; the person
may be neither blocked nor expired, nor may too many attempts have failed; the voice must fit; the
utterance must be a new one; the words must be those of the challenge, all in one voice. Every
attempt is recorded before its decision is told. Each test asks for what is right, so that what
cannot be computed is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from speech.audio import Samples
from speech.errors import ConfigError
from voiceprint.attempts import attempt, entry, heard_before, locked_for, not_now
from voiceprint.calibration import Calibration, probability
from voiceprint.challenges import Answer, Challenges
from voiceprint.contract import (
    Decision,
    Liveness,
    Outcome,
    Person,
    Purpose,
    Quality,
    Reason,
    Template,
)
from voiceprint.gallery import AuditAction, Gallery
from voiceprint.gates import ENROL, VERIFY
from voiceprint.liveness.aasist import SpoofDetector
from voiceprint.liveness.consistency import one_speaker
from voiceprint.liveness.playback import played_back
from voiceprint.scoring import Ear, Voice, log_likelihood_ratio, merged


@dataclass(frozen=True, slots=True)
class VerificationSettings:
    """How strict to be."""

    purpose: Purpose = Purpose.STANDARD
    live: bool = False
    """Whether a challenge has to be answered: nothing else stops a good recording."""
    learns: bool = False
    """Whether a template takes in what was accepted beyond doubt, so that it ages with the voice:
    good recordings only, with a challenge passed, far above the strictest threshold."""
    failures: int = 5
    """How many attempts may fail before nobody is verified as this person for ten minutes; 0 for
    any number."""


class Verifier:
    """Verifies people. Safe to use from several threads.

    Parameters
    ----------
    challenges
        What checks the answers to challenges; None where no recogniser is there.
    spoofing
        An anti-spoofing model, whose opinion is told with a decision and changes none.
    """

    def __init__(
        self,
        gallery: Gallery,
        ear: Ear,
        calibration: Calibration,
        challenges: Challenges | None = None,
        spoofing: SpoofDetector | None = None,
    ) -> None:
        self._gallery = gallery
        self._ear = ear
        self._calibration = calibration
        self._challenges = challenges
        self._spoofing = spoofing

    def verify(
        self,
        name: str,
        samples: Samples,
        settings: VerificationSettings | None = None,
        *,
        challenge: str | None = None,
        door: str = "",
    ) -> Decision:
        """Decide whether ``samples`` were spoken by the person of that name.

        Parameters
        ----------
        challenge
            The id of the challenge that this is the answer to.
        door
            What asks, for the record.

        Raises
        ------
        UnknownPersonError
            Nobody of this name is enrolled.
        AudioError
            The recording is longer than a minute.
        GalleryError
            The gallery cannot be read, or the attempt cannot be recorded.
        ConfigError
            A challenge was answered, but there is no recogniser to check it with.
        """
        settings = settings or VerificationSettings()
        person = self._gallery.person(name)
        if challenge is not None and self._challenges is None:
            raise ConfigError("a challenge was answered, but nothing is there to check it with")
        samples = attempt(samples)
        quality = self._ear.quality(samples)
        decision = self._decide(person, samples, quality, settings, challenge)
        decision = replace(decision, person=person.name, quality=quality)
        model = self._ear.embedder.model
        self._gallery.record(entry(AuditAction.VERIFY, decision, door, person.id, model))
        return decision

    def _decide(
        self,
        person: Person,
        samples: Samples,
        quality: Quality,
        settings: VerificationSettings,
        challenge: str | None,
    ) -> Decision:
        answer: Answer | None = None
        if challenge is not None and self._challenges is not None:
            answer = self._challenges.answer(challenge, person.id, samples)
        poor = VERIFY[settings.purpose].reason(quality)
        if poor is not None:
            return Decision(Outcome.RETRY, poor)
        barred = not_now(person)
        if barred is not None:
            return Decision(Outcome.REJECT, barred)
        wait = locked_for(self._gallery, person, settings.failures)
        if wait is not None:
            return Decision(Outcome.RETRY, Reason.LOCKED, wait=wait)
        template = self._gallery.template(person, self._ear.embedder.model)
        if template is None:
            return Decision(Outcome.REJECT, Reason.NOT_ENROLLED)
        voice = self._ear.hear(samples, quality)
        decision = self._compared(voice, template, samples)
        if not self._reaches(decision, Purpose.CONVENIENCE):
            return decision
        # Only what may be the person is remembered: others shall not crowd out what counts.
        if heard_before(self._gallery, person, samples):
            replayed = replace(decision.liveness, replayed=True)
            return replace(decision, reason=Reason.REPLAYED, liveness=replayed)
        if not self._reaches(decision, settings.purpose):
            return decision
        decision = self._alive(decision, settings, answer, samples)
        if settings.learns and self._beyond_doubt(decision, quality):
            self._gallery.update_template(person, template, merged(template, voice))
        return decision

    def _compared(self, voice: Voice, template: Template, samples: Samples) -> Decision:
        """The voice alone: not yet accepted."""
        llr = log_likelihood_ratio(voice, template, self._calibration, self._ear.embedder)
        liveness = Liveness(
            playback=played_back(samples),
            spoof=None if self._spoofing is None else self._spoofing.spoof(samples),
        )
        return Decision(Outcome.REJECT, Reason.NO_MATCH, llr, probability(llr), liveness=liveness)

    def _alive(
        self,
        decision: Decision,
        settings: VerificationSettings,
        answer: Answer | None,
        samples: Samples,
    ) -> Decision:
        """The voice fits: accept it, if nothing else is wanting."""
        if answer is None:
            if settings.live:
                return replace(decision, decision=Outcome.RETRY, reason=Reason.CHALLENGE_NEEDED)
            return replace(decision, decision=Outcome.ACCEPT, reason=Reason.MATCH)
        if answer.expired:
            return replace(decision, decision=Outcome.RETRY, reason=Reason.CHALLENGE_EXPIRED)
        liveness = replace(decision.liveness, challenge=answer.passed)
        decision = replace(decision, liveness=liveness)
        if not answer.passed:
            return replace(decision, reason=Reason.CHALLENGE_FAILED)
        one = one_speaker(samples, self._ear.embedder)
        if one is None:  # an answer said too quickly to tell
            return replace(decision, decision=Outcome.RETRY, reason=Reason.TOO_SHORT)
        if not one:
            return replace(decision, reason=Reason.SEVERAL_VOICES)
        return replace(decision, decision=Outcome.ACCEPT, reason=Reason.MATCH)

    def _reaches(self, decision: Decision, purpose: Purpose, beyond: float = 0.0) -> bool:
        needed = self._calibration.thresholds[purpose].llr + beyond
        return decision.llr is not None and decision.llr >= needed

    def _beyond_doubt(self, decision: Decision, quality: Quality) -> bool:
        liveness = decision.liveness
        return (
            decision.decision is Outcome.ACCEPT
            and liveness.live is True
            and max(liveness.playback or 0.0, liveness.spoof or 0.0) < 0.5
            and self._reaches(decision, Purpose.STRICT, beyond=1.0)
            and ENROL.reason(quality) is None
        )
