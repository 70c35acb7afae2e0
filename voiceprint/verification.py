"""Verification, 1:1: is it the person whose name was given?

In order: a challenge that was answered is used up; the recording must be good enough; the person
must be there, and neither blocked nor expired; the utterance must be a new one; the voice must
fit; the words must be those of the challenge, all in one voice. Every attempt is recorded before
its decision is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from speech.audio import Samples
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
from voiceprint.gallery import AuditAction, AuditEntry, Gallery
from voiceprint.gates import ENROL, VERIFY
from voiceprint.liveness.aasist import SpoofDetector
from voiceprint.liveness.consistency import one_speaker
from voiceprint.liveness.playback import played_back
from voiceprint.liveness.replay import THRESHOLD, fingerprint, likeness
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
        GalleryError
            The gallery cannot be read, or the attempt cannot be recorded.
        """
        settings = settings or VerificationSettings()
        person = self._gallery.person(name)
        quality = self._ear.quality(samples)
        decision = self._decide(person, samples, quality, settings, challenge)
        decision = replace(decision, person=person.name, quality=quality)
        self._gallery.record(
            AuditEntry(
                when=datetime.now(UTC),
                action=AuditAction.VERIFY,
                door=door,
                person_id=person.id,
                decision=decision.decision,
                reason=decision.reason,
                llr=decision.llr,
                probability=decision.probability,
                liveness=decision.liveness,
                speech=quality.speech,
                model=self._ear.embedder.model,
            )
        )
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
        template = self._gallery.template(person, self._ear.embedder.model)
        if template is None:
            return Decision(Outcome.REJECT, Reason.NOT_ENROLLED)
        new = fingerprint(samples)
        if likeness(new, self._gallery.heard_utterances(person.id)) >= THRESHOLD:
            return Decision(Outcome.REJECT, Reason.REPLAYED, liveness=Liveness(replayed=True))
        voice = self._ear.hear(samples, quality)
        decision = self._compare(voice, template, settings, answer, samples)
        if decision.llr is not None and decision.llr >= self._threshold(Purpose.CONVENIENCE):
            self._gallery.remember_utterance(person.id, new)
        if settings.learns and self._beyond_doubt(decision, quality):
            self._gallery.store_template(person, merged(template, voice))
        return decision

    def _compare(
        self,
        voice: Voice,
        template: Template,
        settings: VerificationSettings,
        answer: Answer | None,
        samples: Samples,
    ) -> Decision:
        llr = log_likelihood_ratio(voice, template, self._calibration, self._ear.embedder)
        liveness = Liveness(
            challenge=None if answer is None else answer.passed,
            playback=played_back(samples),
            spoof=None if self._spoofing is None else self._spoofing.spoof(samples),
        )
        decision = Decision(
            Outcome.REJECT, Reason.NO_MATCH, llr, probability(llr), liveness=liveness
        )
        if llr < self._threshold(settings.purpose):
            return decision
        if answer is not None and answer.expired:
            return replace(decision, decision=Outcome.RETRY, reason=Reason.CHALLENGE_EXPIRED)
        if answer is not None and not answer.passed:
            return replace(decision, reason=Reason.CHALLENGE_FAILED)
        if answer is not None and not one_speaker(samples, self._ear.embedder):
            return replace(decision, reason=Reason.SEVERAL_VOICES)
        if settings.live and answer is None:
            return replace(decision, decision=Outcome.RETRY, reason=Reason.CHALLENGE_NEEDED)
        return replace(decision, decision=Outcome.ACCEPT, reason=Reason.MATCH)

    def _threshold(self, purpose: Purpose) -> float:
        return self._calibration.thresholds[purpose].llr

    def _beyond_doubt(self, decision: Decision, quality: Quality) -> bool:
        return (
            decision.decision is Outcome.ACCEPT
            and decision.liveness.live is True
            and decision.llr is not None
            and decision.llr >= self._threshold(Purpose.STRICT) + 2.0
            and ENROL.reason(quality) is None
        )


def not_now(person: Person) -> Reason | None:
    """Why a person is refused whatever the voice says; None if it counts."""
    if person.blocked:
        return Reason.BLOCKED
    if person.expires is not None and person.expires <= datetime.now(UTC):
        return Reason.EXPIRED
    return None
