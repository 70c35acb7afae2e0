"""The DET curve as a picture: SVG, which any browser shows and prints at any size."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from statistics import NormalDist

import numpy as np

from voiceprint.metrics import DetCurve, Floats

_SIDE, _LEFT, _TOP = 480, 76, 40
_TICKS = (0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
_LEAST, _MOST = 0.00005, 0.5
_COLOURS = ("#0b62a4", "#c2571a", "#2b7d4f", "#7a3e9d", "#8a6d00")
_probit = NormalDist().inv_cdf


def draw(curves: Mapping[str, DetCurve], title: str = "Detection error trade-off") -> str:
    """An SVG document.

    Both axes are in units of the normal distribution, on which scores that are normally
    distributed lie on a straight line (Martin et al., Eurospeech 1997); the nearer to the lower
    left corner, the better. The diagonal marks equal error rates.

    Parameters
    ----------
    curves
        By the name in the legend.
    """
    width, height = _LEFT + _SIDE + 24, _TOP + _SIDE + 64 + 20 * len(curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escape(title)}</text>',
    ]
    for tick in _TICKS:
        x, y, label = _x(tick), _y(tick), f"{100 * tick:g}"
        parts += [
            f'<path d="M{x:.1f} {_TOP}v{_SIDE}M{_LEFT} {y:.1f}h{_SIDE}" stroke="#ddd"/>',
            f'<text x="{x:.1f}" y="{_TOP + _SIDE + 18}" text-anchor="middle">{label}</text>',
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>',
        ]
    middle = _TOP + _SIDE / 2
    parts += [
        f'<path d="M{_LEFT} {_TOP + _SIDE}L{_LEFT + _SIDE} {_TOP}" stroke="#bbb" '
        'stroke-dasharray="4 4"/>',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" '
        'stroke="#555"/>',
        f'<text x="{_LEFT + _SIDE / 2}" y="{_TOP + _SIDE + 40}" text-anchor="middle">'
        "others accepted, %</text>",
        f'<text transform="translate(22 {middle}) rotate(-90)" text-anchor="middle">'
        "genuine refused, %</text>",
    ]
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        y = _TOP + _SIDE + 64 + 20 * number
        parts += [
            f'<path d="{_path(curve)}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<path d="M{_LEFT} {y - 4}h24" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{_LEFT + 32}" y="{y}">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _path(curve: DetCurve) -> str:
    points: list[tuple[float, float]] = []
    for false_accept, miss in zip(_held(curve.false_accepts), _held(curve.misses), strict=True):
        point = (round(_x(false_accept), 1), round(_y(miss), 1))
        if not points or point != points[-1]:
            points.append(point)
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _held(rates: Floats) -> list[float]:
    return [float(rate) for rate in np.clip(rates, _LEAST, _MOST)]


def _x(rate: float) -> float:
    return _LEFT + _SIDE * (_probit(rate) - _probit(_LEAST)) / (_probit(_MOST) - _probit(_LEAST))


def _y(rate: float) -> float:
    return _TOP + _SIDE + _LEFT - _x(rate)
