"""REST does what ``/openapi.json`` says, whatever it is asked: schemathesis makes the requests.

``SONORANT_FUZZ`` is how many of them for each operation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from service.access import Scope, Tokens
from skills.home import EXAMPLE
from tests.service.conftest import Running, running

COUNT = int(os.environ.get("SONORANT_FUZZ", "2"))


@pytest.fixture(scope="module")
def tried(folder: Path) -> Iterator[Running]:
    limits = {"token_rate": 1_000_000, "upload": 65_536, "sessions": 500}
    with running(assistant=True, home=EXAMPLE, **limits) as started:
        yield started


@pytest.mark.timeout(max(300, 30 * COUNT))
def test_no_request_is_a_mistake_of_ours(tried: Running) -> None:
    headers = {"Authorization": f"Bearer {Tokens().create('tried', Scope)}"}
    schema: Any = schemathesis.openapi.from_url(f"{tried.http}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:

        @settings(
            max_examples=COUNT,
            deadline=None,
            derandomize=True,
            suppress_health_check=[*HealthCheck],
        )
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            print(case.method, case.path)  # which it was, if it fails
            answer = case.call(base_url=tried.http, headers=headers, timeout=60)
            # Not ready, busy or unavailable is an answer; a mistake of ours is none.
            assert answer.status_code != 500, (case.method, case.path, answer.text)

        asked()
