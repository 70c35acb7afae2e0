"""One lesson as it is held: what is said to the learner, and what comes of each answer.

The model is said in the language that is learnt, everything else in the learner's. An answer is a
word about the lesson (:mod:`skills.lesson.controls`), a command for somebody else, or else an
attempt, which is judged by its sound. What goes wrong is said again at once, and comes again a
few items later; how the first attempt went is what is kept.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import groupby

from skills.contract import Reply, Request, SlotValue, Spoken
from skills.lesson.controls import Control, control
from skills.lesson.course import Course, Item
from skills.lesson.examiner import Examiner, Judgement
from skills.lesson.progress import Progress
from skills.lesson.scheduling import PASSED, WELL
from skills.lesson.voices import by_voice
from skills.normalize import normalize
from skills.replies import Replies, enumerated, spoken
from speech.audio import Samples
from speech.errors import SonorantError
from speech.language import primary

INTENT = "Lesson"
_SLOWLY = 0.6
_TRIES = 2
"""Attempts at an item before it is put off."""
_RETURNS = 2
"""How often an item comes again in a lesson."""
_LATER = 3
"""After how many others it does."""
_ALIKE = 70.0
"""From this similarity on, 0 to 100, what was understood is the item, however it may sound."""
_SURE_OF_WORDS, _SURE_OF_COMMANDS = 0.4, 0.6
"""How sure, 0 to 1, the recogniser has to be of what it hears where another language is learnt than
its own: English out of the mouth of a learner of Mandarin is mostly babble."""
_PRAISES, _PASSES = 5, 3
_HARDEST = 3
"""Items named at the end."""


class Dialogue:
    """A lesson with one learner. It is a :data:`skills.contract.FollowUp`.

    Parameters
    ----------
    items
        What to say, at least one.
    learner
        Whose progress it is.
    language
        Of all that is explained, BCP 47.
    examiner
        None where nobody can judge: then it is only said and repeated.
    commands
        Whether a request is clearly a command to another skill.
    """

    def __init__(
        self,
        course: Course,
        items: Sequence[Item],
        learner: str,
        language: str,
        *,
        progress: Progress,
        examiner: Examiner | None,
        commands: Callable[[Request], Awaitable[bool]],
        replies: Replies,
    ) -> None:
        self._course = course
        self._queue = deque(items)
        self._item = self._queue.popleft()
        self._learner = learner
        self._language = language
        self._progress = progress
        judged = examiner is not None and examiner.examines(course.teaches)
        self._examiner = examiner if judged else None
        self._commands = commands
        self._replies = replies
        self._tries = 0
        self._returns: Counter[str] = Counter()
        self._scores: dict[str, float] = {}
        self._last: float | None = None
        self._praised: Counter[str] = Counter()
        self._over = False

    def opening(self, *before: Spoken) -> Reply:
        """The first reply, after what is said before it."""
        return self._reply(*before, *self._prompt())

    async def __call__(self, request: Request) -> Reply | None:
        """What comes of an answer; None if it is a command for somebody else."""
        asked = self._asked(request)
        if asked is not None:
            return self._obey(asked)
        if await self._is_for_others(request):
            return None
        if request.audio is None:
            return self._reply(self._say("say_aloud"), self._model())
        if self._examiner is None:
            return self._reply(*self._advance())
        return await self._judged(self._examiner, request.audio)

    def _asked(self, request: Request) -> Control | None:
        if self._is_item(request) or self._is_babble(request, _SURE_OF_WORDS):
            return None
        return control(request.text, (request.language, self._language, self._course.speakers))

    def _obey(self, asked: Control) -> Reply:
        match asked:
            case Control.AGAIN:
                return self._reply(self._model())
            case Control.SLOWLY:
                return self._reply(replace(self._model(), pace=_SLOWLY))
            case Control.NEXT:
                return self._reply(*self._advance())
            case Control.MEANING:
                gloss = self._gloss()
                means = [self._say("means"), *gloss] if gloss else [self._say("no_meaning")]
                return self._reply(*means, self._model())
            case Control.SCORE:
                return self._reply(*self._told(), self._model())
            case Control.HELP:
                return self._reply(self._say("help"), self._model())
            case Control.STOP:
                self._over = True
                return self._reply(self._say("stopped"), *self._summary("so_far"))

    async def _is_for_others(self, request: Request) -> bool:
        if self._is_item(request) or self._is_babble(request, _SURE_OF_COMMANDS):
            return False
        return await self._commands(request)

    def _is_item(self, request: Request) -> bool:
        """Whether any hypothesis is near what is to be said."""
        from rapidfuzz import fuzz

        if self._is_foreign(request):
            return False
        item = normalize(self._item.text, request.language)
        heard = (
            normalize(each, request.language) for each in (request.text, *request.alternatives)
        )
        return any(fuzz.ratio(item, each) >= _ALIKE for each in heard)

    def _is_babble(self, request: Request, sure: float) -> bool:
        """Whether it is only what a recogniser makes of a language that it does not know."""
        unsure = request.confidence is not None and request.confidence < sure
        return self._is_foreign(request) and request.audio is not None and unsure

    def _is_foreign(self, request: Request) -> bool:
        return primary(request.language) != primary(self._course.teaches)

    async def _judged(self, examiner: Examiner, audio: Samples) -> Reply:
        """What comes of an attempt."""
        try:
            found = await examiner.examine(audio, self._item.text, self._course.teaches)
        except SonorantError as error:
            return self._reply(self._say("scorer_failed", reason=error), self._model())
        if found.score is None:
            return self._reply(self._say("not_heard"), self._model())
        score = round(found.score if found.read else 0.0, 1)
        item, first, acted, trouble = self._item.text, self._tries == 0, False, []
        self._tries += 1
        self._last = score
        if first:
            self._scores[item] = score
            try:
                self._progress.record(self._learner, self._course.teaches, item, score)
                acted = True
            except OSError as error:
                trouble = [self._say("failed", reason=error)]
            if score < PASSED and self._returns[item] < _RETURNS:
                self._returns[item] += 1
                self._queue.insert(_LATER, self._item)
        parts = [*trouble, *self._reaction(found, score)]
        if score < PASSED and self._tries < _TRIES:
            parts += [self._say("once_more"), self._model()]
        else:
            if score < PASSED and self._item in self._queue:
                parts.append(self._say("later"))
            parts += self._advance()
        slots: dict[str, SlotValue] = {"item": item, "score": score}
        return replace(self._reply(*parts), slots=slots, acted=acted)

    def _reaction(self, found: Judgement, score: float) -> list[Spoken]:
        """Short praise, or what to change."""
        if not found.read:
            return [self._say("something_else")]
        advice = self._advice(found)
        if score >= WELL:
            return [self._praise("praise", _PRAISES)]
        if score >= PASSED:
            return [self._praise("passed", _PASSES), *advice]
        if not advice and found.wrong:
            words = enumerated(list(found.wrong), self._language)
            advice = [self._say("listen_for", words=words)]
        return advice or [self._say("unclear")]

    def _advice(self, found: Judgement) -> list[Spoken]:
        same = (tag for tag in found.advice if primary(tag) == primary(self._language))
        tag = next(same, None)
        return [] if tag is None else [Spoken(found.advice[tag], self._language)]

    def _praise(self, key: str, count: int) -> Spoken:
        """One after the other, so that it is seldom the same."""
        self._praised[key] += 1
        return self._say(f"{key}_{(self._praised[key] - 1) % count + 1}")

    def _advance(self) -> list[Spoken]:
        """Go on to the next item, or to the end."""
        self._tries = 0
        if not self._queue:
            self._over = True
            return self._summary("done") or [self._say("listened")]
        self._item = self._queue.popleft()
        again = self._returns[self._item.text] > 0
        return [self._say("comes_back" if again else "next_is"), *self._prompt()]

    def _summary(self, key: str) -> list[Spoken]:
        """How it went, and what has to be practised."""
        if not self._scores:
            return []
        scores = list(self._scores.values())
        good = sum(score >= PASSED for score in scores)
        mean = round(sum(scores) / len(scores))
        parts = [self._say(key, good=good, count=len(scores), score=mean)]
        hard = sorted((score, text) for text, score in self._scores.items() if score < PASSED)
        if hard:
            texts = [text.rstrip(".。!！?？") for _, text in hard[:_HARDEST]]
            parts.append(self._say("hardest", words=enumerated(texts, self._language)))
        return parts

    def _told(self) -> list[Spoken]:
        if self._last is None:
            return [self._say("nothing_yet")]
        last = self._say("last_score", score=round(self._last))
        return [last, self._summary("so_far")[0]]

    def _prompt(self) -> list[Spoken]:
        """What is said before an item, and the item."""
        parts = []
        if self._item.cue:
            parts = [Spoken(self._item.cue, self._course.teaches), self._say("you_answer")]
        return [*parts, *self._gloss(), self._model()]

    def _gloss(self) -> list[Spoken]:
        gloss = self._item.gloss
        return [Spoken(_closed(gloss), self._course.speakers)] if gloss else []

    def _model(self) -> Spoken:
        return Spoken(_closed(self._item.text), self._course.teaches)

    def _say(self, key: str, **values: object) -> Spoken:
        return Spoken(self._replies.say(key, self._language, **values), spoken(self._language))

    def _reply(self, *parts: Spoken) -> Reply:
        reply = Reply(
            " ".join(part.text for part in parts),
            INTENT,
            language=spoken(self._language),
            parts=self._in_one(parts),
        )
        if self._over:
            return reply
        waiting = self._replies.say("waiting", self._language)
        return replace(reply, expects_answer=True, follow_up=self, holds=True, unanswered=waiting)

    def _in_one(self, parts: Sequence[Spoken]) -> tuple[Spoken, ...]:
        """The parts, those in a row that are said alike as one; the model stands alone."""
        model = self._model().text
        voiced = [piece for part in parts for piece in by_voice(part, self._course.teaches)]
        groups = groupby(voiced, lambda part: (part.language, part.pace, part.text == model))
        return tuple(
            Spoken(" ".join(part.text for part in group), language, pace)
            for (language, pace, _), group in groups
        )


def _closed(text: str) -> str:
    """A text that ends as a sentence does: a voice then lets it fall, and pauses."""
    if not text[-1].isalnum():
        return text
    return text + ("。" if ord(text[-1]) > 0x2E7F else ".")
