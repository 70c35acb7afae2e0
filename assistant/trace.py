"""Where the time of an utterance went, read off the events of a conversation."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from assistant import events
from assistant.events import Event


@dataclass(slots=True)
class Trace:
    """One utterance. Times are seconds of ``time.monotonic``, None where it did not happen."""

    utterance: str
    text: str = ""
    speech: float | None = None
    """Speech was noticed."""
    speech_seconds: float | None = None
    """How long the speech was, on the audio clock."""
    partial: float | None = None
    """The first partial came."""
    endpoint: float | None = None
    endpoint_wait: float | None = None
    """Seconds of silence, on the audio clock, until the endpoint was clear."""
    final: float | None = None
    reply: float | None = None
    """The reply's text was there."""
    sound: float | None = None
    """The reply's first sound went to the loudspeaker."""
    done: float | None = None
    speech_start: float | None = None
    """On the audio clock."""

    def latencies(self) -> dict[str, float | None]:
        """Milliseconds of each step, None where it did not happen.

        ``partial`` and ``speech`` count from when speech was noticed, the others from the step
        before: final from the endpoint, reply from the final, sound from the reply; ``answer``
        is from the endpoint to the first sound.
        """
        return {
            "first_partial": _ms(self.speech, self.partial),
            "speech": _ms(0.0, self.speech_seconds),
            "endpoint_wait": _ms(0.0, self.endpoint_wait),
            "final": _ms(self.endpoint, self.final),
            "reply": _ms(self.final, self.reply),
            "sound": _ms(self.reply, self.sound),
            "answer": _ms(self.endpoint, self.sound),
            "speaking": _ms(self.sound, self.done),
        }

    def to_dict(self) -> dict[str, object]:
        """A JSON-ready record."""
        return {"type": "trace", **asdict(self), "latencies": self.latencies()}

    def __str__(self) -> str:
        steps = [
            f"{name.replace('_', ' ')} {value:.0f} ms"
            for name, value in self.latencies().items()
            if value is not None
        ]
        return f"{self.utterance} {self.text!r}: " + ", ".join(steps)


class Tracer:
    """Collects the events of utterances into traces. Keeps only the utterance under way."""

    def __init__(self) -> None:
        self._trace: Trace | None = None

    def add(self, event: Event) -> Trace | None:
        """Take an event; the trace of an utterance that it completes."""
        utterance = event.at.utterance
        if utterance is None:
            return None
        if self._trace is None or self._trace.utterance != utterance:
            self._trace = Trace(utterance)
        trace, now = self._trace, event.at.monotonic
        match event:
            case events.SpeechStarted(_, start):
                trace.speech, trace.speech_start = now, start
            case events.PartialHeard() if trace.partial is None:
                trace.partial = now
            case events.SpeechEnded(at, end):
                trace.endpoint, trace.endpoint_wait = now, at.audio - end
                trace.speech_seconds = end - (trace.speech_start or 0.0)
            case events.FinalHeard(_, text):
                trace.final, trace.text = now, text
            case events.Replied():
                trace.reply = now
            case events.ReplyStarted():
                trace.sound = now
            case events.ReplyEnded(_, True) | events.UtteranceDone() if trace.final is not None:
                trace.done = now
                self._trace = None
                return trace
        return None


def _ms(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else round(1000 * (end - start), 1)
