"""Audio in files that clients send: of any container, but nothing that leads elsewhere."""

from __future__ import annotations

import tempfile

import numpy as np

from service.messages import Code, ServiceError
from speech.audio import RATE, Samples, blocks
from speech.errors import AudioError

LONGEST = 300.0
"""Seconds; each door takes less."""


def decoded(data: bytes) -> Samples:
    """The audio in a file's bytes.

    Raises
    ------
    AudioError
        It is not audio, or cut off.
    ServiceError
        It is longer than :data:`LONGEST`.
    """
    if not data:
        raise AudioError("the file is empty")
    # Playlists are text: what decodes them opens the files and addresses that they name.
    start = data[:64]
    if start.isascii() and all(byte >= 32 or byte in b"\t\r\n" for byte in start):
        raise AudioError("the file is text, not audio")
    with tempfile.NamedTemporaryFile(prefix="sonorant-") as file:
        file.write(data)
        file.flush()
        found: list[Samples] = []
        size = 0
        try:
            for block in blocks(file.name):
                found.append(block)
                size += block.size
                if size > LONGEST * RATE:
                    raise ServiceError(Code.TOO_LARGE, f"a recording lasts {LONGEST:.0f} s at most")
        except AudioError as error:
            raise AudioError(str(error).replace(file.name, "the file")) from error
    return np.concatenate([np.zeros(0, np.float32), *found])
