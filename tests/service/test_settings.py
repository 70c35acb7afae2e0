"""Settings come from four places; what is wrong with one is told with where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import Settings, read_settings, reference
from speech.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "sonorant").mkdir()
    return tmp_path / "sonorant" / "service.yaml"


def test_each_place_is_stronger_than_the_one_before(file: Path) -> None:
    assert read_settings(environment={}) == Settings()
    file.write_text("port: 1\nworkers: 1\nsessions: 1\norigins: [https://a, https://b]\n")
    environment = {"SONORANT_WORKERS": "2", "SONORANT_SESSIONS": "2", "SONORANT_MODELS": "/m"}
    read = read_settings({"sessions": "3", "token-rate": "4"}, environment=environment)
    assert (read.port, read.workers, read.sessions, read.token_rate) == (1, 2, 3, 4)
    assert read.origins == ("https://a", "https://b")
    assert read_settings({"hosts": "a, b"}, environment={}).hosts == ("a", "b")


@pytest.mark.parametrize(
    ("given", "environment", "text", "told"),
    [
        ({"prot": "1"}, {}, "", r"command line: there is no setting 'prot'; there are .*port"),
        ({"port": "70000"}, {}, "", r"command line: setting port cannot be '70000': .*65535"),
        ({}, {"SONORANT_PORT": "x"}, "", r"SONORANT_PORT.*setting port cannot be 'x': .*integer"),
        ({}, {"SONORANT_IDLE": "nan"}, "", r"setting idle cannot be 'nan': .*finite"),
        ({}, {"SONORANT_OPEN": "perhaps"}, "", r"setting open cannot be 'perhaps'"),
        ({}, {}, "idle: -1", r"service.yaml: setting idle cannot be -1: .*greater than 0"),
        ({}, {}, "log: loud", r"service.yaml: setting log cannot be 'loud'"),
        ({}, {}, "1: 2", r"service.yaml: there is no setting '1'"),
        ({}, {}, "- port", r"service.yaml: settings are lines of `name: value`"),
        ({}, {}, "port: [", r"service.yaml: cannot be read as settings"),
        ({"certificate": "c.pem"}, {}, "", r"setting certificate needs private_key as well"),
    ],
)
def test_a_wrong_setting_is_named(
    file: Path, given: dict[str, str], environment: dict[str, str], text: str, told: str
) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError, match=told):
        read_settings(given, environment=environment)


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_settings(file=tmp_path / "service.yaml", environment={})


def test_what_counts_as_this_machine_alone() -> None:
    for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost"):
        assert Settings(host=host).loopback
    for host in ("0.0.0.0", "::", "192.168.1.2", "", "localhost.example"):
        assert not Settings(host=host).loopback


def test_the_reference_is_the_page_in_the_docs() -> None:
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    assert page.read_text(encoding="utf-8") == reference(), "sonorant serve --reference prints it"
