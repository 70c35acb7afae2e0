"""The phones of English as classes, and the reference text as a graph of them."""

from __future__ import annotations

from collections.abc import Sequence

from pronunciation import alignment
from pronunciation.alignment import Alignment, Floats
from pronunciation.english.phones import PHONES, Pronunciation, bare

Ways = Sequence[Pronunciation]
"""The pronunciations of a word."""

SILENCE = len(PHONES)
"""Index of the class that is no phone."""

INDEX = {phone: number for number, phone in enumerate(PHONES)}
"""Index of each phone's class."""


class Graph(alignment.Graph):
    """See :class:`pronunciation.alignment.Graph`; pronunciations are phones here."""

    def __init__(
        self, words: Sequence[Ways], *, skips: Sequence[float | None] | None = None
    ) -> None:
        classes = [[[INDEX[bare(phone)] for phone in way] for way in ways] for ways in words]
        super().__init__(classes, SILENCE, skips=skips)


def align(log_posteriors: Floats, words: Sequence[Ways]) -> Alignment:
    """Align a recording that is known to be long enough."""
    found = Graph(words).align(log_posteriors)
    assert found is not None, "the recording is shorter than its text"
    return found
