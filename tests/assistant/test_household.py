"""When a household opens the gallery of voices, and what it says where it cannot."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import numpy as np
import pytest

from assistant import events
from assistant.household import Household, Rooms, household, open_house
from assistant.known_voices import KnownVoices
from assistant.settings import ConversationSettings
from assistant.speakers import VoiceprintSpeakers
from skills.contract import Announcement, Request, Unknown
from skills.home import EXAMPLE
from speech.audio import RATE
from speech.errors import ConfigError
from tests.assistant.parts import Log, LoudnessVad, ScriptedRecognizer, conversation
from voiceprint.gallery import Gallery

DOOR = "devices:\n  - {id: door, kind: lock, name: front door, requires: {speaker: any}}\n"


@pytest.fixture(autouse=True)
def _nowhere_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SONORANT_GALLERY", "SONORANT_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SONORANT_KEY_FILE", str(tmp_path / "key" / "gallery.key"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def at_home(tmp_path: Path, text: str = DOOR) -> AbstractAsyncContextManager[Household]:
    home = tmp_path / "home.yaml"
    home.write_text(text, encoding="utf-8")
    recognizer, vad = ScriptedRecognizer([]), LoudnessVad()
    state = tmp_path / "state"
    return household(recognizer, vad, None, None, home=home, state=state, language="xx")


async def test_without_a_gallery_it_is_said_and_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_home(tmp_path) as home:
        assert home.router.who is None and "nobody is enrolled" in caplog.text
        reply = await home.router.answer(Request("unlock the front door"))
        assert reply.text == "I do not know any voices here, so I may not do that."
    assert not (tmp_path / "data").exists()


async def test_a_gallery_that_was_named_has_to_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONORANT_GALLERY", str(tmp_path / "no" / "gallery.db"))
    with pytest.raises(ConfigError, match=r"no gallery of voices .*enroll"):
        async with at_home(tmp_path):
            pass
    # Where nothing requires a voice it is looked for only when somebody asks.
    async with at_home(tmp_path, DOOR.replace(", requires: {speaker: any}", "")) as home:
        assert isinstance(home.router.who, KnownVoices)
        spoken = Request("start an English lesson", audio=np.zeros(RATE, np.float32))
        assert await home.router.who.who(spoken, "lesson") == Unknown.NOBODY_KNOWN
        assert await home.router.who.challenge(spoken, "lesson") is None


async def test_a_gallery_is_opened_with_its_key_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "gallery" / "gallery.db"
    Gallery(str(file)).close()
    monkeypatch.setenv("SONORANT_GALLERY", str(file))
    async with at_home(tmp_path) as home:
        assert isinstance(home.router.who, VoiceprintSpeakers)
        reply = await home.router.answer(Request("unlock the front door"))
        assert reply.text == "I have to hear who wants that: please say it aloud."
    (tmp_path / "key" / "gallery.key").unlink()
    with pytest.raises(ConfigError, match="key of the gallery is missing"):
        async with at_home(tmp_path):
            pass


async def test_several_rooms_share_a_home_but_not_their_talk(tmp_path: Path) -> None:
    engines = (ScriptedRecognizer([]), LoudnessVad(), None, None)
    settings = ConversationSettings(push_to_talk=True)
    async with (
        open_house(home=EXAMPLE, state=tmp_path) as house,
        house.conversation(*engines, settings=settings, area="kitchen") as kitchen,
        house.conversation(*engines, settings=settings, area="bedroom") as bedroom,
    ):
        logs = Log(kitchen), Log(bedroom)
        await kitchen.type("turn on the lamp")
        await logs[0].until(events.Replied)
        await bedroom.type("turn it off")
        await logs[1].until(events.Replied)
        assert house.router.states()["lamp"]["on"] is True
        await kitchen.type("turn it off")
        await logs[0].until(events.Replied, 2)
        assert house.router.states()["lamp"]["on"] is False
        await kitchen.finish()
        for log in logs:
            assert [event.device for event in log.of(events.DeviceChanged)] == ["lamp"] * 2
        await kitchen.type("tell everyone that dinner is ready")
        for log in logs:
            await log.until(events.Announced)


async def test_what_nobody_heard_is_announced_to_who_comes_next(tmp_path: Path) -> None:
    rooms = Rooms()
    for number in range(40):
        await rooms.announce(Announcement(f"number {number}"))
    async with conversation() as first:
        log = Log(first)
        await rooms.enter(first)
        await log.until(events.Announced, 16)
        said = [event.text for event in log.of(events.Announced)]
        assert said == [f"number {number}" for number in range(24, 40)]
