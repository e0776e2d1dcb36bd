"""Commands that show something: the desk, the tour, the self-check. Only this module of the command line loads Qt."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from gridclient.cli.output import Exit, answer, say
from gridclient.cli.parsing import path_of
from gridclient.domain.errors import Cancelled, NotFound, StoreUnavailable

if TYPE_CHECKING:
    from gridclient.self_check import Finding

_SCREENS: Final = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``tour`` and ``self-check``."""
    tour = commands.add_parser("tour", parents=[output], help="自动演示并截图")
    tour.add_argument("--out", type=path_of, required=True, metavar="目录")
    tour.set_defaults(run=walk_tour)
    check = commands.add_parser("self-check", parents=[output], help="自检")
    check.set_defaults(run=check_self)


def open_desk_window(args: argparse.Namespace) -> Exit:
    """Opens the desk and returns when its window is closed."""
    from gridclient.logs import kept_log
    from gridclient.qt_loading import load_qt
    from gridclient.store.profile_lock import profile_exists

    if not profile_exists(args.profile):  # before Qt is loaded and before a folder for the log is made
        raise NotFound("profile.missing", folder=str(args.profile))
    _require_screen()
    gc.disable()  # a start makes no garbage; the open desk collects its own
    try:
        load_qt()
        from gridclient.start import run

        with kept_log(args.profile / "logs"):
            return Exit(run(args.profile, forerunner=args.forerunner))
    except Cancelled:
        say("整理没有做完，没有丢数据；下次打开时接着整理。")
        return Exit.PARTLY
    finally:
        gc.enable()


def walk_tour(args: argparse.Namespace) -> Exit:
    """Walks through the demo by itself and leaves screenshots."""
    _require_screen()
    from gridclient.tour import walk

    pictures = walk(args.profile if args.profile_given else None, args.out)
    paths = [str(picture) for picture in pictures]
    return answer(args, {"pictures": paths}, paths)


def check_self(args: argparse.Namespace) -> Exit:
    """Checks store, map, fonts, calendar, disk, clock and hub, and prints a sentence for each."""
    from gridclient.self_check import check

    findings = check(args.profile)
    ok = all(f.ok for f in findings)
    lines = (f"{_sign(f)}{f.title}：{f.sentence}" for f in findings)
    answer(args, {"ok": ok, "checks": [f.as_json() for f in findings]}, lines)
    return Exit.DONE if ok else Exit.ENVIRONMENT


def _require_screen() -> None:
    """Raises ``StoreUnavailable("environment.no_screen")`` where there is no screen: Qt would abort the process."""
    if sys.platform == "linux" and not any(map(os.environ.get, _SCREENS)):
        raise StoreUnavailable("environment.no_screen")


def _sign(finding: Finding) -> str:
    if finding.remark:
        return "！"
    return "✓ " if finding.ok else "✗ "
