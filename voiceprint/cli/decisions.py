"""``sonorant voiceprint verify, identify, challenge``."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from voiceprint.challenges import Challenges
from voiceprint.cli.sources import recording
from voiceprint.contract import Decision, Outcome, Reason
from voiceprint.gallery import Gallery
from voiceprint.liveness.challenge import Kind
from voiceprint.opening import open_voiceprints
from voiceprint.verification import VerificationSettings

_SENTENCES = {
    Reason.MATCH: "the voice fits",
    Reason.NO_MATCH: "it is another voice",
    Reason.NOBODY_KNOWN: "it is nobody who is enrolled",
    Reason.UNDECIDED: "it may be one of several people: say more",
    Reason.NARROW_BAND: "it comes from a telephone line, or is filtered",
    Reason.TOO_SHORT: "there is too little speech in it: say more, or more slowly",
    Reason.TOO_NOISY: "it is too noisy",
    Reason.CLIPPED: "it is overdriven: speak from farther away",
    Reason.NO_SPEECH: "there is no speech in it",
    Reason.BLOCKED: "the person is blocked",
    Reason.EXPIRED: "the enrolment has expired: enrol again",
    Reason.LOCKED: "too many attempts failed",
    Reason.NOT_ENROLLED: "the person has no voiceprint of this model: enrol again with --replace",
    Reason.REPLAYED: "this very utterance was heard before",
    Reason.CHALLENGE_NEEDED: "the voice fits; answer a challenge (`voiceprint challenge NAME`)",
    Reason.CHALLENGE_FAILED: "other words were said than the challenge asked for",
    Reason.CHALLENGE_EXPIRED: "the challenge has expired, or was answered before: ask for another",
    Reason.SEVERAL_VOICES: "it is not one voice from beginning to end",
}


def verify(args: argparse.Namespace) -> int:
    """Decide whether it is the person of that name."""
    settings = VerificationSettings(args.purpose, args.live, args.learn)
    with open_voiceprints(args.gallery, args.embedding, spoofing=args.anti_spoofing) as voiceprints:
        voiceprints.gallery.person(args.name, suggest=True)  # before anybody has to speak
        samples = recording(args, voiceprints.ear.vad)
        decision = voiceprints.verifier.verify(
            args.name, samples, settings, challenge=args.challenge, door=args.door
        )
    print(json.dumps(decision_as_json(decision)) if args.json else sentence(decision))
    return int(decision.decision is not Outcome.ACCEPT)


def identify(args: argparse.Namespace) -> int:
    """Say who of those enrolled it is."""
    with open_voiceprints(args.gallery, args.embedding) as voiceprints:
        samples = recording(args, voiceprints.ear.vad)
        found = voiceprints.identifier.identify(
            samples, args.purpose, group=args.group, count=args.top, door=args.door
        )
    if args.json:
        likenesses = [
            {"person": one.person.name, "llr": one.llr, "probability": one.probability}
            for one in found.likenesses
        ]
        about = {
            **decision_as_json(found.decision),
            "searched": found.searched,
            "likenesses": likenesses,
        }
        print(json.dumps(about, ensure_ascii=False))
    else:
        print(sentence(found.decision))
        for one in found.likenesses:
            print(f"  {one.person.name:20} llr {one.llr:6.2f}  {100 * one.probability:5.1f} %")
    return int(found.decision.decision is not Outcome.ACCEPT)


def challenge(args: argparse.Namespace) -> int:
    """Ask for something to be said."""
    with Gallery(args.gallery) as gallery:
        person = None if args.name is None else gallery.person(args.name, suggest=True)
        asked = Challenges(gallery).ask(
            person,
            kind=Kind(args.kind),
            length=args.length,
            ttl=timedelta(seconds=args.seconds),
            door="command line",
        )
    expires = asked.expires.astimezone().isoformat(timespec="seconds")
    if args.json:
        print(json.dumps({"id": asked.id, "phrase": asked.phrase, "expires": expires}))
    else:
        print(f"Say within {args.seconds} seconds: {asked.phrase}")
        print(f"Then: sonorant voiceprint verify {args.name or 'NAME'} --challenge {asked.id} ...")
    return 0


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """A decision as every door tells it."""
    return {
        "decision": decision.decision,
        "person": decision.person,
        "llr": decision.llr,
        "probability": decision.probability,
        "reason": decision.reason,
        "quality": None if decision.quality is None else asdict(decision.quality),
        "liveness": {**asdict(decision.liveness), "live": decision.liveness.live},
        "wait": decision.wait,
    }


def sentence(decision: Decision) -> str:
    """A decision in a line."""
    why = _SENTENCES.get(decision.reason, decision.reason)
    who = f" {decision.person}" if decision.person else ""
    how_sure = "" if decision.llr is None else f" (llr {decision.llr:.2f})"
    when = (
        "" if decision.wait is None else f"; try again in {math.ceil(decision.wait / 60)} minutes"
    )
    return f"{decision.decision}{who}: {why}{when}{how_sure}"
