"""How long the stages of an utterance took: measured for all, and traced where that is wanted."""

from __future__ import annotations

import logging

from service.core import Core
from service.line import Line
from service.logs import log


def took(line: Line, core: Core, **stages: float) -> None:
    """Take note of the seconds of each stage; with ``--trace`` the log has them, and no texts."""
    for stage, seconds in stages.items():
        core.metrics.took(stage, seconds)
    told = {stage: round(seconds, 3) for stage, seconds in stages.items()}
    log(logging.DEBUG, "utterance", session=line.session, **told)
