"""Writes what training made where the program reads it: the head, the calibration, thresholds.

The head is trained on everybody; the calibration and the thresholds come from trials scored out of
fold, since a head knows the speakers it was trained on too well. The error rates beside a
threshold are those of thresholds chosen on the other folds.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from speech.models import ModelStore
from voiceprint.contract import Purpose
from voiceprint.embedding.campplus import HEAD, CamPlus
from voiceprint.gates import VERIFY, Gate
from voiceprint.training.corpus import FOLDS
from voiceprint.training.head import HeadSettings, turned
from voiceprint.training.materials import Views
from voiceprint.training.measured import JOINED
from voiceprint.training.pipeline import (
    CALIBRATED_ON,
    CLEAN,
    FALSE_ACCEPTS,
    calibrate,
    cross_fitted,
    gather,
    head_for,
    heard_under,
    likelihoods,
    out_of_fold,
    seen_of,
)
from voiceprint.training.trials import ENROLMENT, Protocol, Trials, together

CALIBRATIONS = Path(__file__).parent.parent / "calibrations.yaml"
_AGREEMENT = 0.01  # share of genuine recordings that an enrolment may refuse


def make(work: Path, data: Path | None, seed: int) -> None:
    """Train on everybody, calibrate out of fold, and write both."""
    materials = gather(work, data)
    protocol = Protocol(materials.speakers, seed=seed)
    settings = HeadSettings()
    heads = cross_fitted(materials, protocol, settings, seed)
    trials: dict[str, Trials] = {}
    for condition in CALIBRATED_ON:
        test = heard_under(condition, materials.speakers, work)
        trials[condition] = out_of_fold(
            protocol, heads, materials.clean, test, JOINED.get(condition, 1)
        )
    write_head(head_for(materials, protocol, None, settings, seed))
    model = CamPlus(ModelStore().path("campplus")).model
    write_calibration(
        CALIBRATIONS,
        str(model),
        calibrate(trials),
        thresholds(trials),
        agreement(materials.clean, protocol, heads),
        float(np.median(materials.clean.strength)),
    )


def write_head(weight: npt.NDArray[np.float32]) -> None:
    """Write the map of :func:`voiceprint.training.head.train_head` as the embedding reads it."""
    np.savez_compressed(HEAD, weight=weight.T.astype(np.float16))


def thresholds(trials: Mapping[str, Trials]) -> dict[Purpose, dict[str, float]]:
    """For each purpose the LLR from which the intended share of others passes.

    Chosen on all conditions together, with recordings that pass the gate of the purpose. The error
    rates beside it are those of such recordings as they are, at LLRs chosen on the other folds.
    """
    everything, clean = together([trials[name] for name in CALIBRATED_ON]), trials[CLEAN]
    of_fold = [calibrate(trials, fold) for fold in range(FOLDS)]
    llr = likelihoods(everything, of_fold.__getitem__)
    shipped = seen_of(everything) @ calibrate(trials)
    of_clean = likelihoods(clean, of_fold.__getitem__)
    result = {}
    for purpose, share in FALSE_ACCEPTS.items():
        others = ~everything.target & passes(everything, VERIFY[purpose])
        counted = passes(clean, VERIFY[purpose])
        limits = [
            float(np.quantile(llr[others & (everything.fold != fold)], 1 - share))
            for fold in range(FOLDS)
        ]
        accepted = of_clean >= np.array(limits)[clean.fold]
        stranger, alike = counted & ~clean.target, counted & ~clean.target & clean.hard
        result[purpose] = {
            "llr": float(np.quantile(shipped[others], 1 - share)),
            "false_accepts": float(accepted[stranger].mean()),
            "false_accepts_alike": float(accepted[alike].mean()),
            "misses": float((~accepted[counted & clean.target]).mean()),
        }
    return result


def passes(trials: Trials, gate: Gate) -> npt.NDArray[np.bool_]:
    """Which tests are good enough to be judged, shape (n,)."""
    enough = (trials.speech >= gate.speech) & (trials.snr >= gate.snr)
    return np.asarray(enough & ((trials.narrow_band == 0) | gate.narrow_band))


def agreement(clean: Views, protocol: Protocol, heads: list[npt.NDArray[np.float32]]) -> float:
    """The mean cosine with those before it in an enrolment that 99 % of recordings exceed."""
    means: list[float] = []
    for speaker, fold in enumerate(protocol.fold_of):
        rows = np.flatnonzero(protocol.speaker == speaker)
        vectors = turned(clean.vectors[rows, 0], heads[fold])
        for start in range(0, len(rows) - ENROLMENT + 1, ENROLMENT):
            group = vectors[start : start + ENROLMENT]
            means += [float(np.mean(group[:at] @ group[at])) for at in range(1, ENROLMENT)]
    return float(np.quantile(means, _AGREEMENT))


def write_calibration(
    path: Path,
    model: str,
    coefficients: npt.NDArray[np.float64],
    limits: Mapping[Purpose, Mapping[str, float]],
    agree: float,
    strength: float,
) -> None:
    """Write or replace the entry of a model."""
    import yaml

    known: dict[str, Any] = {}
    if path.exists():
        known = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    # One version of each network: vectors of an earlier one are refused anyway.
    name = model.partition("@")[0]
    known = {key: value for key, value in known.items() if key.partition("@")[0] != name}
    known[model] = {
        "coefficients": [round(float(value), 5) for value in coefficients],
        "agreement": round(agree, 3),
        "strength": round(strength, 2),
        "thresholds": {
            str(purpose): {key: float(f"{value:.4g}") for key, value in limit.items()}
            for purpose, limit in limits.items()
        },
    }
    text = yaml.safe_dump(known, sort_keys=False)
    path.write_text(_HEADER + text, encoding="utf-8")


_HEADER = """\
# How the cosines of each embedding model are read: made by `python -m voiceprint.training`.
# coefficients: of 1, d, p, s, b, n, t, and of those times the cosine; d = ln of the seconds of
# speech, p = ln of how many times as long the recording is, s = signal-to-noise ratio in 10 dB, b =
# 1 where narrow-band, n and t = ln of the strengths of the recording and of the template.
# strength: that of an ordinary recording, which the others are measured by.
# thresholds: the LLR from which to accept; the error rates were measured at LLRs chosen without
# the speakers measured, on recordings as they are that are good enough for the purpose.
"""
