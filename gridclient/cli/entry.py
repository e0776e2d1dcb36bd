"""Arguments in, exit status out: the parser and the way to each command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_data_path

from gridclient import __version__
from gridclient.cli import cases, data, grids, tools, windows
from gridclient.cli.output import report_error
from gridclient.domain.errors import GridClientError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status (0 done, 1 refused, 2 wrong use, 3 in part, 4 environment)."""
    sys.stdout.reconfigure(encoding="utf-8") if hasattr(sys.stdout, "reconfigure") else None
    args = parser().parse_args(argv)
    args.profile_given = hasattr(args, "profile")
    if not args.profile_given:
        args.profile = default_profile()
    run = getattr(args, "run", windows.open_desk_window)
    try:
        return int(run(args))
    except GridClientError as error:
        return report_error(error, as_json=getattr(args, "json", False))


def default_profile() -> Path:
    """The platform's data folder."""
    return user_data_path("gridclient", appauthor=False)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--profile", type=Path, metavar="目录", default=argparse.SUPPRESS, help="本席位的数据目录")
    top = argparse.ArgumentParser(
        prog="gridclient", parents=[shared], description="乡镇（街道）综合信息指挥室席位", allow_abbrev=False
    )
    top.add_argument("--version", action="version", version=f"gridclient {__version__}")
    commands = top.add_subparsers(metavar="命令")
    output = argparse.ArgumentParser(add_help=False, parents=[shared])
    output.add_argument("--json", action="store_true", help="输出一份 JSON")
    for room in (grids, cases, tools, data, windows):
        room.add_commands(commands, output)
    return top
