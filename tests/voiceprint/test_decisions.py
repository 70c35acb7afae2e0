"""Enrolment, verification and identification, with people and with attacks on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from speech import conditions
from speech.audio import RATE
from speech.errors import AudioError, EnrolmentError, UnknownPersonError
from speech.synthesis.espeak import EspeakSynthesizer
from tests.voiceprint.conftest import Recorded, audit_of, enrol
from voiceprint.contract import Outcome, Purpose, Reason
from voiceprint.gallery import AuditAction, AuditEntry
from voiceprint.identification import among
from voiceprint.opening import Voiceprints
from voiceprint.verification import VerificationSettings

UNLIMITED = VerificationSettings(failures=0)


def test_the_owner_is_accepted_and_others_are_not(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner, *others = recorded
    enrol(voiceprints, owner)
    own = [voiceprints.verifier.verify(owner.name, owner.samples(at)) for at in range(8, 14)]
    strange = [
        voiceprints.verifier.verify(owner.name, other.samples(at), UNLIMITED)
        for other in others
        for at in range(2)
    ]
    assert [decision.decision for decision in own].count(Outcome.ACCEPT) >= 5
    assert all(decision.reason is Reason.NO_MATCH for decision in strange)
    llrs = [decision.llr for decision in own if decision.llr is not None]
    assert min(llrs) > max(decision.llr for decision in strange if decision.llr is not None)
    entries = list(voiceprints.gallery.audit())
    assert [entry.llr for entry in entries if entry.llr is not None] == [
        decision.llr for decision in own + strange if decision.llr is not None
    ]
    assert voiceprints.gallery.check_audit().intact


def test_who_it_is_among_all_or_nobody(voiceprints: Voiceprints, recorded: list[Recorded]) -> None:
    *household, stranger = recorded
    for one in household:
        enrol(voiceprints, one)
    for one in household:
        found = voiceprints.identifier.identify(one.samples(9))
        assert found.likenesses[0].person.name == one.name
        assert found.decision.decision is Outcome.ACCEPT and found.searched == len(household)
        assert sum(likeness.probability for likeness in found.likenesses) <= 1.0
    found = voiceprints.identifier.identify(stranger.samples(0), count=2)
    assert found.decision.reason is Reason.NOBODY_KNOWN and found.decision.person is None
    assert len(found.likenesses) == 2
    # An index follows the gallery, and a group is all that is searched.
    first = voiceprints.gallery.person(household[0].name)
    voiceprints.gallery.set_groups(first, ["Family"])
    found = voiceprints.identifier.identify(household[1].samples(9), group="family")
    assert found.decision.reason is Reason.NOBODY_KNOWN and found.searched == 1
    voiceprints.gallery.delete(first)
    found = voiceprints.identifier.identify(household[0].samples(9))
    assert found.decision.reason is Reason.NOBODY_KNOWN
    assert found.searched == len(household) - 1


def test_a_stranger_is_as_likely_as_all_who_are_searched() -> None:
    assert among(np.array([0.0]), 1).tolist() == pytest.approx([0.5])
    # Two who are equally like it share what is left; among more people each counts for less.
    assert among(np.array([9.0, 9.0, -9.0]), 3)[:2].tolist() == pytest.approx([0.5, 0.5], abs=1e-3)
    several = among(np.array([[2.0, 2.0], [0.0, -50.0]]), 10)
    odds = np.exp([2.0, 0.0]) / 10
    assert several[:, 0].tolist() == pytest.approx((odds / (1 + odds.sum())).tolist())
    assert several[0, 1] > several[0, 0]


def test_an_utterance_counts_once(voiceprints: Voiceprints, recorded: list[Recorded]) -> None:
    owner = recorded[0]
    enrol(voiceprints, owner)
    command = owner.samples(9)
    random = np.random.default_rng(0)
    assert voiceprints.verifier.verify(owner.name, command).decision is Outcome.ACCEPT
    for again in (
        command,
        conditions.opus(command) * np.float32(0.5),
        conditions.noise(command, 20.0, 3.0, random),
        np.concatenate([np.zeros(3_000, np.float32), command]),
        owner.samples(0),  # one of those it was enrolled with
    ):
        decision = voiceprints.verifier.verify(owner.name, again, UNLIMITED)
        assert decision.reason is Reason.REPLAYED and decision.liveness.live is False
    decision = voiceprints.verifier.verify(owner.name, owner.samples(10), UNLIMITED)
    assert decision.decision is Outcome.ACCEPT


def test_who_fails_too_often_has_to_wait(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner, other = recorded[:2]
    person, verify = enrol(voiceprints, owner), voiceprints.verifier.verify

    def failed(minutes: float, reason: Reason = Reason.NO_MATCH) -> None:
        when = datetime.now(UTC) - timedelta(minutes=minutes)
        outcome = Outcome.REJECT if reason is Reason.NO_MATCH else Outcome.RETRY
        voiceprints.gallery.record(
            AuditEntry(
                when, AuditAction.VERIFY, person_id=person.id, decision=outcome, reason=reason
            )
        )

    for minutes in (30, 11, 9, 6, 5, 4):
        failed(minutes)
    for _ in range(6):
        failed(3, Reason.TOO_NOISY)  # nobody's fault
    assert verify(owner.name, owner.samples(8)).decision is Outcome.ACCEPT  # and clears them
    for minutes in (2, 1, 1, 1):
        failed(minutes)
    assert verify(owner.name, other.samples(0)).reason is Reason.NO_MATCH
    for samples in (owner.samples(9), other.samples(1)):
        decision = verify(owner.name, samples)
        assert decision.decision is Outcome.RETRY and decision.reason is Reason.LOCKED
        assert decision.llr is None and decision.wait == pytest.approx(8 * 60, abs=30)
    assert voiceprints.identifier.identify(owner.samples(10)).decision.decision is Outcome.ACCEPT


def test_a_recording_needs_a_challenge_and_other_words_fail_it(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner, other = recorded[:2]
    person = enrol(voiceprints, owner)
    live = VerificationSettings(live=True)
    decision = voiceprints.verifier.verify(owner.name, owner.samples(8), live)
    assert decision.decision is Outcome.RETRY and decision.reason is Reason.CHALLENGE_NEEDED

    asked = voiceprints.challenges.ask(person)
    decision = voiceprints.verifier.verify(owner.name, owner.samples(9), live, challenge=asked.id)
    assert decision.reason is Reason.CHALLENGE_FAILED and decision.liveness.live is False
    # It is used up, even by an answer that failed.
    decision = voiceprints.verifier.verify(owner.name, owner.samples(10), live, challenge=asked.id)
    assert decision.reason is Reason.CHALLENGE_EXPIRED
    stranger = voiceprints.challenges.ask(person)
    decision = voiceprints.verifier.verify(
        owner.name, other.samples(0), live, challenge=stranger.id
    )
    assert decision.reason is Reason.NO_MATCH
    assert ("challenge", None) in audit_of(voiceprints.gallery)


def test_a_synthetic_voice_is_nobody(voiceprints: Voiceprints, recorded: list[Recorded]) -> None:
    owner = recorded[0]
    enrol(voiceprints, owner)
    for voice in ("en-us", "en-gb+f3"):
        speaking = EspeakSynthesizer(voice)
        spoken = np.concatenate(
            [*speaking.synthesize("Please unlock the front door for me now.", "en")]
        )
        decision = voiceprints.verifier.verify(owner.name, spoken)
        assert decision.decision is not Outcome.ACCEPT
        speaking.close()


def test_what_is_no_speech_is_never_guessed_at(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner, other = recorded[:2]
    enrol(voiceprints, owner)
    random = np.random.default_rng(0)
    speech = owner.samples(9)
    cases = {
        Reason.NO_SPEECH: np.zeros(3 * RATE, np.float32),
        Reason.TOO_SHORT: speech[: int(0.7 * RATE)],
        Reason.CLIPPED: np.clip(speech * (30 / np.abs(speech).max()), -1, 1),
        Reason.TOO_NOISY: conditions.noise(speech, 0.0, 0.0, random),
    }
    for reason, samples in cases.items():
        decision = voiceprints.verifier.verify(owner.name, samples)
        assert decision.decision is Outcome.RETRY, reason
        assert decision.llr is None
        if reason is not Reason.TOO_SHORT:
            assert decision.reason is reason
    noise = (0.1 * random.standard_normal(3 * RATE)).astype(np.float32)
    assert voiceprints.verifier.verify(owner.name, noise).decision is Outcome.RETRY
    for short in (np.zeros(0, np.float32), speech[:100], np.full(RATE, np.nan, np.float32)):
        assert voiceprints.verifier.verify(owner.name, short).decision is Outcome.RETRY
    with pytest.raises(AudioError, match="61 s"):
        voiceprints.verifier.verify(owner.name, np.zeros(61 * RATE, np.float32))
    mixed = speech[: 2 * RATE] + other.samples(0)[: 2 * RATE]
    decision = voiceprints.verifier.verify(owner.name, mixed, VerificationSettings(Purpose.STRICT))
    assert decision.decision is not Outcome.ACCEPT


@pytest.mark.parametrize("purpose", [*Purpose])
def test_what_cannot_be_computed_opens_nothing(
    voiceprints: Voiceprints, recorded: list[Recorded], purpose: Purpose
) -> None:
    owner, stranger = recorded[:2]
    enrol(voiceprints, owner)
    settings = VerificationSettings(purpose)
    for broken in (np.nan, np.inf, -np.inf):
        tail = np.full(800, broken, np.float32)
        samples = np.concatenate([stranger.samples(0), tail])
        decision = voiceprints.verifier.verify(owner.name, samples, settings)
        assert decision.decision is not Outcome.ACCEPT
        found = voiceprints.identifier.identify(samples, purpose)
        assert found.decision.decision is not Outcome.ACCEPT


def test_a_stranger_gains_nothing_by_a_filter(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner, *others = recorded
    enrol(voiceprints, owner)
    for other in others:
        decision = voiceprints.verifier.verify(
            owner.name, conditions.telephone(other.samples(0)), VerificationSettings()
        )
        assert decision.reason is Reason.NARROW_BAND


def test_what_was_identified_cannot_be_played_back(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner = recorded[0]
    enrol(voiceprints, owner)
    command = owner.samples(9)
    assert voiceprints.identifier.identify(command).decision.decision is Outcome.ACCEPT
    assert voiceprints.identifier.identify(command).decision.reason is Reason.REPLAYED
    assert voiceprints.verifier.verify(owner.name, command).reason is Reason.REPLAYED


def test_the_same_voice_under_two_names_is_nobody_in_particular(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner = recorded[0]
    enrol(voiceprints, owner)
    enrolment = voiceprints.enrolment()
    for number in range(5, len(owner.files)):
        enrolment.add(owner.samples(number))
        if enrolment.complete:
            break
    voiceprints.enrol("Twin", enrolment, even_if_known=True)
    found = [voiceprints.identifier.identify(owner.samples(at)) for at in range(12, 16)]
    # By chance one of the two may be much the nearer once.
    assert [one.decision.decision for one in found].count(Outcome.ACCEPT) <= 1
    assert Reason.UNDECIDED in [one.decision.reason for one in found]
    few = voiceprints.identifier.identify(owner.samples(17), count=1)
    assert few.likenesses[0].probability < 0.9


def test_blocked_and_expired_people_are_refused(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner = recorded[0]
    person = enrol(voiceprints, owner)
    blocked = voiceprints.gallery.block(person)
    assert voiceprints.verifier.verify(owner.name, owner.samples(8)).reason is Reason.BLOCKED
    assert voiceprints.identifier.identify(owner.samples(8)).decision.reason is Reason.BLOCKED
    person = voiceprints.gallery.unblock(blocked)
    past = datetime.now(UTC) - timedelta(minutes=1)
    voiceprints.gallery.set_expiry(person, past)
    assert voiceprints.verifier.verify(owner.name, owner.samples(8)).reason is Reason.EXPIRED
    with pytest.raises(UnknownPersonError):
        voiceprints.verifier.verify("Nobody", owner.samples(8))


def test_an_enrolment_takes_one_voice_in_good_recordings(
    voiceprints: Voiceprints, recorded: list[Recorded]
) -> None:
    owner, other = recorded[:2]
    enrolment = voiceprints.enrolment()
    random = np.random.default_rng(0)
    assert enrolment.add(owner.samples(0)).reason is None
    for samples, reason in (
        (owner.samples(0), Reason.REPLAYED),
        (other.samples(0), Reason.NO_MATCH),
        (conditions.noise(owner.samples(1), 5.0, 0.0, random), Reason.TOO_NOISY),
        (conditions.telephone(owner.samples(1)), Reason.NARROW_BAND),
        (owner.samples(1)[:8_000], None),
    ):
        check = enrolment.add(samples)
        assert check.reason is not None and check.advice
        assert reason in (None, check.reason)
    assert enrolment.taken == 1
    with pytest.raises(EnrolmentError, match="1 recordings"):
        enrolment.template()


def test_one_person_has_one_voiceprint(voiceprints: Voiceprints, recorded: list[Recorded]) -> None:
    owner = recorded[0]
    enrol(voiceprints, owner)
    with pytest.raises(EnrolmentError, match="enrolled already, as"):
        enrol(voiceprints, Recorded("Somebody else", owner.files, owner.texts), first=6)
    with pytest.raises(EnrolmentError, match="enrolled already"):
        voiceprints.may_enrol(owner.name.upper())
    voiceprints.may_enrol(owner.name, replace=True)
    assert [person.name for person in voiceprints.gallery.people()] == [owner.name]
