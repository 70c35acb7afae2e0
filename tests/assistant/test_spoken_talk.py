"""Twenty turns in English, spoken and heard by our own recogniser: what each says, does, answers.

A turn of which there is a recording of a person is theirs; our own voice says the others, and all
where there are no recordings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from skills import Announcement, Request, open_skills
from skills.backends import State
from skills.home import EXAMPLE
from speech import audio
from speech.audio import RATE, Samples
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis import open_synthesizer


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and all that must come of it."""

    said: str
    intent: str | None
    reply: str
    """A pattern that all of the reply fits."""
    changed: Mapping[str, State] = field(default_factory=dict)
    """The devices that change, with what changes of them; no other may."""
    recording: str | None = None
    """A person who says it, in the folder of commands."""


KITCHEN_ON: Mapping[str, State] = {"kitchen_ceiling": {"on": True}, "kitchen_counter": {"on": True}}
KITCHEN_OFF = {device: {"on": False} for device in KITCHEN_ON}
TURNS = (
    Turn(
        "Turn on the lamp.",
        "HassTurnOn",
        r"Turned on the lamp\.",
        {"lamp": {"on": True}},
        "turn_on_the_lamp.wav",
    ),
    Turn("Turn it off.", "HassTurnOff", r"Turned off the lamp\.", {"lamp": {"on": False}}),
    Turn(
        "Turn on the kitchen lights.",
        "HassTurnOn",
        r"Turned on the kitchen ceiling light and the counter light\.",
        KITCHEN_ON,
    ),
    Turn(
        "And the bedroom?",
        "HassTurnOn",
        r"Turned on the bedroom light\.",
        {"bedroom_light": {"on": True}},
    ),
    Turn("Is the front door locked?", "HassGetState", r"Yes, locked\."),
    Turn(
        "Unlock the front door.",
        "HassTurnOff",
        r"Unlocked the front door\.",
        {"front_door": {"locked": False}},
    ),
    Turn(
        "Please lock the front door.",
        "HassTurnOn",
        r"Locked the front door\.",
        {"front_door": {"locked": True}},
    ),
    Turn(
        "What's the date today?",
        "HassGetCurrentDate",
        r"Today is \w+day, \w+ \d+, \d{4}\.",
        recording="whats_the_date_today.wav",
    ),
    Turn(
        "Set the lamp to twenty percent.",
        "HassLightSet",
        r"Set the lamp to 20 percent\.",
        {"lamp": {"on": True, "brightness": 20}},
    ),
    Turn("Do not turn on the bedroom fan.", "LeaveAlone", r"All right, I leave it as it is\."),
    Turn(
        "What time is it?",
        "HassGetCurrentTime",
        r"It is \d+:\d\d [AP]M\.",
        recording="what_time_is_it.wav",
    ),
    Turn(
        "Turn off the kitchen lights and turn on the hall light.",
        "HassTurnOn",
        r"Turned off the kitchen ceiling light and the counter light\. Turned on the hall light\.",
        {**KITCHEN_OFF, "hall_light": {"on": True}},
    ),
    Turn(
        "Set a timer for ten minutes.",
        "HassStartTimer",
        r"The timer is set for 10 minutes\.",
        recording="set_timer.wav",
    ),
    Turn(
        "How much time is left on the timer?",
        "HassTimerStatus",
        r"\d+ minutes?( and \d+ seconds?)? left\.",
    ),
    Turn("Cancel the timer.", "HassCancelTimer", r"The timer is cancelled\."),
    Turn(
        "What is the weather in Paris?",
        "HassGetWeather",
        r"I have no source for the weather\.",
        recording="weather_question.wav",
    ),
    Turn("This is a test.", None, r"I did not understand .+", recording="this_is_a_test.wav"),
    Turn(
        "Play the Beatles.",
        "PlayMusic",
        r"I have no loudspeaker here\.",
        recording="play_the_beatles.wav",
    ),
    Turn(
        "Turn off all the lights.",
        "HassTurnOff",
        r"Turned off .*the bedroom light and the hall light\.",
        {device: {"on": False} for device in ("lamp", "bedroom_light", "hall_light")},
    ),
    Turn("Thank you.", "Thank", r"You are welcome\."),
)


async def nobody(announcement: Announcement) -> None:
    raise AssertionError(f"nothing should ring: {announcement}")


async def test_a_spoken_talk(moonshine: MoonshineRecognizer, tmp_path: Path) -> None:
    assert len(TURNS) == 20
    recordings = os.environ.get("SONORANT_DATA")
    voice = open_synthesizer()
    router = await open_skills(EXAMPLE, tmp_path, nobody)
    for turn in TURNS:
        sound: Iterable[Samples] = voice.synthesize(turn.said, "en")
        if turn.recording is not None and recordings:
            sound = [audio.read(Path(recordings) / "commands" / turn.recording)]
        heard = recognized(moonshine, sound)
        before = router.states()
        reply = await router.answer(heard)
        assert reply.intent == turn.intent, (turn.said, heard.text)
        assert re.fullmatch(turn.reply, reply.text), (turn.said, heard.text, reply.text)
        changed = {
            device: {key: value for key, value in state.items() if before[device][key] != value}
            for device, state in router.states().items()
            if state != before[device]
        }
        assert changed == turn.changed, (turn.said, heard.text)
    await router.close()
    voice.close()


def recognized(recognizer: MoonshineRecognizer, sound: Iterable[Samples]) -> Request:
    """What was heard, with all other hypotheses."""
    pause = np.zeros(RATE // 2, np.float32)
    stream = recognizer.stream(partials=False)
    for samples in (pause, *sound, pause):
        stream.feed(samples)
    final = stream.finish()
    stream.close()
    return Request(final.text, alternatives=tuple(other.text for other in final.alternatives))
