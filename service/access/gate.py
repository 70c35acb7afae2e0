"""Who may come in: every request and every connection is asked here first.

In order: no token in the URL, a host and an origin that are known, a token that is known and comes
from no address that guesses them (or a client of this machine, for what is open to it), a scope
that allows it, and not too often.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.access.callers import check_host, check_origin
from service.access.pace import Guesses, Pace
from service.access.scopes import OPEN, Scope, allows
from service.access.tokens import Token, Tokens
from service.logs import LOGGER
from service.messages.errors import Code, ServiceError
from service.settings import Settings
from speech.errors import ConfigError

BEARER = "bearer."
"""Before a token among the subprotocols of a websocket: a browser can send no header."""

_IN_URLS = frozenset("token access_token auth authorization bearer api_key apikey key".split())
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a client shows at the door."""

    address: str
    """IP address of the other end."""
    headers: Mapping[str, str]
    """By lower-case name."""
    query: frozenset[str] = frozenset()
    """Names of what is in the query of the URL."""
    subprotocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Client:
    """Who was let in."""

    id: str
    """``token NAME`` or ``address IP``: what limits and logs go by."""
    token: str | None
    """Name of the token; None for a client of this machine without one."""
    scopes: frozenset[Scope]
    digest: str = field(default="", repr=False)
    """Of the token: another one may have its name later."""


class Gate:
    """Lets clients in.

    Raises
    ------
    ConfigError
        The service could be reached from elsewhere, but nobody could be let in: no token was made.
    """

    def __init__(self, settings: Settings, tokens: Tokens | None = None) -> None:
        self._settings = settings
        self._tokens = tokens or Tokens()
        self._pace = Pace(settings.token_rate, settings.token_sessions)
        self._guesses = Guesses()
        if not settings.loopback and not self._tokens.all():
            raise ConfigError(
                f"host {settings.host} can be reached from other machines, which need a token: "
                "make one with `sonorant tokens create NAME --scope assistant`, or listen at "
                "127.0.0.1"
            )

    def admit(self, arrival: Arrival, needed: Scope | None) -> Client:
        """Let a client in, or say why not.

        Parameters
        ----------
        needed
            What it wants to do; None for what any client may do that may do anything.

        Raises
        ------
        ServiceError
            It may not, or not now.
        """
        if secret_names := arrival.query & _IN_URLS:
            raise ServiceError(
                Code.UNAUTHORIZED,
                f"a token in a URL ({', '.join(sorted(secret_names))}) ends up in logs and "
                "histories, so it is not looked at: revoke it, and send another in the header "
                f"`Authorization: Bearer TOKEN` or as the subprotocol `{BEARER}TOKEN`",
            )
        host = arrival.headers.get("host")
        check_host(host, (*self._settings.hosts, self._settings.host))
        check_origin(arrival.headers.get("origin"), host, self._settings.origins)
        client = self._recognised(arrival)
        if needed is not None:
            check_scope(client, needed)
        self._pace.count(client.id)
        return client

    @contextmanager
    def session(self, client: Client) -> Iterator[None]:
        """Have a connection meanwhile; raises ServiceError if the client has too many."""
        with self._pace.session(client.id):
            yield

    def still_knows(self, client: Client) -> bool:
        """Whether the client's token was not revoked meanwhile."""
        if client.token is None:
            return True
        try:
            tokens = self._tokens.all()
        except ConfigError:
            return True  # who comes now is refused; who is here goes on
        return any(
            token.digest == client.digest and token.scopes == client.scopes for token in tokens
        )

    def _recognised(self, arrival: Arrival) -> Client:
        secret = _secret(arrival)
        if secret is not None:
            self._guesses.check(arrival.address)
            token = self._found(secret)
            if token is None:
                self._guesses.wrong(arrival.address)
                raise ServiceError(Code.UNAUTHORIZED, "this token is unknown or was revoked")
            return Client(f"token {token.name}", token.name, token.scopes, token.digest)
        if not self._settings.open or not _is_local(arrival):
            raise ServiceError(
                Code.UNAUTHORIZED,
                "this takes a token: send it in the header `Authorization: Bearer TOKEN` or as "
                f"the websocket subprotocol `{BEARER}TOKEN`",
            )
        return Client(f"address {arrival.address}", None, OPEN)

    def _found(self, secret: str) -> Token | None:
        try:
            return self._tokens.find(secret)
        except ConfigError as error:
            LOGGER.error("tokens cannot be read: %s", error)
            raise ServiceError(
                Code.UNAVAILABLE, "tokens cannot be read here; the service's log says why"
            ) from error


def check_scope(client: Client, needed: Scope) -> None:
    """Raise ServiceError unless a client may do what takes a scope."""
    if not allows(client.scopes, needed):
        raise ServiceError(
            Code.UNAUTHORIZED if client.token is None else Code.FORBIDDEN,
            f"this takes a token with the scope {needed}: "
            f"`sonorant tokens create NAME --scope {needed}`",
        )


def _secret(arrival: Arrival) -> str | None:
    """The token that was sent, if one was."""
    sent = [one.removeprefix(BEARER) for one in arrival.subprotocols if one.startswith(BEARER)]
    header = arrival.headers.get("authorization")
    if header is not None:
        kind, _, secret = header.partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise ServiceError(
                Code.UNAUTHORIZED, "the header is `Authorization: Bearer TOKEN`, nothing else"
            )
        sent.append(secret.strip())
    if len(sent) > 1:
        raise ServiceError(Code.UNAUTHORIZED, "several tokens were sent: send one")
    return sent[0] if sent else None


def _is_local(arrival: Arrival) -> bool:
    """Whether a client runs on this machine; through a proxy here it may come from anywhere."""
    if any(name in arrival.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(arrival.address)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
