"""Whole spoken conversations at a locked door: the audio of the command also tells who gives it.

Two of flite's voices are the people, since nobody whose recordings there are asks for a door;
espeak-ng is the stranger, and the voice that asks.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant import events
from assistant.conversation import Conversation
from assistant.loudspeaker import SilentLoudspeaker
from assistant.settings import ConversationSettings
from assistant.speakers import VoiceprintSpeakers
from skills import Announcement, Reply, Router, open_skills
from speech.audio import RATE, Samples
from speech.models import ModelStore
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis import open_synthesizer
from speech.vad import SileroVad
from tests.assistant.parts import Log, LoudWake, wake_word
from tests.assistant.voices import attempts, be_patient, enrolment, flite, voiceprints
from voiceprint.contract import Outcome
from voiceprint.embedding import open_embedder
from voiceprint.enrolment import Enrolment
from voiceprint.liveness.check import ChallengeChecker
from voiceprint.opening import Voiceprints
from voiceprint.scoring import Ear

HOME = """
areas:
  - {id: hall, name: hall}
devices:
  - {id: door, kind: lock, name: front door, area: hall, requires: {speaker: [Mia], live: true}}
  - {id: lamp, kind: light, name: lamp, area: hall}
"""
MIA, BEN = "slt", "kal16"
SENTENCES = (
    "The quick brown fox jumps over the lazy dog near the river bank.",
    "Please call my brother before the train leaves the station tonight.",
    "Every morning we drink coffee in the garden and read the paper.",
)


@dataclass
class Hall:
    """A conversation in the hall, and what is said in it."""

    conversation: Conversation
    router: Router
    known: Voiceprints
    log: Log
    folder: Path

    async def __call__(self, voice: Samples) -> Reply:
        """Say something after the wake word, or in answer; what is replied."""
        before = len(self.log.of(events.Replied))
        await self.hear(voice, np.zeros(RATE, np.float32))
        replies = self.log.of(events.Replied)[before:]
        assert len(replies) == 1, self.log.of(events.FinalHeard)[-1]
        return replies[0].reply

    async def hear(self, *sounds: Samples) -> None:
        for sound in sounds:
            await self.conversation.hear(sound)
        await self.conversation.finish()
        await self.log.until(events.StateChanged)

    def says(self, voice: str, text: str) -> Samples:
        return flite(voice, text, self.folder)

    def after_wake_word(self, voice: str, text: str) -> Samples:
        pause = np.zeros(RATE // 2, np.float32)
        return np.concatenate([wake_word(), pause, self.says(voice, text)])

    @property
    def locked(self) -> object:
        return self.router.states()["door"]["locked"]


@pytest.fixture(scope="module")
def ear(vad: SileroVad) -> Ear:
    return Ear(open_embedder(), vad)


@pytest.fixture(scope="module")
def checker() -> ChallengeChecker:
    return ChallengeChecker(ModelStore().path("moonshine-tiny-en"))


@pytest.fixture(scope="module")
def people(ear: Ear, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Enrolment]:
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed: apt-get install flite")
    folder = tmp_path_factory.mktemp("people")
    return {
        name: enrolment(ear, (flite(voice, text, folder) for text in SENTENCES))
        for name, voice in (("Mia", MIA), ("Ben", BEN))
    }


@pytest.fixture
async def hall(
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    people: dict[str, Enrolment],
    ear: Ear,
    checker: ChallengeChecker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Hall]:
    be_patient(monkeypatch)
    async with AsyncExitStack() as stack:
        known = voiceprints(tmp_path / "gallery" / "gallery.db", ear, checker)
        stack.callback(known.gallery.close)
        for name, made in people.items():
            known.enrol(name, made)
        home = tmp_path / "home.yaml"
        home.write_text(HOME, encoding="utf-8")

        async def nobody(announcement: Announcement) -> None:
            raise AssertionError(announcement)

        router = await open_skills(home, tmp_path / "state", nobody, languages=())
        stack.push_async_callback(router.close)
        speakers = router.who = VoiceprintSpeakers(known, ttl=timedelta(minutes=2))
        stack.push_async_callback(speakers.close)
        synthesizer = open_synthesizer()
        stack.callback(synthesizer.close)
        conversation = await stack.enter_async_context(
            Conversation(
                moonshine,
                vad,
                router,
                synthesizer,
                SilentLoudspeaker(),
                wake=LoudWake(),
                settings=ConversationSettings(wait_for_replies=True, thinking=300.0),
                voices=True,
            )
        )
        yield Hall(conversation, router, known, Log(conversation), tmp_path)


def asked(reply: Reply) -> str:
    """The words of a challenge, out of the question."""
    assert reply.expects_answer, reply
    return reply.text.partition("To be sure that it is you, please say: ")[2].removesuffix(".")


async def test_the_owner_is_asked_for_digits_and_let_in(hall: Hall) -> None:
    reply = await hall(hall.after_wake_word(MIA, "Please unlock the front door."))
    words = asked(reply)
    assert hall.locked and len(words.split()) == 5
    for _ in range(5):  # some digits are said too quickly to tell whether one voice says them
        reply = await hall(hall.says(MIA, words))
        if not reply.expects_answer:
            break
        words = asked(reply)
    assert reply.text == "Unlocked the front door." and not hall.locked
    told = attempts(hall.known)
    assert {entry.door for entry in told} == {"front door"}
    assert (told[-1].person, told[-1].decision) == ("Mia", Outcome.ACCEPT)
    for event in hall.log.events:
        assert "array" not in repr(event) and "audio" not in event.to_dict().get("reply", {})


async def test_a_stranger_is_refused_at_once(hall: Hall) -> None:
    stranger = open_synthesizer(voice="en-us")
    said = np.concatenate([*stranger.synthesize("Please unlock the front door.", "en")])
    stranger.close()
    reply = await hall(np.concatenate([wake_word(), np.zeros(RATE // 2, np.float32), said]))
    assert not reply.expects_answer and not reply.acted and hall.locked
    assert attempts(hall.known)[-1].decision is Outcome.REJECT


async def test_another_cannot_answer_for_the_owner(hall: Hall) -> None:
    reply = await hall(hall.after_wake_word(MIA, "Please unlock the front door."))
    reply = await hall(hall.says(BEN, asked(reply)))
    assert "do not recognise the voice" in reply.text and hall.locked
    reply = await hall(hall.after_wake_word(BEN, "Please unlock the front door."))
    assert reply.text == "Ben may not do that." and hall.locked


async def test_nobody_answers(hall: Hall) -> None:
    reply = await hall(hall.after_wake_word(MIA, "Please unlock the front door."))
    before = len(hall.log.of(events.ReplyStarted))
    await hall.hear(np.zeros(8 * RATE, np.float32))
    said = [event.text for event in hall.log.of(events.ReplyStarted)[before:]]
    assert said == [reply.unanswered] == ["I heard no answer, so I leave it as it is."]
    assert hall.locked and hall.conversation.state == "idle"
    await hall.hear(wake_word(), np.zeros(8 * RATE, np.float32))
    assert len(hall.log.of(events.ReplyStarted)) == before + 1  # it is said once


async def test_the_owner_wants_something_else(hall: Hall) -> None:
    await hall(hall.after_wake_word(MIA, "Please unlock the front door."))
    reply = await hall(hall.says(MIA, "Turn on the lamp."))
    assert reply.text == "Turned on the lamp." and hall.locked
    await hall(hall.after_wake_word(MIA, "Could you unlock the front door?"))
    reply = await hall(hall.says(MIA, "Never mind."))
    assert reply.text == "All right, I do nothing." and hall.locked
