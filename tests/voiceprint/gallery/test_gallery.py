"""What a gallery keeps, in a file and in PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from speech.errors import EnrolmentError, GalleryError, UnknownPersonError
from tests.voiceprint.gallery.people import MODEL, OTHER, voice
from voiceprint.contract import Consent, Template
from voiceprint.gallery import (
    AuditAction,
    AuditEntry,
    Gallery,
    KeptChallenge,
    MasterKey,
    Untaken,
    same_name,
)
from voiceprint.gallery.records import same_template, template_from_bytes, template_to_bytes

SOON = datetime.now(UTC) + timedelta(days=1)
CONSENT = Consent(datetime(2026, 3, 1, 12, tzinfo=UTC), "I agree to be recognised by voice.", "Eve")


def test_what_is_enrolled_is_there_after_opening_again(url: str, key: MasterKey) -> None:
    with Gallery(url, key) as gallery:
        made = gallery.enrol(
            " Zoë  Müller ", voice(1), groups=["Family", "Adults"], consent=CONSENT, expires=SOON
        )
    with Gallery(url, key) as gallery:
        person = gallery.person("zoë müller")
        template = gallery.template(person, MODEL)
    assert person == made
    assert person.name == "Zoë Müller"
    assert person.groups == ("Family", "Adults")
    assert person.consent == CONSENT
    assert person.expires == SOON
    assert person.created is not None and not person.blocked
    assert person.models == (MODEL,)
    assert template == voice(1)
    np.testing.assert_array_equal(template.vector, voice(1).vector)


@pytest.mark.parametrize("name", ["anna", "ANNA", "Ａｎｎａ", "  Anna "])
def test_a_name_is_taken_whatever_its_case_and_width(gallery: Gallery, name: str) -> None:
    gallery.enrol("Anna", voice(1))
    before = gallery.version()
    with pytest.raises(EnrolmentError, match="Anna is enrolled already"):
        gallery.enrol(name, voice(2))
    assert gallery.version() == before
    assert len(gallery.people()) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "a\x1bb", "a\udcff"])
def test_a_name_that_cannot_be_shown_is_refused(gallery: Gallery, name: str) -> None:
    with pytest.raises(EnrolmentError):
        gallery.enrol(name, voice(1))
    assert gallery.people() == ()


def test_text_that_is_not_utf_8_is_explained(gallery: Gallery) -> None:
    half = "Mi\udcff"
    anna, now = gallery.enrol("Anna", voice(1)), datetime.now(UTC)
    for attempt in (
        lambda: gallery.person(half),
        lambda: gallery.people(half),
        lambda: list(gallery.audit(person=half)),
        lambda: gallery.take_challenge(half),
        lambda: gallery.heard_utterances(half),
        lambda: gallery.delete(half),
        lambda: gallery.record(AuditEntry(now, AuditAction.VERIFY, half)),
        lambda: gallery.enrol("Bert", voice(2), consent=Consent(now, "Yes", half)),
    ):
        with pytest.raises(GalleryError, match="UTF-8") as caught:
            attempt()
        str(caught.value).encode()
    assert gallery.people() == (anna,) and gallery.check_audit().intact


def test_names_are_the_same_whatever_case_width_and_spaces() -> None:
    assert same_name("Mia  Smith", " mia smith") and same_name("Ｍｉａ", "MIA")
    assert not same_name("Mia", "Mía")


@pytest.mark.parametrize(
    "vector", [np.full(3, np.nan), np.array([1.0, np.inf]), np.zeros((2, 2)), np.zeros(0)]
)
def test_a_vector_that_is_none_is_refused(gallery: Gallery, vector: np.ndarray) -> None:
    with pytest.raises(EnrolmentError, match="finite"):
        gallery.enrol("Anna", Template(MODEL, vector.astype(np.float32)))
    assert gallery.people() == ()


def test_a_time_without_zone_is_refused(gallery: Gallery) -> None:
    with pytest.raises(EnrolmentError, match="time zone"):
        gallery.enrol("Anna", voice(1), expires=datetime(2030, 1, 1))


def test_an_unknown_name_suggests_near_ones_to_whoever_may_know_them(gallery: Gallery) -> None:
    for number, name in enumerate(("Johanna", "Johannes", "Wei")):
        gallery.enrol(name, voice(number))
    with pytest.raises(UnknownPersonError, match="did you mean Johanna or Johannes"):
        gallery.person("johana", suggest=True)
    for name, suggest in (("Quentin", True), ("johana", False)):
        with pytest.raises(UnknownPersonError) as caught:
            gallery.person(name, suggest=suggest)
        assert "did you mean" not in str(caught.value)


def test_replacing_keeps_who_it_is_and_drops_the_old_voice(gallery: Gallery) -> None:
    old = gallery.enrol("Anna", voice(1), groups=["Family"], consent=CONSENT, expires=SOON)
    gallery.store_template(old, voice(2, OTHER))
    gallery.block(old)
    new = gallery.enrol("ANNA", voice(3), replace=True)
    assert new.id == old.id and new.created == old.created
    assert new.groups == ("Family",) and new.consent == CONSENT
    assert new.expires is None
    assert new.blocked
    assert new.models == (MODEL,)
    template = gallery.template(new, MODEL)
    assert template is not None
    np.testing.assert_array_equal(template.vector, voice(3).vector)


def test_voiceprints_of_different_models_are_apart(gallery: Gallery) -> None:
    anna, bert = gallery.enrol("Anna", voice(1)), gallery.enrol("Bert", voice(2, OTHER))
    assert gallery.template(bert, MODEL) is None
    gallery.store_template(anna, voice(3, OTHER))
    assert gallery.person("anna").models == (MODEL, OTHER)
    assert [person.name for person, _ in gallery.templates(MODEL)] == ["Anna"]
    assert {person.name for person, _ in gallery.templates(OTHER)} == {"Anna", "Bert"}


def test_voiceprints_of_a_group(gallery: Gallery) -> None:
    for number, groups in enumerate((["Family"], ["Guests"], ["family", "Guests"], [])):
        gallery.enrol(f"Person {number}", voice(number), groups=groups)
    assert [person.name for person in gallery.people("FAMILY")] == ["Person 0", "Person 2"]
    found = {person.name: template for person, template in gallery.templates(MODEL, "guests")}
    assert sorted(found) == ["Person 1", "Person 2"]
    np.testing.assert_array_equal(found["Person 2"].vector, voice(2).vector)
    assert gallery.people("strangers") == ()


def test_more_people_than_fit_into_a_batch(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceprint.gallery.gallery._BATCH", 3)
    for number in range(9):
        gallery.enrol(f"Person {number}", voice(number), groups=["all"])
    assert len(gallery.people()) == 9
    found = {person.name: template for person, template in gallery.templates(MODEL, "all")}
    assert len(found) == 9
    for number in range(9):
        np.testing.assert_array_equal(found[f"Person {number}"].vector, voice(number).vector)


def test_people_change(gallery: Gallery) -> None:
    anna, _ = gallery.enrol("Anna", voice(1)), gallery.enrol("Bert", voice(2))
    with pytest.raises(EnrolmentError, match="Bert is enrolled already"):
        gallery.rename(anna, "bert")
    assert gallery.rename(anna, "anna").name == "anna"
    gallery.rename(anna, "Hanna")
    gallery.block(anna)
    gallery.set_groups(anna, ["Family", "family", "Owners"])
    gallery.set_expiry(anna, SOON)
    changed = gallery.person("hanna")
    assert changed.blocked and changed.expires == SOON
    assert changed.groups == ("family", "Owners")
    assert not gallery.unblock(anna).blocked
    with pytest.raises(UnknownPersonError):
        gallery.person("Anna")


def test_every_change_has_a_version_and_reading_has_none(gallery: Gallery) -> None:
    seen = [gallery.version()]

    def changed() -> bool:
        seen.append(gallery.version())
        return seen[-1] != seen[-2]

    anna = gallery.enrol("Anna", voice(1))
    assert changed()
    for change in (
        lambda: gallery.store_template(anna, voice(2)),
        lambda: gallery.block(anna),
        lambda: gallery.set_groups(anna, ["Family"]),
        lambda: gallery.set_expiry(anna, SOON),
        lambda: gallery.rename(anna, "Hanna"),
    ):
        change()
        assert changed()
    gallery.person("Hanna"), gallery.people(), gallery.check_audit()
    assert not changed()
    gallery.delete(anna)
    assert changed()


def test_a_deleted_person_is_gone_with_everything(gallery: Gallery) -> None:
    anna = gallery.enrol("Anna", voice(1), groups=["Family"])
    gallery.keep_challenge("one", anna.id, "seven three", SOON)
    gallery.remember_utterance(anna.id, b"heard")
    gallery.delete(anna)
    assert gallery.people() == () and list(gallery.templates(MODEL)) == []
    assert gallery.take_challenge("one") is Untaken.UNKNOWN
    assert gallery.heard_utterances(anna.id) == ()
    for attempt in (
        lambda: gallery.delete(anna),
        lambda: gallery.block(anna),
        lambda: gallery.store_template(anna, voice(1)),
        lambda: gallery.remember_utterance(anna.id, b"heard"),
        lambda: gallery.keep_challenge("two", anna.id, "seven", SOON),
    ):
        with pytest.raises(UnknownPersonError, match="any more"):
            attempt()
    told = [(entry.action, entry.person_id, entry.person) for entry in gallery.audit()]
    assert told == [("enrol", anna.id, None), ("delete", anna.id, None)]


def test_a_challenge_is_taken_once(gallery: Gallery) -> None:
    anna = gallery.enrol("Anna", voice(1))
    gallery.keep_challenge("one", anna.id, "sieben 三 four", SOON)
    gallery.keep_challenge("two", None, "seven", datetime.now(UTC) - timedelta(seconds=1))
    taken = gallery.take_challenge("one")
    assert taken == KeptChallenge("one", anna.id, "sieben 三 four", SOON)
    assert gallery.take_challenge("one") is Untaken.USED
    assert gallery.take_challenge("two") is Untaken.EXPIRED
    assert gallery.take_challenge("three") is Untaken.UNKNOWN
    with pytest.raises(GalleryError, match="kept before"):
        gallery.keep_challenge("one", anna.id, "eight", SOON)


def test_of_many_who_take_a_challenge_at_once_one_gets_it(url: str, key: MasterKey) -> None:
    with Gallery(url, key) as one, Gallery(url, key) as other:
        one.keep_challenge("one", None, "seven", SOON)
        start = threading.Barrier(8)
        taken: list[KeptChallenge | Untaken] = []

        def take(gallery: Gallery) -> None:
            start.wait()
            taken.append(gallery.take_challenge("one"))

        threads = [threading.Thread(target=take, args=[(one, other)[n % 2]]) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(str(answer) for answer in taken).count("used") == 7
    assert sum(isinstance(answer, KeptChallenge) for answer in taken) == 1


def test_a_voiceprint_is_updated_only_in_place_of_what_it_was_made_from(gallery: Gallery) -> None:
    anna, old = gallery.enrol("Anna", voice(1)), voice(1)
    assert gallery.update_template(anna, old, voice(2))
    assert not gallery.update_template(anna, old, voice(3))
    assert not gallery.update_template(anna, voice(2, OTHER), voice(3, OTHER))
    before = gallery.template(anna, MODEL)
    assert before is not None
    gallery.enrol("Anna", voice(4), replace=True)
    version = gallery.version()
    assert not gallery.update_template(anna, before, voice(5))
    kept = gallery.template(anna, MODEL)
    assert kept is not None and gallery.version() == version
    np.testing.assert_array_equal(kept.vector, voice(4).vector)
    gallery.delete(anna)
    assert not gallery.update_template(anna, kept, voice(5))
    assert gallery.people() == ()


def test_of_many_who_hear_one_utterance_at_once_one_takes_it_for_new(
    url: str, key: MasterKey
) -> None:
    with Gallery(url, key) as one, Gallery(url, key) as other:
        anna, bert = one.enrol("Anna", voice(1)), one.enrol("Bert", voice(2))
        one.remember_utterance(anna.id, b"of yesterday")
        start = threading.Barrier(6)
        told: list[bool] = []

        def among(new: bytes, kept: Collection[bytes]) -> bool:
            return any(new[:3] == one[:3] for one in kept)

        def hear(number: int) -> None:
            gallery = (one, other)[number % 2]
            said = f"one at door {number}".encode()

            def compare(new: bytes, kept: Collection[bytes]) -> bool:
                if b"of yesterday" in kept:
                    start.wait(30)  # nobody has written yet, and all will
                return among(new, kept)

            told.append(gallery.remember_if_new(anna.id, said, compare))

        threads = [threading.Thread(target=hear, args=[number]) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == [False] * 5 + [True]
        assert len(one.heard_utterances(anna.id)) == 2
        assert not other.remember_if_new(anna.id, b"one", among)
        assert other.remember_if_new(anna.id, b"two", among)
        assert other.remember_if_new(bert.id, b"one", among)
        one.delete(bert)
        with pytest.raises(UnknownPersonError, match="any more"):
            one.remember_if_new(bert.id, b"three", among)


def test_others_may_write_while_utterances_are_compared(url: str, key: MasterKey) -> None:
    with Gallery(url, key) as one, Gallery(url, key) as other:
        anna = one.enrol("Anna", voice(1))
        one.remember_utterance(anna.id, b"before")

        def among(new: bytes, kept: Collection[bytes]) -> bool:
            if b"before" in kept:
                other.remember_utterance(anna.id, b"meanwhile")
            return new in kept

        assert not one.remember_if_new(anna.id, b"meanwhile", among)
        assert one.remember_if_new(anna.id, b"now", lambda new, kept: new in kept)
        assert one.heard_utterances(anna.id) == (b"now", b"meanwhile", b"before")


def test_old_utterances_make_room(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceprint.gallery.liveness._UTTERANCES", 3)
    anna, bert = gallery.enrol("Anna", voice(1)), gallery.enrol("Bert", voice(2))
    gallery.remember_utterance(bert.id, b"of Bert")
    for number in range(5):
        gallery.remember_utterance(anna.id, bytes([number]))
    assert gallery.heard_utterances(anna.id) == (b"\x04", b"\x03", b"\x02")
    assert gallery.heard_utterances(bert.id) == (b"of Bert",)
    monkeypatch.setattr("voiceprint.gallery.liveness._UTTERANCE_AGE", timedelta(0))
    assert gallery.heard_utterances(anna.id) == ()


def test_what_somebody_was_enrolled_with_is_not_forgotten(
    url: str, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceprint.gallery.liveness._UTTERANCES", 2)
    with Gallery(url, key) as gallery:
        anna = gallery.enrol("Anna", voice(1), fingerprints=[b"first", b"second"])
        for number in range(4):
            gallery.remember_utterance(anna.id, bytes([number]))
        gallery.rotate_key(key)
        assert gallery.heard_utterances(anna.id) == (b"\x03", b"\x02", b"second", b"first")
        with monkeypatch.context() as patch:
            patch.setattr("voiceprint.gallery.liveness._UTTERANCE_AGE", timedelta(0))
            assert gallery.heard_utterances(anna.id) == (b"second", b"first")
        gallery.enrol("Anna", voice(2), replace=True, fingerprints=[b"third"])
        assert b"first" in gallery.heard_utterances(anna.id)  # until others need the room
        for number in range(2):
            gallery.remember_utterance(anna.id, bytes([number]))
        assert gallery.heard_utterances(anna.id) == (b"\x01", b"\x00", b"third")


def test_two_open_galleries_and_many_threads(url: str, key: MasterKey) -> None:
    with Gallery(url, key) as one, Gallery(url, key) as other:
        failed: list[BaseException] = []

        def work(gallery: Gallery, start: int) -> None:
            try:
                for number in range(start, start + 5):
                    person = gallery.enrol(f"Person {number}", voice(number))
                    gallery.block(person)
                    assert len(gallery.people()) > 0
            except BaseException as error:
                failed.append(error)

        threads = [
            threading.Thread(target=work, args=((one, other)[n % 2], 5 * n)) for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert one.people() == other.people() and len(one.people()) == 20
        assert one.version() == other.version() == 40
        check = other.check_audit()
        assert check.intact and check.entries == 40


def test_many_who_open_a_new_gallery_at_once(url: str, key: MasterKey) -> None:
    start = threading.Barrier(6)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        start.wait()
        try:
            with Gallery(url, key) as gallery:
                gallery.enrol(f"Person {number}", voice(number))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with Gallery(url, key) as gallery:
        assert len(gallery.people()) == 6
        assert gallery.check_audit().intact


def test_a_closed_gallery_answers_nothing(url: str, key: MasterKey) -> None:
    with Gallery(url, key) as gallery:
        assert gallery.people() == ()
    with pytest.raises(GalleryError, match="closed"):
        gallery.people()


def test_a_template_is_sealed_with_its_strength_and_read_without() -> None:
    template = Template(MODEL, voice(1).vector, 3, 7.5, 8.25)
    sealed = template_to_bytes(template)
    assert template_from_bytes(sealed, MODEL) == template
    assert same_template(template_from_bytes(sealed, MODEL), template)
    # As it was sealed before templates had one.
    assert template_from_bytes(sealed[:-8], MODEL) == replace(template, strength=0.0)
