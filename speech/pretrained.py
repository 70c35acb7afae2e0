"""What opening a model of the extra ``transformers`` has in common, whatever the model is for.

The libraries are heavy: they are imported when they are needed, and explain how to get them.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from speech.errors import EngineMissingError, ModelError, ModelMissingError


def library(name: str, user: str, extra: str = "transformers") -> Any:
    """Import a library of an extra.

    Parameters
    ----------
    user
        What needs it, as the error calls it.

    Raises
    ------
    EngineMissingError
        It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise EngineMissingError(f"{user} needs {name}: pip install 'sonorant[{extra}]'") from error


@contextmanager
def opening(model: str | PathLike[str]) -> Iterator[None]:
    """Explain what goes wrong while transformers opens a model.

    Parameters
    ----------
    model
        A folder, or a name in the cache of transformers.

    Raises
    ------
    ModelMissingError
        It is neither.
    ModelError
        It cannot be opened, or the body said so.
    """
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # the libraries that read the files have roots of their own
        name = fspath(model)
        first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        if Path(name).exists():
            raise ModelError(f"{name} cannot be opened by transformers: {first}") from error
        raise ModelMissingError(
            f"{name} is neither a folder nor in the cache of transformers: fetch it with "
            f"`huggingface-cli download {name}` or name a folder"
        ) from error
