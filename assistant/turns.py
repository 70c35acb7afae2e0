"""The turns of a conversation: what happens in each state when something comes.

Everything here runs in the conversation's own task, one thing at a time; what takes long runs
beside it and comes back as a message. A message that comes too late finds that its hearing or
task is no longer the current one, and is dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from assistant import events
from assistant.contract import Host, Router
from assistant.ear import WakeListener
from assistant.heard import least_sure, readings
from assistant.interpreter import Interpreter, RecognizerOf
from assistant.listening import Listening
from assistant.loudspeaker import Loudspeaker
from assistant.phrases import Phrase, language_name, phrase, says_stop
from assistant.settings import BargeIn
from assistant.speaking import Speaking
from assistant.states import State
from assistant.thinking import Thinking
from assistant.voice import Voice
from skills.contract import Announcement, Reply, Request, Spoken, Stage
from speech.audio import Samples
from speech.recognition.contract import Final, Recognizer
from speech.recognition.engines import recommended, unheard
from speech.synthesis.contract import Synthesizer
from speech.vad import Vad


class Turns:
    """The inside of a :class:`assistant.conversation.Conversation`."""

    def __init__(
        self,
        home: Host,
        recognizer: Recognizer | None,
        vad: Vad,
        router: Router,
        synthesizer: Synthesizer | None,
        loudspeaker: Loudspeaker | None,
        wake: WakeListener | None,
        language: str,
        area: str | None,
        voices: bool = False,
        recognizer_of: RecognizerOf | None = None,
    ) -> None:
        self.typed: deque[str] = deque()
        self.announcements: deque[Announcement] = deque()
        self._home = home
        self._settings = home.settings
        self._listening = Listening(home, self, recognizer, vad, wake, voices)
        self._open = wake is None and not home.settings.push_to_talk
        self._language = language
        self._heard_language = language  # of what is said aloud: not every language is heard
        self._area = area
        voice = Voice(synthesizer, loudspeaker, home.pool)
        self._speaking = Speaking(home, voice, self._end_turn)
        self._interpreter = Interpreter(router, recognizer_of)
        if recognizer is not None:
            self._interpreter.hears(language, recognizer)
        self._thinking = Thinking(home, self._interpreter, self._on_reply, self._too_long)
        self._silent_until: float | None = None  # audio clock, while LISTENING
        self._follows_up = False
        self._unanswered: tuple[str, str] | None = None  # said, in a language, on no answer
        self._wake_word = ""
        self._missed = False  # that something was not heard was the last thing said

    # What the conversation asks.

    @property
    def audio_time(self) -> float:
        """The audio clock, s."""
        return self._listening.time

    @property
    def accepts_audio(self) -> bool:
        """Whether audio is heard now; otherwise it waits in the queue."""
        state = self._home.state
        if state is State.SPEAKING:
            return not self._settings.wait_for_replies
        return state is not State.THINKING

    @property
    def quiet(self) -> bool:
        """Whether nothing is under way."""
        busy = self._listening.hears or self.typed or self.announcements
        return self._home.state in (State.IDLE, State.LISTENING) and not busy

    def begin(self) -> None:
        """The first state; and that nothing is heard, where that is so."""
        if self._listening.recognizer is None:
            self._home.emit(events.LanguageChanged(self._home.stamp(), self._language, False))
        if self._open:
            self._home.enter(State.LISTENING)

    def settle(self) -> None:
        """Begin what had to wait for the end of a turn."""
        if self._home.state not in (State.IDLE, State.LISTENING):
            return
        if self.typed:
            self._take_typed(self.typed.popleft())
        elif self.announcements and not self._listening.hears:
            self._speaking.announce(self.announcements.popleft())

    async def close(self) -> None:
        """Stop all that is under way."""
        self._listening.drop()
        self._thinking.stop()
        tasks = [*self._listening.tasks]
        if task := self._speaking.cancel():
            tasks.append(task)
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)  # a hanging engine is left behind

    # What comes in.

    async def on_audio(self, samples: Samples) -> None:
        """The next slice of audio."""
        state, ringing = self._home.state, self._speaking.rings
        barge_in = self._settings.barge_in
        speaking = state is State.SPEAKING
        wake = self._listening.wakes and (
            state is State.IDLE or (speaking and (ringing or barge_in is not BargeIn.OFF))
        )
        by_speech = speaking and (ringing or barge_in is BargeIn.SPEECH)
        speech = state is State.LISTENING or by_speech
        await self._listening.feed(samples, wake, speech)
        late = self._silent_until is not None and self.audio_time >= self._silent_until
        if late and self._home.state is State.LISTENING and not self._listening.hears:
            self._time_out("answer" if self._follows_up else "speech")

    async def on_end_of_audio(self) -> None:
        """No more audio comes for now."""
        await self._listening.finish()

    async def on_button(self) -> None:
        """Push-to-talk."""
        if self._home.state in (State.IDLE, State.SPEAKING):
            await self.on_wake("")

    def on_typed(self) -> None:
        """A typed text waits: it stops what is being said."""
        if self._home.state is State.SPEAKING:
            self._speaking.interrupt()
            self._listen(None)

    # What the listening found.

    async def on_wake(self, word: str) -> None:
        """A wake word was said, or a button pressed (``word`` is then empty)."""
        if self._home.state is State.SPEAKING:
            self._speaking.interrupt()
        self._home.new_utterance()
        self._home.emit(events.WakeHeard(self._home.stamp(), word))
        self._wake_word = word
        self._listen(self._settings.no_speech)

    def on_speech(self) -> None:
        """Speech began: it stops a reply, but not a timer that rings."""
        if self._home.state is State.SPEAKING and not self._speaking.rings:
            self._speaking.interrupt()
            self._wake_word = ""
            self._home.enter(State.LISTENING)

    def on_unheard(self) -> None:
        """Somebody spoke where nothing hears it: say how to change that, once in a row."""
        language = self._heard_language
        self._home.emit(events.Failed(self._home.stamp(), "recognition", str(unheard(language))))
        if self._missed or self._home.state is not State.LISTENING:
            return
        self._missed = True
        model = recommended(language)
        text, spoken = phrase(Phrase.NOT_HEARD_IN if model else Phrase.FAILED, language)
        self._say(text.format(language=language_name(language, spoken), model=model), spoken)

    def on_endpoint(self) -> None:
        """An utterance is over; its final follows."""
        if self._home.state is State.LISTENING:
            self._think()

    def on_final(self, final: Final, audio: Samples | None) -> None:
        """The recogniser's result, and what was said, if it is kept."""
        if self._speaking.rings:
            self._heard_while_ringing(final, audio)
        else:
            self._heard(final, audio)

    def on_failure(self, where: str, error: Exception) -> None:
        """An engine failed: say so, and go on."""
        self._home.emit(events.Failed(self._home.stamp(), where, str(error) or repr(error)))
        self._listening.drop()
        if self._home.state is not State.SPEAKING:
            self._say(*phrase(Phrase.FAILED, self._language))

    def _heard_while_ringing(self, final: Final, audio: Samples | None) -> None:
        if says_stop(final.text, self._heard_language):
            self._home.emit(events.FinalHeard(self._home.stamp(), final.text, final.confidence))
            self._speaking.interrupt()
            self._end_turn()
        elif self._open and final.text.strip() and not self._speaking.echoes(final.text):
            # Where a command needs no wake word this is one: it also ends the ring.
            self._speaking.interrupt()
            self._listen(None)
            self._think()
            self._heard(final, audio)

    def _heard(self, final: Final, audio: Samples | None) -> None:
        text, others = readings(final, self._wake_word)
        if not text and final.text.strip():
            # Nothing but the wake word: the command is still to come.
            self._thinking.stop()
            self._listen(self._settings.no_speech)
            return
        self._home.emit(events.FinalHeard(self._home.stamp(), text, final.confidence, others))
        asked = self._unanswered is not None and audio is not None
        if text or asked:  # the answer to a challenge is heard again, by other means
            self._missed = False
            sure = least_sure(final, text)
            language = self._heard_language
            self._ask(self._request(text, language, others, audio=audio, confidence=sure))
        elif self._missed:
            self._end_turn()
        else:
            self._missed = True
            self._say(*phrase(Phrase.NOT_CAUGHT, self._language))

    def _take_typed(self, text: str) -> None:
        self._listening.drop()
        if self._home.state is State.IDLE:
            self._listen(None)
        self._wake_word = ""
        self._home.new_utterance()
        self._think()
        self._home.emit(events.FinalHeard(self._home.stamp(), text, typed=True))
        self._missed = False
        self._ask(self._request(text.strip(), self._language))

    def _request(
        self,
        text: str,
        language: str,
        others: tuple[str, ...] = (),
        *,
        audio: Samples | None = None,
        confidence: float | None = None,
    ) -> Request:
        return Request(
            text,
            language,
            others,
            self._area,
            audio=audio,
            confidence=confidence,
            talk=self._home.id,
        )

    # Thinking.

    def _think(self) -> None:
        self._silent_until = None
        self._home.enter(State.THINKING)
        self._thinking.begin()

    def _ask(self, request: Request) -> None:
        self._unanswered = None
        self._thinking.ask(request)

    def _on_reply(self, reply: Reply | Exception) -> None:
        if isinstance(reply, Exception):
            self.on_failure("skills", reply)
            return
        self._home.emit(events.Replied(self._home.stamp(), reply))
        if reply.goes_on_in is not None:
            self._go_on_in(reply.goes_on_in)
        asks = reply.expects_answer and not reply.ends
        if asks and reply.unanswered:
            self._unanswered = reply.unanswered, reply.language or self._language
        if reply.text:
            self._say(reply.text, reply.language or self._language, asks, reply.parts)
        elif reply.stage is Stage.NONE:
            self._say(*phrase(Phrase.NOT_UNDERSTOOD, self._language))
        else:
            self._end_turn(asks)

    def _go_on_in(self, language: str) -> None:
        recognizer = self._interpreter.recognizer(language)
        self._language = language
        if recognizer is not None:
            self._heard_language = language
            self._listening.recognizer = recognizer
        heard = recognizer is not None
        self._home.emit(events.LanguageChanged(self._home.stamp(), language, heard))

    def _too_long(self) -> None:
        self._listening.drop()
        self._home.emit(events.TimedOut(self._home.stamp(), "thinking"))
        self._say(*phrase(Phrase.TOO_LONG, self._language))

    # Speaking, and what follows.

    def _say(
        self, text: str, language: str, asks: bool = False, parts: Sequence[Spoken] = ()
    ) -> None:
        self._thinking.stop()
        self._silent_until = None
        self._speaking.reply(text, parts or [Spoken(text, language)], asks)

    def _end_turn(self, asks: bool = False) -> None:
        self._thinking.stop()
        self._listening.drop()
        self._home.emit(events.UtteranceDone(self._home.stamp()))
        if asks and not self._open:
            self._listen(self._settings.follow_up, follows_up=True)
        elif self._open:
            self._listen(None)
        else:
            self._silent_until = None
            self._home.enter(State.IDLE)

    def _listen(self, patience: float | None, *, follows_up: bool = False) -> None:
        self._listening.restart()
        self._follows_up = follows_up
        if follows_up:
            self._wake_word = ""
        forever = patience is None or self._open
        self._silent_until = None if forever else self.audio_time + (patience or 0.0)
        if self._home.state is not State.LISTENING:
            self._home.enter(State.LISTENING)

    def _time_out(self, waiting_for: str) -> None:
        self._silent_until = None
        self._home.emit(events.TimedOut(self._home.stamp(), waiting_for))
        unanswered, self._unanswered = self._unanswered, None
        if unanswered is not None and waiting_for == "answer":
            self._say(*unanswered)
        else:
            self._home.enter(State.IDLE)
