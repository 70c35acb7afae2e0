"""Logs as lines of JSON on standard error: what happened, never who said what.

What is logged of a session is its id, its door, the name of its token, how it ended and how long
it took. Addresses of clients are in no line but those that say that somebody was refused.
"""

from __future__ import annotations

import json
import logging
import sys
import time

LOGGER = logging.getLogger("sonorant")
"""The service's own."""


def log(level: int, what: str, **about: object) -> None:
    """Log what happened, with JSON-ready details."""
    LOGGER.log(level, what, extra={"about": about})


def set_up(level: str) -> None:
    """Log from ``level`` on; what libraries say from ``warning`` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(level.upper())
    # Of clients that speak no HTTP there may be many: they are no news.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line: ``time``, ``level``, ``logger``, ``message``, then the details."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
