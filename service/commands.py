"""``sonorant serve``: what the command line says; the work is elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Add this room's commands to the program."""
    serve = commands.add_parser(
        "serve",
        help="serve conversation, recognition, scoring and voiceprints to other programs",
        description="Serves everything over websockets and REST, to this machine alone unless told "
        "otherwise. Ctrl-C ends it in good order.",
    )
    serve.add_argument("--host", metavar="H", help="address to listen at (default: 127.0.0.1)")
    serve.add_argument("--port", metavar="P", help="port to listen at, 0 for any (default: 8765)")
    serve.add_argument("--config", type=Path, metavar="FILE", help="settings instead of your own")
    serve.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any setting, can be repeated; --reference explains them",
    )
    serve.add_argument(
        "--ray",
        nargs="?",
        const="local",
        metavar="ADDRESS",
        help="run the engines in processes of their own, on a Ray cluster, or on a Ray of this "
        "machine where no address is given",
    )
    serve.add_argument(
        "--trace",
        action="store_true",
        help="log how long each stage of each utterance took, as --set log=debug does",
    )
    serve.add_argument("--json", action="store_true", help="print where it listens as JSON")
    serve.add_argument(
        "--reference", action="store_true", help="print what can be set, as Markdown, and stop"
    )
    serve.add_argument(
        "--messages", action="store_true", help="print all messages, as Markdown, and stop"
    )
    serve.add_argument(
        "--check", action="store_true", help="start it with an example home, ask it, and stop"
    )
    serve.set_defaults(run=_serve)


def _serve(args: argparse.Namespace) -> int:
    # Late: these load what `sonorant --help` does not need.
    import asyncio

    if args.reference:
        from service.settings import reference

        print(reference(), end="")
        return 0
    if args.messages:
        from service.messages import reference as messages

        print(messages.reference(), end="")
        return 0
    if args.check:
        from service.checking import check

        return asyncio.run(check())
    if args.ray is not None:
        return _run_on_ray(args)
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    import asyncio
    import contextlib
    import json
    import signal

    from service.logs import set_up
    from service.memory import share_heaps
    from service.serving import make_server, url
    from service.settings import read_settings

    settings = read_settings(_given(args), file=args.config)
    set_up(settings.log)
    share_heaps()
    server = make_server(settings)
    running = asyncio.create_task(server.run_until_stopped())

    def stop() -> None:
        server.stop()
        if not server.listening.is_set():
            running.cancel()  # it still loads

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    listening = asyncio.create_task(server.listening.wait())
    await asyncio.wait((running, listening), return_when=asyncio.FIRST_COMPLETED)
    if listening.done():
        where = url(settings, server.port)
        about = {"url": where, "host": settings.host, "port": server.port}
        told = f"Sonorant listens at {where}"
        if server.core.wyoming is not None:
            about["wyoming"] = server.core.wyoming.address[1]
            told += f", for Home Assistant at port {about['wyoming']}"
        print(json.dumps(about) if args.json else told, flush=True)
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return 0


def _run_on_ray(args: argparse.Namespace) -> int:
    import json
    import signal

    from service.scaling.cluster import running
    from service.serving import url
    from service.settings import read_settings

    settings = read_settings(_given(args), file=args.config)
    try:
        with running(settings, args.ray):
            # Now, as Ray has taken it for itself.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            where = url(settings, settings.port)
            about = {"url": where, "host": settings.host, "port": settings.port}
            print(json.dumps(about) if args.json else f"Sonorant listens at {where}", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        pass
    return 0


def _given(args: argparse.Namespace) -> dict[str, str]:
    """The settings of the command line."""
    from speech.errors import ConfigError

    given = {}
    for pair in args.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set {pair}: write it as NAME=VALUE")
        given[name.strip()] = value
    for name in ("host", "port"):
        if getattr(args, name) is not None:
            given[name] = getattr(args, name)
    if args.trace:
        given["log"] = "debug"
    return given
