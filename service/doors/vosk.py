"""``/``: the websocket protocol of vosk-server, for clients that were written for it.

A configuration has no reply; each audio message has one, ``{"partial": …}`` or at an endpoint the
result of the utterance; ``{"eof": 1}`` has the last result, and ends the connection. Settings that
name files are refused.

Reference: https://github.com/alphacep/vosk-server, ``websocket/asr_server.py``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from service.core import Core
from service.doors.recognition import Recognition, Result
from service.inlet import Inlet
from service.line import Line
from service.messages import Code, ServiceError
from service.messages.recognition import FinalText, PartialText, Recognize
from service.messages.wire import from_dict, read_json
from service.timing import took
from speech.recognition.contract import Hypothesis, Word

_RATE = 8000  # what vosk-server takes the audio for until it is told
_MOST_ALTERNATIVES = 20
_REFUSED = ("model", "spk_model", "model_path")


class Configuration:
    """What a client has asked for."""

    def __init__(self) -> None:
        self.start = Recognize(rate=_RATE, alternatives=False)
        self.words = True
        self.alternatives = 0

    def configure(self, config: Any) -> None:
        """Take a configuration; of what is unknown nothing is said, as vosk-server does.

        Raises
        ------
        ServiceError
            It is none, a value is wrong, or it names a model.
        """
        if not isinstance(config, dict):
            raise ServiceError(Code.BAD_MESSAGE, "config is an object", field="config")
        for name in _REFUSED:
            if name in config:
                raise ServiceError(
                    Code.FORBIDDEN, "clients do not choose the model; the service does", field=name
                )
        about: dict[str, Any] = {"type": Recognize.TYPE, "rate": self.start.rate}
        if "sample_rate" in config:
            about["rate"] = _number("sample_rate", config["sample_rate"])
        about["phrases"] = config.get("phrase_list", self.start.phrases) or ()
        self.words = bool(config.get("words", self.words))
        if "max_alternatives" in config:
            several = _number("max_alternatives", config["max_alternatives"])
            self.alternatives = max(0, min(_MOST_ALTERNATIVES, several))
        about["alternatives"] = self.alternatives > 0
        self.start = from_dict(about, [Recognize])

    def final(self, finals: Iterable[FinalText]) -> str:
        """The results of utterances as vosk-server writes one."""
        several = [final for final in finals if final.text]
        text = " ".join(final.text for final in several)
        words = [word for final in several for word in _timed(final)]
        if not self.alternatives:
            return _json(
                {"result": words, "text": text} if self.words and words else {"text": text}
            )
        hypotheses = several[0].alternatives if len(several) == 1 else ()
        hypotheses = hypotheses[: self.alternatives] or (Hypothesis(text, None),)
        return _json(
            {
                "alternatives": [
                    {"confidence": one.confidence or 0.0, "text": one.text}
                    | ({"result": words} if self.words and one.text == text and words else {})
                    for one in hypotheses
                ]
            }
        )


async def vosk(line: Line, core: Core) -> None:
    """Serve one client."""
    wanted = Configuration()
    recognition: Recognition | None = None
    inlet = Inlet(wanted.start)
    partial = ""
    try:
        while True:
            came = await line.receive_raw(core.settings.idle)
            control = {} if isinstance(came, bytes) else read_json(came)
            if "config" in control:
                wanted.configure(control["config"])
                continue
            if isinstance(came, str) and not {"eof", "reset"} & control.keys():
                raise ServiceError(
                    Code.BAD_MESSAGE, 'a text is {"config": …}, {"eof": 1} or {"reset": 1}'
                )
            if recognition is None:
                recognizer = await core.engines.recognizer()
                inlet = Inlet(wanted.start)
                recognition = Recognition(recognizer, await core.engines.vad(), wanted.start)
            found: list[Result] = []
            began = time.monotonic()
            for samples in inlet.feed(came) if isinstance(came, bytes) else inlet.finish():
                found += await line.work(recognition.feed, samples)
            if control:
                found += await line.work(recognition.finish)
                core.metrics.audio.labels("vosk").inc(inlet.seconds)
                recognition = None
            finals = [one for one in found if isinstance(one, FinalText)]
            partials = [one.text for one in found if isinstance(one, PartialText)]
            partial = partials[-1] if partials else "" if finals else partial
            if finals or control:
                took(line, core, final=time.monotonic() - began)
                await line.send_raw(wanted.final(finals))
            else:
                await line.send_raw(_json({"partial": partial}))
            if "eof" in control:
                return
    finally:
        if recognition is not None:
            core.metrics.audio.labels("vosk").inc(inlet.seconds)
            await line.free(recognition.close)


def _timed(final: FinalText) -> list[dict[str, Any]]:
    """The words with times, which every client counts on.

    Where the engine knows none they share the utterance by their length.
    """
    letters = sum(len(word.word) + 1 for word in final.words) or 1
    pace = (final.end - final.start) / letters
    at, timed = final.start, []
    for word in final.words:
        start, end = _span(word, at, at + pace * (len(word.word) + 1))
        timed.append(
            {
                "conf": 1.0 if word.confidence is None else round(word.confidence, 6),
                "end": round(end, 3),
                "start": round(start, 3),
                "word": word.word,
            }
        )
        at = end
    return timed


def _span(word: Word, start: float, end: float) -> tuple[float, float]:
    return (start, end) if word.start is None or word.end is None else (word.start, word.end)


def _number(name: str, value: Any) -> int:
    try:
        return round(float(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise ServiceError(Code.BAD_MESSAGE, f"{name} is a number", field=name) from error


def _json(about: dict[str, Any]) -> str:
    return json.dumps(about, ensure_ascii=False)
