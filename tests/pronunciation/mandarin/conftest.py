"""What the tests of Mandarin share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stores import only_defaults


@pytest.fixture(scope="package", autouse=True)
def no_witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No recogniser of Mandarin is there, whatever was pulled."""
    with pytest.MonkeyPatch.context() as patch:
        folder = only_defaults(tmp_path_factory.mktemp("mandarin") / "models")
        patch.setenv("SONORANT_MODELS", str(folder))
        # Whisper's weights are there, for the encoder; its runtime is an extra.
        patch.setattr("speech.recognition.engines.find_spec", lambda name: None)
        yield
