"""Bytes from an address into a file: bounded, timed out, with errors a person can act on."""

from __future__ import annotations

import errno
import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from speech.errors import ModelFetchError
from speech.models.card import Checksum

Progress = Callable[[int, int | None], None]
"""Called with the bytes done and the bytes in all (None while unknown)."""

TIMEOUT = 30.0
"""Seconds without a byte after which a download is given up."""

BLOCK = 1 << 18


def download(
    url: str,
    target: Path,
    limit: int,
    progress: Progress | None = None,
    timeout: float = TIMEOUT,
) -> None:
    """Fetch an http, https or file address into a file.

    Parameters
    ----------
    limit
        Bytes after which the download is refused: a server must not be able to fill the disk.
    timeout
        Seconds that the other side may stay silent.

    Raises
    ------
    ModelFetchError
        There is no such file, no network, an answer that stops early or never ends, or no space.
    """
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "sonorant"})
        with urllib.request.urlopen(request, timeout=timeout) as response:
            _copy(response, url, target, limit, progress)
    except urllib.error.HTTPError as error:
        error.close()
        missing = " (it may have moved: --mirror names another place)" if error.code == 404 else ""
        raise ModelFetchError(f"{url}: the server says {error.code} {error.reason}{missing}") from (
            error
        )
    except urllib.error.URLError as error:
        if url.startswith("file:"):
            raise ModelFetchError(f"{url}: cannot be read ({error.reason})") from error
        raise ModelFetchError(
            f"{url}: cannot be reached ({error.reason}); is there a network? "
            "--mirror names another place, a folder too"
        ) from error
    except TimeoutError as error:
        raise ModelFetchError(f"{url}: no answer for {timeout:g} s; try again") from error
    except (http.client.HTTPException, ConnectionError, ssl.SSLError, ValueError) as error:
        raise ModelFetchError(f"{url}: the download broke off ({error}); try again") from error
    except OSError as error:
        raise disk_error(error, target) from error


def check(path: Path, checksum: Checksum, name: str) -> None:
    """Compare a file with its checksum.

    Raises
    ------
    ModelFetchError
        They differ.
    """
    found = digest(path, checksum.algorithm)
    if found != checksum.value:
        raise ModelFetchError(
            f"{name}: {checksum.algorithm} is {found}, the catalogue says {checksum.value}; "
            "it was damaged or replaced on its way, and is not used"
        )


def digest(path: Path, algorithm: str = "sha256") -> str:
    """The digest of a file's content in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def disk_error(error: OSError, path: Path) -> ModelFetchError:
    """What the file system refused, in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ModelFetchError(
            f"{path}: the disk is full; make room, or name a folder elsewhere in SONORANT_MODELS"
        )
    return ModelFetchError(f"{path}: cannot be written ({error.strerror or error})")


def _copy(
    response: http.client.HTTPResponse,
    url: str,
    target: Path,
    limit: int,
    progress: Progress | None,
) -> None:
    length = response.headers.get("Content-Length")
    total = int(length) if length is not None and length.isdigit() else None
    if total is not None and total > limit:
        raise _too_large(url, limit)
    done = 0
    with target.open("wb") as file:
        while block := response.read(BLOCK):
            done += len(block)
            if done > limit:
                raise _too_large(url, limit)
            file.write(block)
            if progress is not None:
                progress(done, total)
    if total is not None and done != total:
        raise ModelFetchError(f"{url}: broke off after {done} of {total} bytes; try again")


def _too_large(url: str, limit: int) -> ModelFetchError:
    return ModelFetchError(
        f"{url}: is larger than {limit} bytes, far more than the model should be"
    )
