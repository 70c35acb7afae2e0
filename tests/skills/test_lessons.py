"""Lessons through the router: how they go, what is kept, and courses that are wrong.

The scorer is scripted here, so that every turn a lesson can take is taken; the real one judges in
``tests/assistant/test_spoken_lesson.py``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from service.cli import main
from skills import Reply, Request, Router, Speaker, open_skills
from skills.contract import Challenge, Spoken, Unknown, Unproven
from skills.home import EXAMPLE
from skills.lesson.controls import Control, control
from skills.lesson.course import Item, Kind, read_course
from skills.lesson.courses import SHIPPED, courses_for, load_courses
from skills.lesson.examiner import Judgement
from skills.lesson.progress import HOUSEHOLD, Progress
from skills.lesson.scheduling import chosen, review
from skills.lesson.voices import by_voice
from speech.audio import RATE, Samples
from speech.errors import ConfigError, EngineError
from tests.skills.conversations import silent

COURSE = """
teaches: en
speakers: zh-CN
name: {en: Test, zh-CN: 测试}
lessons:
  - name: {en: first, zh-CN: 第一}
    tip: {en: Listen well., zh-CN: 好好听。}
    items:
      - {word: vest, gloss: 背心}
      - {pair: [sink, think], gloss: 水槽，想}
      - {sentence: Turn on the lamp., gloss: 打开台灯。}
  - name: {en: second, zh-CN: 第二}
    items:
      - dialogue:
          - {hear: "How are you?", say: "Fine, thanks.", gloss: 很好。}
          - {say: "And you?", gloss: 你呢？}
"""
SOUND = np.zeros(RATE, np.float32)
NOW = datetime(2030, 1, 1, tzinfo=UTC)
GOOD, FAIR, BAD = (
    Judgement(92.0),
    Judgement(75.0, advice={"en": "Hum.", "zh": "振动声带。"}),
    (Judgement(30.0, advice={"en": "Hum.", "zh": "振动声带。"}, wrong=("vest",))),
)


@dataclass
class Script:
    """Judges as it is told; remembers what it was asked."""

    judgements: list[Judgement | Exception] = field(default_factory=list)
    languages: tuple[str, ...] = ("en",)
    asked: list[str] = field(default_factory=list)

    def examines(self, language: str) -> bool:
        return language in self.languages

    async def prepare(self, language: str) -> None:
        raise EngineError("the model is missing")

    async def examine(self, samples: Samples, text: str, language: str) -> Judgement:
        self.asked.append(text)
        judgement = self.judgements.pop(0) if self.judgements else GOOD
        if isinstance(judgement, Exception):
            raise judgement
        return judgement


@dataclass
class Known:
    """Knows one voice."""

    name: str

    async def who(self, request: Request, door: str) -> Speaker | Unknown:
        return Speaker(self.name, 0.99)

    async def challenge(self, request: Request, door: str) -> Challenge | None:
        return None

    async def proven(self, challenge: Challenge, answer: Request, door: str) -> Unproven:
        return Unproven.FAILED


@dataclass
class Lesson:
    """A learner before the router."""

    router: Router
    script: Script
    language: str = "en"
    reply: Reply = field(default_factory=lambda: Reply(""))

    async def __call__(self, text: str, *others: str) -> str:
        """Type something; returns the answer."""
        return await self._say(Request(text, self.language, others))

    async def aloud(self, text: str = "", confidence: float = 0.9, talk: str = "") -> str:
        """Say something that is understood as a text."""
        request = Request(text, self.language, audio=SOUND, confidence=confidence, talk=talk)
        return await self._say(request)

    def goes_on(self) -> bool:
        return self.reply.expects_answer and self.reply.holds

    async def _say(self, request: Request) -> str:
        self.reply = await self.router.answer(request)
        return self.reply.text


@asynccontextmanager
async def lesson(
    folder: Path, *judgements: Judgement | Exception, language: str = "en"
) -> AsyncIterator[Lesson]:
    script = Script([*judgements])
    router = await open_skills(EXAMPLE, folder, silent, languages=(), examiner=script)
    try:
        yield Lesson(router, script, language)
    finally:
        await router.close()


@pytest.fixture(autouse=True)
def courses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own courses: one, in place of the shipped one of its name."""
    folder = tmp_path / "courses"
    folder.mkdir()
    (folder / "english-for-chinese.yaml").write_text(COURSE, "utf-8")
    monkeypatch.setenv("SONORANT_COURSES", str(folder))
    monkeypatch.setenv("SONORANT_STATE", str(tmp_path))
    return folder


