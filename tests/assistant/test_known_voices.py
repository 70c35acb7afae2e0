"""Whose lesson it is, by human voices, in a home where nothing requires a voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.household import household
from assistant.known_voices import KnownVoices
from skills.contract import Request, Speaker, Unknown
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, read
from speech.vad import SileroVad
from tests.assistant.parts import ScriptedRecognizer
from tests.assistant.voices import attempts, be_patient, enrolment
from voiceprint.gallery import Gallery, MasterKey
from voiceprint.opening import Voiceprints, open_voiceprints

MIA = ("021790025", "021790083", "021790084")
MIA_SAYS, BEN_SAYS = "021790008", "012030053"


async def test_a_known_voice_has_lessons_of_its_own(
    data: Path, vad: SileroVad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learner(recording: str) -> Samples:
        return read(data / "speechocean762" / "audio" / f"{recording}.opus")

    be_patient(monkeypatch)
    file = tmp_path / "gallery" / "gallery.db"
    monkeypatch.setenv("SONORANT_GALLERY", str(file))
    monkeypatch.setenv("SONORANT_KEY_FILE", str(tmp_path / "key" / "gallery.key"))
    monkeypatch.delenv("SONORANT_KEY", raising=False)
    Gallery(str(file)).close()
    with open_voiceprints(str(file), vad=vad) as known:
        known.enrol("Mia", enrolment(known.ear, map(learner, MIA)))
    state = tmp_path / "state"
    async with household(
        ScriptedRecognizer([]), vad, None, None, home=EXAMPLE, state=state
    ) as home:
        for recording, mine in ((MIA_SAYS, True), (BEN_SAYS, False)):
            lesson = Request("start an English lesson", audio=learner(recording))
            reply = await home.router.answer(lesson)
            assert reply.text.startswith("Hello Mia.") == mine and reply.holds
            # What is said in a lesson, and to the home, is anybody's: no voice is looked at.
            await home.router.answer(Request("turn on the lamp", audio=learner(recording)))
            await home.router.answer(Request("stop", audio=learner(recording)))
    with open_voiceprints(str(file), vad=vad) as known:
        assert [entry.door for entry in attempts(known)] == ["StartLesson"] * 2


async def test_voiceprints_that_others_use_too_are_used_and_stay_open(
    data: Path, vad: SileroVad, tmp_path: Path
) -> None:
    def learner(recording: str) -> Samples:
        return read(data / "speechocean762" / "audio" / f"{recording}.opus")

    file, asked = str(tmp_path / "gallery.db"), []
    with open_voiceprints(file, key=MasterKey.new(), vad=vad) as known:
        known.enrol("Mia", enrolment(known.ear, map(learner, MIA)))

        async def shared() -> Voiceprints:
            asked.append(file)
            return known

        voices = KnownVoices(file, vad, shared)
        for _ in range(2):
            found = await voices.who(Request("hello", audio=learner(MIA_SAYS)), "lesson")
            assert isinstance(found, Speaker | Unknown)
        await voices.close()
        assert asked == [file]
        assert [entry.door for entry in attempts(known)] == ["lesson"] * 2


async def test_a_gallery_that_cannot_be_opened_leaves_lessons_to_the_household(
    vad: SileroVad,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    file = tmp_path / "gallery.db"
    file.write_bytes(b"this is no database, and never was one" * 30)
    monkeypatch.setenv("SONORANT_GALLERY", str(file))
    monkeypatch.setenv("SONORANT_KEY_FILE", str(tmp_path / "gallery.key"))
    opening = household(ScriptedRecognizer([]), vad, None, None, home=EXAMPLE, state=tmp_path)
    async with opening as home:
        lesson = Request("start an English lesson", audio=np.zeros(RATE, np.float32))
        reply = await home.router.answer(lesson)
    assert reply.holds and reply.text.startswith("We practise")
    assert "voices cannot be recognised" in caplog.text
