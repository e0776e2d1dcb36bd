"""Draws the demo county's grids inside its outline and writes them as GeoJSON: ``python -m maps.drawing.grids``.

Only the codes and names of townships and communities are official; every inner line is made up (示意). The same numbers
and seed always give the same file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import shapely
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from gridclient.demo.people import invented_mobile, invented_name
from gridclient.demo.places import COUNTY_CODE, DEMO_MAPS, GRIDS, KM_EAST, KM_NORTH
from gridclient.demo.shapes import DemoGrid
from maps.drawing.contiguity import Scattered, made_whole
from maps.drawing.divisions import Township, merged_into, read_townships
from maps.drawing.layout import ORIGIN, CountyPlan, Layout, lay_out, to_km
from maps.drawing.mesh import cells, crooked, relaxed
from maps.drawing.naming import basic_name, place_for, special_name, zone_name

OUTLINE: Final = DEMO_MAPS / "outline_371002.geojson"
DECIMALS: Final = 6
_ATTEMPTS: Final = 12
_SWAY: Final = 0.14


def read_outline() -> BaseGeometry:
    """The county's outline in degrees."""
    feature = json.loads(OUTLINE.read_text(encoding="utf-8"))["features"][0]
    return shapely.union_all(shape(feature["geometry"]))


def draw_county(plan: CountyPlan) -> tuple[DemoGrid, ...]:
    """All areas, townships first, basic grids last, each tier in code order.

    :raises ValueError: no layout with connected areas was found for this seed
    """
    townships = read_townships()
    outline = to_km(read_outline())
    for attempt in range(_ATTEMPTS):
        layout = lay_out(outline, townships, plan, attempt=attempt)
        polygons = cells(relaxed(layout.points, outline, 2), outline)
        try:
            layout = made_whole(layout, polygons)
        except Scattered:
            continue
        drawn = crooked(polygons, np.random.default_rng(plan.seed), _SWAY)
        return _Naming(townships, layout, [_degrees(polygon) for polygon in drawn], plan).grids()
    raise ValueError("no layout with connected areas")


def write_geojson(grids: Iterable[DemoGrid], path: Path) -> None:
    """One feature a line, six decimals, every feature marked ``schematic``."""
    lines = [json.dumps(_feature(grid), ensure_ascii=False, separators=(",", ":")) for grid in grids]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the shipped file, or draw another county into a file of one's own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--basics", type=int, default=CountyPlan().basics)
    parser.add_argument("--seed", type=int, default=CountyPlan().seed)
    parser.add_argument("--out", type=Path, default=GRIDS)
    options = parser.parse_args(arguments)
    write_geojson(draw_county(CountyPlan(basics=options.basics, seed=options.seed)), options.out)
    return 0


