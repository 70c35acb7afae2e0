"""A manifest to an output, from wherever the last run left off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from os import fspath
from pathlib import Path

from pronunciation import open_assessor
from pronunciation.batch import cluster, processes
from pronunciation.batch.manifest import Fault, Task, count, read
from pronunciation.batch.output import Output, fault_line, records
from pronunciation.batch.work import Opener
from pronunciation.contract import Pronunciations
from pronunciation.report import write_overview
from speech.containers import AnyPath
from speech.errors import ConfigError
from speech.progress import progress


@dataclass(slots=True)
class Summary:
    """What a run did."""

    assessed: int = 0
    """Recordings that were worked on."""
    refused: int = 0
    """How many of them were not assessable."""
    failed: int = 0
    """Recordings and lines of the manifest that could not be worked on."""
    skipped: int = 0
    """Those that the output held already."""
    errors: int = 0
    """How many records of the output are errors now, those of earlier runs too."""


def assess_manifest(
    manifest: AnyPath,
    output: AnyPath,
    *,
    language: str = "en",
    jobs: int | None = None,
    retry: bool = False,
    report: AnyPath | None = None,
    ray: str | None = None,
    pronunciations: Pronunciations | None = None,
    on_error: Callable[[str, str], None] | None = None,
    opener: Opener = open_assessor,
) -> Summary:
    """Assess every recording of a manifest that the output does not hold yet.

    Parameters
    ----------
    manifest
        JSON Lines: ``{"id", "audio", "text"}``, see ``docs/pronunciation.md``.
    output
        JSON Lines, one record an item, in the order in which they are done. It is appended to
        record by record, so that a run which ended early is taken up by the next.
    jobs
        Worker processes or, with ``ray``, actors; by default one for each core.
    retry
        Try again what failed in earlier runs.
    report
        Where to write the overview of all that the output holds.
    ray
        Have Ray do the work: the address of a cluster, or ``local``.
    pronunciations
        For all recordings; a line's own go before them.
    on_error
        Told the id (or line) and the error of each failure at once.
    opener
        Loads an assessor in a worker; a function that can be pickled.

    Raises
    ------
    ConfigError
        The manifest or output cannot be used.
    BusyError
        Another run writes the output.
    SonorantError
        The assessor cannot be loaded.
    """
    source, target = Path(manifest), Path(output)
    lines = count(source)
    if target.exists() and target.samefile(source):
        raise ConfigError(f"{target}: the output cannot be the manifest itself")
    if report is not None and not Path(report).absolute().parent.is_dir():
        raise ConfigError(f"{fspath(report)}: its folder does not exist")  # said before the work
    summary = Summary()
    with Output(target, retry=retry) as out, progress(source.name, lines, "recordings") as advance:

        def note(name: str, line: str, error: str | None) -> None:
            out.write(line, failed=error is not None)
            if error is None:
                summary.assessed += 1
            else:
                summary.failed += 1
                if on_error is not None:
                    on_error(name, error)
            advance(summary.assessed + summary.failed + summary.skipped)

        def tasks() -> Iterator[Task]:
            for item in read(source, pronunciations):
                if out.holds(item):
                    summary.skipped += 1
                elif isinstance(item, Fault):
                    note(item.id or f"line {item.line}", fault_line(item), item.error)
                else:
                    yield item

        if ray is None:
            results = processes.run(tasks(), jobs or cores(), opener, language)
        else:
            results = cluster.run(tasks(), jobs, opener, language, ray)
        with closing(results):
            for task, done in results:
                note(task.id, done.line, done.error)
                summary.refused += not done.assessable
        summary.errors = out.failed
    if report is not None:
        try:
            write_overview(report, records(target), language="en")
        except OSError as error:
            raise ConfigError(f"{fspath(report)}: cannot be written ({error.strerror})") from error
    return summary


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
