"""Lessons as a skill: what begins one, and how far a learner has come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from skills.authoring import Call, Reply, Request, SentenceSkill, Tools, on
from skills.contract import Spoken
from skills.lesson.course import Course, Item, in_language
from skills.lesson.courses import courses_for, load_courses
from skills.lesson.dialogue import Dialogue
from skills.lesson.examiner import Examiner
from skills.lesson.progress import HOUSEHOLD, Progress
from skills.lesson.scheduling import Standing, chosen
from skills.permissions import once_known
from skills.plan import Requirement
from skills.replies import spoken
from speech.errors import SonorantError
from speech.language import primary

_SURE = Requirement().probability


class LessonSkill(SentenceSkill):
    """Holds lessons out of the courses there are.

    Parameters
    ----------
    commands
        Whether a request is clearly a command to another skill.
    examiner
        Judges what is said; without one it is only said and repeated.
    courses
        The folder of the user's own courses; None for :func:`skills.lesson.courses.courses_path`.
    """

    name = "lessons"

    def __init__(
        self,
        tools: Tools,
        commands: Callable[[Request], Awaitable[bool]],
        examiner: Examiner | None = None,
        courses: Path | None = None,
    ) -> None:
        super().__init__(tools)
        self._commands = commands
        self._examiner = examiner
        self._folder = courses
        self._progress = Progress(tools.folder)
        self._preparing: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Wait for what is still being loaded."""
        await asyncio.gather(*self._preparing, return_exceptions=True)

    @on("StartLesson")
    async def start(self, call: Call) -> Reply:
        """Begin a lesson, or go on with the course."""
        return await self._as_learner(call, self._start)

    @on("TellLessons")
    async def tell(self, call: Call) -> Reply:
        """How far the learner has come."""
        return await self._as_learner(call, self._tell)

    async def _as_learner(self, call: Call, then: Callable[[Call, str], Reply]) -> Reply:
        """Have the router find out who it is first; a voice that is not known is the household."""
        request = call.request
        if request.speaker is None and request.unknown is None:

            async def go_on(known: Request) -> Reply:
                try:
                    return then(call.again(known), _learner(known))
                except OSError as error:
                    return call.reply("failed", reason=error)

            return replace(call.answer(""), once_known=once_known(request, go_on))
        return then(call, _learner(request))

    def _start(self, call: Call, learner: str) -> Reply:
        language = call.text("lesson_explained") or call.language
        courses = self._courses(call, language)
        if not courses:
            return call.reply("no_course", named=_named(call))
        standings = self._progress.standings(learner, courses[0].teaches)
        number = int(call.slots.get("lesson_number", 0))
        now = datetime.now(UTC)
        if number > len(courses[0].lessons):
            return call.reply("no_lesson", count=len(courses[0].lessons))
        if number:
            course = courses[0]
            items = chosen(course.lessons[number - 1].items, standings, now)
        else:
            course = next((one for one in courses if _has_news(one, standings, now)), courses[0])
            items = chosen(course.items, standings, now)
        dialogue = Dialogue(
            course,
            items,
            learner,
            language,
            progress=self._progress,
            examiner=self._examiner,
            commands=self._commands,
            replies=self._replies,
        )
        reply = dialogue.opening(*self._welcome(call, learner, course, items, standings, language))
        return replace(reply, intent=call.match.intent, slots=dict(call.slots))

    def _welcome(
        self,
        call: Call,
        learner: str,
        course: Course,
        items: Sequence[Item],
        standings: dict[str, Standing],
        language: str,
    ) -> list[Spoken]:
        def say(key: str, **values: object) -> Spoken:
            return Spoken(self.say(key, language, **values), spoken(language))

        parts = [] if learner == HOUSEHOLD else [say("hello", name=learner)]
        if self._examiner is None:
            parts.append(say("no_scorer"))
        elif not self._examiner.examines(course.teaches):
            parts.append(say("only_listens", named=_named(call, language)))
        else:
            self._prepare(self._examiner, course.teaches)
        first = next(lesson for lesson in course.lessons if items[0] in lesson.items)
        if items[0].text in standings:
            return [*parts, say("mixed")]
        if items[0] != first.items[0]:
            return [*parts, say("continues")]
        parts.append(say("begins", lesson=in_language(first.name, language)[0]))
        tip, tag = in_language(first.tip, language)
        return [*parts, Spoken(tip, tag)] if tip else parts

    def _tell(self, call: Call, learner: str) -> Reply:
        courses = self._courses(call, call.language)
        if not courses:
            return call.reply("no_course", named=_named(call))
        standings = self._progress.standings(learner, courses[0].teaches)
        items = {item.text for course in courses for item in course.items}
        met = [standing for text, standing in standings.items() if text in items]
        if not met:
            return call.reply("no_progress", named=_named(call))
        now = datetime.now(UTC)
        due = sum(standing.due <= now for standing in met)
        good = sum(standing.known for standing in met)
        return call.reply("progress", count=len(items), met=len(met), good=good, due=due)

    def _courses(self, call: Call, language: str) -> list[Course]:
        return courses_for(load_courses(self._folder), call.text("lesson_language"), language)

    def _prepare(self, examiner: Examiner, language: str) -> None:
        """Load the scorer while the lesson begins; what is missing is said when it is needed."""

        async def prepare() -> None:
            with contextlib.suppress(SonorantError):
                await examiner.prepare(language)

        task = asyncio.create_task(prepare())
        self._preparing.add(task)
        task.add_done_callback(self._preparing.discard)


def _learner(request: Request) -> str:
    speaker = request.speaker
    known = speaker is not None and speaker.probability >= _SURE
    return speaker.name if speaker is not None and known else HOUSEHOLD


def _named(call: Call, language: str | None = None) -> str:
    key = f"language_{primary(call.text('lesson_language'))}"
    return call.replies.phrase(key, language or call.language)


def _has_news(course: Course, standings: dict[str, Standing], now: datetime) -> bool:
    """Whether anything is due or new."""
    met = (standings.get(item.text) for item in course.items)
    return any(standing is None or standing.due <= now for standing in met)
