"""Who is let in, who is not, and that waiting is what guessing gets."""

from __future__ import annotations

import json
import os
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.access import Arrival, Client, Gate, Scope, Tokens
from service.access.cli import SCOPES
from service.access.pace import Pace
from service.cli import main
from service.messages import Code, ServiceError
from service.settings import Settings
from speech.errors import ConfigError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "sonorant"


def coming(
    address: str = "127.0.0.1",
    *,
    token: str | None = None,
    query: str = "",
    subprotocols: tuple[str, ...] = (),
    **headers: str,
) -> Arrival:
    shown = {"host": "localhost:8765"} | {k.replace("_", "-"): v for k, v in headers.items()}
    if token is not None:
        shown["authorization"] = f"Bearer {token}"
    return Arrival(address, shown, frozenset(query.split()), subprotocols)


def refused(gate: Gate, arrival: Arrival, needed: Scope = Scope.RECOGNIZE) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        gate.admit(arrival, needed)
    return caught.value


def test_this_machine_needs_no_token_for_what_is_open() -> None:
    gate = Gate(Settings())
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        assert gate.admit(coming(address), Scope.ASSISTANT).token is None
    for needed in (Scope.VOICEPRINT, Scope.VOICEPRINT_ADMIN, Scope.HOME_ADMIN):
        assert refused(gate, coming(), needed).code is Code.UNAUTHORIZED
    for arrival in (
        *(coming("192.168.1.9"), coming("testclient"), coming("")),
        *(coming(x_forwarded_for="10.0.0.1"), coming(forwarded="for=10.0.0.1")),
    ):
        assert refused(gate, arrival).code is Code.UNAUTHORIZED
    assert refused(Gate(Settings(open=False)), coming()).code is Code.UNAUTHORIZED


def test_a_token_allows_what_its_scopes_say(folder: Path) -> None:
    tokens = Tokens()
    secret = tokens.create("phone", [Scope.RECOGNIZE, Scope.VOICEPRINT_ADMIN])
    gate = Gate(Settings(host="0.0.0.0"))
    for arrival in (
        coming("192.168.1.9", token=secret),
        coming("192.168.1.9", subprotocols=("sonorant.v1", f"bearer.{secret}")),
    ):
        assert gate.admit(arrival, Scope.RECOGNIZE).token == "phone"
        gate.admit(arrival, Scope.VOICEPRINT)
        assert refused(gate, arrival, Scope.HOME_ADMIN).code is Code.FORBIDDEN
    # A token that is wrong is not made good by where it comes from.
    assert refused(gate, coming(token=secret[:-1])).code is Code.UNAUTHORIZED
    both = coming(token=secret, subprotocols=(f"bearer.{secret}",))
    assert "several" in refused(gate, both).message
    assert refused(gate, coming(authorization=f"Basic {secret}")).code is Code.UNAUTHORIZED
    assert refused(gate, coming(authorization="Bearer ")).code is Code.UNAUTHORIZED
    kept = (folder / "tokens.json").read_text(encoding="utf-8")
    assert secret not in kept and secret.removeprefix("sonorant_") not in kept
    assert stat.S_IMODE((folder / "tokens.json").stat().st_mode) == 0o600


def test_a_revoked_token_is_unknown_to_a_running_service() -> None:
    tokens = Tokens()
    secret = tokens.create("phone", [Scope.RECOGNIZE])
    gate = Gate(Settings())
    client = gate.admit(coming(token=secret), Scope.RECOGNIZE)
    assert gate.still_knows(client)
    Tokens().revoke("phone")
    assert not gate.still_knows(client)
    assert refused(gate, coming(token=secret)).code is Code.UNAUTHORIZED
    # Nor does a new token of the same name let those stay who have the lost one.
    again = tokens.create("phone", [Scope.RECOGNIZE])
    assert not gate.still_knows(client)
    assert gate.still_knows(gate.admit(coming(token=again), Scope.RECOGNIZE))
    assert gate.still_knows(Client("address ::1", None, frozenset()))


def test_a_token_in_a_url_is_refused_and_why() -> None:
    secret = Tokens().create("phone", [Scope.RECOGNIZE])
    error = refused(Gate(Settings()), coming(query="language token", token=secret))
    assert error.code is Code.UNAUTHORIZED and "ends up in logs" in error.message


def test_from_elsewhere_somebody_must_be_able_to_come_in() -> None:
    with pytest.raises(ConfigError, match="sonorant tokens create"):
        Gate(Settings(host="0.0.0.0"))
    Tokens().create("phone", [Scope.RECOGNIZE])
    Gate(Settings(host="0.0.0.0"))


