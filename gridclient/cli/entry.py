"""Arguments in, exit status out: the parser and the way to each command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gridclient import __version__
from gridclient.cli import windows
from gridclient.cli.output import Exit, report_error, report_wrong_use
from gridclient.cli.parsing import Parser, WrongUse
from gridclient.domain.errors import GridClientError, StoreUnavailable

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, *, on_profile: Callable[[Path], None] = lambda _folder: None) -> int:
    """Runs one command and gives its exit status (0 done, 1 refused, 2 wrong use, 3 in part, 4 environment).

    ``on_profile`` is told which profile the command is about, before it runs.
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # another desk may have written anything
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        args = _desk_alone(given) or parser().parse_args(given)
    except WrongUse as wrong:
        return report_wrong_use(wrong, as_json="--json" in given)
    args.json = getattr(args, "json", False)
    args.profile_given = hasattr(args, "profile")
    if not args.profile_given:
        args.profile = default_profile()
    on_profile(args.profile)
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    run = getattr(args, "run", windows.open_desk_window)
    try:
        status = int(run(args))
        sys.stdout.flush()
    except WrongUse as wrong:  # the command's words do not go together
        return report_wrong_use(wrong, as_json=args.json)
    except GridClientError as error:
        return report_error(error, as_json=args.json)
    except BrokenPipeError:  # the reader had enough (| head): nothing is wrong, and nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except OSError as error:
        fault = StoreUnavailable("environment.failed", reason=error.strerror or type(error).__name__)
        return report_error(fault, as_json=args.json)
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _desk_alone(given: Sequence[str]) -> argparse.Namespace | None:
    """What the whole parser would give where the desk is opened: its window waits for the words of no command."""
    match given:
        case []:
            return argparse.Namespace()
        case ["--profile", folder] if not folder.startswith("-"):
            return argparse.Namespace(profile=Path(folder))
    return None


def default_profile() -> Path:
    """The platform's data folder."""
    from platformdirs import user_data_path

    return user_data_path("gridclient", appauthor=False)


def parser() -> Parser:
    """The whole command line. What all commands share may stand before or after the command."""
    from gridclient.cli import cases, conflicts, data, grids, hub, sync, tools

    shared = Parser(add_help=False)
    shared.add_argument("--profile", type=Path, metavar="目录", default=argparse.SUPPRESS, help="本席位的数据目录")
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="输出一份 JSON")
    top = Parser(prog="gridclient", parents=[shared], description="乡镇（街道）综合信息指挥室席位；不带命令时打开席位")
    top.add_argument("--version", action="version", version=f"gridclient {__version__}", help="显示版本")
    commands = top.add_subparsers(metavar="命令")
    for room in (grids, cases, conflicts, tools, data, hub, sync, windows):
        room.add_commands(commands, shared)
    return top
