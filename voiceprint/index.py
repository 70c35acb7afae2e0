"""Who of many speaks: the nearest of all templates, exactly, in memory.

One matrix product over 100,000 voiceprints of 192 numbers takes some milliseconds on one core (see
``benchmarks/voiceprint.py``), which leaves nothing to gain from an approximate index, and the
vectors never lie unencrypted on a disk: the index is made anew from the gallery when the program
starts, and whenever another process has changed the gallery.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voiceprint.contract import Person, Template, Vector
from voiceprint.gallery.names import fold


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the nearest."""

    person: Person
    cosine: float
    strength: float
    """Of the template."""


class Index:
    """Templates of one model, searched all at once.

    Parameters
    ----------
    people
        With the template of each; all of one model.
    """

    def __init__(self, people: Iterable[tuple[Person, Template]]) -> None:
        self._people: list[Person] = []
        self._strengths: list[float] = []
        vectors: list[Vector] = []
        for person, template in people:
            self._people.append(person)
            self._strengths.append(template.strength)
            vectors.append(template.vector)
        self._matrix = np.array(vectors, np.float32) if vectors else np.zeros((0, 0), np.float32)
        self._groups: dict[str, npt.NDArray[np.intp]] = {}
        members: dict[str, list[int]] = {}
        for row, person in enumerate(self._people):
            for group in person.groups:
                members.setdefault(fold(group), []).append(row)
        self._groups = {group: np.array(rows, np.intp) for group, rows in members.items()}

    def __len__(self) -> int:
        return len(self._people)

    def size(self, group: str | None = None) -> int:
        """How many people are in a group, or in all."""
        return len(self) if group is None else self._rows(group).size

    def nearest(self, vector: Vector, count: int, group: str | None = None) -> list[Candidate]:
        """The nearest people, the nearest first; fewer where there are fewer.

        Parameters
        ----------
        vector
            Of unit length.
        group
            Only its members, whatever the case, width and spaces of its name.
        """
        if not len(self):
            return []
        cosines = self._matrix @ vector
        rows: npt.NDArray[np.intp] | None = None
        if group is not None:
            rows = self._rows(group)
            cosines = cosines[rows]
        best = np.arange(cosines.size)
        if cosines.size > count:
            best = np.argpartition(cosines, -count)[-count:]
        best = best[np.argsort(-cosines[best], kind="stable")]
        places = best if rows is None else rows[best]
        return [
            Candidate(self._people[place], float(cosine), self._strengths[place])
            for place, cosine in zip(places, cosines[best], strict=True)
        ]

    def _rows(self, group: str) -> npt.NDArray[np.intp]:
        return self._groups.get(fold(group), np.zeros(0, np.intp))