@pytest.mark.parametrize(
    ("host", "origin", "code"),
    [
        ("127.0.0.1:8765", None, None),
        ("[::1]:8765", "http://[::1]:8765", None),
        ("localhost:8765", "http://localhost:8765", None),
        ("Home.Example", "https://panel.example", None),
        ("home.example", "https://panel.example/", None),
        ("evil.example:8765", "http://evil.example:8765", Code.FORBIDDEN),
        ("localhost.evil.example", None, Code.FORBIDDEN),
        ("", None, Code.BAD_REQUEST),
        ("[::1", None, Code.BAD_REQUEST),
        ("localhost:8765", "http://evil.example", Code.FORBIDDEN),
        ("localhost:8765", "http://localhost:9999", Code.FORBIDDEN),
        ("localhost:8765", "null", Code.FORBIDDEN),
        ("localhost:8765", "file://localhost:8765", Code.FORBIDDEN),
        ("localhost:8765", "http://[", Code.FORBIDDEN),
        ("localhost:8765", "", Code.FORBIDDEN),
    ],
)
def test_pages_of_strangers_and_rebound_names_are_refused(
    host: str, origin: str | None, code: Code | None
) -> None:
    gate = Gate(Settings(hosts=("home.example",), origins=("https://panel.example",)))
    arrival = coming(host=host) if origin is None else coming(host=host, origin=origin)
    if code is None:
        gate.admit(arrival, Scope.RECOGNIZE)
    else:
        assert refused(gate, arrival).code is code


def test_who_guesses_has_to_wait_longer_and_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Tokens().create("phone", [Scope.RECOGNIZE])
    gate = Gate(Settings())
    now = 1000.0
    monkeypatch.setattr("service.access.pace.time.monotonic", lambda: now)
    tried, waits = 0, []
    for _ in range(10_000):
        error = refused(gate, coming("192.168.1.9", token="sonorant_guess"))
        if error.code is Code.UNAUTHORIZED:
            tried += 1
        else:
            assert error.retry_after is not None
            waits.append(error.retry_after)
            now += 0.1
    assert tried < 16, "a thousand seconds are good for a few guesses only"
    assert max(waits) > 200
    # Even the right one has to wait there, but not from elsewhere.
    assert refused(gate, coming("192.168.1.9", token=secret)).code is Code.TOO_MANY
    gate.admit(coming("192.168.1.10", token=secret), Scope.RECOGNIZE)
    refused(gate, coming(token="sonorant_guess"))
    gate.admit(coming(), Scope.RECOGNIZE)
    now += 1000.0
    gate.admit(coming("192.168.1.9", token=secret), Scope.RECOGNIZE)


def test_not_too_often_and_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("service.access.pace.time.monotonic", lambda: now)
    gate = Gate(Settings(token_rate=3, token_sessions=2))
    clients = [gate.admit(coming(), Scope.RECOGNIZE) for _ in range(3)]
    error = refused(gate, coming())
    assert error.code is Code.TOO_MANY and error.retry_after == pytest.approx(20)
    gate.admit(coming("::1"), Scope.RECOGNIZE)
    now += 20
    gate.admit(coming(), Scope.RECOGNIZE)
    with (
        gate.session(clients[0]),
        gate.session(clients[1]),
        pytest.raises(ServiceError, match="2 connections"),
        gate.session(clients[2]),
    ):
        pass
    with gate.session(clients[2]), gate.session(clients[0]):
        pass


def test_more_are_connected_than_are_kept_in_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.access.pace._MOST", 2)
    pace = Pace(rate=60, sessions=1)
    with ExitStack() as connected:
        for client in ("a", "b", "c", "d"):
            pace.count(client)
            connected.enter_context(pace.session(client))
        for client in ("a", "b", "c", "d"):
            with pytest.raises(ServiceError, match="1 connections"), pace.session(client):
                pass
    pace.count("e")
    with pace.session("a"), pace.session("e"):
        pass


def test_files_that_cannot_be_trusted(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    tokens = Tokens()
    secret = tokens.create("phone", [Scope.RECOGNIZE])
    gate = Gate(Settings())
    client = gate.admit(coming(token=secret), Scope.RECOGNIZE)
    os.chmod(folder / "tokens.json", 0o644)
    Path(folder / "tokens.json").write_text("[ ]", encoding="utf-8")
    error = refused(gate, coming(token=secret))
    assert error.code is Code.UNAVAILABLE and str(folder) not in error.message
    assert str(folder) in caplog.text and gate.still_knows(client)
    gate.admit(coming(), Scope.RECOGNIZE)
    with pytest.raises(ConfigError, match="chmod 600"):
        Tokens().all()
    os.chmod(folder / "tokens.json", 0o600)
    for damaged in ("{", "{}x", "[1]", '[{"name": "a"}]', "[" * 5000):
        (folder / "tokens.json").write_text(damaged, encoding="utf-8")
        with pytest.raises(ConfigError, match="cannot be read as tokens"):
            Tokens().all()


def test_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(SCOPES) == set(Scope)
    assert main(["tokens", "create", "phone", "--scope", "score", "--scope", "assistant"]) == 0
    secret = capsys.readouterr().out.strip()
    found = Tokens().find(secret)
    assert found is not None and found.scopes == {Scope.SCORE, Scope.ASSISTANT}
    assert main(["tokens", "create", "phone", "--scope", "score"]) == 2
    assert main(["tokens", "create", "a/b", "--scope", "score"]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["tokens", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scopes"] == ["assistant", "score"]
    assert main(["tokens", "revoke", "phone"]) == 0
    assert main(["tokens", "revoke", "phone"]) == 2
    assert Tokens().find(secret) is None
