"""Where the key comes from, and how it is changed."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from speech.errors import ConfigError, GalleryError
from tests.voiceprint.gallery.people import MODEL, voice
from tests.voiceprint.gallery.test_audit import tamper
from voiceprint.gallery import Gallery, MasterKey
from voiceprint.gallery.sources import KeyFile, find_source


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's folders, and nothing of the environment."""
    for name in ("SONORANT_KEY", "SONORANT_KEY_FILE", "SONORANT_GALLERY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "sonorant" / "gallery.key"


def test_a_new_gallery_makes_its_key_away_from_the_database(tmp_path: Path, key_file: Path) -> None:
    with Gallery() as gallery:
        gallery.enrol("Anna", voice(1))
    assert (tmp_path / "share" / "sonorant" / "gallery.db").exists()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in key_file.parent.iterdir()] == ["gallery.key"]
    with Gallery(key=MasterKey.from_text(key_file.read_text())) as gallery:
        assert gallery.person("Anna")


def test_a_key_that_is_lost_is_not_made_anew(key_file: Path) -> None:
    Gallery().close()
    key_file.rename(key_file.with_name("elsewhere"))
    with pytest.raises(ConfigError, match="key of the gallery is missing"):
        Gallery()
    assert not key_file.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(key_file: Path, mode: int) -> None:
    Gallery().close()
    key_file.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        Gallery()


def test_a_key_beside_the_database_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONORANT_KEY_FILE", str(tmp_path / "share" / "sonorant" / "key"))
    with pytest.raises(ConfigError, match="folder of the gallery"):
        Gallery()


@pytest.mark.parametrize("text", ["", "short", "A" * 43 + "=", "not base64 at all!", "QUJD"])
def test_a_file_that_holds_no_key(key_file: Path, text: str) -> None:
    key_file.parent.mkdir(parents=True)
    key_file.write_text(text)
    key_file.chmod(0o600)
    with pytest.raises(ConfigError, match="32 random bytes"):
        Gallery()
    assert key_file.read_text() == text


def test_the_key_from_the_environment(monkeypatch: pytest.MonkeyPatch, key_file: Path) -> None:
    key = MasterKey.new()
    monkeypatch.setenv("SONORANT_KEY", key.to_text().replace("+", "-").replace("/", "_"))
    with Gallery() as gallery:
        gallery.enrol("Anna", voice(1))
        with pytest.raises(ConfigError, match="give the new one"):
            gallery.rotate_key()
    assert not key_file.exists()
    monkeypatch.setenv("SONORANT_KEY", "nonsense")
    with pytest.raises(ConfigError, match="SONORANT_KEY: "):
        Gallery()


def test_keys_do_not_show() -> None:
    key = MasterKey.new()
    assert key.to_text() not in repr(key) and key.to_text() not in str(key)
    assert MasterKey.from_text(key.to_text()) == key != MasterKey.new()


def test_many_who_make_the_key_at_once_have_the_same(key_file: Path) -> None:
    start = threading.Barrier(8)
    made: list[MasterKey] = []

    def make() -> None:
        start.wait()
        made.append(KeyFile(key_file).make())

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8 and len(set(made)) == 1
    assert [path.name for path in key_file.parent.iterdir()] == ["gallery.key"]


def test_the_system_keyring(tmp_path: Path, key_file: Path) -> None:
    """Against a real keyring library with its file backend, in a process of its own."""
    script = (
        "from voiceprint.gallery import Gallery\n"
        "with Gallery() as gallery: print(len(gallery.people()))\n"
        "with Gallery() as gallery: gallery.rotate_key()\n"
        "with Gallery() as gallery: print(gallery.check_audit().intact)\n"
        "import keyring\n"
        "print(*(keyring.get_password('sonorant', 'gallery key' + more) is not None\n"
        "        for more in ('', ', new', ', old')))\n"
    )
    backend = {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}
    environment = os.environ | {"SONORANT_KEY": "keyring"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | backend,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "True", "True", "False", "True"]
    assert not key_file.exists()
    failing = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    refused = subprocess.run(
        [sys.executable, "-c", script], env=environment | failing, capture_output=True, text=True
    )
    assert "ConfigError: the system keyring cannot be used" in refused.stderr


