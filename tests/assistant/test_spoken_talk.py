"""Twenty turns in English, spoken by our own voice and heard by our own recogniser."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skills import Announcement, Request, open_skills
from skills.home import EXAMPLE
from speech.audio import RATE
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis import open_synthesizer

TURNS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("Hello there.", {}),
    ("Turn on the kitchen lights.", {"kitchen_ceiling": True, "kitchen_counter": True}),
    ("Is the front door locked?", {}),
    ("Turn on the bedroom light.", {"bedroom_light": True}),
    ("Turn it off.", {"bedroom_light": False}),
    ("Turn on the hall light.", {"hall_light": True}),
    ("Turn off the hall light.", {"hall_light": False}),
    ("Turn on the coffee maker.", {"coffee_maker": True}),
    ("Please turn off the coffee maker.", {"coffee_maker": False}),
    ("What time is it?", {}),
    ("Turn on the bedroom fan.", {"bedroom_fan": True}),
    ("Do not turn on the bedroom light.", {}),
    ("Turn off the bedroom fan.", {"bedroom_fan": False}),
    ("Set a timer for ten minutes.", {}),
    ("Cancel the timer.", {}),
    ("Turn on the counter light.", {}),
    ("Turn off the kitchen lights.", {"kitchen_ceiling": False, "kitchen_counter": False}),
    ("What is the date today?", {}),
    ("I told him that the weather was great.", {}),
    ("Thank you.", {}),
)


async def nobody(announcement: Announcement) -> None:
    raise AssertionError(f"nothing should ring: {announcement}")


async def test_a_spoken_talk(moonshine: MoonshineRecognizer, tmp_path: Path) -> None:
    voice = open_synthesizer()
    router = await open_skills(EXAMPLE, tmp_path, nobody)
    done = 0
    pause = np.zeros(RATE // 2, np.float32)
    for said, wanted in TURNS:
        stream = moonshine.stream(partials=False)
        for samples in (pause, *voice.synthesize(said, "en"), pause):
            stream.feed(samples)
        final = stream.finish()
        stream.close()
        before = router.states()
        others = tuple(other.text for other in final.alternatives)
        reply = await router.answer(Request(final.text, alternatives=others))
        if reply.follow_up is not None:
            reply = await router.answer(Request("yes" if wanted else "no"))
        after = router.states()
        changed = {d: s["on"] for d, s in after.items() if s.get("on") != before[d].get("on")}
        # What was not caught does nothing; what does something does what was said.
        assert changed in ({}, wanted), (said, final.text)
        done += changed == wanted
    assert done >= len(TURNS) - 2
    await router.close()
    voice.close()
