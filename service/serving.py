"""Runs the application under uvicorn: TLS, limits of the transport, and an orderly end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from service.app import create_app
from service.core import Core
from service.settings import Settings
from speech.errors import ConfigError

_PING = 20.0  # seconds between two looks whether a silent client is still there
_PONG = 120.0  # until it is given up: its answer comes behind all audio that it has sent before
_FIRST = 10.0  # seconds in which a connection says what it wants
_LEFT = 10.0  # seconds after a session in which what was sent may still be taken


class _Http(H11Protocol):
    """A connection on which no request begins is cut."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.loop.call_later(_FIRST, self._expect_a_request)

    def _expect_a_request(self) -> None:
        begun: object = self.cycle
        if begun is None and self in self.connections:  # nor has it become a websocket
            self.transport.abort()


class _Websocket(WebSocketsSansIOProtocol):
    """A connection to a client that takes nothing any more is cut, not kept until it does."""

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self.loop.call_later(_LEFT, self.transport.abort)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # it was refused, which is no mistake

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:  # the client's mistake, of which our log needs no trace
                self.frames = []
                self.conn.send_close(1007)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()


class Server(uvicorn.Server):
    """Listens once everything is loaded; ends its sessions with a message before it stops."""

    def __init__(self, config: uvicorn.Config, core: Core, listener: socket.socket) -> None:
        super().__init__(config)
        self.core = core
        self.listening = asyncio.Event()
        self.listener = listener

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self.listener.getsockname()[1]
        return port

    async def run_until_stopped(self) -> None:
        """Serve until :meth:`stop`.

        Raises
        ------
        SonorantError
            What every conversation needs cannot be loaded.
        """
        try:
            await self.core.warm_up()
            await self.serve([self.listener])
        finally:
            self.listener.close()
            await self.core.close()

    def stop(self) -> None:
        """End the sessions, then stop."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen no more, end the sessions, then close what is left."""
        for server in self.servers:
            server.close()
        self.core.ready = False
        await self.core.sessions.close(self.core.settings.grace)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield


def make_server(settings: Settings) -> Server:
    """A server that is ready to run.

    Raises
    ------
    ConfigError
        Nobody could come in, the address cannot be listened at, or the files for TLS cannot be
        used.
    """
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http=_Http,
        ws=_Websocket,
        ws_max_size=settings.message,
        ws_ping_interval=_PING,
        ws_ping_timeout=_PONG,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # who claims to come from elsewhere is not believed
        server_header=False,
        limit_concurrency=2 * settings.sessions + 64,
        timeout_graceful_shutdown=max(1, round(settings.grace)),
        h11_max_incomplete_event_size=32_768,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.private_key,
    )
    try:
        config.load()
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(f"the certificate or its key cannot be used: {error}") from error
    return Server(config, app.state.core, _listen(settings))


def url(settings: Settings, port: int) -> str:
    """Where clients find the service."""
    scheme = "http" if settings.certificate is None else "https"
    host = settings.host if settings.host not in ("0.0.0.0", "::", "") else socket.gethostname()
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _listen(settings: Settings) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=512)
    except OSError as error:
        raise ConfigError(
            f"cannot listen at {settings.host} port {settings.port}: {error.strerror}; choose "
            "others with --host and --port"
        ) from error
