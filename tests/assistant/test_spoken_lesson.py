"""Lessons held by voice through the whole conversation: people of the corpora, or our own voice,
are the learners, and the real scorer judges them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml

from assistant import events
from assistant.examiner import judged
from assistant.household import Household, household
from assistant.loudspeaker import SilentLoudspeaker
from assistant.settings import ConversationSettings
from pronunciation.mandarin.assessor import MandarinAssessor
from skills import Reply
from skills.home import EXAMPLE
from skills.lesson.progress import HOUSEHOLD, Progress
from speech.audio import RATE, Samples, read
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis import Synthesizer, open_synthesizer
from speech.vad import SileroVad
from tests.assistant.parts import Log
from tests.pronunciation.mandarin.scripted import ScriptedJudge

LEARNER = {
    "But there had better not be.": "010290003",
    "It's really a good one.": "010290094",
    "This one is for the army.": "010290179",
    "You think that this is okay.": "010290189",
    "Do you know why they closed?": "010290276",
    "Why is the best place to work?": "010290287",
    "This is very big deal.": "010290260",
    "Move on to the next fish.": "010290294",
}
"""What a man of the corpus says, and the recordings of it."""
SOMETHING_ELSE = "010290362"
"""He says: that's the way it is, my son."""
WORDS = ("爸爸", "再见", "银行", "学习", "老师", "朋友", "苹果", "高兴")


