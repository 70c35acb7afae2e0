"""``sonorant tokens``: who may use the service from elsewhere."""

from __future__ import annotations

import argparse
import json
from typing import Any

SCOPES = (
    *("assistant", "recognize", "score", "voiceprint", "voiceprint-admin", "home-admin"),
    "models-admin",
)
"""As in :class:`service.access.scopes.Scope`."""


def add_commands(commands: Any) -> None:
    """Add this room's commands to the program."""
    tokens = commands.add_parser(
        "tokens",
        help="make and revoke tokens for the service",
        description="Tokens let clients use `sonorant serve` from other machines, and what is "
        "not open to this one. Only a hash of a token is kept.",
    )
    verbs = tokens.add_subparsers(title="commands", metavar="COMMAND", required=True)
    create = verbs.add_parser("create", help="make a token and print it, once")
    create.add_argument("name", help="what it is for: `kitchen tablet`")
    create.add_argument(
        "--scope",
        action="append",
        required=True,
        choices=SCOPES,
        help="what it allows, can be repeated",
    )
    create.set_defaults(run=_create)
    listing = verbs.add_parser("list", help="list the tokens")
    listing.set_defaults(run=_list)
    revoke = verbs.add_parser("revoke", help="revoke a token; its sessions end within seconds")
    revoke.add_argument("name", help="the token's name")
    revoke.set_defaults(run=_revoke)
    for verb in (create, listing, revoke):
        verb.add_argument("--json", action="store_true", help="print JSON")


def _create(args: argparse.Namespace) -> int:
    # Late: `sonorant --help` needs none of it.
    from service.access.scopes import Scope
    from service.access.tokens import Tokens

    secret = Tokens().create(args.name, map(Scope, args.scope))
    about = {"name": args.name, "scopes": sorted(set(args.scope)), "token": secret}
    print(json.dumps(about) if args.json else secret)
    return 0


def _list(args: argparse.Namespace) -> int:
    from service.access.tokens import Tokens

    tokens = Tokens().all()
    for token in tokens:
        created = token.created.astimezone()
        if args.json:
            about = {"name": token.name, "scopes": sorted(token.scopes)}
            print(json.dumps({**about, "created": created.isoformat()}, ensure_ascii=False))
        else:
            print(f"{token.name:24}  {created:%Y-%m-%d}  {', '.join(sorted(token.scopes))}")
    if not tokens and not args.json:
        print("There are no tokens.")
    return 0


def _revoke(args: argparse.Namespace) -> int:
    from service.access.tokens import Tokens

    Tokens().revoke(args.name)
    print(json.dumps({"name": args.name}) if args.json else f"{args.name} is revoked.")
    return 0
