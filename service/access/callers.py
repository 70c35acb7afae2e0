"""By which page and under which name a client came: against web pages that talk to this machine.

A page of a stranger, open in a browser here, can connect to services of this machine; its
``Origin`` gives it away. With DNS rebinding it makes its own name mean this machine, so that the
origin fits; the ``Host`` header then holds that name.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from service.messages.errors import Code, ServiceError


def check_host(host: str | None, names: Iterable[str]) -> None:
    """Raise ServiceError unless a ``Host`` header holds an address or a name of this machine.

    Parameters
    ----------
    names
        Further names that are known.
    """
    name = _name(host or "")
    if name is None:
        raise ServiceError(Code.BAD_REQUEST, "the Host header is missing or no host")
    own = socket.gethostname().lower()
    known = {"localhost", own, f"{own.partition('.')[0]}.local", *map(str.lower, names)}
    if name not in known and not _is_address(name):
        raise ServiceError(
            Code.FORBIDDEN,
            f"this machine is not known as {name[:100]!r}: name it in the setting `hosts`",
        )


def check_origin(origin: str | None, host: str | None, origins: Iterable[str]) -> None:
    """Raise ServiceError unless a page is our own, or one of ``origins``, or it is no page.

    Parameters
    ----------
    origin, host
        The headers.
    """
    if origin is None or origin.lower().rstrip("/") in {one.lower().rstrip("/") for one in origins}:
        return
    try:
        parts = urlsplit(origin)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != (host or "").lower():
        raise ServiceError(
            Code.FORBIDDEN,
            f"pages of {origin[:100]!r} may not connect: name it in the setting `origins`",
        )


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
