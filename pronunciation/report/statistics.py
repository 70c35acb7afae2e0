"""What many assessments say together. Records are JSON from a file: nothing in them is trusted."""

from __future__ import annotations

import functools
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pronunciation.report.figures import FAIR, finite, percent
from pronunciation.report.sounds import Sounds, part_name

Record = Mapping[str, Any]
"""``Assessment.to_dict()``; ``speaker``, ``date`` and ``report`` may be there too."""

SCORES = ("total", "accuracy", "fluency", "completeness", "prosody")

_UNJUDGED = ("", "5")  # nothing, and the neutral tone


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording that was assessed."""

    id: str
    speaker: str
    date: str
    text: str
    language: str
    report: str
    """Where its own page is, relative to the overview; mostly empty."""
    scores: tuple[float | None, ...]
    tone: float | None
    """In the order of :data:`SCORES`; the total is never None."""
    errors: int

    @property
    def total(self) -> float:
        """The total score."""
        return self.scores[0] or 0.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recording without scores."""

    id: str
    speaker: str
    text: str
    language: str
    reason: str


@dataclass(slots=True)
class Sound:
    """How one sound went, wherever it was asked for."""

    language: str
    phone: str
    count: int = 0
    mean: float = 0.0
    _squares: float = 0.0
    lowest: dict[str, float] = field(default_factory=dict)
    """The words in which it scored lowest, at most three."""

    def add(self, accuracy: float, word: str) -> None:
        """Take in one occurrence (Welford's running mean and variance)."""
        self.count += 1
        step = accuracy - self.mean
        self.mean += step / self.count
        self._squares += step * (accuracy - self.mean)
        if accuracy < self.lowest.get(word, 101.0):
            self.lowest[word] = accuracy
            if len(self.lowest) > 3:
                del self.lowest[max(self.lowest, key=lambda name: self.lowest[name])]

    def interval(self) -> tuple[float, float] | None:
        """The 95 % confidence interval of the mean (Student's t), None for a single occurrence."""
        if self.count < 2:
            return None
        error = math.sqrt(self._squares / (self.count - 1) / self.count)
        reach = _student(self.count - 1) * error
        return max(0.0, self.mean - reach), min(100.0, self.mean + reach)


@dataclass(slots=True)
class Swap:
    """One sound that came out as another."""

    language: str
    asked: str
    heard: str
    count: int = 0
    words: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Learner:
    """The totals of one speaker, oldest first."""

    name: str
    totals: tuple[float, ...]

    @property
    def change(self) -> float | None:
        """Mean of the last third minus mean of the first; None for fewer than three recordings."""
        third = len(self.totals) // 3
        if not third:
            return None
        return mean(self.totals[-third:]) - mean(self.totals[:third])

    @property
    def steady(self) -> bool:
        """Whether the change is no more than chance would make.

        How much a total varies by itself is told by the steps from one recording to the next;
        a change of less than two standard errors, or of less than a point, means nothing.
        """
        steps = [(after - before) ** 2 for before, after in itertools.pairwise(self.totals)]
        error = math.sqrt(mean(steps) / max(len(self.totals) // 3, 1))
        return abs(self.change or 0.0) < max(1.0, 2.0 * error)


@dataclass(slots=True)
class Statistics:
    """Everything that the overview shows, gathered in one pass."""

    utterances: list[Utterance] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    seconds: float = 0.0
    words: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    sounds: dict[tuple[str, str], Sound] = field(default_factory=dict)
    swaps: dict[tuple[str, str, str], Swap] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Take in one record."""
        names = {key: _string(record, key) for key in ("id", "speaker", "text")}
        language = _string(record, "language") or "en"
        self.seconds += max(0.0, finite(record.get("duration")) or 0.0)
        overall = record.get("overall")
        scores = (
            [percent(overall.get(key)) for key in SCORES] if isinstance(overall, Mapping) else []
        )
        if record.get("assessable") is not True or not scores or scores[0] is None:
            reason = _string(record, "reason")
            self.refusals.append(Refusal(**names, language=language, reason=reason))
            return
        errors = 0
        for word in _mappings(record, "words"):
            error = _string(word, "error")
            self.words += error != "insertion"
            if error and error != "none":
                errors += 1
                self.errors[error] += 1
            self._add_sounds(language, word)
        date, report = _string(record, "date"), _string(record, "report")
        self.utterances.append(
            Utterance(
                **names,
                date=date,
                language=language,
                report=report,
                scores=tuple(scores),
                tone=percent(overall.get("tone")) if isinstance(overall, Mapping) else None,
                errors=errors,
            )
        )

    def _add_sounds(self, language: str, word: Record) -> None:
        name, sounds = _string(word, "word"), Sounds(language)
        for phone in _mappings(word, "phones"):
            if asked := sounds.bare(_string(phone, "phone")):
                self._add_sound((language, asked), name, phone, sounds.bare)
        for syllable in _mappings(word, "syllables"):
            for kind, expected in (
                ("initial", "expected"), ("final", "expected"), ("tone", "surface"),
            ):  # fmt: skip
                part = syllable.get(kind)
                asked = _string(part, expected) if isinstance(part, Mapping) else ""
                if isinstance(part, Mapping) and asked not in _UNJUDGED:
                    read = functools.partial(part_name, kind)
                    self._add_sound((language, read(asked)), name, part, read)

    def _add_sound(
        self, key: tuple[str, str], word: str, record: Record, read: Callable[[str], str]
    ) -> None:
        """Count a sound that was asked for in a word; ``read`` says what one that was heard is."""
        accuracy = percent(record.get("accuracy"))
        if accuracy is None:
            return
        self.sounds.setdefault(key, Sound(*key)).add(accuracy, word)
        best = next(_mappings(record, "heard"), None)
        if best is None or round(accuracy) >= FAIR:
            return
        heard = read(_string(best, "phone"))
        if heard != key[1]:
            swap = self.swaps.setdefault((*key, heard), Swap(*key, heard))
            swap.count += 1
            swap.words[word] += 1

    def learners(self) -> list[Learner]:
        """Everybody whose recordings carry a name and who has at least two."""
        groups: dict[str, list[Utterance]] = {}
        for utterance in self.utterances:
            if utterance.speaker:
                groups.setdefault(utterance.speaker, []).append(utterance)
        found = []
        for name, group in groups.items():
            times = [_moment(each.date) for each in group]
            dated = [time for time in times if time is not None]
            order = list(range(len(group)))
            if len(dated) == len(group):
                order.sort(key=lambda index: dated[index])
            found.append(Learner(name, tuple(group[index].total for index in order)))
        return [learner for learner in found if len(learner.totals) > 1]


def gather(records: Iterable[Record]) -> Statistics:
    """One pass over the records."""
    statistics = Statistics()
    for record in records:
        if isinstance(record, Mapping):
            statistics.add(record)
    return statistics


def mean(values: Iterable[float]) -> float:
    """The mean of at least one value."""
    numbers = list(values)
    return math.fsum(numbers) / len(numbers)


def quantile(ordered: list[float], share: float) -> float:
    """The value below which a share of ordered values lies, between neighbours where needed."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _student(degrees: int) -> float:
    """The 97.5 % quantile of Student's t: exact for few degrees, then within 0.1 %."""
    few = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
    if degrees <= len(few):
        return few[degrees - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)


def _moment(date: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _string(record: Record, key: str) -> str:
    value = record.get(key)
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _mappings(record: Record, key: str) -> Iterator[Record]:
    value = record.get(key)
    for item in value if isinstance(value, list | tuple) else ():
        if isinstance(item, Mapping):
            yield item
