"""The page of a comparison: both recordings to hear, and both melodies in one drawing."""

from __future__ import annotations

from collections.abc import Sequence

from pronunciation.report import signal
from pronunciation.report.charts import bar
from pronunciation.report.figures import decimal, whole
from pronunciation.report.language import label, say
from pronunciation.report.markup import Markup, tag
from pronunciation.report.page import page, section
from pronunciation.shadowing.results import Shadowing
from speech.audio import Samples, sanitize

_WIDTH, _HEIGHT, _SIDE = 900, 240, 40
_SPAN = 6.0
"""Semitones that are always shown, above and below the middle."""


def render_shadowing(
    found: Shadowing,
    reference: Samples,
    learner: Samples,
    names: tuple[str, str],
    *,
    language: str = "en",
) -> str:
    """An HTML page that needs nothing but itself.

    Parameters
    ----------
    names
        What the recordings are called.
    language
        In which language it opens, ``en`` or ``zh``.
    """
    scores = [
        tag(
            "div",
            tag("dt", say(f"shadow_{name}"), tag("small", say(f"about_shadow_{name}"))),
            tag("dd", bar(score), tag("b", whole(score))),
        )
        for name, score in (
            ("sounds", found.sounds),
            ("melody", found.melody),
            ("rhythm", found.rhythm),
        )
    ]
    verdict = say("shadow_same" if found.same else "shadow_other")
    facts = tag(
        "p",
        say(
            "shadow_facts",
            speed=decimal(found.speed),
            pitch=decimal(found.pitch_distance, 1),
            rhythm=decimal(100 * found.rhythm_distance, 0),
        ),
    )
    sound = [
        tag("p", tag("strong", say(key)), " ", name, tag("br"), _player(samples))
        for key, name, samples in (
            ("shadow_reference", names[0], reference),
            ("shadow_learner", names[1], learner),
        )
    ]
    body = Markup(
        tag("h1", say("shadow_title"))
        + section("overall", tag("p", verdict), tag("dl", scores, class_="scores"), facts)
        + section("shadow_hear", sound)
        + section("shadow_melodies", _melodies(found), note=say("shadow_melodies_note"))
    )
    return page("shadow_title", language, body)


def _player(samples: Samples) -> Markup:
    source = signal.data_uri(sanitize(samples))
    return tag("audio", class_="alone", controls=True, preload="metadata", src=source)


def _melodies(found: Shadowing) -> Markup:
    """Both contours over the time of the reference."""
    contour = found.contour
    values = [value for value in (*contour.reference, *contour.learner) if value is not None]
    span = max(_SPAN, *map(abs, values)) if values else _SPAN
    shapes: list[Markup] = []
    for semitones in (-span, 0.0, span):
        y = f"{_y(semitones, span):.1f}"
        shapes.append(tag("line", x1=_SIDE, x2=_WIDTH, y1=y, y2=y, class_="rule"))
        place = {"x": _SIDE - 6, "y": f"{_y(semitones, span) + 4:.1f}", "text-anchor": "end"}
        shapes.append(
            tag("text", f"{semitones:+.0f}" if semitones else "0", class_="axis", _=place)
        )
    for class_, line in (("course reference", contour.reference), ("course", contour.learner)):
        for piece in _pieces(line):
            points = " ".join(
                f"{_x(index, len(line)):.1f},{_y(value, span):.1f}" for index, value in piece
            )
            shapes.append(tag("polyline", points=points, class_=class_))
    return tag(
        "svg",
        shapes,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="histogram",
        role="img",
        _=label("shadow_melodies"),
    )


def _pieces(line: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The voiced stretches of a contour."""
    pieces: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(line):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((index, value))
    return [piece for piece in pieces if len(piece) > 1]


def _x(index: int, count: int) -> float:
    return _SIDE + index * (_WIDTH - _SIDE) / max(count - 1, 1)


def _y(semitones: float, span: float) -> float:
    return 10 + (_HEIGHT - 20) * (1 - (semitones / span + 1) / 2)
