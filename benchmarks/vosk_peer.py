"""A peer for the benchmark of load: what vosk-server does, in its own parts.

No package holds alphacep's ``websocket/asr_server.py``, so this does the same work: websockets, a
thread a core, and for each connection a ``KaldiRecognizer`` of its own, which every message goes
through; each has one reply. Settings are that server's defaults, but for the rate. ::

    python -m benchmarks.vosk_peer MODEL PORT

Reference: https://github.com/alphacep/vosk-server, ``websocket/asr_server.py``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import vosk
import websockets
from websockets.asyncio.server import ServerConnection


class Peer:
    """One model, and the threads that all connections share."""

    def __init__(self, folder: str) -> None:
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(folder)
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)

    async def serve(self, socket: ServerConnection) -> None:
        """Serve one client."""
        recognizer: Any = None
        rate, words, alternatives = 8000.0, True, 0
        async for message in socket:
            if isinstance(message, str) and "config" in message:
                config = json.loads(message)["config"]
                rate = float(config.get("sample_rate", rate))
                words = bool(config.get("words", words))
                alternatives = int(config.get("max_alternatives", alternatives))
                continue
            if recognizer is None:
                recognizer = vosk.KaldiRecognizer(self._model, rate)
                recognizer.SetWords(words)
                recognizer.SetMaxAlternatives(alternatives)
            loop = asyncio.get_running_loop()
            reply, over = await loop.run_in_executor(self._pool, _answer, recognizer, message)
            await socket.send(reply)
            if over:
                return


def _answer(recognizer: Any, message: str | bytes) -> tuple[str, bool]:
    if isinstance(message, str):
        return recognizer.FinalResult(), True
    if recognizer.AcceptWaveform(message):
        return recognizer.Result(), False
    return recognizer.PartialResult(), False


async def _main(folder: str, port: int) -> None:
    async with websockets.serve(Peer(folder).serve, "127.0.0.1", port) as server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
