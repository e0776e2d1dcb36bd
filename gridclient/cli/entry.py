"""The command line's entry: parses the arguments, runs the command, gives the exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gridclient import __version__
from gridclient.cli import windows
from gridclient.cli.output import (
    AnswerLost,
    Exit,
    drop_answer,
    flush_answer,
    report_error,
    report_interrupted,
    report_lost_answer,
    report_wrong_use,
)
from gridclient.cli.parsing import Parser, WrongUse, path_of
from gridclient.domain.errors import GridClientError, StoreUnavailable, reason_of
from gridclient.opening_desk import default_profile, desk_to_open

if TYPE_CHECKING:
    from gridclient.forerunner import Forerunner


def main(
    argv: Sequence[str] | None = None,
    *,
    on_profile: Callable[[Path], None] = lambda _folder: None,
    forerunner: Forerunner | None = None,
) -> int:
    """Runs one command and gives its exit status, one of :class:`gridclient.cli.output.Exit`.

    Args:
        on_profile: gets the folder of the profile before the command runs.
        forerunner: opens the profile already, where the command opens a desk.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # texts of other desks may hold anything
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        alone = desk_to_open(given)
        args = argparse.Namespace(profile=alone) if alone else _parsed(given)
    except WrongUse as wrong:
        return report_wrong_use(wrong, as_json="--json" in given)
    args.json = getattr(args, "json", False)
    args.forerunner = forerunner
    args.profile_given = hasattr(args, "profile")
    if not args.profile_given:
        args.profile = default_profile()
    return _run(args, on_profile)


def _parsed(given: Sequence[str]) -> argparse.Namespace:
    whole = parser()
    for text in given:
        if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
            whole.error(f"“{text!a}”不是 UTF-8 编码的文字")
    return whole.parse_args(given)


def _run(args: argparse.Namespace, on_profile: Callable[[Path], None]) -> int:
    run = getattr(args, "run", windows.open_desk_window)
    try:
        on_profile(args.profile)
        status = int(run(args))
        flush_answer()
    except WrongUse as wrong:  # the arguments contradict each other
        status = report_wrong_use(wrong, as_json=args.json)
    except GridClientError as error:
        status = report_error(error, as_json=args.json)
    except AnswerLost as lost:
        status = report_lost_answer(lost)
    except BrokenPipeError:  # the reader ended (| head), which is no error
        drop_answer()
        status = Exit.DONE
    except OSError as error:
        fault = StoreUnavailable("environment.failed", reason=reason_of(error))
        status = report_error(fault, as_json=args.json)
    except KeyboardInterrupt:
        status = report_interrupted(as_json=args.json)
    return status


def parser() -> Parser:
    """The whole command line. ``--profile`` and ``--json`` may stand before or after the command."""
    from gridclient.cli import cases, conflicts, data, grids, hub, sync, tools

    shared = Parser(add_help=False)
    shared.add_argument("--profile", type=path_of, metavar="目录", default=argparse.SUPPRESS, help="本席位的数据目录")
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="输出一份 JSON")
    top = Parser(prog="gridclient", parents=[shared], description="乡镇（街道）综合信息指挥室席位；不带命令时打开席位")
    top.add_argument("--version", action="version", version=f"gridclient {__version__}", help="显示版本")
    commands = top.add_subparsers(metavar="命令")
    for room in (grids, cases, conflicts, tools, data, hub, sync, windows):
        room.add_commands(commands, shared)
    return top
