"""The console in a real browser, with a human who speaks into its microphone."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import numpy as np
import pytest

from service.access import Scope, Tokens
from service.client import connect
from service.doors.console import FILES
from service.messages.conversation import Converse, TypedText
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, read, write
from speech.synthesis import open_synthesizer
from tests.service.browser import Page, browsing, chromium
from tests.service.conftest import Running, running
from tests.service.test_rest import Caller

in_browser = pytest.mark.skipif(
    chromium() is None, reason="Chromium is not installed: sudo apt-get install chromium"
)
pytestmark = pytest.mark.timeout(240)


COUNTED = """
(start => {
  window.heard = 0;
  AudioBufferSourceNode.prototype.start = function (...at) {
    heard += this.buffer.duration;
    return start.apply(this, at);
  };
})(AudioBufferSourceNode.prototype.start)
"""
"""Counts the seconds of sound that go to the loudspeaker."""

WATCHED = """
(() => {
  window.seen = {};
  for (const id of ["state", "forming"]) {
    const element = document.getElementById(id);
    seen[id] = [];
    new MutationObserver(() => element.innerText && seen[id].push(element.innerText))
      .observe(element, { childList: true });
  }
})()
"""
"""Keeps what is shown for a moment only."""

RESAMPLED = """
import('/console/resampler.js').then(({ Resampler }) => [1000, 7000, 10000].map(hertz => {
  const resampler = new Resampler(RATE);
  const output = [];
  for (let at = 0; at < 25600; at += 128) {
    const wave = (_, i) => Math.sin(2 * Math.PI * hertz * (at + i) / RATE);
    output.push(...resampler.feed(Float32Array.from({ length: 128 }, wave)));
  }
  const middle = output.slice(500, -500);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return [output.length * RATE / 16000 / 25600, Math.sqrt(2 * power)];
}))
"""
"""How long, beside the input, and how loud tones are after resampling from RATE."""


@pytest.fixture(scope="module")
def home(folder: Path) -> Iterator[Running]:
    with running(assistant=True, home=EXAMPLE) as started:
        yield started


@pytest.fixture(scope="module")
def token(folder: Path) -> str:
    return Tokens().create("console", Scope)


@asynccontextmanager
async def console(
    service: Running, folder: Path, page: str, said: Path | None = None
) -> AsyncIterator[Page]:
    """A page of the console; whatever its policy or a mistake of ours stops is a failure."""
    async with browsing(folder, said) as tab:
        await tab.go(f"{service.http}/#{page}")
        yield tab
        assert tab.complaints == []


def quiet(size: int) -> Samples:
    """A room in which nobody speaks."""
    return np.random.default_rng(1).normal(0, 0.0005, size).astype(np.float32)


@in_browser
async def test_a_command_is_spoken_understood_done_and_answered(
    home: Running, commands: Path, tmp_path: Path
) -> None:
    async with console(home, tmp_path, "talk", commands / "turn_on_the_lamp.wav") as page:
        await page.js(COUNTED)
        await page.until("document.querySelector('#state').innerText === 'Ready'")
        await page.js(WATCHED)
        assert (await page.text("[data-device=lamp] .state")) == "off"
        await page.click("#microphone")
        await page.until("document.querySelector('.reply')")
        assert await page.js("seen.state.includes('Listening …') && seen.forming.length > 0")
        assert "turn on the lamp" in (await page.text(".said")).lower()
        assert (await page.text(".stage")) == "word for word"
        assert (await page.text(".reply")) == "Turned on the lamp."
        await page.until("document.querySelector('[data-device=lamp] .state').innerText[1] === 'n'")
        await page.until("document.querySelector('#state').innerText === 'Ready'")
        assert await page.js("heard > 0.5")

        # Typed, by keyboard alone, in Chinese; Space in a field of text is a space.
        await page.js(
            "(one => { one.value = 'zh'; one.dispatchEvent(new Event('change')) })"
            "(document.querySelector('#language'))"
        )
        await page.until("document.querySelector('#state').innerText === '就绪'")
        await page.type("#typed", "turn off the")
        await page.key(" ")
        await page.type("#typed", "lamp")
        await page.key("Enter")
        await page.until("document.querySelector('.reply')")
        assert (await page.text(".reply")) == "Turned off the lamp."
        await page.until("document.querySelector('[data-device=lamp] .state').innerText === '关'")


@in_browser
async def test_who_skips_to_the_page_stays_on_it(home: Running, tmp_path: Path) -> None:
    async with console(home, tmp_path, "practise") as page:
        await page.until("document.querySelector('h1').innerText === 'Practise'")
        await page.key("Tab")
        assert await page.js("document.activeElement.className") == "skip"
        await page.key("Enter")
        await page.until("document.activeElement.id === 'main'")
        assert await page.js("[location.hash, document.querySelector('h1').innerText]") == [
            "#practise",
            "Practise",
        ]


@in_browser
async def test_the_language_field_follows_the_talk(home: Running, tmp_path: Path) -> None:
    async with console(home, tmp_path, "talk") as page:
        await page.until("document.querySelector('#state').innerText === 'Ready'")
        await page.type("#typed", "说中文")
        await page.key("Enter")
        chosen = "[...document.querySelectorAll('.fields select')].map((one) => one.value)"
        await page.until(f"{chosen}.includes('zh')")
        await page.until("document.querySelector('.reply')")
        assert "中文, typed only" in await page.text("#log .note")
        await page.type("#typed", "说英语")
        await page.key("Enter")
        await page.until(f"{chosen}.includes('en')")

        # Begun in it, as the settings of the page say.
        await page.js(
            "(one => { one.value = 'zh'; one.dispatchEvent(new Event('change')) })"
            "([...document.querySelectorAll('.fields select')].find(one => one.value === 'en'))"
        )
        await page.until("document.querySelectorAll('#log .note').length === 3")
        await page.type("#typed", "打开台灯")
        await page.key("Enter")
        await page.until("document.querySelector('#log').innerText.includes('已打开台灯。')")
        assert await page.js("document.querySelector('#notice').innerText") == ""


@in_browser
async def test_a_sentence_is_read_and_coloured(
    home: Running, commands: Path, tmp_path: Path
) -> None:
    async with console(home, tmp_path, "practise", commands / "this_is_a_test.wav") as page:
        await page.js(
            "(one => { one.value = 'This is a test.'; one.dispatchEvent(new Event('input')) })"
            "(document.querySelector('#text'))"
        )
        await page.click("#hear")
        await page.until("!document.querySelector('#hear').disabled")
        await page.click("#read")
        await page.until("document.querySelectorAll('.line .begun').length === 4", 90)
        await page.until("document.querySelector('.sentence')", 90)
        words = "[...document.querySelectorAll('.spelling')].map(one => one.innerText)"
        assert await page.js(words) == ["This", "is", "a", "test"]
        assert await page.js("document.querySelectorAll('.sound.good, .sound.fair').length") >= 8
        assert await page.js("document.querySelector('.picture .wave').getTotalLength()") > 100
        assert await page.js("document.querySelectorAll('#attempts tbody tr').length") == 1
        await page.click(".sound")
        assert (await page.text(".detail tr.chosen th")) == "/ð/"
        for line in ("wave.of-reference", "wave.of-learner", "melody.of-learner"):
            await page.until(f"document.querySelector('.beside .{line}').getTotalLength() > 50")

        # Who stops in the middle is judged by what was read.
        await page.click("#read")
        await page.until("document.querySelector('#reading-state').innerText[0] === 'R'")
        await page.click("#read")
        await page.until("document.querySelector('.refused, .sentence')", 90)


@pytest.fixture
def whisper_here(folder: Path, whisper_base: Path) -> Iterator[None]:
    """The weights by which Mandarin is scored."""
    link = folder / "models" / "whisper-base"
    link.symlink_to(whisper_base)
    yield
    link.unlink()


@in_browser
@pytest.mark.usefixtures("whisper_here")
async def test_an_item_of_a_course_is_said_in_mandarin(home: Running, tmp_path: Path) -> None:
    silence = np.zeros(RATE // 2, np.float32)
    with closing(open_synthesizer()) as voice:
        said = np.concatenate([silence, *voice.synthesize("妈妈买茶。", "zh-CN"), silence])
    write(tmp_path / "speech.wav", said + quiet(said.size))
    choose = (
        "(one => {{ one.value = '{}'; one.dispatchEvent(new Event('change')) }})"
        "(document.querySelector('{}'))"
    )
    async with console(home, tmp_path / "browser", "practise", tmp_path / "speech.wav") as page:
        await page.until("document.querySelector('#source').options.length > 3")
        await page.js(choose.format("mandarin-for-english", "#source"))
        assert "New in this course" in await page.text("#hint")
        await page.js(choose.format("妈妈买茶。", "#pick"))
        assert "Mum buys tea." in await page.text("#hint")
        await page.click("#read")
        await page.until("document.querySelectorAll('.sentence .sound').length === 4", 100)
        assert "of 100; due" in await page.text("#hint")
        await page.click(".sound")
        assert (await page.text(".syllables .chosen h4")) == "妈 mā"
        assert await page.js("document.querySelectorAll('.contour .melody').length") >= 1
        await page.until("document.querySelector('.beside .melody.of-reference')")


@in_browser
async def test_a_token_lets_devices_be_set_and_voices_be_tried(
    home: Running, token: str, commands: Path, tmp_path: Path
) -> None:
    async with console(home, tmp_path, "home", commands / "vosk_test.wav") as page:
        await page.click("[data-device=coffee_maker] input")
        notice = await page.text("#notice .notice")
        assert "--scope home-admin" in notice
        assert not await page.js(
            "document.querySelector('[data-device=coffee_maker] input').checked"
        )
        assert "401" in page.complaints.pop()
        await page.click("#notice button")
        await page.type("#token-value", token)
        await page.key("Enter")
        await page.until("!document.querySelector('.hint')")
        await page.click("[data-device=coffee_maker] input")
        await page.until(
            "document.querySelector('[data-device=coffee_maker] .state').innerText === 'on'"
        )
        assert await page.js(f"!location.href.includes({json.dumps(token)})")

        async with connect(home.ws, "assistant") as line:
            await line.send(Converse(voice=False))
            await line.send(TypedText(text="set a timer for ten minutes named pasta"))
            left = await page.text("[data-pending=timer] .left")
            assert re.fullmatch(r"10:00|9:\d\d", left)
        await page.until(f"document.querySelector('.left').innerText !== {json.dumps(left)}")
        assert "pasta" in await page.text("[data-pending=timer]")
        await page.click("[data-pending=timer] button")
        await page.until("!document.querySelector('[data-pending]')")
        await page.click("[data-scene=movie_night]")
        await page.until("document.querySelector('#ran').innerText === '“movie night” is set.'")
        assert (await page.text("[data-device=lamp] .state")) == "on, 20 %"

        await page.js("location.hash = '#status'")
        await page.until("document.querySelector('#ready').innerText.startsWith('Ready')")
        assert "moonshine-tiny-en" in await page.text("#models table")
        assert "Connections" in await page.text("#load")

        await page.js("location.hash = '#people'")
        await page.until("document.querySelector('#audit p')")
        await page.click("[data-recorder=verify]")
        await page.until("document.querySelector('[data-verdict=good]')")
        await page.click("[data-recorder=verify]")
        await page.until("document.querySelector('#outcome strong')")
        assert "nobody is enrolled" in await page.text("#outcome")
        await page.until("document.querySelector('#audit tbody').innerText.includes('identify')")


@in_browser
async def test_somebody_is_enrolled_and_deleted(
    home: Running, token: str, speakers: dict[str, list[Path]], tmp_path: Path
) -> None:
    mine, _ = speakers.values()
    write(tmp_path / "speech.wav", np.concatenate([read(one) for one in (*mine, *mine)]))
    async with console(home, tmp_path / "browser", "talk", tmp_path / "speech.wav") as page:
        # With a microphone that stays open, the recording goes on between the sentences.
        await page.js("navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 1)")
        await page.js(f"sessionStorage.setItem('sonorant-token', '\"{token}\"')")
        await page.js("window.confirm = () => true; location.hash = '#people'")
        await page.until("document.querySelector('#audit p')")
        await page.type("#name", "Jack")
        await page.click("#enrol")
        ready = "!document.querySelector('#say').disabled"
        there = "document.querySelector('#outcome strong')"
        seconds = "Number(document.querySelector('#quality').innerText.split(' ')[0])"
        for _ in range(6):
            await page.until(f"{there} || ({ready} && document.querySelector('#prompt q'))")
            if await page.js(f"Boolean({there})"):
                break
            await page.click("#say")
            await page.until(f"{seconds} > 1.6")
            await page.click("#say")
            await page.until(f"{there} || document.querySelector('#quality span')")
        assert await page.text("#outcome") == "Jack is enrolled."
        await page.click("#enrolled .danger")
        await page.until("document.querySelector('#enrolled').innerText === 'Nobody yet.'")
        await page.until("document.querySelector('#audit tbody').innerText.includes('delete')")


@in_browser
async def test_the_microphone_is_resampled_without_aliases(home: Running, tmp_path: Path) -> None:
    async with console(home, tmp_path, "talk") as page:
        for rate in (16000, 44100, 48000):
            levels = await page.js(RESAMPLED.replace("RATE", str(rate)))
            for length, _ in levels:
                assert length == pytest.approx(1.0, abs=0.01)
            assert levels[0][1] == pytest.approx(1.0, abs=0.02)
            assert levels[1][1] == pytest.approx(1.0, abs=0.05)
            assert rate == 16000 or levels[2][1] < 0.01


def test_every_file_is_served_with_a_strict_policy(home: Running) -> None:
    call = Caller(home)
    page = call("GET", "/")
    assert page.status == 200 and page.body == FILES["index.html"]
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "style=" not in page.body.decode() and "http:" not in page.body.decode()
    for name, body in FILES.items():
        answer = call("GET", f"/console/{name}")
        assert (answer.status, answer.body) == (200, body)
        assert answer.headers["x-content-type-options"] == "nosniff"
    for path in ("/console/..%2Fapp.py", "/console/%2e%2e/app.py", "/console/__init__.py"):
        assert call("GET", path).status == 404


def test_all_that_is_said_is_said_in_both_languages() -> None:
    said = {}
    for name in ("en.js", "zh.js"):
        lines = re.findall(r'^  (\w+): "(.*)",$', FILES[name].decode(), re.MULTILINE)
        said[name] = {key: sorted(re.findall(r"\{\w+\}", phrase)) for key, phrase in lines}
        assert len(lines) == len(said[name])
    assert said["en.js"] == said["zh.js"]
    for name, body in FILES.items():
        if name.endswith((".js", ".html")):
            used = re.findall(
                r'(?:\b(?:words|label): |data-(?:words|label)=)"(\w+)"', body.decode()
            )
            assert set(used) <= set(said["en.js"]), name


def test_a_text_is_spoken(home: Running) -> None:
    call = Caller(home)
    answer = call.json("POST", "/v1/speech", {"text": "This is a test.", "language": "en"})
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/wav")
    assert answer.body[:4] == b"RIFF" and len(answer.body) > 16000
    assert call.json("POST", "/v1/speech", {"text": "Hm.", "language": "tlh"}).status == 503
    assert call.json("POST", "/v1/speech", {"text": ""}).json["code"] == "bad_message"


def test_models_are_told(home: Running) -> None:
    told = Caller(home)("GET", "/v1/models").json
    (model,) = [one for one in told["models"] if one["name"] == "moonshine-tiny-en"]
    assert model["here"] and model["role"] == "recognition" and model["licence"] == "MIT"
    assert "vad" in told["loaded"]
