"""The demo's units: what every township has stationed, the county's departments, one organisation a community.

The kinds come from ``resources/seed/unit_types.csv``; names follow common practice, people and telephones are invented.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.prepared import prep

from gridclient.demo.people import invented_landline, invented_name
from gridclient.demo.places import COUNTY_CODE, KM_EAST, KM_NORTH, SEEDS, SHEET, TOWN_CENTRES
from gridclient.demo.shapes import DemoGrid
from gridclient.demo.standards import names
from gridclient.domain.frozen import frozen
from gridclient.services.import_records import UnitRecord

KINDS: Final[Mapping[str, str]] = {
    "A类派驻": "stationed_a",
    "B类派驻": "stationed_b",
    "镇街机构": "office",
    "县级部门": "department",
    "村社区": "community_org",
}
_STAFF: Final[Mapping[str, int]] = {
    "stationed_a": 5, "stationed_b": 7, "office": 4, "department": 6, "community_org": 3,
}  # fmt: skip
_SPLIT_TYPE: Final = "B01"
_SPLIT_TOWNSHIPS: Final = ("371002003", "371002109")
_SPLIT_NAMES: Final = ("第一派出所", "第二派出所")
_OUT_OF_TEN: Final = 1
_INACTIVE: Final = ("371002003-O03", "371002011-A02")
_ROADS: Final = ("海滨路", "新风路", "文化路", "和平路", "青山路", "龙泉路", "东升街", "永宁街", "望海路", "春晓街")


@frozen
class UnitType:
    """One line of ``unit_types.csv``; ``name`` holds places to fill in."""

    mark: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    parent: str
    fields: tuple[str, ...]


def read_unit_types() -> tuple[UnitType, ...]:
    """The kinds of units in the order of the file."""
    with (SEEDS / "unit_types.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            UnitType(
                row["代号"],
                KINDS[row["类别"]],
                row["名称"],
                names(row["别名"]),
                row["上级部门"],
                names(row["职责领域"]),
            )
            for row in csv.DictReader(file)
        )


def demo_units(grids: Sequence[DemoGrid]) -> tuple[UnitRecord, ...]:
    """All units of the demo county: departments, then each township's own, then one organisation a community grid."""
    return tuple(_Roster(grids, Random(371002)).units(read_unit_types()))


class _Roster:
    def __init__(self, grids: Sequence[DemoGrid], random: Random) -> None:
        self._townships = [grid for grid in grids if grid.tier == "township"]
        self._communities = [grid for grid in grids if grid.tier == "community"]
        self._zones = [grid for grid in grids if grid.tier == "zone"]
        self._random = random

    def units(self, types: Sequence[UnitType]) -> Iterator[UnitRecord]:
        for item in types:
            if item.kind == "department":
                yield self._department(item)
        for township in self._townships:
            for item in types:
                if item.kind in ("stationed_a", "stationed_b", "office") and _has(township, item):
                    yield from self._stationed(item, township)
        for item in types:
            if item.kind == "community_org":
                for community in self._communities:
                    yield self._organisation(item, community)

    def _department(self, item: UnitType) -> UnitRecord:
        seat = self._townships[self._random.randrange(3)]
        return self._unit(item, f"{COUNTY_CODE}-{item.mark}", item.name, seat, (COUNTY_CODE,), township="")

    def _stationed(self, item: UnitType, township: DemoGrid) -> Iterator[UnitRecord]:
        short = township.name.removesuffix("街道").removesuffix("镇")
        name = item.name.replace("{镇街}", township.name).replace("{短名}", short)
        if item.mark != _SPLIT_TYPE or township.code not in _SPLIT_TOWNSHIPS:
            yield self._unit(
                item, f"{township.code}-{item.mark}", name, township, (township.code,), township=township.code
            )
            return
        zones = [zone.code for zone in self._zones if zone.parent == township.code]
        halves = (zones[: len(zones) // 2], zones[len(zones) // 2 :])
        for letter, ending, half in zip("ab", _SPLIT_NAMES, halves, strict=True):
            code = f"{township.code}-{item.mark}{letter}"
            yield self._unit(item, code, short + ending, township, tuple(half), township=township.code)

    def _organisation(self, item: UnitType, community: DemoGrid) -> UnitRecord:
        body = "委会" if community.name.endswith("村") else "居委会"
        name = item.name.replace("{社区}", community.name).replace("{两委}", body)
        others = tuple(other for _, other in community.takes_in)
        unit = self._unit(
            item, f"{community.code}-{item.mark}", name, community, (community.code,), township=community.code[:9]
        )
        return replace(unit, aliases=(*unit.aliases, community.name, *others))

    def _unit(
        self, item: UnitType, code: str, name: str, seat: DemoGrid, serves: tuple[str, ...], *, township: str
    ) -> UnitRecord:
        random = self._random
        people = tuple(invented_name(random) for _ in range(_STAFF[item.kind]))
        lon, lat = self._home(seat)
        return UnitRecord(
            SHEET, 0, code, code, name, item.kind, self._status(code, item.kind), item.aliases,
            parent=f"{COUNTY_CODE}-{item.parent}" if item.parent else "",
            township=township, leader=people[0], phone=invented_landline(random), people=people, fields=item.fields,
            grids=serves, address=self._address(seat), lon=lon, lat=lat, extra={"on_duty": random.choice(people)},
        )  # fmt: skip

    def _status(self, code: str, kind: str) -> str:
        if code in _INACTIVE:
            return "inactive"
        is_out = kind.startswith("stationed") and self._random.randrange(10) < _OUT_OF_TEN
        return "out" if is_out else "on_duty"

    def _address(self, seat: DemoGrid) -> str:
        if seat.name.endswith("村"):
            return f"{seat.name}村部院内"
        return f"{seat.name}{self._random.choice(_ROADS)}{self._random.randrange(1, 260)}号"

    def _home(self, seat: DemoGrid) -> tuple[float, float]:
        """A place in the seat's area; a township's units stand around its town."""
        area: BaseGeometry = seat.geometry
        inside = prep(area)
        town = TOWN_CENTRES.get(seat.code)
        centre = Point(town) if town is not None else area.centroid
        reach = 0.16 * float(area.area) ** 0.5
        for _ in range(400):
            lon = round(centre.x + self._random.gauss(0, reach) * KM_NORTH / KM_EAST, 6)
            lat = round(centre.y + self._random.gauss(0, reach), 6)
            if inside.contains(Point(lon, lat)):
                return lon, lat
        middle = area.representative_point()
        return round(middle.x, 6), round(middle.y, 6)


def _has(township: DemoGrid, item: UnitType) -> bool:
    """Towns in the country have farming and water stations, streets in the city have none."""
    return item.mark not in ("A07", "A08") or township.name.endswith("镇") or township.code == "371002012"