async def test_a_whole_lesson(tmp_path: Path) -> None:
    async with lesson(tmp_path, GOOD, BAD, FAIR, GOOD) as say:
        assert await say("Start an English lesson.") == (
            "We practise first. Listen, and say it after me. Listen well. 背心。 vest."
        )
        assert [(part.text, part.language) for part in say.reply.parts][1:] == [
            ("背心。", "zh-CN"),
            ("vest.", "en"),
        ]
        assert say.goes_on() and say.reply.unanswered
        assert await say.aloud("west") == "Good. Next. 水槽，想。 sink, think."
        assert say.reply.slots == {"item": "vest", "score": 92.0} and say.reply.acted
        assert await say.aloud("sink sink") == "Hum. Once more. sink, think."
        assert await say.aloud("sink think") == "Good. Hum. Next. 打开台灯。 Turn on the lamp."
        assert await say.aloud("turn on the lamp") == (
            "Very clear. Next. How are you? You answer: 很好。 Fine, thanks."
        )
        assert not say.router.states()["lamp"]["on"]
        assert await say.aloud("fine thanks") == "Well said. Next. 你呢？ And you?"
        # What went wrong comes again, and how it first went was kept.
        assert "Once more from before. 水槽，想。 sink, think." in await say.aloud("and you")
        assert await say.aloud("sink think") == (
            "Nicely done. That was the lesson: 5 of 5 went well, 92 points on average."
        )
        assert not say.goes_on()
        assert (await say("vest")) and say.reply.stage == "none"
    assert say.script.asked.count("sink, think") == 3
    kept = Progress(tmp_path).standings(HOUSEHOLD, "en")
    assert kept["sink, think"].times == 2 and kept["vest"].times == 1


async def test_what_goes_wrong_twice_is_put_off(tmp_path: Path) -> None:
    other = Judgement(0.0, read=False)
    async with lesson(tmp_path, BAD, Judgement(40.0, wrong=("vest",)), other, other) as say:
        await say("start an English lesson")
        assert await say.aloud() == "Hum. Once more. vest."
        said = await say.aloud()
        assert said == "Listen to vest. We come back to it. Next. 水槽，想。 sink, think."
        assert await say.aloud() == "That was something else. Once more. sink, think."
        await say.aloud()
        assert await say("how did I do") == (
            "The last one had 0 points. So far 0 of 2 went well, 15 points on average. "
            "Turn on the lamp."
        )
        assert "We practise sink, think and vest again soon." in await say("stop the lesson")


async def test_what_was_not_heard_or_cannot_be_judged_does_not_count(tmp_path: Path) -> None:
    broken = EngineError("the scorer is broken")
    async with lesson(tmp_path, Judgement(None), broken, Judgement(30.0)) as say:
        await say("start an English lesson")
        assert await say.aloud() == "I did not hear you well. vest."
        assert await say.aloud() == "I cannot score that now: the scorer is broken vest."
        assert await say("vest") == "I have to hear you: please say it aloud. vest."
        assert Progress(tmp_path).learners() == []
        assert await say.aloud() == "That was not clear yet. Once more. vest."
        assert Progress(tmp_path).learners() == [HOUSEHOLD]


async def test_words_about_the_lesson(tmp_path: Path) -> None:
    async with lesson(tmp_path) as say:
        await say("start an English lesson")
        assert await say("again") == "vest."
        assert await say("More slowly, please!") == "vest." and say.reply.parts[0].pace < 1
        assert await say("what does it mean?") == "It means: 背心。 vest."
        assert "stop the lesson" in await say("help")
        assert "not said anything" in await say("how did I do")
        assert await say("再来一遍") == "vest."  # the learners' language is understood too
        assert await say("next") == "Next. 水槽，想。 sink, think."
        assert await say("stop") == "The lesson is over." and not say.reply.ends
        assert say.script.asked == []


