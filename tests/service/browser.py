"""Chromium without a window, moved over its DevTools protocol."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

_FLAGS = (
    "--headless=new --no-first-run --no-default-browser-check --disable-gpu --disable-extensions "
    "--disable-background-networking --disable-component-update --disable-sync --mute-audio "
    "--autoplay-policy=user-gesture-required --use-fake-device-for-media-stream "
    "--use-fake-ui-for-media-stream --remote-debugging-port=0 --force-color-profile=srgb "
    "--hide-scrollbars --disable-dev-shm-usage"
).split()


def chromium() -> str | None:
    """Where Chromium is, if it is there."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Page:
    """One tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []
        """What the page wrote to its console as errors, refusals of its policy included."""

    async def read(self) -> None:
        """Take what the browser says, until it is gone."""
        with suppress(websockets.ConnectionClosed):
            async for text in self._socket:
                message = json.loads(text)
                if "id" in message:
                    self._waiting.pop(message["id"]).set_result(message)
                elif message["method"] == "Runtime.exceptionThrown":
                    self.complaints.append(json.dumps(message["params"]["exceptionDetails"]))
                elif message["method"] == "Log.entryAdded":
                    entry = message["params"]["entry"]
                    if entry["level"] == "error":
                        self.complaints.append(f"{entry['text']} {entry.get('url', '')}")

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        self._waiting[number] = answer = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        message = await asyncio.wait_for(answer, 60)
        assert "error" not in message, f"{method}: {message['error']}"
        result: dict[str, Any] = message["result"]
        return result

    async def go(self, url: str) -> None:
        await self.send("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def js(self, expression: str) -> Any:
        """The value of an expression; promises are awaited."""
        answer = await self.send(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
            userGesture=False,
        )  # fmt: skip
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, expression: str, seconds: float = 60.0) -> Any:
        """The value of an expression once it is true."""
        try:
            async with asyncio.timeout(seconds):
                guarded = f"(() => {{ try {{ return {expression} }} catch {{ return null }} }})()"
                while (value := await self.js(guarded)) in (None, False, ""):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            text = await self.js("document.body.innerText")
            raise AssertionError(f"never: {expression}\n{text}\n{self.complaints}") from None
        return value

    async def text(self, query: str) -> str:
        """What an element says, once it says something."""
        return str(await self.until(f"document.querySelector({json.dumps(query)}).innerText"))

    async def click(self, query: str) -> None:
        """Click in the middle of an element, as with a mouse."""
        x, y = await self._middle(query)
        for kind in ("mousePressed", "mouseReleased"):
            await self.send(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def type(self, query: str, text: str) -> None:
        await self.js(f"document.querySelector({json.dumps(query)}).focus()")
        await self.send("Input.insertText", text=text)

    async def key(self, key: str, *kinds: str) -> None:
        """Press and let go of a key, or only one of both."""
        code = {" ": "Space"}.get(key, key)
        number = {" ": 32, "Enter": 13, "Tab": 9, "Escape": 27}[key]
        text = {" ": " ", "Enter": "\r"}.get(key, "")
        for kind in kinds or ("keyDown", "keyUp"):
            about = {"text": text} if text and kind == "keyDown" else {}
            await self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, code=code,
                windowsVirtualKeyCode=number, **about,
            )  # fmt: skip

    async def _middle(self, query: str) -> tuple[float, float]:
        box = await self.until(
            f"(e => {{ e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect(); "
            f"return b.width && [b.x + b.width / 2, b.y + b.height / 2] }})"
            f"(document.querySelector({json.dumps(query)}))"
        )
        return box[0], box[1]


@asynccontextmanager
async def browsing(
    folder: Path, microphone: Path | None = None, language: str = "en-GB"
) -> AsyncIterator[Page]:
    """A browser of its own.

    Parameters
    ----------
    folder
        Where it keeps what it has to.
    microphone
        A WAV file that its microphone hears, once from when it is opened.
    """
    found = chromium()
    assert found is not None
    heard = [f"--use-file-for-fake-audio-capture={microphone}%noloop"] if microphone else []
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    process = subprocess.Popen(  # noqa: ASYNC220
        [
            *(found, *_FLAGS, *sandbox, *heard),
            *(f"--lang={language}", f"--user-data-dir={folder}", "about:blank"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LANGUAGE": language},
        start_new_session=True,
    )
    try:
        address = await _address(folder, process)
        async with websockets.connect(address, max_size=None, compression=None) as socket:
            page = Page(socket)
            reading = asyncio.create_task(page.read())
            for domain in ("Page", "Runtime", "Log"):
                await page.send(f"{domain}.enable")
            yield page
            reading.cancel()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Of the first tab, once it is there."""
    file = folder / "DevToolsActivePort"
    async with asyncio.timeout(60):
        while True:
            assert process.poll() is None, "Chromium does not start"
            with suppress(OSError, ValueError, IndexError):
                port = file.read_text().splitlines()[0]
                url = f"http://127.0.0.1:{port}/json/list"
                with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: ASYNC210
                    tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
                return str(tabs[0]["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)
