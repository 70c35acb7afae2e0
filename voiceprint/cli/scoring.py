"""``sonorant voiceprint trials``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from speech.errors import ConfigError
from speech.progress import progress
from voiceprint.det import draw
from voiceprint.metrics import det_curve
from voiceprint.opening import open_ear
from voiceprint.trials import (
    Figures,
    Scored,
    enrol_all,
    figures,
    read_enrolments,
    read_trials,
    split,
)
from voiceprint.trials import score as scored_trials


def trials(args: argparse.Namespace) -> int:
    """Score a list of trials."""
    models = read_enrolments(args.enrol)
    listed = read_trials(args.trials, models)
    ear, calibration = open_ear(args.embedding)
    with progress("enrolling", len(models), "models") as advance:
        templates = enrol_all(models, ear, advance)
    scored: list[Scored] = []
    with (
        _opened(args.output) as output,
        progress("scoring", len(listed.trials), "trials") as advance,
    ):
        if listed.header is not None:
            output.write("\t".join([*listed.header, "llr"]) + "\n")
        for one in scored_trials(listed.trials, templates, ear, calibration):
            output.write(_line(one))
            scored.append(one)
            advance(len(scored))
            if one.problem:
                print(f"sonorant: {one.problem}", file=sys.stderr)
    found = figures(scored)
    if args.det is not None:
        if found is None:
            raise ConfigError("a DET curve needs trials marked target and trials marked nontarget")
        args.det.write_text(draw({"trials": det_curve(*split(scored))}), encoding="utf-8")
    failed = sum(one.llr is None for one in scored)
    _tell(args, found, len(scored), failed)
    return int(failed > 0)


def _tell(args: argparse.Namespace, found: Figures | None, count: int, failed: int) -> None:
    if args.json:
        told = {} if found is None else asdict(found)
        print(json.dumps({"trials": count, "failed": failed, **told}))
        return
    print(f"{count - failed} of {count} trials scored: {args.output}")
    if found is not None:
        print(f"targets {found.targets}, nontargets {found.nontargets}")
        print(f"EER      {100 * found.eer:.2f} %")
        print(f"minDCF   {found.min_dcf_01:.3f} (p=0.01)  {found.min_dcf_05:.3f} (p=0.05)")
        print(f"Cllr     {found.cllr:.3f} (at best {found.min_cllr:.3f})")


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error


def _line(one: Scored) -> str:
    llr = "" if one.llr is None else f"{one.llr:.6f}"
    return "\t".join([*one.trial.columns, llr]) + "\n"