def test_changing_the_key_keeps_everything(url: str, key: MasterKey) -> None:
    new = MasterKey.new()
    with Gallery(url, key) as gallery:
        anna = gallery.enrol("Anna", voice(1), groups=["Family"])
        gallery.enrol("Bert", voice(2))
        gallery.remember_utterance(anna.id, b"heard")
        before = gallery.people(), list(gallery.templates(MODEL)), list(gallery.audit())
        done: list[float] = []
        assert gallery.rotation_work() == 4
        gallery.rotate_key(new, done.append)
        assert done[-1] == 5  # with the entry that tells of it
        assert gallery.people() == before[0]
        gallery.rename(anna, "Hanna")
    with pytest.raises(GalleryError, match="another key"):
        Gallery(url, key)
    with Gallery(url, new) as gallery:
        gallery.rename(anna, "Anna")
        assert gallery.people() == before[0]
        assert gallery.people("family") == (anna,)
        assert list(gallery.templates(MODEL)) == before[1]
        assert gallery.heard_utterances(anna.id) == (b"heard",)
        log = list(gallery.audit())
        assert log[:2] == before[2]
        assert [entry.action for entry in log[2:]] == ["rotate", "rename", "rename"]
        check = gallery.check_audit()
        assert check.intact
    tamper(url, "UPDATE gallery_audit SET person_id = NULL WHERE number = 1")
    with Gallery(url, new) as gallery:
        assert gallery.check_audit().problems == ("entry 1 was changed, inserted or moved",)


def test_another_program_goes_on_after_the_key_file_changed(url: str, key_file: Path) -> None:
    source = KeyFile(key_file)
    with Gallery(url, source) as one, Gallery(url, KeyFile(key_file)) as other:
        anna = one.enrol("Anna", voice(1))
        old = source.keys()[0]
        other.rotate_key()
        one.rename(anna, "Hanna")
        assert one.check_audit().intact
        assert other.person("hanna").id == anna.id
        one.rotate_key()
        assert other.person("hanna").id == anna.id
    with pytest.raises(GalleryError, match="another key"):
        Gallery(url, old)
    names = sorted(path.name for path in key_file.parent.iterdir())
    assert names == ["gallery.key", "gallery.key.lock", "gallery.key.old"]


def test_two_programs_that_change_the_key_at_once(url: str, key_file: Path) -> None:
    with Gallery(url, KeyFile(key_file)) as one, Gallery(url, KeyFile(key_file)) as other:
        one.enrol("Anna", voice(1))
        threads = [threading.Thread(target=each.rotate_key) for each in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.person("Anna") == other.person("Anna")
    with Gallery(url, KeyFile(key_file)) as gallery:
        assert [entry.action for entry in gallery.audit()] == ["enrol", "rotate", "rotate"]


def test_a_change_that_was_cut_off_between_gallery_and_file_is_finished(
    url: str, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gallery(url, KeyFile(key_file)) as gallery:
        gallery.enrol("Anna", voice(1))
        with monkeypatch.context() as patch:
            patch.setattr(KeyFile, "settle", lambda self: (_ for _ in ()).throw(SystemExit))
            with pytest.raises(SystemExit):
                gallery.rotate_key()
    assert key_file.with_name("gallery.key.new").exists()
    with Gallery(url, KeyFile(key_file)) as gallery:
        assert gallery.person("Anna")
        gallery.rotate_key()
    with Gallery(url, MasterKey.from_text(key_file.read_text())) as gallery:
        assert gallery.person("Anna")
    assert not key_file.with_name("gallery.key.new").exists()


def test_a_key_that_only_waits_is_not_written_over(
    file: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut once left the key in use in ``gallery.key.new`` alone."""
    with Gallery(str(file), KeyFile(key_file)) as gallery:
        gallery.enrol("Anna", voice(1))
    key_file.rename(key_file.with_name("gallery.key.new"))

    def fail(*arguments: object) -> None:
        raise GalleryError("the disk is full")

    with Gallery(str(file), KeyFile(key_file)) as gallery, monkeypatch.context() as patch:
        patch.setattr("voiceprint.gallery.store.rotate", fail)
        with pytest.raises(GalleryError, match="disk is full"):
            gallery.rotate_key()
    with Gallery(str(file), KeyFile(key_file)) as gallery:
        assert gallery.person("Anna")
        gallery.rotate_key()
        assert gallery.person("Anna")


def test_there_is_a_key_file_at_every_moment(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = KeyFile(key_file)
    old, new = source.make(), MasterKey.new()
    source.stage(new)
    replace, seen = os.replace, []

    def look(one: Path, other: Path) -> None:
        replace(one, other)
        seen.append(source.keys()[0] if key_file.exists() else None)

    monkeypatch.setattr(os, "replace", look)
    source.settle()
    assert seen == [old, new]
    assert MasterKey.from_text(key_file.with_name("gallery.key.old").read_text()) == old


def test_a_key_is_found_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / secrets.token_hex(4) / "key"
    monkeypatch.setenv("SONORANT_KEY_FILE", str(place))
    made = find_source(None).make()
    assert MasterKey.from_text(place.read_text()) == made
