"""``/v1/voiceprint``: people, attempts with recorded voices, challenges and the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from service.access import Scope
from service.doors.voices import attempt
from service.messages import Code, Error, Message, ServiceError, voices
from service.messages.voices import (
    Ask,
    Audit,
    AuditEntry,
    Change,
    Decision,
    Enrolled,
    Identify,
    People,
    Person,
    Recording,
    Verify,
)
from service.messages.wire import M, from_dict
from service.rest import Visitor, answer, flag, guarded, takes, takes_form
from speech.audio import Samples
from speech.errors import EnrolmentError
from voiceprint import contract
from voiceprint.contract import Consent
from voiceprint.enrolment import Check
from voiceprint.gallery import Gallery
from voiceprint.opening import Voiceprints

admin = APIRouter(
    prefix="/v1/voiceprint",
    tags=["voiceprint"],
    route_class=guarded("voiceprint", Scope.VOICEPRINT_ADMIN),
)
use = APIRouter(
    prefix="/v1/voiceprint",
    tags=["voiceprint"],
    route_class=guarded("voiceprint", Scope.VOICEPRINT),
)

_TEXT = {"type": "string"}
_FILE = {"type": "string", "format": "binary", "description": "A recording, any container."}
_MOST_ENTRIES = 1000
_ENROLMENT = {
    "name": _TEXT,
    "consent": {"type": "string", "description": "What the person agreed to, word for word."},
    "witness": _TEXT,
    "group": {"type": "array", "items": _TEXT},
    "replace": {"type": "string", "enum": ["true", "false"]},
    "audio": {"type": "array", "items": _FILE},
}


@admin.get("/people", response_class=Response, responses={200: {"model": People}})
async def people(visit: Visitor, group: str | None = None) -> Response:
    """Who is enrolled."""
    gallery = (await visit.core.engines.voiceprints()).gallery
    found, damaged = await visit.work(lambda: (gallery.people(group), gallery.damaged()))
    return answer(People(people=tuple(map(Person.of, found)), damaged=damaged))


@admin.get("/people/{name}", response_class=Response, responses={200: {"model": Person}})
async def person(name: str, visit: Visitor) -> Response:
    """What is kept of somebody, without the voiceprint."""
    gallery = (await visit.core.engines.voiceprints()).gallery
    return answer(Person.of(await visit.work(gallery.person, name)))


@admin.post(
    "/people",
    openapi_extra=takes_form(["name", "consent", "audio"], **_ENROLMENT),
    response_class=Response,
    status_code=201,
    responses={201: {"model": Enrolled}, 422: {"model": Error}},
)
async def enrol(visit: Visitor) -> Response:
    """Enrol somebody who agreed, with three sentences or more."""
    voiceprints = await visit.core.engines.voiceprints()
    async with visit.form() as form:
        if unknown := form.keys() - _ENROLMENT.keys():
            field = min(unknown)[:100]
            raise ServiceError(Code.BAD_MESSAGE, f"{field} is no field here", field=field)
        name, statement = _required(form, "name"), _required(form, "consent")
        replace = flag("replace", form.get("replace", "false"))
        await visit.work(voiceprints.may_enrol, name, replace=replace)
        recordings = [await visit.recording(file) for file in _files(form)]
        witness = form.get("witness")
        consent = Consent(datetime.now(UTC), statement, witness if isinstance(witness, str) else "")
        groups = [group for group in form.getlist("group") if isinstance(group, str)]
    enrolled, checks = await visit.work(
        _enrol, voiceprints, name, recordings, groups or None, consent, replace
    )
    told = tuple(map(Recording.of, checks))
    return answer(Enrolled(person=enrolled, recordings=told), 201)


@admin.patch(
    "/people/{name}",
    openapi_extra=takes(Change),
    response_class=Response,
    responses={200: {"model": Person}},
)
async def change(name: str, visit: Visitor) -> Response:
    """Rename, block, unblock somebody, or put them into other groups."""
    wanted = await visit.message(Change)
    gallery = (await visit.core.engines.voiceprints()).gallery
    return answer(Person.of(await visit.work(_change, gallery, name, wanted)))


@admin.delete("/people/{name}", response_class=Response, status_code=204)
async def delete(name: str, visit: Visitor) -> Response:
    """Delete everything that is kept of somebody; a damaged record by its id."""
    gallery = (await visit.core.engines.voiceprints()).gallery
    await visit.work(_delete, gallery, name)
    return Response(status_code=204)


@admin.get("/audit", response_class=Response, responses={200: {"model": Audit}})
async def audit(visit: Visitor, person: str | None = None, count: int = 100) -> Response:
    """What happened, the newest ``count`` entries, and whether the log is as it was written."""
    if not 1 <= count <= _MOST_ENTRIES:
        raise ServiceError(Code.BAD_REQUEST, f"count is 1 to {_MOST_ENTRIES}", field="count")
    gallery = (await visit.core.engines.voiceprints()).gallery
    return answer(await visit.work(_audit, gallery, person, count))


@use.post(
    "/verify",
    openapi_extra=takes_form(
        ["person", "audio"],
        person=_TEXT,
        audio=_FILE,
        purpose=_TEXT,
        live={"type": "string", "enum": ["true", "false"]},
        challenge=_TEXT,
        door=_TEXT,
    ),
    response_class=Response,
    responses={200: {"model": Decision}, 404: {"model": Error}},
)
async def verify(visit: Visitor) -> Response:
    """Is it the person of that name?"""
    return await _attempt(visit, Verify)


@use.post(
    "/identify",
    openapi_extra=takes_form(
        ["audio"], audio=_FILE, purpose=_TEXT, group=_TEXT, count=_TEXT, door=_TEXT
    ),
    response_class=Response,
    responses={200: {"model": Decision}},
)
async def identify(visit: Visitor) -> Response:
    """Who of those enrolled is it?"""
    return await _attempt(visit, Identify)


@use.post(
    "/challenge",
    openapi_extra=takes(Ask),
    response_class=Response,
    responses={200: {"model": voices.Challenge}},
)
async def challenge(visit: Visitor) -> Response:
    """Something to be said, which no recording made before can know."""
    wanted = await visit.message(Ask)
    voiceprints = await visit.core.engines.voiceprints()
    return answer(await visit.work(_ask, voiceprints, wanted))


async def _attempt(visit: Visitor, kind: type[M]) -> Response:
    voiceprints = await visit.core.engines.voiceprints()
    async with visit.form() as form:
        start = from_dict(_attempt_fields(form, kind), [kind])
        (file,) = _files(form)[:1]
        samples = await visit.recording(file)
    assert isinstance(start, voices.Attempt)
    return answer(await visit.work(attempt, voiceprints, start, samples))


def _attempt_fields(form: FormData, kind: type[Message]) -> dict[str, object]:
    about: dict[str, object] = {"type": kind.TYPE}
    for name, value in form.multi_items():
        if name == "live":
            about[name] = flag(name, value)
        elif name == "count":
            number = isinstance(value, str) and value.isdecimal() and len(value) < 5
            about[name] = int(str(value)) if number else value
        elif name != "audio":
            about[name] = value
    return about


def _required(form: FormData, name: str) -> str:
    value = form.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ServiceError(Code.BAD_MESSAGE, f"{name}: a text is needed", field=name)
    return value


def _files(form: FormData) -> list[UploadFile]:
    files = [file for file in form.getlist("audio") if isinstance(file, UploadFile)]
    if not files:
        raise ServiceError(Code.BAD_MESSAGE, "audio: a file is needed", field="audio")
    return files


def _enrol(
    voiceprints: Voiceprints,
    name: str,
    recordings: list[Samples],
    groups: list[str] | None,
    consent: Consent,
    replace: bool,
) -> tuple[Person, list[Check]]:
    enrolment = voiceprints.enrolment()
    checks = [enrolment.add(samples) for samples in recordings]
    if not enrolment.complete:
        advice = [check.advice for check in checks if check.advice]
        if advice:
            raise EnrolmentError(f"too few recordings are good enough; {'; '.join(advice)}")
    enrolled = voiceprints.enrol(name, enrolment, groups=groups, consent=consent, replace=replace)
    return Person.of(enrolled), checks


def _change(gallery: Gallery, name: str, wanted: Change) -> contract.Person:
    changed = gallery.person(name)
    if wanted.groups is not None:
        changed = gallery.set_groups(changed, wanted.groups)
    if wanted.blocked is not None:
        changed = gallery.block(changed) if wanted.blocked else gallery.unblock(changed)
    if wanted.name is not None:
        changed = gallery.rename(changed, wanted.name)
    return changed


def _delete(gallery: Gallery, name: str) -> None:
    gallery.delete(name if name in gallery.damaged() else gallery.person(name))


def _audit(gallery: Gallery, person: str | None, count: int) -> Audit:
    entries = list(gallery.audit(person=person))[-count:]
    check = gallery.check_audit()
    return Audit(entries=tuple(map(AuditEntry.of, entries)), intact=check.intact, head=check.head)


def _ask(voiceprints: Voiceprints, wanted: Ask) -> voices.Challenge:
    who = None if wanted.person is None else voiceprints.gallery.person(wanted.person)
    asked = voiceprints.challenges.ask(
        who,
        kind=wanted.kind,
        length=wanted.length,
        ttl=timedelta(seconds=wanted.seconds),
        door=wanted.door,
    )
    return voices.Challenge.of(asked)
