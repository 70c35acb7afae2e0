"""Challenges that were really answered: children who read digits, against all that is not that."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import numpy as np

from tests.voiceprint.conftest import Recorded, enrol
from voiceprint.contract import Outcome, Person, Reason
from voiceprint.opening import Voiceprints
from voiceprint.verification import VerificationSettings

DIGITS = set("zero one two three four five six seven eight nine".split())
LIVE = VerificationSettings(live=True)


def asked(voiceprints: Voiceprints, person: Person, phrase: str, seconds: float = 30.0) -> str:
    """A challenge as :class:`Challenges` keeps it, but with the words that were recorded."""
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    challenge = str(uuid.uuid4())
    voiceprints.gallery.keep_challenge(challenge, person.id, phrase, expires)
    return challenge


def answers(somebody: Recorded) -> list[int]:
    """Which recordings are strings of at least four digits."""
    return [
        number
        for number, text in enumerate(somebody.texts)
        if len(text.split()) >= 4 and set(text.split()) <= DIGITS
    ]


def test_the_owner_answers_and_is_accepted_as_live(
    voiceprints: Voiceprints, corpus: dict[str, Recorded]
) -> None:
    owner = corpus["0026"]
    digits = answers(owner)
    rest = [number for number in range(len(owner.files)) if number not in digits]
    others = Recorded(
        owner.name, [owner.files[at] for at in rest], [owner.texts[at] for at in rest]
    )
    person = enrol(voiceprints, others)
    decisions = []
    for number in digits[:5]:
        challenge = asked(voiceprints, person, owner.texts[number])
        decisions.append(
            voiceprints.verifier.verify(
                owner.name, owner.samples(number), LIVE, challenge=challenge
            )
        )
    accepted = [one for one in decisions if one.decision is Outcome.ACCEPT]
    assert len(accepted) >= 3, [one.reason for one in decisions]
    assert all(one.liveness.live is True for one in accepted)
    assert not any(one.liveness.live for one in decisions if one not in accepted)


def test_an_answer_counts_for_its_own_challenge_only(
    voiceprints: Voiceprints, corpus: dict[str, Recorded]
) -> None:
    owner, other = corpus["0026"], corpus["2179"]
    digits = answers(owner)
    rest = [number for number in range(len(owner.files)) if number not in digits]
    kept = Recorded(owner.name, [owner.files[at] for at in rest], [])
    person, neighbour = enrol(voiceprints, kept), enrol(voiceprints, other)

    def verify(number: int, challenge: str) -> Reason:
        return voiceprints.verifier.verify(
            owner.name, owner.samples(number), LIVE, challenge=challenge
        ).reason

    first, second, third, fourth = digits[:4]
    assert verify(first, asked(voiceprints, person, owner.texts[second])) is Reason.CHALLENGE_FAILED
    of_neighbour = asked(voiceprints, neighbour, owner.texts[second])
    assert verify(second, of_neighbour) is Reason.CHALLENGE_FAILED
    late = asked(voiceprints, person, owner.texts[third], seconds=-1.0)
    assert verify(third, late) is Reason.CHALLENGE_EXPIRED
    assert verify(fourth, "never asked") is Reason.CHALLENGE_EXPIRED


def test_a_recording_of_the_owner_with_digits_of_somebody_else_is_refused(
    voiceprints: Voiceprints, corpus: dict[str, Recorded]
) -> None:
    owner, other = corpus["0026"], corpus["2179"]
    person = enrol(voiceprints, owner)
    for number in answers(other)[:3]:
        mixed = np.concatenate([owner.samples(10), other.samples(number)])
        challenge = asked(voiceprints, person, other.texts[number])
        decision = voiceprints.verifier.verify(owner.name, mixed, LIVE, challenge=challenge)
        assert decision.decision is not Outcome.ACCEPT


def test_a_voiceprint_learns_from_what_is_beyond_doubt_only(
    voiceprints: Voiceprints, corpus: dict[str, Recorded]
) -> None:
    owner = corpus["0026"]
    digits = answers(owner)
    rest = [number for number in range(len(owner.files)) if number not in digits]
    person = enrol(voiceprints, Recorded(owner.name, [owner.files[at] for at in rest], []))
    model = voiceprints.ear.embedder.model
    learns = VerificationSettings(live=True, learns=True)

    def utterances() -> int:
        template = voiceprints.gallery.template(person, model)
        assert template is not None
        return template.utterances

    before = utterances()
    plain = VerificationSettings(learns=True)
    voiceprints.verifier.verify(owner.name, owner.samples(rest[-1]), plain)
    assert utterances() == before  # nobody knows that it was no recording
    doubtless = 0
    for number in digits:
        challenge = asked(voiceprints, person, owner.texts[number])
        decision = voiceprints.verifier.verify(
            owner.name, owner.samples(number), learns, challenge=challenge
        )
        doubtless += decision.decision is Outcome.ACCEPT
        assert utterances() <= before + doubtless
