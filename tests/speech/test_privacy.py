"""Nothing leaves the machine: what engines would report of their use is switched off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from speech.models import ModelStore


def test_onnxruntime_reports_nothing(tmp_path: Path) -> None:
    """Where it does, it begins by making a database in the user's cache."""
    model = ModelStore().path("silero-vad") / "silero_vad.onnx"
    script = f"import speech.vad, onnxruntime; onnxruntime.InferenceSession({str(model)!r})"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, **home})
    assert list(tmp_path.rglob("*")) == []
