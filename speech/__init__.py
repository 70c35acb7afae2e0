"""The ground that everything else stands on: audio, voice activity, engines, models, errors."""

import os

# The published builds of onnxruntime report their use to Microsoft unless told not to, before they
# are loaded (Privacy.md in its wheel). Nothing leaves this machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
