"""The quick start is typed as it stands, in a shell, and answers what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.conftest import own_folders

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
PARTS = {
    part.partition("\n")[0]: re.findall(r"```console\n(.*?)```", part, re.DOTALL)
    for part in PAGE.split("\n## ")[1:]
}
PORT = "8765"

_WAIT = 'until curl -sf "http://127.0.0.1:$SONORANT_PORT/readyz" >/dev/null; do sleep 0.2; done'


@pytest.fixture
def recordings(data: Path, commands: Path, tmp_path: Path) -> Path:
    """A folder with the recordings of the page."""
    corpus = data / "speechocean762"
    labels = [
        json.loads(line) for line in (corpus / "labels.jsonl").read_text("utf-8").splitlines()
    ]
    somebody, stranger = labels[0]["speaker"], labels[-1]["speaker"]

    def longest(speaker: str) -> list[Path]:
        names = [label["id"] for label in labels if label["speaker"] == speaker]
        files = [corpus / "audio" / f"{name}.opus" for name in names]
        return sorted(files, key=lambda file: -file.stat().st_size)

    names = ("one", "two", "three", "attempt", "answer", "reading")
    for name, file in zip(names, longest(somebody), strict=False):
        shutil.copy(file, tmp_path / f"{name}.wav")
    shutil.copy(longest(stranger)[0], tmp_path / "stranger.wav")
    shutil.copy(commands / "turn_on_the_lamp.wav", tmp_path / "command.wav")
    return tmp_path


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
def test_it_goes_as_it_is_written(recordings: Path, part: str) -> None:
    if shutil.which("bash") is None or shutil.which("curl") is None:
        pytest.skip("bash and curl are needed, as for whoever follows the page")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    lines = "".join(PARTS[part]).splitlines()
    script = ["set -m"]  # so that %1 is known
    for line in lines:
        if line.startswith("$ "):
            script.append(line[2:])
        if line.endswith("&"):
            script.append(_WAIT)
    with own_folders(recordings):
        done = subprocess.run(
            ["bash", "-c", "\n".join(script).replace(PORT, port)],
            cwd=recordings,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "SONORANT_PORT": port,
            },
            capture_output=True,
            text=True,
            timeout=550,
        )
    said = plain((done.stdout + done.stderr).replace(port, PORT))
    for line in lines:
        assert line.startswith("$ ") or plain(line) in said, (line, said)


def plain(text: str) -> str:
    """Spaces and line ends, which depend on the terminal, levelled."""
    return " ".join(text.split())