@dataclass
class Lesson:
    """A conversation, and the replies to what is said in it."""

    home: Household
    log: Log
    voice: Synthesizer

    async def __call__(self, said: str | Samples) -> Reply:
        """Say something, in our own voice or in that of a recording; returns the last reply."""
        samples = self.spoken(said) if isinstance(said, str) else said
        before = len(self.log.of(events.Replied))
        silence = np.zeros(RATE, np.float32)
        await self.home.conversation.hear(np.concatenate([samples, silence]))
        await self.home.conversation.finish()
        await self.log.until(events.Replied, before + 1)
        return self.log.of(events.Replied)[-1].reply

    def spoken(self, text: str, language: str = "en") -> Samples:
        pause = np.zeros(RATE // 4, np.float32)
        return np.concatenate([pause, *self.voice.synthesize(text, language), pause])


@pytest.fixture(scope="module")
def voice() -> Iterator[Synthesizer]:
    with closing(open_synthesizer("espeak-ng", "en-gb-x-rp")) as synthesizer:
        yield synthesizer


@pytest.fixture
def courses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "courses"
    folder.mkdir()
    monkeypatch.setenv("SONORANT_COURSES", str(folder))
    return folder


@asynccontextmanager
async def lesson(
    moonshine: MoonshineRecognizer, vad: SileroVad, voice: Synthesizer, state: Path
) -> AsyncIterator[Lesson]:
    with closing(open_synthesizer()) as ours:
        settings = ConversationSettings(wait_for_replies=True, thinking=120.0)
        opening = household(
            moonshine,
            vad,
            ours,
            SilentLoudspeaker(),
            settings=settings,
            home=EXAMPLE,
            state=state,
        )
        async with opening as home:
            yield Lesson(home, Log(home.conversation), voice)


def write_course(folder: Path, teaches: str, kind: str, texts: list[str]) -> None:
    items = [{kind: text} for text in texts]
    lessons = [{"name": "sayings", "items": items}]
    course = {"teaches": teaches, "speakers": "en", "name": "Test", "lessons": lessons}
    (folder / "test.yaml").write_text(yaml.safe_dump(course, allow_unicode=True), "utf-8")


async def test_a_lesson_of_ten_exchanges_in_english(
    data: Path,
    courses: Path,
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    tmp_path: Path,
) -> None:
    def recording(name: str) -> Samples:
        return read(data / "speechocean762" / "audio" / f"{name}.opus")

    write_course(courses, "en", "sentence", list(LEARNER))
    wrong = list(LEARNER)[3]
    async with lesson(moonshine, vad, voice, tmp_path) as say:
        reply = await say("Start an English lesson.")
        scores: list[tuple[str, float]] = []
        while reply.holds:
            asked = reply.parts[-1].text
            mistaken = asked == wrong and not any(text == wrong for text, _ in scores)
            reply = await say(recording(SOMETHING_ELSE if mistaken else LEARNER[asked]))
            assert reply.slots["item"] == asked
            scores.append((asked, float(reply.slots["score"])))
            said = [part.text for part in reply.parts]
            if mistaken:
                assert said == ["That was something else. Once more.", wrong]
        assert not say.log.of(events.Failed)
    texts = [*LEARNER][:4] + [*LEARNER][3:7] + [wrong] + [*LEARNER][7:]
    assert [text for text, _ in scores] == texts and len(scores) == 10
    assert all((score >= 70) == (number != 3) for number, (_, score) in enumerate(scores)), scores
    assert "That was the lesson: 8 of 8 went well" in reply.text and not reply.expects_answer
    kept = Progress(tmp_path).standings(HOUSEHOLD, "en")
    assert set(kept) == set(LEARNER)
    assert kept[wrong].times == 2 and kept[wrong].due < min(
        standing.due for text, standing in kept.items() if text != wrong
    )


async def test_a_lesson_of_ten_exchanges_in_mandarin(
    data: Path,
    courses: Path,
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    tmp_path: Path,
) -> None:
    def recording(word: str) -> Samples:
        return read(data / "mandarin" / "words_tan" / f"cmn-{word}.mp3")

    write_course(courses, "zh-CN", "word", list(WORDS))
    async with lesson(moonshine, vad, voice, tmp_path) as say:
        reply = await say("Start a Chinese lesson.")
        asked: list[str] = []
        scores: list[float] = []
        while reply.holds:
            asked.append(reply.parts[-1].text.rstrip("。"))
            mistaken = len(asked) == 4
            reply = await say(recording(WORDS[0] if mistaken else asked[-1]))
            scores.append(float(reply.slots["score"]))
    assert len(asked) == 10 and asked[3] == asked[4] == WORDS[3] and asked.count(WORDS[3]) == 3
    assert all((score >= 70) == (number != 3) for number, score in enumerate(scores)), scores
    assert set(Progress(tmp_path).standings(HOUSEHOLD, "zh")) == set(WORDS)


def test_what_a_learner_of_mandarin_is_told_has_no_pinyin(voice: Synthesizer) -> None:
    speech = np.concatenate([*voice.synthesize("Hello, how are you?", "en")])
    assessor = MandarinAssessor(ScriptedJudge(wrong={0: {"tone": "3"}}))
    found = judged(assessor.assess(speech, "你好"), "zh-CN")
    assert found.advice["en"].startswith("In “你好”, the tone of “你” sounded like tone 3")
    assert found.wrong == ("你好",)


async def test_the_words_of_a_lesson_and_commands_beside_it(
    courses: Path,
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    tmp_path: Path,
) -> None:
    write_course(courses, "en", "sentence", ["Turn on the radio.", "We live near the river."])
    async with lesson(moonshine, vad, voice, tmp_path) as say:
        reply = await say("Start an English lesson.")
        assert reply.parts[-1].text == "Turn on the radio." and reply.parts[-1].pace == 1.0
        slow = await say("Slowly, please.")
        assert slow.holds and slow.parts[-1].pace < 1.0
        command = await say("Set a timer for ten minutes.")
        assert command.intent == "HassStartTimer" and command.acted and command.expects_answer
        # The item is no command, however it sounds.
        reply = await say("Turn on the radio.")
        assert reply.slots["item"] == "Turn on the radio." and float(reply.slots["score"]) >= 70
        assert reply.parts[-1].text == "We live near the river."
        reply = await say("How did I do?")
        assert "So far 1 of 1 went well" in reply.text
        reply = await say("Stop the lesson.")
        assert reply.text.startswith("The lesson is over.") and not reply.expects_answer
        assert (await say("What time is it?")).intent == "HassGetCurrentTime"


async def test_the_model_is_said_in_the_language_that_is_learnt(
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    courses: Path,
    tmp_path: Path,
) -> None:
    async with lesson(moonshine, vad, voice, tmp_path) as say:
        reply = await say("Start a Chinese lesson.")
        assert [part.language for part in reply.parts] == ["en", "zh-CN"]
        assert reply.parts[-1].text == "妈妈。"