class _Naming:
    """Gives the drawn cells their codes and names and joins them to the tiers above."""

    def __init__(
        self, townships: Sequence[Township], layout: Layout, polygons: Sequence[Polygon], plan: CountyPlan
    ) -> None:
        self._townships = townships
        self._layout = layout
        self._polygons = polygons
        self._plan = plan
        self._random = Random(plan.seed)

    def grids(self) -> tuple[DemoGrid, ...]:
        zone_codes = self._zone_codes()
        communities = self._communities(zone_codes)
        zones = [
            DemoGrid(code, zone_name(int(code[-2:])), "zone", "", code[:9], _joined(communities, code))
            for code in sorted(zone_codes)
        ]
        townships = [
            DemoGrid(item.code, item.name, "township", "", COUNTY_CODE, _joined(zones, item.code))
            for item in self._townships
        ]
        basics = [grid for community in communities for grid in self._basics(community)]
        return (*townships, *zones, *communities, *basics)

    def _members(self, community: int) -> list[int]:
        found = np.flatnonzero(self._layout.community == community)
        return sorted((int(index) for index in found), key=lambda index: _north_west_first(self._polygons[index]))

    def _communities(self, zone_codes: Sequence[str]) -> list[DemoGrid]:
        everybody = [item for township in self._townships for item in township.communities]
        grids = []
        for index, item in enumerate(self._layout.communities):
            second = tuple((other.code, other.name) for other in merged_into(item.code, everybody))
            area = shapely.coverage_union_all([self._polygons[member] for member in self._members(index)])
            parent = zone_codes[self._layout.zone_of[index]]
            grids.append(DemoGrid(item.code, item.name, "community", "", parent, area, takes_in=second))
        return sorted(grids, key=lambda grid: grid.code)

    def _zone_codes(self) -> list[str]:
        """The code of each zone of the layout: numbered within its township from the north-west on."""
        layout = self._layout
        codes = [""] * len(layout.zone_township)
        for township in self._townships:
            own = [zone for zone, code in enumerate(layout.zone_township) if code == township.code]
            own.sort(key=lambda zone: _north_west_first(self._zone_area(zone)))
            for number, zone in enumerate(own, start=1):
                codes[zone] = f"{township.code}{600 + number}"
        return codes

    def _zone_area(self, zone: int) -> BaseGeometry:
        own = [self._polygons[i] for i, c in enumerate(self._layout.community) if self._layout.zone_of[c] == zone]
        return shapely.coverage_union_all(own)

    def _basics(self, community: DemoGrid) -> list[DemoGrid]:
        index = next(i for i, item in enumerate(self._layout.communities) if item.code == community.code)
        members = self._members(index)
        special = self._special_members().get(index)
        if special is not None:
            members = [member for member in members if member != special[0]] + [special[0]]
        grids = []
        for number, member in enumerate(members, start=1):
            is_special = special is not None and member == special[0]
            name = special[1] if special is not None and is_special else basic_name(number)
            grids.append(
                DemoGrid(
                    f"{community.code}{number:03d}", name, "basic", "special" if is_special else "basic",
                    community.code, self._polygons[member],
                    worker=invented_name(self._random), phone=invented_mobile(self._random),
                )
            )  # fmt: skip
        return grids

    def _special_members(self) -> dict[int, tuple[int, str]]:
        """Spread the special grids over the communities with three basic grids or more: the smallest cell of each."""
        sizes = np.bincount(self._layout.community, minlength=len(self._layout.communities))
        able = [index for index, size in enumerate(sizes) if size >= 3]
        step = len(able) / max(1, self._plan.specials)
        chosen = [able[int(number * step)] for number in range(min(self._plan.specials, len(able)))]
        result: dict[int, tuple[int, str]] = {}
        turns = {True: 0, False: 0}
        for index in chosen:
            community = self._layout.communities[index]
            place = place_for(turns[community.is_village], is_village=community.is_village)
            turns[community.is_village] += 1
            smallest = min(self._members(index), key=lambda member: self._polygons[member].area)
            result[index] = (smallest, special_name(community.name, place))
        return result


def _joined(children: Iterable[DemoGrid], parent: str) -> BaseGeometry:
    return shapely.coverage_union_all([grid.geometry for grid in children if grid.parent == parent])


def _north_west_first(area: BaseGeometry) -> float:
    return float(area.centroid.x - area.centroid.y)


def _degrees(polygon: Polygon) -> Polygon:
    scale = np.array([KM_EAST, KM_NORTH])
    moved: Polygon = shapely.transform(polygon, lambda points: np.round(points / scale + np.array(ORIGIN), DECIMALS))
    return moved


def _feature(grid: DemoGrid) -> dict[str, object]:
    properties: dict[str, object] = {
        "code": grid.code, "name": grid.name, "tier": grid.tier, "parent": grid.parent, "schematic": True,
    }  # fmt: skip
    if grid.kind:
        properties |= {"kind": grid.kind, "worker": grid.worker, "phone": grid.phone}
    if grid.takes_in:
        properties["members"] = "、".join((grid.code, *(code for code, _ in grid.takes_in)))
        properties["takes_in"] = [{"code": code, "name": name} for code, name in grid.takes_in]
    return {"type": "Feature", "properties": properties, "geometry": mapping(grid.geometry)}


if __name__ == "__main__":
    raise SystemExit(main())
