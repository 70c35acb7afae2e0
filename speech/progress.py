"""Progress bars for long work, on standard error and only where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[float], None]
"""Called with how much is done so far."""


@contextmanager
def progress(label: str, total: float | None, unit: str = "s") -> Iterator[Advance]:
    """Show a bar while the body runs; it vanishes at the end.

    Parameters
    ----------
    label
        What is being worked on.
    total
        How much there is to do, or None where nobody knows.
    unit
        What is counted, shown behind the numbers.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    amount = "{task.completed:.0f}" + (" / {task.total:.0f} " if total else " ") + unit
    columns = [TextColumn("{task.description}"), BarColumn(), TextColumn(amount)]
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
