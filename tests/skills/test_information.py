"""Weather from a real server, articles from a real ZIM file, and honest refusals."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from libzim.writer import Creator, Hint, Item, StringProvider

from skills.home import EXAMPLE
from speech.errors import ConfigError
from tests.skills.conversations import talk

FORECAST = {
    "current": {"temperature_2m": 17.6, "weather_code": 61},
    "daily": {
        "weather_code": [61, 0],
        "temperature_2m_min": [11.2, 9.4],
        "temperature_2m_max": [18.9, 24.5],
    },
}
ADA = (
    "<html><body><table><tr><td><p>Born in 1815 in the city of London</p></td></tr></table>"
    "<p> </p><p>Ada Lovelace was an <b>English</b> mathematician<sup>[1]</sup>. "
    "She wrote notes.</p></body></html>"
)


class Page(Item):  # type: ignore[misc]  # libzim has no types
    def __init__(self, path: str, title: str, html: str) -> None:
        super().__init__()
        self.values = path, title, html

    def get_path(self) -> str:
        return self.values[0]

    def get_title(self) -> str:
        return self.values[1]

    def get_mimetype(self) -> str:
        return "text/html"

    def get_contentprovider(self) -> Any:
        return StringProvider(self.values[2])

    def get_hints(self) -> dict[Any, bool]:
        return {Hint.FRONT_ARTICLE: True}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    return Path(shutil.copy(EXAMPLE, tmp_path / "config" / "home.yaml"))


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(FORECAST if "forecast" in self.path else [1]).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()
    thread.join()


def book(file: Path, language: str, title: str, html: str) -> None:
    with Creator(file).config_indexing(True, language) as creator:
        creator.set_mainpath("A")
        creator.add_item(Page("A", title, html))
        creator.add_metadata("Language", language)


async def test_without_a_source_it_is_refused(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert await say("what's the weather like") == "I have no source for the weather."
        for text, language in (
            ("Who was Ada Lovelace?", "en"),
            ("who is Charles Babbage", "en"),
            ("tell me about the Great Wall", "en"),
            ("介绍一下长城", "zh-CN"),
            ("세종대왕이 누구야", "ko"),
        ):
            answer = await say(text, language)
            assert "information.yaml" in answer and "Kiwix" in answer
            assert not say.reply.acted and say.reply.stage == "none"
        # What was meant for the home is not taken for it.
        for text in ("what is the temprature in the bedroom", "what is the bedroom tempature"):
            assert "bedroom" in await say(text)


async def test_libzim_is_needed_only_for_zim_files(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "libzim.reader", None)
    async with talk(tmp_path, home=home):
        pass
    home.with_name("information.yaml").write_text("encyclopaedia: [home.yaml]\n")
    with pytest.raises(ConfigError, match=r"pip install 'sonorant\[encyclopaedia\]'"):
        async with talk(tmp_path, home=home):
            pass


async def test_the_weather(home: Path, tmp_path: Path, server: str) -> None:
    home.with_name("information.yaml").write_text(f"weather: {server}/forecast\n")
    async with talk(tmp_path, home=home) as say:
        assert await say("what's the weather like") == (
            "Rain, 18 degrees. Today between 11 and 19 degrees."
        )
        assert await say("how is the weather tomorrow") == (
            "Tomorrow clear sky, between 9 and 24 degrees."
        )
        assert await say("what is the weather in paris") == "I only know the weather at home."
        assert await say("明天天气怎么样", "zh-CN") == "明天晴，9到24度。"
        assert "맑음" in await say("내일 날씨 어때", "ko")


async def test_a_source_that_fails_is_told(home: Path, tmp_path: Path, server: str) -> None:
    for address, reason in ((f"{server}/other", "another format"), ("http://127.0.0.1:1", "reach")):
        home.with_name("information.yaml").write_text(f"weather: {address}\n")
        async with talk(tmp_path, home=home) as say:
            assert reason in await say("what's the weather like")


async def test_articles(home: Path, tmp_path: Path) -> None:
    long = "长城是中国古代的军事防御工事。" * 40
    book(home.with_name("en.zim"), "eng", "Ada Lovelace", ADA)
    book(home.with_name("zh.zim"), "zho", "长城", f"<p>{long}</p>")
    home.with_name("information.yaml").write_text("encyclopaedia: [en.zim, zh.zim]\n")
    async with talk(tmp_path, home=home) as say:
        text = "Ada Lovelace was an English mathematician. She wrote notes."
        assert await say("Who was Ada Lovelace?") == text
        assert await say("tell me about ada lovelace") == text
        assert await say("who is Charles Babbage") == "I find nothing about Charles Babbage."
        await say("what is on the shopping list")
        assert say.reply.intent == "TellList"
        answer = await say("介绍一下长城", "zh-CN")
        assert answer.startswith("长城是中国古代") and len(answer) <= 320 and answer.endswith("。")
        assert "찾지 못했어요" in await say("세종대왕에 대해 알려줘", "ko")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("weather: ftp://x", "information.yaml:1: weather must be"),
        ("encyclopaedia: [no.zim]", "there is no file"),
        ("encyclopaedia: [home.yaml]", "not a ZIM file"),
        ("news: x", "unknown key"),
    ],
)
async def test_mistakes_are_told(home: Path, tmp_path: Path, text: str, reason: str) -> None:
    home.with_name("information.yaml").write_text(text)
    with pytest.raises(ConfigError, match=reason):
        async with talk(tmp_path, home=home):
            pass
