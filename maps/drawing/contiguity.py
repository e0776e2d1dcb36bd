"""Makes every area of a drawn county connected: a cell that a border cut off goes to the area next to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from shapely.geometry import Polygon

from maps.drawing.layout import Layout
from maps.drawing.mesh import components, neighbours

_LEAST_BORDER_KM: Final = 0.04
_ROUNDS: Final = 12


class Scattered(Exception):
    """This layout cannot be made whole; another one has to be tried."""


def made_whole(layout: Layout, polygons: Sequence[Polygon]) -> Layout:
    """The same layout with communities, zones and townships that each hang together.

    :raises Scattered: an area would lose its last cell
    """
    near = [
        {other: length for other, length in own.items() if length >= _LEAST_BORDER_KM} for own in neighbours(polygons)
    ]
    work = _Repair(layout, near)
    for _ in range(_ROUNDS):
        moved = work.join_cells(by_township=True) + work.join_cells(by_township=False) + work.join_zones()
        if not moved:
            return replace(layout, community=work.community, zone_of=tuple(work.zone_of))
    raise Scattered


class _Repair:
    def __init__(self, layout: Layout, near: Sequence[dict[int, float]]) -> None:
        self.community = layout.community.copy()
        self.zone_of = list(layout.zone_of)
        self._township_of_zone = layout.zone_township
        self._near = near

    def join_cells(self, *, by_township: bool) -> int:
        """Hand cut-off cells of a township or of a community to the community next to them; says how many moved."""
        owner = [self._township(cell) if by_township else int(c) for cell, c in enumerate(self.community)]
        moved = 0
        for area in sorted(set(owner), key=str):
            parts = components([cell for cell, own in enumerate(owner) if own == area], self._near)
            for cell in sorted(cell for part in parts[1:] for cell in part):
                self._hand_over(cell, away_from=area, by_township=by_township)
                moved += 1
        return moved

    def join_zones(self) -> int:
        """Hand communities that are cut off from their zone to the zone next to them; says how many moved."""
        moved = 0
        for zone in range(len(self._township_of_zone)):
            cells = [cell for cell, own in enumerate(self.community) if self.zone_of[own] == zone]
            parts = components(cells, self._near)
            for community in sorted({int(self.community[cell]) for part in parts[1:] for cell in part}):
                self.zone_of[community] = self._next_zone(community)
                moved += 1
            if zone not in self.zone_of:
                raise Scattered
        return moved

    def _township(self, cell: int) -> str:
        return self._township_of_zone[self.zone_of[int(self.community[cell])]]

    def _hand_over(self, cell: int, *, away_from: object, by_township: bool) -> None:
        if int(np.count_nonzero(self.community == self.community[cell])) == 1:
            raise Scattered
        home = self._township(cell)
        takers = {
            other: length
            for other, length in self._near[cell].items()
            if (self._township(other) != away_from if by_township else self._township(other) == home)
            and self.community[other] != self.community[cell]
        }
        if not takers:
            raise Scattered
        self.community[cell] = self.community[max(takers, key=lambda other: takers[other])]

    def _next_zone(self, community: int) -> int:
        zone = self.zone_of[community]
        home = self._township_of_zone[zone]
        shared: dict[int, float] = {}
        for cell in np.flatnonzero(self.community == community):
            for other, length in self._near[int(cell)].items():
                next_zone = self.zone_of[self.community[other]]
                if next_zone != zone and self._township_of_zone[next_zone] == home:
                    shared[next_zone] = shared.get(next_zone, 0.0) + length
        if not shared:
            raise Scattered
        return max(shared, key=lambda other: shared[other])
