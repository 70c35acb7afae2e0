"""The state SPEAKING: replies, announcements, and timers that ring until somebody says stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from difflib import SequenceMatcher

from assistant import events
from assistant.contract import Host
from assistant.states import State
from assistant.voice import Voice, ring_tone
from skills.contract import Announcement, Spoken

_ECHO = 0.6
"""From this similarity on, 0 to 1, what is heard while a timer rings is what it says."""


class Speaking:
    """What a conversation says, one thing at a time.

    Parameters
    ----------
    on_said
        Called in the conversation's task when something was said to its end; whether it was a
        question.
    """

    def __init__(self, home: Host, voice: Voice, on_said: Callable[[bool], None]) -> None:
        self.rings = False
        """Whether a timer is ringing."""
        self._text = ""
        self._home = home
        self._voice = voice
        self._on_said = on_said
        self._task: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    def reply(self, text: str, parts: Sequence[Spoken], asks: bool) -> None:
        """Say a reply, one part after the other."""
        self._home.enter(State.SPEAKING)
        started = self._started(text)

        async def work() -> None:
            for part in parts:
                await self._voice.say(part.text, part.language, started, part.pace)

        self._begin(work, asks)

    def announce(self, announcement: Announcement) -> None:
        """Say an announcement; ring if it rings."""
        self._home.new_utterance()
        self._home.enter(State.SPEAKING)
        self._home.emit(events.Announced(self._home.stamp(), announcement.text, announcement.rings))
        self.rings, self._text = announcement.rings, announcement.text
        if announcement.rings:
            self._begin(lambda: self._ring(announcement), asks=False)
        else:
            text, language = announcement.text, announcement.language
            started = self._started(text)
            self._begin(lambda: self._voice.say(text, language, started), asks=False)

    def echoes(self, text: str) -> bool:
        """Whether a text may be the announcement itself, heard from our own loudspeaker."""
        return SequenceMatcher(None, self._text.lower(), text.lower()).ratio() > _ECHO

    def interrupt(self) -> None:
        """Stop at once what is being said."""
        if self.cancel() is not None:
            self._home.emit(events.ReplyEnded(self._home.stamp(), interrupted=True))

    def cancel(self) -> asyncio.Task[None] | None:
        """Stop without a word; the task that is ending, if there was one."""
        task, self._task = self._task, None
        self.rings = False
        if task is not None:
            task.cancel()
            self._ending = task
        return task

    def _begin(self, work: Callable[[], Awaitable[None]], asks: bool) -> None:
        self._task = asyncio.create_task(self._run(work, asks, self._ending))

    async def _run(
        self,
        work: Callable[[], Awaitable[None]],
        asks: bool,
        before: asyncio.Task[None] | None,
    ) -> None:
        task = asyncio.current_task()
        failure: Exception | None = None
        try:
            if before is not None:
                await asyncio.wait([before])  # until the loudspeaker is free
            await work()
        except Exception as error:  # a voice may fail in any way; the conversation says so
            failure = error
        self._home.post(lambda: self._ended(task, asks, failure))

    def _ended(
        self, task: asyncio.Task[None] | None, asks: bool, failure: Exception | None
    ) -> None:
        if task is not self._task:
            return
        self._task = None
        self.rings = False
        if failure is not None:
            message = str(failure) or repr(failure)
            self._home.emit(events.Failed(self._home.stamp(), "speaking", message))
        self._home.emit(events.ReplyEnded(self._home.stamp(), interrupted=failure is not None))
        self._on_said(asks)

    async def _ring(self, announcement: Announcement) -> None:
        tone = ring_tone()
        started = self._started(announcement.text)
        settings = self._home.settings
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(settings.ringing):
                while True:
                    await self._voice.play(tone)
                    await self._voice.say(announcement.text, announcement.language, started)
                    if settings.wait_for_replies:
                        return  # nobody would be heard who says stop
                    await asyncio.sleep(settings.ring_pause)

    def _started(self, text: str) -> Callable[[], None]:
        first = True

        def started() -> None:
            nonlocal first
            if first:
                self._home.emit(events.ReplyStarted(self._home.stamp(), text))
            first = False

        return started
