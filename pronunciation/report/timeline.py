"""The recording as a score of music: rows of waveform, words, sounds, pitch and energy.

All lanes share one time axis. A long recording wraps into rows, cut between words where it can,
so that it reads without scrolling and prints.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.report import signal
from pronunciation.report.figures import band, decimal, finite
from pronunciation.report.language import drawn, label, tooltip
from pronunciation.report.markup import Markup, tag
from pronunciation.results import Assessment, Pause, Phone, Syllable, Word, WordError
from speech.audio import RATE, Samples

_LONGEST_ROW, _SHORTEST_SPAN = 4.5, 2.0
_GUTTER, _WIDTH = 66, 1040
_TOP, _WAVE, _WORDS, _PHONES, _PITCH, _ENERGY = 22, 96, 28, 26, 88, 44


class _Lanes:
    """Where each lane begins, from the top; lanes that would be empty take no room."""

    def __init__(self, assessment: Assessment) -> None:
        self.spoken = bool(assessment.words)
        self.voiced = (
            assessment.pitch is not None and finite(assessment.pitch.median_hz) is not None
        )
        self.words = _TOP + _WAVE + 8
        self.phones = self.words + _WORDS + 3
        self.pitch = self.phones + _PHONES + 12 if self.spoken else self.words
        self.energy = self.pitch + _PITCH + 8 if self.voiced else self.pitch
        self.foot = self.energy + _ENERGY


@dataclass(frozen=True, slots=True)
class _Row:
    """A stretch of time and how it maps to the drawing."""

    start: float
    end: float
    scale: float
    """Units of the drawing a second."""
    lanes: _Lanes

    def x(self, time: float) -> float:
        return _GUTTER + (min(self.end, max(self.start, time)) - self.start) * self.scale

    def box(self, start: object, end: object) -> tuple[float, float] | None:
        """Left edge and width of a stretch of time, or None where it is not in the row."""
        first, last = finite(start), finite(end)
        if first is None or last is None or last <= max(first, self.start) or first >= self.end:
            return None
        return self.x(first), self.x(last) - self.x(first)


def timeline(assessment: Assessment, samples: Samples, ipa: Callable[[str], str]) -> Markup:
    """The drawing, one SVG a row."""
    length = samples.size / RATE if samples.size else (finite(assessment.duration) or 0.0)
    lanes = _Lanes(assessment)
    edges = _cut(length, assessment.words)
    span = max([_SHORTEST_SPAN, *(end - start for start, end in itertools.pairwise(edges))])
    rows = [
        _Row(start, end, (_WIDTH - _GUTTER - 8) / span, lanes)
        for start, end in itertools.pairwise(edges)
    ]
    peak = max(float(np.abs(samples).max(initial=0.0)), 0.02)
    levels = signal.energy(samples)
    melody = _Melody(assessment)
    lines = [_row(row, assessment, samples / peak, levels, melody, ipa) for row in rows]
    hatch = tag(
        "pattern",
        tag("path", d="M0 0V7", class_="hatch"),
        id="hatch",
        width=5,
        height=7,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return tag(
        "div",
        tag("svg", tag("defs", hatch), width=0, height=0, class_="defs", aria_hidden="true"),
        lines,
        class_="strip",
        role="group",
        tabindex="0",
        _=label("timeline_label"),
    )


def _cut(length: float, words: tuple[Word, ...]) -> list[float]:
    """Edges of the rows: evenly spaced, moved to the nearest gap between two words."""
    count = max(1, int(np.ceil(length / _LONGEST_ROW)))
    step = length / count
    times = [(finite(word.start), finite(word.end)) for word in words]
    placed = [(start, end) for start, end in times if start is not None and end is not None]
    gaps = [(a[1] + b[0]) / 2 for a, b in itertools.pairwise(placed)]
    edges = [0.0]
    for index in range(1, count):
        ideal = index * step
        near = [gap for gap in gaps if abs(gap - ideal) < 0.3 * step]
        edges.append(min(near, key=lambda gap: abs(gap - ideal)) if near else ideal)
    return [*edges, max(length, edges[-1] + 0.01)]


class _Melody:
    """The pitch contour and the range of semitones that shows it."""

    def __init__(self, assessment: Assessment) -> None:
        pitch = assessment.pitch
        self.step = (finite(pitch.step) if pitch else None) or 0.01
        self.median = finite(pitch.median_hz) if pitch else None
        self.contour = [finite(value) for value in pitch.contour] if pitch else []
        voiced = [value for value in self.contour if value is not None]
        low, high = np.percentile(voiced, [1, 99]) if voiced else (0.0, 0.0)
        self.low, self.high = max(-24.0, min(-3.0, low - 1)), min(24.0, max(3.0, high + 1))

    def y(self, semitones: float) -> float:
        """How far below the top of its lane."""
        held = min(self.high, max(self.low, semitones))
        return _PITCH * (self.high - held) / (self.high - self.low)


def _row(
    row: _Row,
    assessment: Assessment,
    wave: Samples,
    levels: npt.NDArray[np.float32],
    melody: _Melody,
    ipa: Callable[[str], str],
) -> Markup:
    shapes = [
        _frame(row),
        [_pause(row, pause) for pause in assessment.pauses],
        _wave(row, wave),
        [_word(row, index, word, ipa) for index, word in enumerate(assessment.words)],
        _omissions(row, assessment.words),
        _pitch(row, melody),
        _energy(row, levels),
        tag("line", class_="playhead", x1=-9, x2=-9, y1=_TOP - 4, y2=row.lanes.foot + 6),
    ]
    return tag(
        "svg",
        shapes,
        class_="row",
        viewBox=f"0 0 {_WIDTH} {row.lanes.foot + 6}",
        role="img",
        data_start=f"{row.start:.3f}",
        data_end=f"{row.end:.3f}",
        data_scale=f"{row.scale:.2f}",
        data_gutter=_GUTTER,
        _=label("row_label", start=decimal(row.start, 1), end=decimal(row.end, 1)),
    )


def _frame(row: _Row) -> list[Markup]:
    """The lanes with their names, and the seconds."""
    right = row.x(row.end)
    at = row.lanes
    lanes = [("lane_wave", _TOP, _WAVE), ("lane_energy", at.energy, _ENERGY)]
    if at.voiced:
        lanes.append(("lane_pitch", at.pitch, _PITCH))
    shapes = [
        tag("rect", x=_GUTTER, y=y, width=f"{right - _GUTTER:.1f}", height=height, class_="lane")
        for _, y, height in lanes
    ]
    if at.spoken:
        lanes += [("lane_words", at.words, _WORDS), ("lane_phones", at.phones, _PHONES)]
    for key, y, height in lanes:
        middle = y + 14 if key == "lane_pitch" else y + height / 2 + 4
        shapes.append(tag("text", drawn(key), x=0, y=middle, class_="lane-name"))
    tick = 0.1 if row.scale > 600 else 0.5
    for index in range(int(np.ceil(row.start / tick - 1e-6)), int(row.end / tick + 1e-6) + 1):
        x = f"{row.x(index * tick):.1f}"
        shapes.append(tag("line", x1=x, x2=x, y1=_TOP - 4, y2=_TOP, class_="tick"))
        if index * tick == round(index * tick) or tick == 0.5:
            shapes.append(tag("text", f"{index * tick:g} s", x=x, y=_TOP - 8, class_="second"))
    return shapes


def _pause(row: _Row, pause: Pause) -> Markup | None:
    box = row.box(pause.start, pause.end)
    if box is None:
        return None
    x, width = box
    kind = "expected" if pause.expected else "unexpected"
    seconds = decimal(pause.end - pause.start)
    height = row.lanes.foot - _TOP
    place = {"x": f"{x:.1f}", "y": _TOP, "width": f"{width:.1f}", "height": height}
    shape = tag("rect", class_="hatching", fill="url(#hatch)", _=place)
    name = tag("text", f"‖ {seconds} s", x=f"{x + width / 2:.1f}", y=_TOP + 14, class_="pause-name")
    title = tooltip(f"pause_{kind}", seconds=seconds)
    return tag("g", title, shape, name if width > 52 else None, class_=f"pause {kind}")


def _wave(row: _Row, wave: Samples) -> Markup | None:
    piece = wave[round(row.start * RATE) : round(row.end * RATE)]
    columns = int((row.x(row.end) - _GUTTER) / 2)
    if not piece.size or columns < 1:
        return None
    middle, half = _TOP + _WAVE / 2, _WAVE / 2 - 3
    steps = [
        f"M{_GUTTER + 2 * index + 1} {middle - high * half:.0f}V{middle - low * half + 1:.0f}"
        for index, (low, high) in enumerate(signal.outline(piece, columns))
    ]
    return tag("path", d="".join(steps), class_="wave")


def _word(row: _Row, index: int, word: Word, ipa: Callable[[str], str]) -> list[Markup]:
    shapes = [
        _phone(row, f"{index}.{number}", phone, ipa) for number, phone in enumerate(word.phones)
    ]
    shapes += [
        _sound(row, f"{index}.{number}", one.pinyin, one)
        for number, one in enumerate(word.syllables)
    ]
    box = row.box(word.start, word.end)
    if box is None:
        return [shape for shape in shapes if shape]
    x, width = box
    kind = band(word.total) if word.error is not WordError.INSERTION else "extra"
    edges = [
        tag("line", x1=f"{at:.1f}", x2=f"{at:.1f}", y1=_TOP, y2=row.lanes.foot, class_="edge")
        for at in (x, x + width)
    ]
    block = tag(
        "g",
        tag("title", word.word),
        _block(x, width, row.lanes.words, _WORDS),
        _name(word.word, x, width, row.lanes.words + 19, 7.4),
        class_=f"block word {kind}",
        data_select=str(index),
    )
    return [*edges, block, *(shape for shape in shapes if shape)]


def _phone(row: _Row, key: str, phone: Phone, ipa: Callable[[str], str]) -> Markup | None:
    sound = ipa(phone.phone)
    return _sound(row, key, sound, phone, f"{sound} · {phone.phone}")


def _sound(
    row: _Row, key: str, sound: str, said: Phone | Syllable, title: str = ""
) -> Markup | None:
    box = row.box(said.start, said.end)
    if box is None:
        return None
    x, width = box
    edge = tag("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=_TOP, y2=_TOP + _WAVE, class_="phone-edge")
    block = tag(
        "g",
        tag("title", title or sound),
        _block(x, width, row.lanes.phones, _PHONES),
        _name(sound, x, width, row.lanes.phones + 18, 8.0),
        class_=f"block phone {band(said.accuracy)}",
        data_select=key,
    )
    return Markup(edge + block)


def _block(x: float, width: float, y: float, height: float) -> Markup:
    place = {"x": f"{x + 0.75:.1f}", "width": f"{max(width - 1.5, 1):.1f}", "rx": 3}
    return tag("rect", y=y, height=height, _=place)


def _name(name: str, x: float, width: float, y: float, letter: float) -> Markup | None:
    """The name of a block, cut to what fits into it."""
    room = int((width - 2) / letter)
    if room < 1 or (room < len(name) and room < 2):
        return None
    shown = name if len(name) <= room else name[: room - 1] + "…"
    return tag("text", shown, x=f"{x + width / 2:.1f}", y=y)


def _omissions(row: _Row, words: tuple[Word, ...]) -> list[Markup]:
    """A mark where a word was left out: at the end of the word before it."""
    marks, last = [], 0.0
    for index, word in enumerate(words):
        last = finite(word.end) or last
        if word.error is WordError.OMISSION and row.start <= last < row.end:
            x = row.x(last)
            marks.append(
                tag(
                    "g",
                    tooltip("omitted_here", word=word.word),
                    tag("path", d=f"M{x:.1f} {row.lanes.words - 1}l-6 -9h12z"),
                    class_="omitted",
                    data_select=str(index),
                )
            )
    return marks


def _pitch(row: _Row, melody: _Melody) -> list[Markup]:
    if melody.median is None:
        return []
    shapes = []
    step = 12 if melody.high - melody.low > 24 else 6 if melody.high - melody.low > 14 else 3
    for semitones in range(int(np.ceil(melody.low / step)) * step, int(melody.high) + 1, step):
        y = f"{row.lanes.pitch + melody.y(semitones):.1f}"
        hertz = f"{melody.median * 2 ** (semitones / 12):.0f} Hz"
        kind = "rule" if semitones else "rule zero"
        shapes.append(tag("line", x1=_GUTTER, x2=f"{row.x(row.end):.1f}", y1=y, y2=y, class_=kind))
        shapes.append(tag("text", hertz, x=_GUTTER - 5, y=f"{float(y) + 3.5:.1f}", class_="hertz"))
    first, last = int(np.ceil(row.start / melody.step)), int(row.end / melody.step) + 1
    runs: list[list[str]] = [[]]
    for index, value in enumerate(melody.contour[first:last], first):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(
                f"{row.x(index * melody.step):.1f} {row.lanes.pitch + melody.y(value):.1f}"
            )
    path = "".join(f"M{'L'.join(run)}" for run in runs if len(run) > 1)
    return [*shapes, tag("path", d=path, class_="melody")] if path else shapes


def _energy(row: _Row, levels: npt.NDArray[np.float32]) -> Markup | None:
    first, last = int(np.ceil(row.start * 100)), int(row.end * 100) + 1
    piece = levels[first:last]
    if piece.size < 2:
        return None
    floor = row.lanes.foot
    heights = (_ENERGY - 3) * (1 - piece / signal.FLOOR_DB)
    points = [
        f"{row.x((first + index) / 100):.1f} {floor - height:.0f}"
        for index, height in enumerate(heights)
    ]
    x, end = row.x(first / 100), row.x((first + piece.size - 1) / 100)
    return tag("path", d=f"M{x:.1f} {floor}L{'L'.join(points)}L{end:.1f} {floor}z", class_="energy")
