"""Small drawings in SVG. Colour comes from classes, so that both themes and print have their own.

No element carries a style of its own: the page's policy would refuse it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pronunciation.report.figures import GOOD, band, percent, whole
from pronunciation.report.language import drawn, label
from pronunciation.report.markup import Markup, tag, text

HIDDEN = {"aria-hidden": "true", "focusable": "false"}
"""For a drawing beside which the same is said in words."""


def dial(score: object) -> Markup:
    """A ring filled by a score, with the score in it."""
    value = percent(score)
    ring: dict[str, Any] = {"cx": 60, "cy": 60, "r": 52, "fill": "none", "stroke-width": 12}
    arc = tag(
        "circle",
        class_=f"arc {band(value)}",
        pathLength=100,
        stroke_dasharray=f"{value or 0:.1f} 100",
        transform="rotate(-90 60 60)",
        _=ring,
    )
    return tag(
        "svg",
        tag("circle", class_="track", _=ring),
        arc if value else None,
        tag("text", whole(value), x=60, y=57, class_="figure"),
        tag("text", "/ 100", x=60, y=84, class_="unit"),
        viewBox="0 0 120 120",
        class_="dial",
        _=HIDDEN,
    )


def bar(score: object, class_: str = "") -> Markup:
    """A horizontal bar filled by a score."""
    value = percent(score)
    full = tag("rect", width=f"{value or 0:.1f}%", height="100%", class_=f"fill {band(value)}")
    return tag(
        "svg",
        tag("rect", width="100%", height="100%", class_="track"),
        full if value else None,
        class_=f"bar {class_}".strip(),
        _=HIDDEN,
    )


def interval(mean: float, low: float, high: float) -> Markup:
    """A mean with its confidence interval, on a line from 0 to 100."""
    return tag(
        "svg",
        tag("line", x1="0", x2="100%", y1=9, y2=9, class_="rule"),
        tag("rect", x=f"{low:.1f}%", width=f"{high - low:.1f}%", y=6, height=6, class_="spread"),
        tag("circle", cx=f"{mean:.1f}%", cy=9, r=5, class_=f"dot {band(mean)}"),
        class_="interval",
        _=HIDDEN,
    )


def histogram(counts: Sequence[int], middle: float | None) -> Markup:
    """How many fell into each of equally wide bins from 0 to 100, with a line at the median."""
    width, height, foot, side, right = 560, 190, 24, 36, 14
    column, most = (width - side - right) / len(counts), max(max(counts), 1)
    shapes: list[Markup] = []
    for share in (0.5, 1.0):
        y = 14 + (height - 14) * (1 - share)
        shapes.append(tag("line", x1=side, x2=width, y1=f"{y:.0f}", y2=f"{y:.0f}", class_="rule"))
        shapes.append(_words(f"{most * share:g}", side - 6, y + 4, "axis", "end"))
    for index, count in enumerate(counts):
        low, tall = 100 * index / len(counts), (height - 14) * count / most
        place = {"x": f"{side + index * column + 1:.1f}", "width": f"{column - 2:.1f}", "rx": 2}
        title = tag("title", f"{low:g}–{low + 100 / len(counts):g}: {count}")
        shapes.append(
            tag(
                "rect",
                title,
                y=f"{height - tall:.1f}",
                height=f"{tall:.1f}",
                class_=f"fill {band(low)}",
                _=place,
            )
        )
    for value in range(0, 101, 20):
        shapes.append(
            _words(str(value), side + value * (width - side - right) / 100, height + 17, "axis")
        )
    if middle is not None:
        x = side + middle * (width - side - right) / 100
        shapes.append(tag("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=0, y2=height, class_="middle"))
        end = middle > 75
        place = {"x": f"{x + (-6 if end else 6):.1f}", "y": 11, "class": "middle-name"}
        anchor = "end" if end else "start"
        shapes.append(
            tag("text", drawn("median_is", value=whole(middle)), text_anchor=anchor, _=place)
        )
    return tag(
        "svg",
        shapes,
        viewBox=f"0 0 {width} {height + foot}",
        class_="histogram",
        role="img",
        _=label("histogram_label", counts=", ".join(map(str, counts)), middle=whole(middle)),
    )


def sparkline(values: Sequence[float]) -> Markup:
    """The course of some scores, from 0 to 100, oldest first."""
    width, height = 180, 54
    gap = (width - 12) / max(len(values) - 1, 1)
    points = [(6 + gap * i, 4 + (height - 8) * (1 - value / 100)) for i, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    good = 4 + (height - 8) * (1 - GOOD / 100)
    x, y = points[-1]
    return tag(
        "svg",
        tag("line", x1=0, x2=width, y1=f"{good:.1f}", y2=f"{good:.1f}", class_="rule dashed"),
        tag("polyline", points=line, class_="course"),
        tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=4, class_=f"dot {band(values[-1])}"),
        viewBox=f"0 0 {width} {height}",
        class_="sparkline",
        _=HIDDEN,
    )


def _words(content: object, x: float, y: float, class_: str, anchor: str = "middle") -> Markup:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    return tag("text", text(content), class_=class_, _=place)