async def test_commands_are_carried_out_and_the_lesson_goes_on(tmp_path: Path) -> None:
    async with lesson(tmp_path) as say:
        await say("start an English lesson")
        assert await say.aloud("turn on the lamp") == "Turned on the lamp."
        assert say.reply.expects_answer and say.router.states()["lamp"]["on"]
        assert "lamp" in await say.aloud("turn off the lamp and lock the front door")
        # A question of another skill is answered first, or not at all.
        assert await say.aloud("turn on the light") == "In which room?"
        assert "sink" in await say.aloud("vest")
        await say.aloud("turn on the light")
        assert "kitchen" in await say.aloud("kitchen")
        assert await say("again") == "sink, think."
        # What may be anything is no clear command: it is an attempt.
        assert "lamp" in await say.aloud("add milk to the shopping list")
        assert say.script.asked == ["vest", "sink, think"]
        assert "We practise second" in await say("start an English lesson number two")


async def test_two_talks_have_each_their_lesson(tmp_path: Path) -> None:
    async with lesson(tmp_path) as say:
        await say.aloud("start an English lesson", talk="hall")
        assert await say.aloud("vest", talk="kitchen") and say.reply.stage == "none"
        assert "think" in await say.aloud("vest", talk="hall")


async def test_a_lesson_in_mandarin_is_explained_in_it(tmp_path: Path) -> None:
    async with lesson(tmp_path, BAD, language="zh-CN") as say:
        assert await say("我要学英语") == "这一课练第一。请听，然后跟我说。 好好听。 背心。 vest."
        assert say.reply.language == "zh-CN"
        # Words in its own language that it is not sure of are those of the other one.
        assert await say.aloud("下一个", confidence=0.2) == "振动声带。 再来一次。 vest."
        assert await say.aloud("慢一点") == "vest."
        assert await say.aloud("下一个") == "下一个。 水槽，想。 sink, think."
        assert "打开" in await say.aloud("打开台灯") and say.router.states()["lamp"]["on"]
        assert (
            await say("下课")
            == "下课了。 到现在1个里有0个说得好，平均30分。 我们过一会儿再练vest。"
        )
        assert await say("我的英语学得怎么样") == "5个里你说过1个，其中0个说得好，有0个该复习了。"


async def test_a_chinese_voice_says_what_is_quoted_in_an_explanation(tmp_path: Path) -> None:
    told = Judgement(40.0, advice={"en": "In “妈妈”, the tone of “妈” fell.", "zh": "妈妈"})
    async with lesson(tmp_path, told) as say:
        say.script.languages = ("zh-CN",)
        await say("Start a Chinese lesson.")
        assert "In “妈妈”, the tone of “妈” fell." in await say.aloud()
        assert [(part.text, part.language) for part in say.reply.parts] == [
            ("In", "en"),
            ("妈妈", "zh-CN"),
            ("the tone of", "en"),
            ("妈", "zh-CN"),
            ("fell. Once more.", "en"),
            ("妈妈。", "zh-CN"),
        ]


def test_what_quotes_no_chinese_is_left_as_it_is() -> None:
    part = Spoken("It means “Mum” (or “Mother”)", "en")
    assert [*by_voice(part, "zh-CN")] == [part]


async def test_a_language_without_a_scorer_is_said_after(tmp_path: Path) -> None:
    async with lesson(tmp_path) as say:
        said = await say("teach me Chinese")
        assert said.startswith("I have no scorer for Chinese yet, so I only say it and you repeat.")
        assert await say.aloud("mama") == "Next. tea, second tone. 茶。"
        assert say.script.asked == []
        assert await say("teach me French") == "I have no course in French."
        assert await say("how is my Chinese") == (
            "There were no lessons yet. Say: teach me Chinese."
        )
        assert "6 lessons" in await say("start Chinese lesson number 30")


async def test_an_explanation_can_be_asked_for_in_another_language(tmp_path: Path) -> None:
    async with lesson(tmp_path, BAD) as say:
        assert "请听，然后跟我说" in await say("teach me English in Chinese")
        assert await say.aloud("west") == "振动声带。 再来一次。 vest."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I want to learn English."),
        ("en", "Start lesson one of English."),
        ("zh-CN", "开始第一课英语"),
    ],
)
async def test_ways_to_begin(language: str, text: str, tmp_path: Path) -> None:
    async with lesson(tmp_path, language=language) as say:
        await say(text)
        assert say.reply.intent == "StartLesson" and say.goes_on(), say.reply.text


