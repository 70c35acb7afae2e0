"""``sonorant voiceprint enroll, list, show, block, unblock, delete, export``."""

from __future__ import annotations

import argparse
import base64
import json
import os
import stat
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from speech.errors import ConfigError, EnrolmentError, UnknownPersonError
from voiceprint.cli.asking import agreed
from voiceprint.cli.dates import day
from voiceprint.cli.sources import recordings
from voiceprint.contract import Consent, Person
from voiceprint.enrolment import UTTERANCES, Check, Enrolment
from voiceprint.gallery import AuditAction, AuditEntry, Gallery
from voiceprint.opening import open_voiceprints

STATEMENT = (
    "I agree that a voiceprint is made of recordings of my voice, that it is kept encrypted on "
    "this machine to recognise me by, that attempts are logged, and that all of it is deleted "
    "when I ask for it."
)
"""What a person agrees to."""


def enrol(args: argparse.Namespace) -> int:
    """Enrol a person."""
    expires = day(args.expires, ahead=True)
    consent = _consent(args)
    with open_voiceprints(args.gallery, args.embedding) as voiceprints:
        voiceprints.may_enrol(args.name, replace=args.replace)
        enrolment, checks = voiceprints.enrolment(), list[tuple[str, Check]]()
        for name, samples in recordings(args, voiceprints.ear.vad):
            check = enrolment.add(samples)
            checks.append((name, check))
            if not args.json:
                print(_told(name, check, enrolment), file=sys.stderr)
            if args.microphone and (enrolment.complete or len(checks) >= 4 * UTTERANCES):
                break
        person = voiceprints.enrol(
            args.name,
            enrolment,
            groups=args.group,
            consent=consent,
            expires=expires,
            replace=args.replace,
            even_if_known=args.even_if_known,
        )
    if args.json:
        report = [{"recording": name, **_checked(check)} for name, check in checks]
        print(json.dumps({**person_as_json(person), "recordings": report}, ensure_ascii=False))
    else:
        print(f"{person.name} is enrolled, with {enrolment.speech:.1f} s of speech.")
    return 0


def list_people(args: argparse.Namespace) -> int:
    """List who is enrolled."""
    with Gallery(args.gallery) as gallery:
        people = gallery.people(args.group)
        damaged = gallery.damaged()
    if args.json:
        listed = [person_as_json(person) for person in people]
        listed += [{"id": person_id, "damaged": True} for person_id in damaged]
        print(json.dumps(listed, ensure_ascii=False))
        return 0
    for person in people:
        print("  ".join([person.name, *_marks(person)]))
    for person_id in damaged:
        todo = f"put back a back-up, or `sonorant voiceprint delete {person_id}`"
        print(f"{person_id}  damaged: {todo}")
    if not people and not damaged:
        print("Nobody is enrolled" + (f" in {args.group}." if args.group else "."))
    return 0


def show(args: argparse.Namespace) -> int:
    """Show what is kept of a person."""
    with Gallery(args.gallery) as gallery:
        person = gallery.person(args.name, suggest=True)
    about = person_as_json(person)
    if args.json:
        print(json.dumps(about, ensure_ascii=False))
        return 0
    for key, value in about.items():
        if isinstance(value, dict):
            value = "; ".join(str(part) for part in value.values() if part)
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        if value not in ("", None):
            print(f"{key:10} {value}")
    return 0


def block(args: argparse.Namespace) -> int:
    """Refuse a person from now on."""
    with Gallery(args.gallery) as gallery:
        person = gallery.block(gallery.person(args.name, suggest=True))
    return _changed(args, person, "is blocked")


def unblock(args: argparse.Namespace) -> int:
    """No longer refuse a person."""
    with Gallery(args.gallery) as gallery:
        person = gallery.unblock(gallery.person(args.name, suggest=True))
    return _changed(args, person, "is no longer blocked")


