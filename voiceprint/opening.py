"""Everything that recognising voices needs, opened at once and closed together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from speech.errors import EnrolmentError, UnknownPersonError
from speech.models import ModelStore
from speech.vad import SileroVad, Vad
from voiceprint.calibration import Calibration, calibration_of
from voiceprint.challenges import Challenges
from voiceprint.contract import Consent, Embedder, Person
from voiceprint.embedding import open_embedder
from voiceprint.enrolment import Enrolment
from voiceprint.gallery import Gallery, MasterKey
from voiceprint.gallery.names import clean
from voiceprint.identification import Identifier
from voiceprint.liveness.aasist import SpoofDetector
from voiceprint.liveness.check import ChallengeChecker
from voiceprint.scoring import Ear
from voiceprint.verification import Verifier


@dataclass(frozen=True, slots=True)
class Voiceprints:
    """What decides who speaks."""

    gallery: Gallery
    ear: Ear
    calibration: Calibration
    challenges: Challenges
    verifier: Verifier
    identifier: Identifier

    def may_enrol(self, name: str, *, replace: bool = False) -> None:
        """See that a name is free, before anybody has to speak.

        Raises
        ------
        EnrolmentError
            It cannot be a name, or somebody of this name is enrolled and is not to be replaced.
        """
        known = self._known(clean(name))
        if known is not None and not replace:
            raise EnrolmentError(f"{known.name} is enrolled already: replace them, or say who else")

    def enrolment(self) -> Enrolment:
        """Begin to enrol somebody."""
        return Enrolment(self.ear, self.calibration)

    def enrol(
        self,
        name: str,
        enrolment: Enrolment,
        *,
        groups: Sequence[str] | None = None,
        consent: Consent | None = None,
        expires: datetime | None = None,
        replace: bool = False,
        even_if_known: bool = False,
    ) -> Person:
        """Keep the voiceprint that an enrolment made, and know its recordings when played back.

        Parameters
        ----------
        even_if_known
            Whether the voice may be enrolled under another name already.
        groups, consent, expires, replace
            As in :meth:`voiceprint.gallery.Gallery.enrol`.

        Raises
        ------
        EnrolmentError
            There are too few good recordings, the name is taken, or the voice is known under
            another name.
        """
        template = enrolment.template()
        if not even_if_known:
            known = self._known(clean(name))
            other = self.identifier.known_as(template, besides=known.name if known else name)
            if other is not None:
                raise EnrolmentError(
                    f"this voice is enrolled already, as {other.name}: one person, one voiceprint"
                )
        return self.gallery.enrol(
            name,
            template,
            groups=groups,
            consent=consent,
            expires=expires,
            replace=replace,
            fingerprints=enrolment.fingerprints,
        )

    def _known(self, name: str) -> Person | None:
        try:
            return self.gallery.person(name)
        except UnknownPersonError:
            return None


@contextmanager
def open_voiceprints(
    gallery: str | None = None,
    embedding: str | Embedder | None = None,
    *,
    key: MasterKey | None = None,
    store: ModelStore | None = None,
    vad: Vad | None = None,
    spoofing: Path | None = None,
) -> Iterator[Voiceprints]:
    """Open a gallery and load what it takes to use it.

    Parameters
    ----------
    gallery, key
        As in :class:`voiceprint.gallery.Gallery`.
    embedding
        An embedding network, or the name of one, as in :func:`voiceprint.embedding.open_embedder`.
    vad
        The embedded voice activity model where None.
    spoofing
        The weights of an anti-spoofing model, as in :class:`voiceprint.liveness.SpoofDetector`;
        by default those that ``SONORANT_ANTI_SPOOFING`` names, else none is asked.

    Raises
    ------
    GalleryError
        The gallery cannot be opened.
    ConfigError
        Its key is missing or unsafe.
    ModelError
        A model is missing or damaged, or there is no calibration for it.
    """
    store = store or ModelStore()
    ear, calibration = open_ear(embedding, store=store, vad=vad)
    named = spoofing or os.environ.get("SONORANT_ANTI_SPOOFING")
    detector = SpoofDetector(Path(named)) if named else None
    with Gallery(gallery, key) as opened:
        challenges = Challenges(opened, lambda: ChallengeChecker(store.path("moonshine-tiny-en")))
        yield Voiceprints(
            opened,
            ear,
            calibration,
            challenges,
            Verifier(opened, ear, calibration, challenges, detector),
            Identifier(opened, ear, calibration),
        )


def open_ear(
    embedding: str | Embedder | None = None,
    *,
    store: ModelStore | None = None,
    vad: Vad | None = None,
) -> tuple[Ear, Calibration]:
    """Load an embedding network and its calibration; raises as :func:`open_voiceprints` does."""
    store = store or ModelStore()
    if embedding is None or isinstance(embedding, str):
        embedding = open_embedder(embedding, store)
    return Ear(embedding, vad or SileroVad(store)), calibration_of(embedding.model)
