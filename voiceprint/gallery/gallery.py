"""The gallery: who is enrolled, and what was decided."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import select, update

from speech.errors import EnrolmentError, GalleryError, UnknownPersonError
from speech.progress import Advance
from voiceprint.contract import Consent, EmbeddingModel, Person, Template
from voiceprint.gallery.audit import AuditLog
from voiceprint.gallery.contract import (
    AuditAction,
    AuditCheck,
    AuditEntry,
    KeptChallenge,
    Untaken,
)
from voiceprint.gallery.keys import MasterKey
from voiceprint.gallery.liveness import Challenges, Utterances
from voiceprint.gallery.names import clean, fold
from voiceprint.gallery.people import People
from voiceprint.gallery.records import micros, same_template
from voiceprint.gallery.rotation import amount
from voiceprint.gallery.session import Session
from voiceprint.gallery.sources import KeySource
from voiceprint.gallery.store import Store, mark_unclean
from voiceprint.gallery.tables import AUDIT, FIRST, STATE

_LOGGER = logging.getLogger(__name__)
_BATCH = 2000


class Gallery:
    """People, their voiceprints and the audit log, encrypted in a database.

    Safe to use from several threads; several programs may use one database. Each change is kept
    as a whole or not at all, has reached the disk when the call returns, and is written into the
    audit log by the gallery itself; decisions are written there with :meth:`record`.

    Every method raises GalleryError where the database cannot be used or was tampered with.

    Parameters
    ----------
    url
        ``postgresql://USER@HOST/NAME`` or the path of a file of SQLite; else what
        ``SONORANT_GALLERY`` names, else ``gallery.db`` in the user's data folder.
    key
        The master key; else ``SONORANT_KEY``, else the file that ``SONORANT_KEY_FILE`` names,
        else ``gallery.key`` in the user's configuration folder, which is made with a new gallery.

    Raises
    ------
    ConfigError
        The key is missing, or others can read it; the URL is wrong.
    GalleryError
        The key is another one; the database cannot be opened or is of a newer version.
    """

    def __init__(self, url: str | None = None, key: MasterKey | KeySource | None = None) -> None:
        self._store = Store(url, key)
        self._warned: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    # People

    def enrol(
        self,
        name: str,
        template: Template,
        *,
        groups: Sequence[str] | None = None,
        consent: Consent | None = None,
        expires: datetime | None = None,
        replace: bool = False,
        fingerprints: Sequence[bytes] = (),
    ) -> Person:
        """Enrol somebody.

        Parameters
        ----------
        name
            1 to 200 letters; unique whatever the case.
        template
            The voiceprint.
        groups
            That the person belongs to; for somebody enrolled before, None keeps them.
        consent
            That the person agreed; for somebody enrolled before, None keeps the earlier one.
        expires
            With time zone; None for never.
        replace
            Whether somebody of this name may be there: the templates of all models are replaced,
            a block stays.
        fingerprints
            Of the recordings that the template was made of: they count as heard, whatever the
            person says later, until the enrolment is replaced.

        Raises
        ------
        EnrolmentError
            The name is taken, or it or the template cannot be used.
        """
        name = clean(name)
        with self._store.writing() as session:
            people = People(session)
            known = people.find(name)
            if known is None:
                person_id = people.add(name, groups or (), consent, expires)
            elif replace:
                person_id = known.id
                people.change(
                    person_id,
                    groups=known.groups if groups is None else groups,
                    consent=consent or known.consent,
                    expires=expires,
                )
                people.remove_templates(person_id)
                Utterances(session).release(person_id)
                mark_unclean(session)
            else:
                raise EnrolmentError(
                    f"somebody called {known.name} is enrolled already; replace them, or choose "
                    "another name"
                )
            people.set_template(person_id, template)
            Utterances(session).enrol(person_id, fingerprints)
            _note(session, AuditAction.ENROL, person_id, template.model)
            return people.get(person_id)

    def person(self, name: str, *, suggest: bool = False) -> Person:
        """Somebody by name, whatever the case.

        Parameters
        ----------
        suggest
            Whether the error names those of similar names: only for whoever may list everybody.

        Raises
        ------
        UnknownPersonError
            Nobody of this name is enrolled.
        """
        with self._store.reading() as session:
            return People(session).named(name, suggest=suggest)

    def people(self, group: str | None = None) -> tuple[Person, ...]:
        """Everybody, or the members of a group, by name; without :meth:`damaged` ones."""
        people, damaged = self._people(group)
        self._warn(damaged)
        return people

    def damaged(self) -> tuple[str, ...]:
        """The ids of those whose record cannot be trusted, since it was changed from outside.

        They open no door. Put back a back-up, or :meth:`delete` them and enrol them again.
        """
        return tuple(self._people(None)[1])

    def template(self, person: Person, model: EmbeddingModel) -> Template | None:
        """The voiceprint of somebody; None if there is none of this model."""
        with self._store.reading() as session:
            return People(session).template(person, model)

    def templates(
        self, model: EmbeddingModel, group: str | None = None
    ) -> Iterator[tuple[Person, Template]]:
        """The voiceprints of everybody who has one of a model, a few at a time.

        Those that cannot be trusted are left out, and the log says so once.

        No transaction is open between them: compare :meth:`version` before and after.
        """
        after: str | None = ""
        while after is not None:
            with self._store.reading() as session:
                batch = People(session).template_batch(model, after, group, _BATCH)
            self._warn(batch.damaged)
            yield from batch.good
            after = batch.last

    def store_template(self, person: Person, template: Template) -> None:
        """Update somebody's voiceprint, or add one of a further model."""
        with self._store.writing() as session:
            people = People(session)
            people.get(person.id)
            people.set_template(person.id, template)
            _note(session, AuditAction.TEMPLATE, person.id, template.model)
            mark_unclean(session)

    def update_template(self, person: Person, expected: Template, new: Template) -> bool:
        """Put a voiceprint in place of the one that it was made from, if that is still there.

        Parameters
        ----------
        expected
            What :meth:`template` gave.
        new
            Of the same model.

        Returns
        -------
        bool
            False, and nothing is changed, where somebody replaced, updated or deleted it meanwhile.
        """
        with self._store.writing() as session:
            people = People(session)
            stored = people.template(person, new.model)
            if stored is None or not same_template(stored, expected):
                return False
            people.set_template(person.id, new)
            _note(session, AuditAction.TEMPLATE, person.id, new.model)
            mark_unclean(session)
            return True

    def rename(self, person: Person, name: str) -> Person:
        """Give somebody another name; raises EnrolmentError if it is taken."""
        return self._change(AuditAction.RENAME, person, name=name)

    def block(self, person: Person) -> Person:
        """Refuse every attempt of somebody until they are unblocked."""
        return self._change(AuditAction.BLOCK, person, blocked=True)

    def unblock(self, person: Person) -> Person:
        """Allow somebody's attempts again."""
        return self._change(AuditAction.UNBLOCK, person, blocked=False)

    def set_groups(self, person: Person, groups: Sequence[str]) -> Person:
        """Put somebody into these groups and no others."""
        return self._change(AuditAction.GROUPS, person, groups=groups)

    def set_expiry(self, person: Person, expires: datetime | None) -> Person:
        """Refuse somebody's attempts after a time; None for never."""
        return self._change(AuditAction.EXPIRY, person, expires=expires)

    def delete(self, person: Person | str) -> None:
        """Delete somebody: what was kept of them is overwritten in the file.

        What the audit log says of them stays, without the name.

        Parameters
        ----------
        person
            The person, or the id of one whose record cannot be read any more.
        """
        person_id = person if isinstance(person, str) else person.id
        with self._store.writing() as session:
            People(session).remove(person_id)
            _note(session, AuditAction.DELETE, person_id)
            mark_unclean(session)

    def version(self) -> int:
        """A number that changes with every change of people or templates, by any program."""
        with self._store.reading() as session:
            version: int = session.connection.execute(select(STATE.c.version)).scalar_one()
            return version

    # Challenges and replays

    def keep_challenge(
        self, id: str, person_id: str | None, phrase: str, expires: datetime
    ) -> None:
        """Keep what somebody is asked to say.

        Parameters
        ----------
        id
            Random: whoever knows it may answer.
        person_id
            Who is asked, if that is known.
        phrase
            What is to be said.
        expires
            With time zone.
        """
        with self._store.writing() as session:
            Challenges(session).keep(KeptChallenge(id, person_id, phrase, expires))

    def take_challenge(self, id: str) -> KeptChallenge | Untaken:
        """Take a challenge to judge an answer: only one caller ever gets it, of all programs."""
        with self._store.writing() as session:
            return Challenges(session).take(id)

    def remember_utterance(self, person_id: str, fingerprint: bytes) -> None:
        """Keep the fingerprint of what somebody said: the newest 200, for a year.

        Those of the enrolment count apart.
        """
        with self._store.writing() as session:
            Utterances(session).remember(person_id, fingerprint)

    def heard_utterances(self, person_id: str) -> tuple[bytes, ...]:
        """The fingerprints of what somebody said, the newest first."""
        with self._store.reading() as session:
            return tuple(Utterances(session).heard(person_id).values())

    def remember_if_new(
        self,
        person_id: str,
        fingerprint: bytes,
        among: Callable[[bytes, Collection[bytes]], bool],
    ) -> bool:
        """Keep the fingerprint of what somebody said, unless it was heard before.

        Of several callers that ask about one utterance at once, in whatever programs, only one is
        told that it is new.

        Parameters
        ----------
        among
            Whether the new fingerprint, its first argument, is of the same utterance as one of
            those kept.

        Returns
        -------
        bool
            Whether it was new, and is kept now.

        Raises
        ------
        UnknownPersonError
            Nobody with this id is enrolled any more.
        """
        with self._store.reading() as session:
            before = Utterances(session).heard(person_id)
        # Comparing takes a while, in which others may write.
        if among(fingerprint, before.values()):
            return False
        with self._store.writing() as session:
            utterances = Utterances(session)
            # No two are sealed alike, so what is not among those compared came meanwhile.
            if among(fingerprint, utterances.heard(person_id, before).values()):
                return False
            utterances.remember(person_id, fingerprint)
            return True

    # The audit log

    def record(self, entry: AuditEntry) -> None:
        """Add a decision to the audit log. What the gallery does itself it adds by itself."""
        with self._store.writing() as session:
            AuditLog(session).add(entry)

    def audit(
        self,
        *,
        person: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[AuditEntry]:
        """What happened, oldest first.

        Parameters
        ----------
        person
            The name of somebody enrolled, or an id, which also finds somebody deleted.
        since, until
            With time zone; from the one until before the other.
        """
        where = []
        if person is not None:
            try:
                person = self.person(person).id
            except UnknownPersonError:
                if len(person) != 36:
                    raise
            where.append(AUDIT.c.person_id == person)
        if since is not None:
            where.append(AUDIT.c.at >= micros(since))
        if until is not None:
            where.append(AUDIT.c.at < micros(until))
        after = FIRST
        while True:
            with self._store.reading() as session:
                entries = AuditLog(session).entries(after, tuple(where))
            if not entries:
                return
            yield from entries
            last = entries[-1].number
            assert last is not None  # it was read
            after = last

    def check_audit(self, noted: str | None = None) -> AuditCheck:
        """Whether the audit log is as it was written.

        Parameters
        ----------
        noted
            The ``head`` of an earlier check, kept elsewhere. Only with it is a log noticed that
            was put back to an older state together with the rest of the database.
        """
        with self._store.reading() as session:
            return AuditLog(session).check(noted)

    def prune_audit(self, before: datetime) -> int:
        """Remove the entries before a time; returns how many. The rest can still be checked."""
        with self._store.writing() as session:
            pruned = AuditLog(session).prune(before)
            mark_unclean(session)
            return pruned

    # Keys

    def rotate_key(self, new: MasterKey | None = None, advance: Advance | None = None) -> None:
        """Change the master key, and seal everything anew, in one transaction.

        Killed at any point, the gallery opens with the old key or with the new one; a key file
        or the system keyring holds both until it is done. Other programs that have the gallery
        open go on if they read the key from there.

        Parameters
        ----------
        new
            Else a new one is made, if the key is kept in a file or in the system keyring.
        advance
            Told how many people and audit entries are done, of :meth:`rotation_work`.

        Raises
        ------
        ConfigError
            There is no place to keep a new key in: it has to be given.
        GalleryError
            Something about a person was tampered with; nothing was changed.
        """
        self._store.rotate(new, advance or (lambda done: None))

    def rotation_work(self) -> int:
        """How many people and audit entries there are to seal anew."""
        with self._store.reading() as session:
            return amount(session)

    def _people(self, group: str | None) -> tuple[tuple[Person, ...], dict[str, GalleryError]]:
        found: list[Person] = []
        damaged: dict[str, GalleryError] = {}
        after: str | None = ""
        with self._store.reading() as session:
            people = People(session)
            while after is not None:
                batch = people.batch(after, group, _BATCH)
                found += batch.good
                damaged |= batch.damaged
                after = batch.last
        return tuple(sorted(found, key=lambda person: fold(person.name))), damaged

    def _warn(self, damaged: Mapping[str, GalleryError]) -> None:
        """Tell once of each that is left out."""
        for person_id, error in damaged.items():
            if person_id not in self._warned:
                self._warned.add(person_id)
                _LOGGER.warning("person %s is left out: %s", person_id, error)

    def _change(self, action: AuditAction, person: Person, **changes: object) -> Person:
        with self._store.writing() as session:
            changed = People(session).change(person.id, **changes)
            _note(session, action, person.id)
            mark_unclean(session)
            return changed


def _note(
    session: Session, action: AuditAction, person_id: str, model: EmbeddingModel | None = None
) -> None:
    """Give the people a new version, and tell in the log what happened to one of them."""
    session.connection.execute(update(STATE).values(version=STATE.c.version + 1))
    AuditLog(session).add(AuditEntry(datetime.now(UTC), action, "", person_id, model=model))
