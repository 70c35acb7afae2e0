"""Music out of a folder, on the loudspeaker that the assistant shares with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from assistant.loudspeaker import SilentLoudspeaker
from assistant.sharing import SharedLoudspeaker
from skills import Request, Router, open_skills
from skills.home import EXAMPLE
from speech import audio
from speech.audio import RATE, Samples
from tests.skills.conversations import silent


@pytest.fixture
def music(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "music"
    (folder / "Beatles").mkdir(parents=True)
    for name in ("Beatles/Help.wav", "Beatles/Yesterday.wav", "月光.wav"):
        audio.write(folder / name, np.full(20 * RATE, 0.1, np.float32))
    monkeypatch.setenv("SONORANT_MUSIC", str(folder))
    return folder


async def start(tmp_path: Path, output: SharedLoudspeaker | None) -> Router:
    return await open_skills(
        EXAMPLE, tmp_path / "s", silent, languages=(), plugins=(), music=output
    )


async def test_play_pause_next_and_volume(music: Path, tmp_path: Path) -> None:
    loudspeaker = SilentLoudspeaker(real_time=True)
    router = await start(tmp_path, SharedLoudspeaker(loudspeaker))

    async def say(text: str, language: str = "en") -> str:
        return (await router.answer(Request(text, language))).text

    assert "paused" not in await say("pause the music")
    assert await say("play the stones") == "I find no music called the stones."
    assert await say("play songs by the Beatles") == "Playing Help."
    await asyncio.sleep(0.6)
    assert loudspeaker.played > 0.2
    assert await say("next song") == "Playing Yesterday."
    assert await say("what's playing") == "Playing Yesterday."
    assert await say("next song") == "That was the last one."
    assert "Help" in await say("play beatles")
    assert await say("turn the music down") == "The music is at 45 percent."
    assert await say("pause the music") == "The music is paused."
    played = loudspeaker.played
    await asyncio.sleep(0.3)
    assert loudspeaker.played == played
    assert await say("continue the music") == "The music goes on."
    assert await say("播放月光", "zh-CN") == "正在播放月光。"
    assert await say("暂停音乐", "zh-CN") == "音乐已暂停。"
    assert "재생할게요" in await say("음악 틀어 줘", "ko")
    assert "60" in await say("음악 소리 키워 줘", "ko")
    await router.close()
    played = loudspeaker.played
    await asyncio.sleep(0.3)
    assert loudspeaker.played == played


async def test_volume_and_queue_outlive_the_program(music: Path, tmp_path: Path) -> None:
    loudspeaker = SilentLoudspeaker(real_time=True)

    async def start_again() -> Router:
        return await start(tmp_path, SharedLoudspeaker(loudspeaker))

    router = await start_again()

    async def say(text: str) -> str:
        return (await router.answer(Request(text))).text

    await say("play beatles")
    await say("next song")
    await say("turn the music down")
    await asyncio.sleep(0.8)
    await router.close()
    memory = json.loads((tmp_path / "s" / "music.json").read_text())
    assert memory["volume"] == 45 and memory["index"] == 1 and memory["played"] > 0

    router = await start_again()
    played = loudspeaker.played
    await asyncio.sleep(0.3)
    assert loudspeaker.played == played  # not before somebody says so
    # What was left does not take commands that are for the home's own players.
    assert (await router.answer(Request("next song"))).targets == ("speaker",)
    assert await say("what's playing") == "No music is playing."
    assert await say("continue the music") == "The music goes on."
    assert await say("what's playing") == "Playing Yesterday."
    await asyncio.sleep(0.5)
    await router.close()
    again = json.loads((tmp_path / "s" / "music.json").read_text())
    assert again["played"] > memory["played"] and again["volume"] == 45

    (music / "Beatles" / "Yesterday.wav").unlink()
    router = await start_again()
    assert (await router.answer(Request("continue the music"))).targets == ("speaker",)
    await router.close()


async def test_a_damaged_memory_is_put_aside(music: Path, tmp_path: Path) -> None:
    file = tmp_path / "s" / "music.json"
    file.parent.mkdir()
    for text in ("{", "[]", '{"volume": 900, "queue": [], "index": 0, "played": 0}'):
        file.write_text(text)
        router = await start(tmp_path, SharedLoudspeaker(SilentLoudspeaker()))
        assert "Playing" in (await router.answer(Request("play help"))).text
        await router.close()
        assert file.with_name("music.json.broken").exists()


async def test_music_waits_while_a_reply_is_spoken() -> None:
    heard: list[str] = []

    class Ear(SilentLoudspeaker):
        async def play(self, chunks: AsyncIterator[Samples]) -> None:
            async for chunk in chunks:
                heard.append("reply" if chunk[0] > 0.5 else "music")
                await asyncio.sleep(0.01)

    async def sound(value: float, count: int) -> AsyncIterator[Samples]:
        for _ in range(count):
            yield np.full(160, value, np.float32)

    shared = SharedLoudspeaker(Ear())
    playing = asyncio.create_task(shared.play_music(sound(0.1, 10)))
    await asyncio.sleep(0.03)
    await shared.play(sound(0.9, 5))
    await playing
    first = heard.index("reply")
    assert 0 < first < 10 and heard[first : first + 5] == ["reply"] * 5
    assert heard.count("music") == 10


async def test_without_a_loudspeaker_or_music_it_is_said(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = await start(tmp_path, None)
    assert (await router.answer(Request("play some music"))).text == "I have no loudspeaker here."
    await router.close()
    monkeypatch.setenv("SONORANT_MUSIC", str(tmp_path / "nothing"))
    router = await start(tmp_path, SharedLoudspeaker(SilentLoudspeaker()))
    assert "no music in the folder" in (await router.answer(Request("play some music"))).text
    await router.close()
