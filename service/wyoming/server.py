"""The server: takes connections up to a number, and ends them all when it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from concurrent.futures import Executor

from wyoming.error import Error

from service.wyoming.connection import Connection
from service.wyoming.heard import Heard
from service.wyoming.info import info_of
from service.wyoming.limits import Limits
from service.wyoming.offer import Offer
from service.wyoming.wire import MessageError, Wire
from service.wyoming.work import Work
from speech.errors import ConfigError

PORT = 10_300
"""Where Home Assistant's own services of this kind listen."""


class WyomingServer:
    """Serves Wyoming.

    Parameters
    ----------
    executor
        Does the work of the engines; it stays open at the end.
    """

    def __init__(self, offer: Offer, executor: Executor, limits: Limits | None = None) -> None:
        self._offer = offer
        self._executor = executor
        self._limits = limits or Limits()
        self._heard = Heard()
        self._clients: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(
        self, host: str = "127.0.0.1", port: int = PORT, *, allow_network: bool = False
    ) -> None:
        """Listen.

        Parameters
        ----------
        host
            A name or an address of this machine.
        port
            0 for any that is free.
        allow_network
            Whether other machines may connect.

        Raises
        ------
        ConfigError
            Other machines could connect, though that is not allowed; or the port is taken.
        """
        if not (allow_network or is_loopback(host)):
            raise ConfigError(
                f"{host} is open to other machines, and Wyoming has neither passwords nor "
                "encryption: whoever reaches the port moves the home. In a network that you "
                "trust, --allow-network permits it"
            )
        loop = asyncio.get_running_loop()
        self._info = await loop.run_in_executor(self._executor, info_of, self._offer)
        try:
            self._server = await asyncio.start_server(
                self._accept, host, port, limit=self._limits.data
            )
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"port {port} of {host} cannot be listened at: {error}; choose another"
            ) from error

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that it listens at."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def close(self) -> None:
        """Stop listening and end all connections. Safe to call twice."""
        if self._server is None:
            return
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await self._server.wait_closed()

    async def __aenter__(self) -> WyomingServer:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(reader, writer, self._limits)
        room = len(self._clients) < self._limits.connections
        client = asyncio.create_task(self._serve(wire) if room else self._refuse(wire))
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _serve(self, wire: Wire) -> None:
        work = Work(self._executor, self._limits.work)
        await Connection(wire, work, self._offer, self._info, self._limits, self._heard).run()

    async def _refuse(self, wire: Wire) -> None:
        most = self._limits.connections
        with contextlib.suppress(ConnectionError, MessageError):
            await wire.send(Error(f"there are {most} connections already; try again", "busy"))
        await wire.close()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
