"""Messages survive the wire; what does not fit is refused with the field that is wrong."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from assistant import events
from service.messages import (
    Code,
    End,
    Error,
    Hello,
    Message,
    ServiceError,
    conversation,
    decode,
    home,
    recognition,
    scoring,
    told,
    voices,
)
from skills.contract import Reply
from speech.errors import AudioError, BusyError, SonorantError
from speech.recognition.contract import Final, Hypothesis, Word

START = recognition.FROM_CLIENT


def test_a_message_is_the_same_on_both_sides() -> None:
    sent = recognition.Recognize(rate=8000, language="zh-CN", phrases=("开灯",), partials=False)
    assert decode(sent.to_json(), START) == sent
    assert json.loads(sent.to_json())["type"] == "start"
    final = Final("a b", (Word("a", 0.0, 1.0, 0.5),), 0.5, (Hypothesis("a b", None),))
    answer = recognition.FinalText.of(final, 2.0, 3.0, 2.0)
    assert answer.words[0].start == 2.0
    assert decode(answer.to_json(), recognition.FROM_SERVICE) == answer
    assert decode('{"type": "end"}', START) == End()


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ("", None, "no JSON"),
        ("[]", None, "JSON object"),
        ("1" * 5000, None, "no JSON"),
        ('{"type": "start", "rate": 1e999}', "rate", "integer"),
        ('{"type": "start", "rate": NaN}', None, "NaN is no number"),
        ('{"type": "start", "rate": -Infinity}', None, "no number"),
        ('{"rate": 16000}', "type", "no type"),
        ('{"type": 1}', "type", "no type of message"),
        ('{"type": "stop"}', "type", "'stop' is no type of message here; there are end, start"),
        ('{"type": "start", "rate": "16000"}', "rate", "integer"),
        ('{"type": "start", "rate": 16000.5}', "rate", "integer"),
        ('{"type": "start", "rate": true}', "rate", "integer"),
        ('{"type": "start", "rate": 7999}', "rate", "greater than or equal to 8000"),
        ('{"type": "start", "format": "mp3"}', "format", "'pcm16', 'float32' or 'ogg'"),
        ('{"type": "start", "protocol": 2}', "protocol", "1"),
        ('{"type": "start", "partials": "yes"}', "partials", "boolean"),
        ('{"type": "start", "phrases": ["a", 1]}', "phrases.1", "string"),
        ('{"type": "start", "phrases": "ab"}', "phrases", "array"),
        ('{"type": "start", "language": "../../etc"}', "language", "pattern"),
        ('{"type": "start", "model": "/etc/passwd"}', "model", "unexpected"),
        ('{"type": "start", "rate": 8000, "rate": 16000}', "rate", "twice"),
        ('{"type": "start", "phrases": ["\\ud800"]}', None, "lone surrogate"),
        ('{"type": "start", "phrases": ' + "[" * 20 + "]" * 20 + "}", None, "too deeply"),
        ("[" * 100_000, None, "too deeply"),
        ('{"type": "' + "x" * 9999 + '"}', "type", "xxx…"),
    ],
)
def test_what_does_not_fit_is_named(text: str, field: str | None, why: str) -> None:
    with pytest.raises(ServiceError) as caught:
        decode(text, START)
    assert caught.value.code is Code.BAD_MESSAGE
    assert caught.value.field == field
    assert why in caught.value.message and len(caught.value.message) < 300


def test_a_newer_service_may_say_more() -> None:
    text = '{"type": "partial", "text": "a", "mood": "good"}'
    assert decode(text, recognition.FROM_SERVICE, lenient=True) == recognition.PartialText(text="a")
    with pytest.raises(ServiceError, match="mood"):
        decode(text, recognition.FROM_SERVICE)


def test_nothing_that_is_no_number_is_sent() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        recognition.SpeechStarted(start=float("nan")).to_json()


def test_every_error_has_a_status_and_a_close_code() -> None:
    for code in Code:
        error = ServiceError(code, "why", retry_after=2.0)
        assert 400 <= error.status < 600 and 1000 < error.close_code < 1016
        sent = Error.of(error)
        received = decode(sent.to_json(), [Error])
        assert received == sent and received.to_error().retry_after == 2.0


def test_what_clients_are_told_of_errors() -> None:
    assert told(AudioError("too short")).code is Code.BAD_AUDIO
    assert told(BusyError("full")).retry_after == 1.0
    for ours in (SonorantError("/secret/path"), ValueError("/secret/path")):
        error = told(ours)
        assert error.code is Code.INTERNAL and "secret" not in error.message


def test_every_event_of_a_conversation_has_its_message() -> None:
    at = events.Stamp("u-1", 1.0, 2.0)
    values = {"str": "idle", "float": 1.0, "float | None": 0.5, "bool": True, "Any": {"on": True}}
    seen = set()
    for kind in events.Event.__subclasses__():
        arguments = {
            field.name: Reply("Yes.", slots={"name": "lamp"}, targets=("lamp",))
            if field.type == "Reply"
            else ("a",)
            if field.type == "tuple[str, ...]"
            else values[str(field.type)]
            for field in fields(kind)[1:]
        }
        message = conversation.of_event(kind(at, **arguments))
        seen.add(type(message))
        assert decode(message.to_json(), conversation.FROM_SERVICE) == message
        assert (message.utterance, message.audio) == ("u-1", 1.0)
    assert seen == set(conversation.EVENTS)


def test_no_two_messages_of_a_door_have_one_name() -> None:
    for door in (recognition, conversation, scoring, voices, home):
        for side in (door.FROM_CLIENT, door.FROM_SERVICE):
            kinds: tuple[type[Message], ...] = side
            assert len({kind.TYPE for kind in kinds}) == len(kinds)
        assert Hello in door.FROM_SERVICE and Error in door.FROM_SERVICE
