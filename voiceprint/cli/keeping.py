"""``sonorant voiceprint audit, rotate-key``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from speech.errors import ConfigError
from speech.progress import progress
from voiceprint.cli.asking import agreed
from voiceprint.cli.dates import day
from voiceprint.gallery import AuditEntry, Gallery, MasterKey


def audit(args: argparse.Namespace) -> int:
    """Print, check or shorten the audit log."""
    if args.noted is not None and not args.check:
        raise ConfigError("--noted is what --check compares with: give both")
    since, before = day(args.since, ahead=False), day(args.prune, ahead=False)
    with Gallery(args.gallery) as gallery:
        if args.check:
            return _check(args, gallery)
        if before is not None:
            question = f"Remove what is older than {before.astimezone():%Y-%m-%d %H:%M} for good?"
            if not args.yes and not agreed(question, "--yes"):
                return 1
            removed = gallery.prune_audit(before)
            told = f"{removed} entries are removed; the rest can still be checked."
            print(json.dumps({"removed": removed}) if args.json else told)
            return 0
        for entry in gallery.audit(person=args.person, since=since):
            print(json.dumps(entry_as_json(entry), default=str) if args.json else _line(entry))
    return 0


def rotate_key(args: argparse.Namespace) -> int:
    """Encrypt the gallery with a new key."""
    new = None if args.new_key_file is None else MasterKey.from_text(_text(args.new_key_file))
    with Gallery(args.gallery) as gallery:
        work = gallery.rotation_work()
        with progress("sealing anew", work, "records") as advance:
            gallery.rotate_key(new, advance)
    done = f"{work} records are sealed with the new key."
    print(json.dumps({"records": work}) if args.json else done)
    return 0


def entry_as_json(entry: AuditEntry) -> dict[str, Any]:
    """An entry of the audit log, without what it does not tell."""
    about = {key: value for key, value in asdict(entry).items() if value not in (None, "")}
    about["when"] = entry.when.isoformat()
    if entry.model is not None:
        about["model"] = str(entry.model)
    return about


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as a key ({error})") from error


def _check(args: argparse.Namespace, gallery: Gallery) -> int:
    found = gallery.check_audit(args.noted)
    if args.json:
        print(json.dumps({"intact": found.intact, **asdict(found)}))
    else:
        for problem in found.problems:
            print(problem)
        state = "is as it was written" if found.intact else "was changed"
        print(f"The audit log of {found.entries} entries {state}; its head is {found.head}")
    return int(not found.intact)


def _line(entry: AuditEntry) -> str:
    parts = [f"{entry.when.astimezone():%Y-%m-%d %H:%M:%S}", entry.action]
    parts += [part for part in (entry.person or entry.person_id, entry.door) if part]
    if entry.decision is not None:
        parts.append(f"{entry.decision} ({entry.reason})")
    if entry.llr is not None:
        parts.append(f"llr {entry.llr:.2f}")
    return "  ".join(parts)
