"""The home file: the example is right, and each mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from skills.home import EXAMPLE, Home, Kind
from speech.errors import ConfigError


def test_the_example_has_what_the_demonstration_needs() -> None:
    home = Home.load(EXAMPLE)
    assert home.devices["lamp"].name == "lamp"
    assert {device.kind for device in home.devices.values()} == set(Kind)
    assert home.devices["front_door"].sensitive
    assert not home.devices["lamp"].sensitive
    assert home.devices["lamp"].called("zh") == "台灯"
    assert home.devices["lamp"].called("fr") == "lamp"


GOOD = "devices:\n  - {id: a, kind: light, name: lamp}\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (GOOD + "  - {id: a, kind: light, name: other}\n", 3, "already used in line 2"),
        (GOOD + "  - id: b\n    kind: lihgt\n    name: x\n", 4, "'lihgt'"),
        (GOOD + "  - id: b\n    kind: light\n    nmae: x\n", 5, "unknown key 'nmae'"),
        (GOOD + "  - {id: b, name: x}\n", 3, "no kind"),
        (GOOD + "  - {id: b, kind: fan}\n", 3, "no name"),
        (GOOD + "  - {id: b, kind: fan, name: x, area: moon}\n", 3, "area 'moon'"),
        (GOOD + "  - {id: b, kind: fan, name: x, class: blind}\n", 3, "only covers"),
        (GOOD + "  - {id: b, kind: fan, name: x, name: y}\n", 3, "twice"),
        (GOOD + "  - {id: b, kind: fan, name: x, aliases: {ko: y}}\n", 3, "expected a list"),
        (GOOD + "rooms: []\n", 3, "unknown key 'rooms'"),
        (GOOD + "  - [\n", 4, "not YAML"),
        ("just words\n", 1, "pairs"),
        ("", 1, "empty"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Home.load(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert reason in str(caught.value)


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Home.load(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"devices: \xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        Home.load(tmp_path / "latin.yaml")
    (tmp_path / "bell.yaml").write_bytes(b"devices: \x07")
    with pytest.raises(ConfigError, match="not YAML"):
        Home.load(tmp_path / "bell.yaml")
    (tmp_path / "deep.yaml").write_text("[" * 5000)
    with pytest.raises(ConfigError, match="too deeply"):
        Home.load(tmp_path / "deep.yaml")
