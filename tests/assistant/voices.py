"""People enrolled in a gallery of their own, and what they say."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import skills.proof
import skills.router
import voiceprint.challenges
from speech.audio import Samples, read
from voiceprint.calibration import calibration_of
from voiceprint.challenges import Challenges
from voiceprint.enrolment import Enrolment
from voiceprint.gallery import AuditEntry, Gallery, MasterKey
from voiceprint.identification import Identifier
from voiceprint.liveness.challenge import new_challenge
from voiceprint.liveness.check import ChallengeChecker
from voiceprint.opening import Voiceprints
from voiceprint.scoring import Ear
from voiceprint.verification import Verifier


def voiceprints(file: Path, ear: Ear, checker: ChallengeChecker) -> Voiceprints:
    """Voiceprints in a new gallery; close its gallery when done."""
    gallery = Gallery(str(file), MasterKey.new())
    calibration = calibration_of(ear.embedder.model)
    challenges = Challenges(gallery, lambda: checker)
    return Voiceprints(
        gallery,
        ear,
        calibration,
        challenges,
        Verifier(gallery, ear, calibration, challenges),
        Identifier(gallery, ear, calibration),
    )


def enrolment(ear: Ear, recordings: Iterable[Samples]) -> Enrolment:
    """An enrolment of somebody with as many of the recordings as it takes."""
    begun = Enrolment(ear, calibration_of(ear.embedder.model))
    for samples in recordings:
        begun.add(samples)
        if begun.complete:
            break
    return begun


def attempts(known: Voiceprints) -> list[AuditEntry]:
    """What the audit log says of attempts, oldest first."""
    assert known.gallery.check_audit().intact
    return [entry for entry in known.gallery.audit() if entry.door]


def asking_for(monkeypatch: pytest.MonkeyPatch, phrase: str, *, late: bool = False) -> None:
    """Let the dice fall as somebody once said it: nobody here can say what they show."""

    def loaded(*args: object, **kwargs: object) -> object:
        expires = datetime.now(UTC) + timedelta(minutes=-1 if late else 30)
        return replace(new_challenge(), phrase=phrase, expires=expires)

    monkeypatch.setattr(voiceprint.challenges, "new_challenge", loaded)


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other things answers late, which is not what is tested."""
    monkeypatch.setattr(skills.proof, "_PATIENCE", 300.0)
    monkeypatch.setattr(skills.router, "PATIENCE", 300.0)


def flite(voice: str, text: str, folder: Path) -> Samples:
    """A text as one of flite's voices says it."""
    file = folder / "flite.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True)
    return read(file)
