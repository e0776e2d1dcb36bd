"""``gridclient hub rights``: other rights for a device that is enrolled; it learns of them with its next round,
and where it has no line only by another admission."""

from __future__ import annotations

import argparse
import time
from typing import Any

from gridclient.cli import hub_stick
from gridclient.cli.hub_database import add_database, opened_database
from gridclient.cli.output import Exit, print_json, print_lines


def add_commands(actions: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``rights`` to ``hub``."""
    rights = actions.add_parser("rights", parents=[output], help="改连网席位的权限，不用重新注册")
    rights.add_argument("device", metavar="设备")
    rights.add_argument("--add", action="store_true", help="在原有权限之外再加，不替换")
    hub_stick.add_role(rights)
    add_database(rights, change_rights)


def change_rights(args: argparse.Namespace) -> Exit:
    """Replaces a device's rights, or adds to them."""
    from gridclient.hub.access import Access
    from gridclient.hub.rights import grants_for

    grants = grants_for(args.township, unit=args.unit, supervisor=args.supervisor, county=args.county)
    with opened_database(args) as backend:
        hub_stick.look_for_unit(backend, args.unit)
        access = Access(backend, time.time)
        after = access.change_rights(args.device, grants, township=args.township, more=args.add)
        told = access.grants_of(after)
    feeds = [grant.feed for grant in told]
    if args.json:
        print_json({"device": after.device, "short": after.short, "feeds": feeds})
    else:
        print_lines(
            [
                f"设备 {after.device} 现在的数据流：{'、'.join(feeds)}。",
                "连网的席位下一轮同步时生效，不用重新注册。",
                "只用U盘的席位没有同步：请它再写一份申请，用 hub admit 按新的权限批准，取回批复后生效。",
            ]
        )
    return Exit.DONE
