"""The demo county's townships and communities out of the official list, and which of them share one community grid."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gridclient.demo.places import DEMO_MAPS

DIVISIONS: Final = DEMO_MAPS / "divisions_371002.csv"
MERGED: Final[Mapping[str, str]] = {
    "371002101225": "371002101227",  # 南小城村, 北小城村
    "371002101228": "371002101229",  # 下炉村, 上炉村
    "371002101232": "371002101233",  # 南江疃村, 北江疃村
    "371002102203": "371002102204",  # 西七夼村, 东七夼村
    "371002102213": "371002102214",  # 西崮村, 东崮村
    "371002102222": "371002102223",  # 后亭子村, 前亭子村
    "371002109209": "371002109210",  # 东于家村, 中于家村
    "371002109220": "371002109221",  # 北子城村, 南子城村
    "371002109224": "371002109225",  # 涧北村, 东涧村
    "371002109227": "371002109230",  # 西贞村, 大贞村
    "371002109229": "371002109232",  # 前宅库村, 后宅库村
    "371002109236": "371002109237",  # 东洛后村, 西洛后村
    "371002109238": "371002109239",  # 观里东村, 观里西村
    "371002109244": "371002109245",  # 东龙山村, 西龙山村
}
"""Fourteen community grids that take in a second community: main code → second code (decided: neighbours by name)."""


@dataclass(frozen=True, slots=True)
class Community:
    """One row of the official list: a village (村委会) or an urban community (居委会)."""

    code: str
    name: str
    township: str
    is_village: bool


@dataclass(frozen=True, slots=True)
class Township:
    """One township with its communities in the order of their codes."""

    code: str
    name: str
    communities: tuple[Community, ...]


def read_townships() -> tuple[Township, ...]:
    """Read the demo county's list; codes stay text."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["village_code12"])
    names = {row["town_code9"]: row["town"] for row in rows}
    communities = [_community(row) for row in rows]
    return tuple(
        Township(code, name, tuple(item for item in communities if item.township == code))
        for code, name in names.items()
    )


def grid_communities(township: Township) -> tuple[Community, ...]:
    """Those communities that give their code to a community grid; urban ones first, then in code order."""
    taken_in = set(MERGED.values())
    return tuple(
        sorted(
            (item for item in township.communities if item.code not in taken_in),
            key=lambda item: (item.is_village, item.code),
        )
    )


def merged_into(code: str, communities: Sequence[Community]) -> tuple[Community, ...]:
    """The communities that the grid of ``code`` takes in besides its own: none or one."""
    second = MERGED.get(code)
    return tuple(item for item in communities if item.code == second)


def short_name(official: str, *, is_village: bool) -> str:
    """The name as people say it: 羊亭村委会 → 羊亭村, 北仓居委会 → 北仓社区."""
    for ending in ("居民委员会", "村民委员会", "居委会", "委会"):
        if official.endswith(ending):
            official = official.removesuffix(ending)
            break
    if is_village or official.endswith("社区"):
        return official
    return f"{official}社区"


def _community(row: Mapping[str, str]) -> Community:
    official = row["village"]
    is_village = official.endswith("村委会")
    return Community(row["village_code12"], short_name(official, is_village=is_village), row["town_code9"], is_village)
