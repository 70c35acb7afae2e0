"""Exit status 0 where the service answers; nothing but the standard library, to start fast."""

import os
import ssl
import sys
import urllib.request

scheme = "https" if os.environ.get("SONORANT_CERTIFICATE") else "http"
port = os.environ.get("SONORANT_PORT", "8765")
itself = ssl.create_default_context()
itself.check_hostname = False  # the certificate is for another name than 127.0.0.1
itself.verify_mode = ssl.CERT_NONE
try:
    address = f"{scheme}://127.0.0.1:{port}/healthz"
    with urllib.request.urlopen(address, timeout=3, context=itself) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError:
    sys.exit(1)
