"""The configurations of docs/backends.md are read, and its words are those that are said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skills.backends import Failure
from skills.devices.words import say
from skills.home_file import BACKENDS, read_plan

GUIDE = (Path(__file__).parents[3] / "docs" / "backends.md").read_text(encoding="utf-8")


def test_every_example_is_a_home(tmp_path: Path) -> None:
    kinds = set()
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, "utf-8")
        plan = read_plan(file)
        kinds.add(plan.backend.kind)
        assert plan.devices or plan.backend.options
    assert kinds == {"simulated", "mqtt", "homeassistant"}


@pytest.mark.parametrize("kind", ["mqtt", "homeassistant"])
def test_every_option_is_explained(kind: str) -> None:
    assert all(f"`{option}`" in GUIDE for option in BACKENDS[kind])


@pytest.mark.parametrize(
    "failure",
    [Failure.UNREACHABLE, Failure.REFUSED, Failure.UNAVAILABLE, Failure.UNCONFIRMED, Failure.UNFIT],
)
def test_what_is_said_is_what_the_guide_explains(failure: Failure) -> None:
    said = say(failure, "en", things="the lamp").lower()
    rows = re.findall(r"^\| ([^|]+) \|", GUIDE, flags=re.MULTILINE)
    parts = [[part.strip().lower() for part in row.split("...")] for row in rows]
    assert any(all(part in said for part in row if part) for row in parts), said
