"""``gridclient grids``: the tree of areas with their figures, and the areas at a point."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from gridclient.cli.opening import open_desk
from gridclient.cli.output import Exit, answer
from gridclient.cli.parsing import coordinate_system
from gridclient.cli.shapes import Json, tree_json
from gridclient.domain.coordinates import Crs, convert


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``grids tree`` and ``grids at``."""
    room = commands.add_parser("grids", parents=[output], help="网格")
    grids = room.add_subparsers(metavar="操作", required=True)
    tree = grids.add_parser("tree", parents=[output], help="三级网格与在办、超期数")
    tree.set_defaults(run=show_tree)
    at = grids.add_parser("at", parents=[output], help="某一点所在的网格")
    at.add_argument("lon", type=float, metavar="经度")
    at.add_argument("lat", type=float, metavar="纬度")
    at.add_argument("--crs", type=coordinate_system, default=Crs.WGS84, help="坐标系")
    at.set_defaults(run=show_at)


def show_tree(args: argparse.Namespace) -> Exit:
    """Prints the tree with the numbers of open and overdue cases."""
    with open_desk(args.profile, read_only=True) as opened:
        tree = tree_json(opened.desk.reference.grids(), opened.desk.queries.figures())
    return answer(args, tree, _lines(tree, 0))


def show_at(args: argparse.Namespace) -> Exit:
    """Prints the three areas in which a point lies."""
    lon, lat = convert(args.lon, args.lat, args.crs, Crs.WGS84)
    with open_desk(args.profile, read_only=True) as opened:
        found = opened.desk.reference.grids_at(lon, lat)
        names = {code: _name(opened.desk.reference.grid(code)) for code in asdict(found).values() if code}
    words = (("基础网格", found.basic), ("社区级", found.community), ("片区级", found.zone))
    lines = (f"{word}  {code or '—'}  {names.get(code or '', '')}".rstrip() for word, code in words)
    return answer(args, {"basic": found.basic, "community": found.community, "zone": found.zone}, lines)


def _name(row: Any) -> str:
    return row.name if row else ""


def _lines(nodes: Sequence[Json], depth: int) -> Iterable[str]:
    for node in nodes:
        overdue = f"  超期 {node['overdue']}" if node["overdue"] else ""
        yield f"{'  ' * depth}{node['name']}  {node['code']}  在办 {node['open']}{overdue}"
        yield from _lines(node["children"], depth + 1)
