"""Telling the network of the server by zeroconf (mDNS), so that Home Assistant finds it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from speech.errors import ConfigError, EngineMissingError

KIND = "_wyoming._tcp.local."


@asynccontextmanager
async def announced(
    host: str, port: int, *, interfaces: Sequence[str] | None = None
) -> AsyncIterator[str]:
    """Announce the server while this is open; yields the name that it has in the network.

    Parameters
    ----------
    host
        What the server listens at; the addresses of all interfaces where it is ``0.0.0.0``
        or ``::``.
    interfaces
        Addresses of the interfaces that are told; None for all.

    Raises
    ------
    EngineMissingError
        The extra ``zeroconf`` is not installed.
    ConfigError
        No other machine could connect, or this one has no network.
    """
    try:
        import zeroconf
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf
    except ImportError as error:
        raise EngineMissingError(
            "zeroconf is not installed: pip install 'sonorant[zeroconf]'"
        ) from error
    machine = socket.gethostname().partition(".")[0]
    name = f"Sonorant at {machine}"
    try:
        addresses = _addresses(host, interfaces)
        service = AsyncServiceInfo(
            KIND,
            f"{name}.{KIND}",
            port=port,
            parsed_addresses=addresses,
            server=f"{machine}.local.",
        )
        chosen = zeroconf.InterfaceChoice.All if interfaces is None else list(interfaces)
        told = AsyncZeroconf(interfaces=chosen)
    except OSError as error:
        raise ConfigError(f"zeroconf cannot use the network: {error}") from error
    try:
        await (await told.async_register_service(service, allow_name_change=True))
        yield service.name.removesuffix(f".{KIND}")
    finally:
        await told.async_unregister_all_services()
        await told.async_close()


def _addresses(host: str, interfaces: Sequence[str] | None) -> list[str]:
    import ifaddr  # comes with zeroconf

    if interfaces is not None:
        return [*interfaces]
    own = [host]
    if ipaddress.ip_address(host).is_unspecified:
        found = [ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
        own = [ip.ip for ip in found if isinstance(ip.ip, str)]  # those of IPv6 are no texts
    own = [one for one in own if not ipaddress.ip_address(one).is_loopback]
    if not own:
        raise ConfigError("this machine has no network in which zeroconf could announce it")
    return own
