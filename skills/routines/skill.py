"""Starting routines and saying what came of them."""

from __future__ import annotations

import logging
from pathlib import Path

from skills.authoring import Call, Reply, Request, SentenceSkill, Tools, enumerated, on
from skills.contract import Unknown
from skills.normalize import base, normalize
from skills.replies import spoken
from skills.routines.file import Routine, read_routines
from skills.storage import Watched
from speech.errors import ConfigError

_LOGGER = logging.getLogger(__name__)
_INTENT = "RunRoutine"
_ASKING = ("HassGet", "HassClimateGet", "HassTimerStatus", "Tell")
"""How the names of intents begin whose reply is what was wanted."""


class RoutineSkill(SentenceSkill):
    """The routines of a file, which may be edited meanwhile.

    Raises
    ------
    ConfigError
        Something in the file is wrong.
    """

    name = "routines"
    patience = 120.0  # each command has its own

    def __init__(self, tools: Tools, file: Path) -> None:
        super().__init__(tools)
        self._file = file
        self._watched = Watched(file)
        self._watched.changed()
        self._routines = read_routines(file)
        self._running: set[str] = set()

    def examples(self, language: str) -> tuple[str, ...]:
        """How to start each."""
        return tuple(phrase for r in self._routines for phrase in _phrases(r, language)[:1])

    async def answer(self, request: Request) -> Reply | None:
        """Start the routine whose sentence it is."""
        self._refresh()
        said = normalize(request.text, request.language)
        for routine in self._routines:
            if said in (
                normalize(p, request.language) for p in _phrases(routine, request.language)
            ):
                return await self._run(routine, request)
        return await super().answer(request)

    def routines(self) -> tuple[Routine, ...]:
        """Those of the file as it is now."""
        self._refresh()
        return tuple(self._routines)

    async def run(self, routine: Routine, language: str) -> Reply:
        """Start a routine for somebody who pressed a button; the language is that of the reply."""
        return await self._run(routine, Request("", language, unknown=Unknown.UNHEARD))

    @on(_INTENT)
    async def start(self, call: Call) -> Reply | None:
        """Start a routine by its name."""
        named = call.text("routine")
        for routine in self._routines:
            names = (routine.name, *_phrases(routine, call.language))
            if named in (normalize(name, call.language) for name in names):
                return await self._run(routine, call.request)
        return None

    @on("TellRoutines")
    def tell(self, call: Call) -> Reply:
        """Which there are."""
        names = [(*_phrases(r, call.language), r.name)[0] for r in self._routines]
        if not names:
            return call.reply("none")
        return call.reply("tell", things=enumerated(names, call.language))

    async def _run(self, routine: Routine, request: Request) -> Reply:
        language = request.language
        if routine.name in self._running:  # one of its commands starts it again
            return _reply(self.say("runs", language, name=routine.name), language)
        self._running.add(routine.name)
        try:
            replies = [
                await self.tools.perform(
                    Request(
                        command,
                        routine.language,
                        area=request.area,
                        speaker=request.speaker,
                        unknown=request.unknown,
                        audio=request.audio,
                        guessed=request.guessed,
                    )
                )
                for command in routine.commands
            ]
        finally:
            self._running.discard(routine.name)
        answers, problems = [], []
        for command, reply in zip(routine.commands, replies, strict=True):
            if (reply.intent or "").startswith(_ASKING) and not reply.expects_answer:
                answers.append(reply.text)
            elif not reply.acted or reply.expects_answer:
                text = self.say("problem", language, command=command, reason=reply.text)
                problems.append(text)
        acted = any(reply.acted for reply in replies)
        done = list((routine.replies or {}).get(spoken(language), ()))
        if not done and (acted or not answers):
            done = [self.say("done", language, name=routine.name)]
        text = " ".join([*(done if acted or not problems else []), *answers, *problems])
        targets = tuple(dict.fromkeys(t for reply in replies for t in reply.targets))
        return _reply(text, language, routine=routine.name, targets=targets, acted=acted)

    def _refresh(self) -> None:
        if not self._watched.changed():
            return
        try:
            self._routines = read_routines(self._file)
        except ConfigError as error:
            _LOGGER.warning("the routines stay as they were: %s", error)


def _phrases(routine: Routine, language: str) -> tuple[str, ...]:
    said = routine.phrases.items()
    return tuple(p for tag, phrases in said if base(tag) == base(language) for p in phrases)


def _reply(
    text: str,
    language: str,
    *,
    routine: str = "",
    targets: tuple[str, ...] = (),
    acted: bool = False,
) -> Reply:
    slots = {"routine": routine} if routine else {}
    return Reply(text, _INTENT, slots, targets, acted, language=spoken(language))