async def test_a_known_voice_has_progress_of_its_own(tmp_path: Path) -> None:
    async with lesson(tmp_path) as say:
        say.router.who = Known("Mia")
        assert (await say.aloud("start an English lesson")).startswith("Hello Mia. We practise")
        await say.aloud("vest")
        assert "1, and 1 of them well" in await say.aloud("how is my English")
        say.router.who = None
        assert "no lessons yet" in await say.aloud("how is my English")
    async with lesson(tmp_path) as say:
        say.router.who = Known("mia")  # whatever the case
        assert "Let us go on." in await say.aloud("start an English lesson")
        assert say.reply.parts[-1].text == "sink, think."
    assert Progress(tmp_path).learners() == ["Mia"]


async def test_progress_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    async with lesson(tmp_path) as say:
        await say("start an English lesson")
        (tmp_path / "lessons.db").unlink()
        (tmp_path / "lessons.db").mkdir()
        said = await say.aloud("vest")
        assert said.startswith("I cannot keep your progress: ") and "sink, think" in said
        assert "cannot keep your progress" in await say("start an English lesson")


def test_what_is_due_comes_first() -> None:
    one, two, three = (Item(Kind.WORD, text) for text in ("one", "two", "three"))
    good, bad = review(None, "one", 90, NOW), review(None, "two", 20, NOW)
    assert bad.due < NOW + timedelta(hours=1) < NOW + timedelta(days=1) < good.due
    standings = {"one": good, "two": bad}
    items = [one, two, three]
    assert chosen(items, standings, NOW) == [three]
    assert chosen(items, standings, NOW + timedelta(hours=1)) == [two, three]
    assert chosen(items, standings, NOW + timedelta(days=365)) == [two, one, three]
    assert chosen(items, standings, NOW + timedelta(days=365), most=1) == [two]
    assert chosen([one, two], standings, NOW) == [two, one]  # nothing is due: what will be soonest
    again = review(good, "one", 95, good.due)
    assert again.times == 2 and again.due - good.due > good.due - NOW


def test_progress_outlives_programs_and_changes_of_the_course(tmp_path: Path) -> None:
    Progress(tmp_path).record("Mia", "en-GB", "vest", 50.0, NOW)
    kept = Progress(tmp_path).record("MIA", "en", "vest", 90.0, NOW + timedelta(minutes=5))
    assert kept.times == 2 and kept.score == 90.0
    Progress(tmp_path).record("Ben", "zh-CN", "茶", 10.0)
    assert Progress(tmp_path).learners() == ["Ben", "Mia"]
    assert Progress(tmp_path).languages("mia") == ["en"]
    assert Progress(tmp_path).forget("mia") == 1
    assert Progress(tmp_path).learners() == ["Ben"]
    file = tmp_path / "lessons.db"
    with sqlite3.connect(file) as database:
        assert "Mia" not in "".join(database.iterdump())
    assert b"Mia" not in file.read_bytes()
    file.write_bytes(b"this is no database, and never was one" * 30)
    assert Progress(tmp_path).learners() == [] and (tmp_path / "lessons.db.broken").exists()


def test_the_shipped_courses_are_whole() -> None:
    files = sorted(SHIPPED.glob("*.yaml"))
    assert [file.stem for file in files] == ["english-for-chinese", "mandarin-for-english"]
    for file in files:
        course = read_course(file)
        assert [len(lesson.items) for lesson in course.lessons] == [8] * 6
        assert all(item.gloss for item in course.items)
        assert all({"en", "zh-CN"} <= {*lesson.name, *lesson.tip} for lesson in course.lessons)
        latin = all(ord(c) < 0x250 for item in course.items for c in item.text)
        assert latin == (course.teaches == "en")


