"""Commands that need no cases: computing deadlines and converting coordinates."""

from __future__ import annotations

import argparse
from typing import Any

from gridclient.cli.arguments import instant
from gridclient.cli.opening import calendar_of
from gridclient.cli.output import Exit, answer
from gridclient.cli.parsing import coordinate_system
from gridclient.cli.shapes import iso
from gridclient.domain.coordinates import convert
from gridclient.domain.deadlines import StartRule, deadline
from gridclient.domain.limits import parse_limit
from gridclient.services.deadline_text import explain, moment_text


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``deadline`` and ``convert``."""
    due = commands.add_parser("deadline", parents=[output], help="计算时限")
    due.add_argument("--from", dest="start", required=True, metavar="时间", help="如 2026-02-13T10:30")
    due.add_argument("--limit", required=True, metavar="时限", help="如 2紧急工作时、3工作日")
    due.add_argument(
        "--start", dest="rule", choices=[r.value for r in StartRule], default=StartRule.IMMEDIATE.value, help="起算"
    )
    due.set_defaults(run=show_deadline)
    point = commands.add_parser("convert", parents=[output], help="换算坐标")
    point.add_argument("lon", type=float, metavar="经度")
    point.add_argument("lat", type=float, metavar="纬度")
    point.add_argument("--from", dest="source", type=coordinate_system, required=True, metavar="坐标系")
    point.add_argument("--to", dest="target", type=coordinate_system, required=True, metavar="坐标系")
    point.set_defaults(run=show_converted)


def show_deadline(args: argparse.Namespace) -> Exit:
    """Prints when a limit is due, and how that is computed."""
    found = deadline(
        instant(args.start),
        parse_limit(args.limit),
        start_rule=StartRule(args.rule),
        calendar=calendar_of(args.profile),
    )
    steps = list(explain(found))
    return answer(args, {"due": iso(found.due), "steps": steps}, [f"到期 {moment_text(found.due)}", *steps])


def show_converted(args: argparse.Namespace) -> Exit:
    """Prints a point in another coordinate system."""
    lon, lat = convert(args.lon, args.lat, args.source, args.target)
    return answer(args, {"lon": lon, "lat": lat, "crs": args.target}, [f"{lon:.7f} {lat:.7f}"])
