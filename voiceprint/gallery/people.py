"""People and their templates, in a transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from rapidfuzz import fuzz, process
from sqlalchemy import Row, Select, delete, func, insert, select, update

from speech.errors import EnrolmentError, GalleryError, UnknownPersonError
from voiceprint.contract import Consent, EmbeddingModel, Person, Template
from voiceprint.gallery.names import clean, fold, same_name
from voiceprint.gallery.records import Record, template_from_bytes, template_to_bytes
from voiceprint.gallery.session import Session
from voiceprint.gallery.tables import MEMBERS, PEOPLE, TEMPLATES
from voiceprint.gallery.vault import TamperedError

_SIMILAR = 70.0
_SEARCHED = 10_000
"""More names than these are not looked through for similar ones."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """What some rows hold."""

    last: str | None
    """The id in the last row; None where there are no more rows."""
    good: list[T]
    damaged: dict[str, GalleryError]
    """By the person's id, what is wrong with those that cannot be trusted."""


class People:
    """Reads and changes people.

    Parameters
    ----------
    session
        For changes, one that nobody else writes in meanwhile.
    """

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._vault = session.vault

    def find(self, name: str) -> Person | None:
        """The person of this name, whatever the case."""
        token = self._vault.token("name", fold(name))
        row = self._connection.execute(
            select(PEOPLE).where(PEOPLE.c.name_token == token)
        ).one_or_none()
        if row is None:
            return None
        record = self._record(row)
        if not same_name(record.name, name):
            raise GalleryError(f"the name of person {row.id} was changed from outside")
        return record.person(row.id, self._models([row.id]).get(row.id, ()))

    def named(self, name: str, *, suggest: bool) -> Person:
        """The person of this name; raises UnknownPersonError, which may suggest others."""
        found = self.find(name)
        if found is not None:
            return found
        near = self._similar(name) if suggest else []
        suggested = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownPersonError(f"nobody called {name} is enrolled{suggested}")

    def get(self, id: str) -> Person:
        """The person with an id; raises UnknownPersonError."""
        return self._record(self._row(id)).person(id, self._models([id]).get(id, ()))

    def batch(self, after: str, group: str | None, size: int) -> Batch[Person]:
        """The next people by id, without those whose record cannot be trusted."""
        query = select(PEOPLE).where(PEOPLE.c.id > after).order_by(PEOPLE.c.id).limit(size)
        rows = self._connection.execute(self._in_group(query, group)).all()
        models = self._models([row.id for row in rows])

        def person(row: Row[Any]) -> Person:
            record = self._member(self._record(row), row.id, group)
            return record.person(row.id, models.get(row.id, ()))

        return _batch(rows, person)

    def add(
        self,
        name: str,
        groups: Iterable[str],
        consent: Consent | None,
        expires: datetime | None,
    ) -> str:
        """Add a person without a template; returns the id."""
        record = Record(clean(name), datetime.now(UTC), _groups(groups), consent, expires)
        person_id = str(uuid.uuid4())
        sealed = self._sealed(person_id, record)
        self._connection.execute(insert(PEOPLE).values(id=person_id, **sealed))
        self._set_members(person_id, record.groups)
        return person_id

    def change(self, id: str, **changes: Any) -> Person:
        """Change fields of a :class:`Record`; raises UnknownPersonError."""
        row = self._row(id)
        if "name" in changes:
            changes["name"] = clean(changes["name"])
            other = self.find(changes["name"])
            if other is not None and other.id != id:
                raise EnrolmentError(f"somebody called {other.name} is enrolled already")
        if "groups" in changes:
            changes["groups"] = _groups(changes["groups"])
            self._set_members(id, changes["groups"])
        record = replace(self._record(row), **changes)
        self._connection.execute(
            update(PEOPLE).where(PEOPLE.c.id == id).values(**self._sealed(id, record))
        )
        return record.person(id, self._models([id]).get(id, ()))

    def remove(self, id: str) -> None:
        """Remove a person and all that hangs on them; raises UnknownPersonError."""
        if not self._connection.execute(delete(PEOPLE).where(PEOPLE.c.id == id)).rowcount:
            raise UnknownPersonError(f"nobody with the id {id} is enrolled any more")

    def set_template(self, id: str, template: Template) -> None:
        """Put a template in place of the one of the same model, if there is one."""
        sealed = self._vault.seal(template_to_bytes(template), *_place(id, template.model))
        self._connection.execute(_of(delete(TEMPLATES), id, template.model))
        self._connection.execute(
            insert(TEMPLATES).values(
                person_id=id,
                model_name=template.model.name,
                model_version=template.model.version,
                sealed=sealed,
            )
        )

    def remove_templates(self, id: str) -> None:
        """Remove the templates of every model."""
        self._connection.execute(delete(TEMPLATES).where(TEMPLATES.c.person_id == id))

    def template(self, person: Person, model: EmbeddingModel) -> Template | None:
        """Somebody's template of a model; raises GalleryError where it was tampered with."""
        sealed = self._connection.execute(
            _of(select(TEMPLATES.c.sealed), person.id, model)
        ).scalar_one_or_none()
        return None if sealed is None else self._template(sealed, person.id, person.name, model)

    def template_batch(
        self, model: EmbeddingModel, after: str, group: str | None, size: int
    ) -> Batch[tuple[Person, Template]]:
        """The next people who have a template of a model, by id, as far as both can be trusted."""
        query = (
            select(PEOPLE, TEMPLATES.c.sealed.label("template"))
            .join(TEMPLATES, TEMPLATES.c.person_id == PEOPLE.c.id)
            .where(
                TEMPLATES.c.person_id > after,
                TEMPLATES.c.model_name == model.name,
                TEMPLATES.c.model_version == model.version,
            )
            .order_by(TEMPLATES.c.person_id)
            .limit(size)
        )
        rows = self._connection.execute(self._in_group(query, group)).all()
        models = self._models([row.id for row in rows])

        def both(row: Row[Any]) -> tuple[Person, Template]:
            record = self._member(self._record(row), row.id, group)
            template = self._template(row.template, row.id, record.name, model)
            return record.person(row.id, models[row.id]), template

        return _batch(rows, both)

    def _row(self, id: str) -> Row[Any]:
        row = self._connection.execute(select(PEOPLE).where(PEOPLE.c.id == id)).one_or_none()
        if row is None:
            raise UnknownPersonError(f"nobody with the id {id} is enrolled any more")
        return row

    def _in_group(self, query: Select[Any], group: str | None) -> Select[Any]:
        if group is None:
            return query
        token = self._vault.token("group", fold(group))
        return query.join(MEMBERS, MEMBERS.c.person_id == PEOPLE.c.id).where(
            MEMBERS.c.group_token == token
        )

    def _member(self, record: Record, id: str, group: str | None) -> Record:
        if group is not None and fold(group) not in map(fold, record.groups):
            raise GalleryError(f"the groups of person {id} were changed from outside")
        return record

    def _set_members(self, id: str, groups: Sequence[str]) -> None:
        self._connection.execute(delete(MEMBERS).where(MEMBERS.c.person_id == id))
        rows = [
            {"person_id": id, "group_token": self._vault.token("group", fold(group))}
            for group in groups
        ]
        if rows:
            self._connection.execute(insert(MEMBERS), rows)

    def _sealed(self, id: str, record: Record) -> dict[str, bytes]:
        return {
            "name_token": self._vault.token("name", fold(record.name)),
            "sealed": self._vault.seal(record.to_bytes(), "person", id),
        }

    def _record(self, row: Row[Any]) -> Record:
        try:
            return Record.from_bytes(self._vault.open(row.sealed, "person", row.id))
        except TamperedError as error:
            raise GalleryError(
                f"the record of person {row.id} cannot be trusted: {error}. "
                "Put back a back-up, or delete that id and enrol the person again"
            ) from None

    def _template(self, sealed: bytes, id: str, name: str, model: EmbeddingModel) -> Template:
        try:
            return template_from_bytes(self._vault.open(sealed, *_place(id, model)), model)
        except TamperedError as error:
            raise GalleryError(
                f"the voiceprint of {name} cannot be trusted: {error}. "
                f"Put back a back-up, or enrol {name} again"
            ) from None

    def _models(self, ids: Sequence[str]) -> dict[str, list[EmbeddingModel]]:
        columns = (TEMPLATES.c.person_id, TEMPLATES.c.model_name, TEMPLATES.c.model_version)
        rows = self._connection.execute(
            select(*columns).where(TEMPLATES.c.person_id.in_(ids)).order_by(*columns)
        )
        models: dict[str, list[EmbeddingModel]] = {}
        for person_id, name, version in rows:
            models.setdefault(person_id, []).append(EmbeddingModel(name, version))
        return models

    def _similar(self, name: str) -> list[str]:
        count = self._connection.execute(select(func.count()).select_from(PEOPLE)).scalar_one()
        if count > _SEARCHED:
            return []
        rows = self._connection.execute(select(PEOPLE)).all()
        folded = {record.name: fold(record.name) for record in _batch(rows, self._record).good}
        near = process.extract(
            fold(name), folded, scorer=fuzz.WRatio, score_cutoff=_SIMILAR, limit=3
        )
        return [known for _, _, known in near]


def _batch(rows: Sequence[Row[Any]], read: Callable[[Row[Any]], T]) -> Batch[T]:
    found: Batch[T] = Batch(rows[-1].id if rows else None, [], {})
    for row in rows:
        try:
            found.good.append(read(row))
        except GalleryError as error:
            found.damaged[row.id] = error
    return found


def _groups(groups: Iterable[str]) -> tuple[str, ...]:
    kept = {fold(name): name for name in (clean(group, "group") for group in groups)}
    return tuple(kept.values())


def _place(id: str, model: EmbeddingModel) -> tuple[str, str, str, str]:
    return "template", id, model.name, model.version


def _of(query: Any, id: str, model: EmbeddingModel) -> Any:
    return query.where(
        TEMPLATES.c.person_id == id,
        TEMPLATES.c.model_name == model.name,
        TEMPLATES.c.model_version == model.version,
    )