def delete(args: argparse.Namespace) -> int:
    """Delete a person."""
    with Gallery(args.gallery) as gallery:
        person = _found(gallery, args.name)
        name = person if isinstance(person, str) else person.name
        if not args.yes and not agreed(f"Delete everything about {name}?", "--yes"):
            return 1
        gallery.delete(person)
    if isinstance(person, str):
        print(json.dumps({"id": person}) if args.json else f"{person} is deleted.")
        return 0
    return _changed(args, person, "is deleted")


def export(args: argparse.Namespace) -> int:
    """Write what is kept of a person."""
    with Gallery(args.gallery) as gallery:
        person = gallery.person(args.name, suggest=True)
        what = "with the voiceprints" if args.templates else "without the voiceprints"
        now = datetime.now(UTC)
        gallery.record(AuditEntry(now, AuditAction.EXPORT, "command line", person.id, reason=what))
        about = person_as_json(person)
        about["audit"] = [
            {key: value for key, value in asdict(entry).items() if value not in (None, "")}
            for entry in gallery.audit(person=person.id)
        ]
        if args.templates:
            about["templates"] = [
                {
                    "model": str(template.model),
                    "utterances": template.utterances,
                    "speech": template.speech,
                    "float32": base64.b64encode(template.vector.astype("<f4").tobytes()).decode(),
                }
                for model in person.models
                if (template := gallery.template(person, model)) is not None
            ]
    text = json.dumps(about, ensure_ascii=False, indent=2, default=str) + "\n"
    if args.output is None:
        sys.stdout.write(text)
    else:
        _write(Path(args.output), text)
    return 0


def person_as_json(person: Person) -> dict[str, Any]:
    """What is known of a person, without the voiceprint."""
    consent = person.consent
    return {
        "id": person.id,
        "name": person.name,
        "groups": list(person.groups),
        "enrolled": _date(person.created),
        "expires": _date(person.expires),
        "blocked": person.blocked,
        "consent": None
        if consent is None
        else {
            "given": _date(consent.given),
            "statement": consent.statement,
            "witness": consent.witness,
        },
        "models": [str(model) for model in person.models],
    }


def _found(gallery: Gallery, who: str) -> Person | str:
    """The person of a name or an id; only the id where the record cannot be read."""
    try:
        return gallery.person(who, suggest=True)
    except UnknownPersonError:
        if who in gallery.damaged():
            return who
        for person in gallery.people():
            if person.id == who:
                return person
        raise


def _consent(args: argparse.Namespace) -> Consent:
    if not args.consent:
        print(STATEMENT, file=sys.stderr)
        if not agreed(f"Does {args.name} agree?", "--consent"):
            raise EnrolmentError(f"without the consent of {args.name} nothing is recorded")
    return Consent(datetime.now(UTC), STATEMENT, args.witness)


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner reads, also where one is that others could read."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    with open(descriptor, "w", encoding="utf-8") as file:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fchmod(descriptor, 0o600)
        file.write(text)


def _told(name: str, check: Check, enrolment: Enrolment) -> str:
    if check.reason is None:
        return f"{name}: taken ({enrolment.taken}, {enrolment.speech:.1f} s of speech)"
    return f"{name}: not taken, {check.advice}"


def _checked(check: Check) -> dict[str, Any]:
    return {"taken": check.reason is None, "reason": check.reason, "quality": asdict(check.quality)}


def _changed(args: argparse.Namespace, person: Person, what: str) -> int:
    print(json.dumps(person_as_json(person)) if args.json else f"{person.name} {what}.")
    return 0


def _marks(person: Person) -> list[str]:
    marks = [f"[{', '.join(person.groups)}]"] if person.groups else []
    if person.blocked:
        marks.append("blocked")
    if person.expires is not None:
        late = person.expires <= datetime.now(UTC)
        marks.append(f"{'expired' if late else 'until'} {person.expires.astimezone():%Y-%m-%d}")
    return marks


def _date(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone().isoformat(timespec="seconds")
