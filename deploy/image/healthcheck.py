"""Exit status 0 where the service answers; nothing but the standard library, to start fast."""

import os
import sys
import urllib.error
import urllib.request

port = os.environ.get("SONORANT_PORT", "8765")
try:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=3) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except (OSError, urllib.error.URLError):
    sys.exit(1)