def test_ones_own_course_stands_in_for_a_shipped_one(courses: Path) -> None:
    assert next(course.name["en"] for course in load_courses()) == "Test"
    english = courses_for(load_courses(), "en-US", "zh")
    assert [course.name["en"] for course in english] == ["Test"]
    (courses / "extra.yaml").write_text(COURSE.replace("speakers: zh-CN", "speakers: en"))
    assert next(c.id for c in courses_for(load_courses(), "en", "en")) == "extra"
    (courses / "extra.yaml").write_text("teaches: [")
    assert "extra" not in [course.id for course in load_courses()]


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ("teaches: en", "teach: en", 2, "unknown key 'teach'"),
        ("teaches: en", "", 1, "a course needs `teaches:`"),
        ("teaches: en", "teaches: 12", 2, "is no language"),
        ("{word: vest, gloss: 背心}", "{gloss: 背心}", 9, "an item is one of: word"),
        ("{word: vest, gloss: 背心}", "{word: vest, pair: [a, b]}", 9, "an item is one of"),
        ("{word: vest, gloss: 背心}", "{word: '12 !'}", 9, "holds nothing to say"),
        ("{word: vest, gloss: 背心}", "{word: think}\n      - {word: THINK}", 10, "in line 9"),
        ("[sink, think]", "[sink]", 10, "takes 2 to 4 words"),
        ("[sink, think]", "sink", 10, "expected a list"),
        ('say: "And you?"', 'hear: "And you?"', 16, "what the learner says"),
        ("    items:\n      - dialogue", "    x:\n      - dialogue", 13, "unknown key 'x'"),
        ('"How are you?"', "'How'x", 15, "not YAML"),
        ("Turn on the lamp.", "very " * 60, 11, "too long"),
    ],
)
def test_a_mistake_in_a_course_has_a_line(
    before: str, after: str, line: int, reason: str, tmp_path: Path
) -> None:
    assert before in COURSE
    file = tmp_path / "wrong.yaml"
    file.write_text(COURSE.replace(before, after), "utf-8")
    with pytest.raises(ConfigError) as error:
        read_course(file)
    assert str(error.value).startswith(f"{file}:{line}: ") and reason in str(error.value)


@pytest.mark.parametrize("text", ["", "lessons:", "- a", "a: &x [*x]", "\x00", "{" * 5000])
def test_a_file_that_is_no_course_is_an_error(text: str, tmp_path: Path) -> None:
    file = tmp_path / "none.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        read_course(file)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Once more, please.", "en-US", Control.AGAIN),
        ("that's enough", "en", Control.STOP),
        ("请再说一遍。", "zh-CN", Control.AGAIN),
        ("下一个吧", "zh-CN", Control.NEXT),
        ("천천히요", "ko", None),
        ("천천히", "ko", Control.SLOWLY),
        ("what is next to the river", "en", None),
        ("", "en", None),
        ("again", "fr", None),
    ],
)
def test_words_about_the_lesson_are_the_whole_of_what_is_said(
    text: str, language: str, expected: Control | None
) -> None:
    assert control(text, [language]) is expected


def test_the_command_line(
    tmp_path: Path, courses: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["lessons", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    status, out, err = run("list")
    assert status == 0 and "english-for-chinese" in out and "6 lessons, 48 items" in out
    assert str(courses) in err
    status, out, _ = run("show", "english-for-chinese", "--lesson", "2")
    assert status == 0 and "2. 第二" in out and "How are you? — Fine, thanks.  (很好。)" in out
    assert "vest" not in out
    assert run("show", "french")[2].startswith("sonorant: there is no course 'french'; there are ")
    assert run("show", "english-for-chinese", "--lesson", "3")[0] == 2
    assert run("check")[0] == 0
    (courses / "more.yaml").write_text("teaches: en\nx: 1")
    status, out, _ = run("check", str(courses / "more.yaml"))
    assert status == 1 and "more.yaml:2: unknown key 'x'" in out
    assert run("progress") == (0, "", "nobody has had a lesson yet\n")
    Progress(tmp_path).record("Mia", "en", "vest", 40.0)
    status, out, _ = run("progress", "mia")
    assert status == 0 and out.startswith("Mia, en: 1 said, 0 of them well") and "vest" in out
    assert '"text": "vest"' in run("progress", "--json")[1]
    assert run("forget", "Ben")[2] == (
        "sonorant: nothing is kept of a learner 'Ben'; there is Mia\n"
    )
    assert run("forget", "MIA")[1] == "deleted what was kept of Mia: 1 items\n"
    assert run("progress")[1] == ""
